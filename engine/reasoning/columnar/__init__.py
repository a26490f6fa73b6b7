"""The nightly engine: DuckDB over the whole snapshot."""

from engine.reasoning.columnar.engine import reason

__all__ = ["reason"]
