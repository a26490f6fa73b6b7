"""holdfast: a rule engine for keeping customers."""

__version__ = "0.1.0"
