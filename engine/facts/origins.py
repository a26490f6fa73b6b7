"""Where each row of a snapshot came from: the source file and the row in it, kept beside the facts.

They are no part of what a snapshot says: the same facts from another file have the same hash, and the snapshot keeps
the file that it was first read from.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engine.errors import StoreError

FILE, ROW_NUMBER = "@file", "@row"  # no field of a fact can be called so
ORIGIN = (FILE, ROW_NUMBER)
_THERE = "select name from parquet_schema($1) where name in ('@file', '@row')"
_FIND = (
    'select id, "@file", "@row" from read_parquet($1, hive_partitioning = false)'
    " where id in (select unnest($2::varchar[]))"
)


@dataclass(frozen=True)
class Origin:
    """A source as the import calls it (`told`: what people told), and the row in it, as a spreadsheet counts."""

    file: str
    row: int


def origins_of(path: Path, ids: Collection[str]) -> dict[str, Origin]:
    """Where facts of a snapshot's file came from, by id; nothing where the snapshot is from before that was kept.

    Raises StoreError where the file cannot be read.
    """
    try:
        with duckdb.connect() as db:
            if len(db.execute(_THERE, [str(path)]).fetchall()) < len(ORIGIN):
                return {}
            rows = db.execute(_FIND, [str(path), sorted(ids)]).fetchall()
    except duckdb.Error as error:
        raise StoreError(f"{path.name} of the snapshot cannot be read", "it is damaged") from error
    return {id: Origin(file, row) for id, file, row in rows if file is not None}
