"""The nightly digest: who gets one, its texts, the ways out (mail, chat robots), and the outbox between them."""
