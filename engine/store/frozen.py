"""The files of a run's folder that its seal adds: the rows that it wrote, and the episodes that it decided on."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import duckdb

from engine.store.ledger import Sealed, take_unsealed

PART = ".part"  # the end of a run's folder while it is being written
ROWS = "rows.parquet"
KNOWN = "known.parquet"
_BATCH = 20_000


def write_rows(tx: sqlite3.Connection, path: Path) -> int:
    """Write the rows that no entry covers yet, as hashes, and count them as covered. Gives how many."""
    count = 0
    with duckdb.connect() as db:
        db.execute(
            "create table row (tab varchar, key varchar, fixed varchar, state varchar, anew boolean,"
            " fixed_was varchar, state_was varchar)"
        )
        for batch in _batches(take_unsealed(tx)):
            db.execute(
                "insert into row select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::varchar[]),"
                " unnest($4::varchar[]), unnest($5::boolean[]), unnest($6::varchar[]), unnest($7::varchar[])",
                [list(column) for column in zip(*batch, strict=True)],
            )
            count += len(batch)
        db.execute("copy (from row order by tab, key) to $1 (format parquet, compression zstd)", [str(path)])
    return count


def read_rows(path: Path) -> Iterator[Sealed]:
    """The rows that a run has sealed. Raises duckdb.Error where the file cannot be read."""
    with duckdb.connect() as db:
        found = db.execute("select * from read_parquet($1)", [str(path)])  # the last two are not in older files
        while rows := found.fetchmany(_BATCH):
            for row in rows:
                yield Sealed(*row)


def write_known(path: Path, episodes: Mapping[str, str], lost: Iterable[str]) -> None:
    """Write the episodes, by key and as JSON, that single decisions rest on, and the accounts that are lost."""
    names, accounts = list(episodes), sorted(lost)
    with duckdb.connect() as db:
        db.execute(
            "copy (select unnest($1::varchar[]) key, unnest($2::varchar[]) episode, null::varchar lost"
            " union all select null, null, unnest($3::varchar[])) to $4 (format parquet, compression zstd)",
            [names, [episodes[name] for name in names], accounts, str(path)],
        )


def read_known(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    """What `write_known` wrote. Raises duckdb.Error where the file cannot be read."""
    with duckdb.connect() as db:
        rows = db.execute("select key, episode, lost from read_parquet($1)", [str(path)]).fetchall()
    return {key: text for key, text, _ in rows if key is not None}, frozenset(id for _, _, id in rows if id is not None)


def _batches(rows: Iterator[Sealed]) -> Iterator[list[Sealed]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
