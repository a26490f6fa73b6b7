"""What holdfast says of errors, in the languages besides English: catalogues, and which language is spoken."""

from engine.messages.saying import in_language

__all__ = ["in_language"]
