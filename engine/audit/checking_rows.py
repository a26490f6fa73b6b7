"""Whether the rows of the covered tables are as the ledger sealed them last, and were so before each change."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.action.sealing import fingerprint
from engine.audit.damage import Found, content_of
from engine.store.frozen import ROWS
from engine.store.ledger import COVERED, UNTOLD, Entry, Sealed, present_rows
from engine.store.opening import Store

_BATCH = 20_000
_SHORTEST = 5  # values of a sealed row in the oldest entries


def check_rows(store: Store, chain: Sequence[Entry], found: Found) -> None:
    """Compare what each entry seals with the one before, and the store with the last.

    Rows that a run sealed in a file that is damaged are not known: those that no later entry has are passed over.
    In a store from before the ledger all rows wait to be sealed with its next transaction.
    """
    with TemporaryDirectory(prefix="holdfast-") as spill, duckdb.connect(config={"temp_directory": spill}) as db:
        db.execute(_TABLES)
        blind = [entry.number for entry in chain if not _take_in(db, store, entry, found)]
        pending = {(str(table), str(key)) for table, key in store.db.conn.execute("select kind, key from unsealed")}
        last = len(chain)
        for table, key in sorted(pending) if chain else ():
            found.add("row_foreign", f"{table} {key}", last + 1)
        if blind:
            found.add("rows_unknown", ROWS, blind[0])
        first, final = (blind[0], blind[-1]) if blind else (last + 1, 0)
        for kind, table, key, entry in db.execute(_CHAINED, [final, first]).fetchall():
            found.add(kind, f"{table} {key}", entry)
        _insert(db, "pending", sorted(pending))
        for table in COVERED:
            found.rows += _insert(db, "here", ((table, *row) for row in present_rows(store.db.conn, table)))
        for kind, table, key, entry in db.execute(_PRESENT, [final, last + 1, bool(blind)]).fetchall():
            found.add(kind, f"{table} {key}", entry)


def _take_in(db: duckdb.DuckDBPyConnection, store: Store, entry: Entry, found: Found) -> bool:
    """Note the rows that an entry seals; False where they cannot be known any more."""
    content = content_of(entry)
    try:
        if entry.kind == "run":
            path = store.runs / str(content.get("run")) / ROWS
            if fingerprint(path) != content.get("files", {}).get(ROWS):
                return False
            db.execute("insert into sealed by name select $1::integer entry, * from read_parquet($2)", [
                entry.number, str(path)
            ])  # fmt: skip
            return True
        rows = content.get("rows", ())
        if entry.kind == "foreign":
            for table, key, *_ in rows:
                found.add("row_foreign", f"{table} {key}", entry.number)
        if any(len(row) < _SHORTEST for row in rows):
            return False
        _insert(db, "sealed", ((entry.number, *Sealed(*row)) for row in rows))
    except (OSError, TypeError, ValueError, AttributeError, duckdb.Error):
        return False
    return True


def _insert(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> int:
    """Add rows to a table, batch by batch; gives how many."""
    count = 0
    types = [type for (type,) in db.execute(_TYPES, [table]).fetchall()]
    columns = ", ".join(f"unnest(${place}::{type}[])" for place, type in enumerate(types, 1))
    for batch in _batches(iter(rows)):
        db.execute(f"insert into {table} select {columns}", [list(column) for column in zip(*batch, strict=True)])
        count += len(batch)
    return count


def _batches(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


_TYPES = "select data_type from duckdb_columns() where table_name = $1 order by column_index"
_TABLES = f"""
create table sealed (
    entry integer, tab varchar, key varchar, fixed varchar, state varchar, anew boolean,
    fixed_was varchar default '{UNTOLD}', state_was varchar default '{UNTOLD}'
);
create table pending (tab varchar, key varchar);
create table here (tab varchar, key varchar, fixed varchar, state varchar)
"""
_CHAINED = f"""
select case when anew and fixed_was is null then 'row_missing' else 'row_changed' end, tab, key, before
from (
    select *, lag(entry) over one before, lag(fixed) over one fixed_before, lag(state) over one state_before
    from sealed window one as (partition by tab, key order by entry)
)
where fixed is not null and fixed_before is not null and (before > $1 or entry < $2) and (
    (not anew and fixed <> fixed_before)
    or (anew and fixed_was is null)
    or (fixed_was <> '{UNTOLD}' and fixed_was <> fixed_before)
    or (state_was <> '{UNTOLD}' and state_was <> state_before)
    or (state_was is null and fixed_was is distinct from '{UNTOLD}' and state <> state_before)
)
order by before, tab, key
"""  # noqa: S608 - constants
_PRESENT = """
with last as (select distinct on (tab, key) * from sealed order by tab, key, entry desc)
select case when last.fixed is null then 'row_added' when here.fixed is null then 'row_missing' else 'row_changed' end,
       tab, key, coalesce(last.entry, $2)
from last full join here using (tab, key)
where (tab, key) not in (select (tab, key) from pending)
  and (last.entry > $1 or (last.entry is null and not $3))
  and (last.fixed is distinct from here.fixed or last.state is distinct from here.state)
order by 4, 2, 3
"""
