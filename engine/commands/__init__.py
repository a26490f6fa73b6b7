"""The commands, by subject; each module has an `app` that cli.py puts together."""
