"""Reading the sealed files of a run: what DuckDB cannot read is told as damage."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from engine.errors import StoreError


@contextmanager
def reading(what: str, hint: str = "they are damaged") -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory to read with. Raises StoreError, `what` cannot be read, where it fails."""
    try:
        with duckdb.connect() as db:
            yield db
    except duckdb.Error as error:
        raise StoreError(f"{what} cannot be read", hint) from error
