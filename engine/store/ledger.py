"""The ledger: an entry for every run, word and fact that was told, each chained to the one before by its hash.

Triggers note in table `unsealed` every row of the covered tables that is written, and what it was before. When a
transaction of holdfast ends, what it wrote goes into the ledger as hashes, inside the same transaction. A row that is
noted when a transaction begins was written by something else, and gets an entry that says so.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from engine.store.signing import sign

FIRST_PREV = "0" * 64  # what the first entry is chained to
DIGEST = 32  # hexadecimal digits of a row's hashes


class Covered(NamedTuple):
    """A table that the ledger covers: its key, the columns that stay, and those that change as a matter moves on."""

    key: str
    fixed: tuple[str, ...]
    state: tuple[str, ...] = ()


COVERED: Mapping[str, Covered] = {
    "policy": Covered("hash", ("hash", "texts")),
    "policy_version": Covered(
        "number",
        ("number", "policy", "at", "who", "approved_by", "note", "rolled_back_to", "after_run", "changes"),
    ),
    "run": Covered(
        "number", ("number", "id", "today", "engine", "policy", "snapshot", "language", "rejected"), ("counts",)
    ),
    "episode": Covered(
        "id",
        ("id", "key", "number", "play", "subject_type", "subject", "account", "opened_run"),
        (
            "account_name", "state", "touched", "priority", "reasons", "sources", "digest", "missed", "missed_on",
            "ended_on", "ended_why", "tier", "snoozed_until", "skipped", "plain_until",
        ),
    ),
    "task": Covered(
        "id",
        ("id", "episode", "step", "title", "body", "language", "contact", "made_run"),
        (
            "assignee", "queue", "due_on", "status", "asks", "ended_run", "ended_on", "ended_why", "joined", "by_hand",
        ),
    ),
    "action": Covered("id", ("id", "task", "who", "at", "what", "note", "detail"), ("undone_at", "undone_by")),
    "told": Covered("id", ("id", "type", "fact", "fields", "who", "at", "task"), ("before", "undone_at", "undone_by")),
    "notice": Covered("id", ("id", "level", "run"), ("task", "person", "queue", "before", "why")),
    "rep": Covered("id", ("id",), ("name", "email", "active")),
    "moved": Covered("id", ("id", "task", "person", "run")),
}  # fmt: skip
UNCOVERED: Mapping[str, frozenset[str]] = {  # columns that anybody may reckon again from the others
    "task": frozenset(("revision", "changed")),
    "told": frozenset(("taken",)),
}


NEWLY_COVERED = 2  # the mark in `unsealed` of rows that were there before the ledger covered their table
UNTOLD = "?"  # what a row was before, in entries that do not say it yet


class Sealed(NamedTuple):
    """A row as an entry seals it. `fixed` and `state`: hashes, None where the row was removed.

    `anew`: its fixed columns were written, so `fixed` may differ from what an earlier entry says. `fixed_was` and
    `state_was`: the hashes before the transaction, None where these columns were not updated (a row that is new).
    """

    table: str
    key: str
    fixed: str | None
    state: str | None
    anew: bool
    fixed_was: str | None = UNTOLD
    state_was: str | None = UNTOLD


@dataclass(frozen=True)
class Entry:
    """An entry as it stands in the store. `body`: canonical JSON; `hash` covers all but itself and the signature."""

    number: int
    kind: str
    at: str
    body: str
    prev: str
    hash: str
    key: str | None
    signature: str | None

    @property
    def content(self) -> dict[str, Any]:
        """What the body says."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def sound(self) -> bool:
        """Whether the entry has the hash that it must have."""
        try:
            return entry_hash(self.number, self.kind, self.at, self.body, self.prev) == self.hash
        except TypeError:  # not even text any more
            return False


def entry_hash(number: int, kind: str, at: str, body: str, prev: str) -> str:
    """SHA-256 over an entry."""
    return hashlib.sha256(canonical([number, kind, at, body, prev]).encode()).hexdigest()


def canonical(value: object) -> str:
    """The one way of writing a value as JSON."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def entries(db: sqlite3.Connection) -> Iterator[Entry]:
    """All entries in their order; none in a store from before the ledger."""
    if db.execute("select 1 from sqlite_schema where name = 'ledger'").fetchone() is None:
        return
    for row in db.execute("select number, kind, at, body, prev, hash, key, signature from ledger order by number"):
        yield Entry(*row)


def append(tx: sqlite3.Connection, kind: str, body: Mapping[str, Any]) -> None:
    """Add an entry inside a transaction; it is signed where the store has a key. Raises StoreError."""
    last = tx.execute("select number, hash from ledger order by number desc limit 1").fetchone()
    number, prev = (last[0] + 1, last[1]) if last else (1, FIRST_PREV)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    text = canonical(body)
    hash = entry_hash(number, kind, at, text, prev)
    key, signature = sign(hash, _folder(tx)) or (None, None)
    tx.execute(
        "insert into ledger (number, kind, at, body, prev, hash, key, signature) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [number, kind, at, text, prev, hash, key, signature],
    )


def _folder(tx: sqlite3.Connection) -> Path:
    """The folder of the database's file."""
    return Path(next(file for _, name, file in tx.execute("pragma database_list") if name == "main")).parent


def seal_found(tx: sqlite3.Connection) -> None:
    """At the start of a transaction: seal what others wrote, or in a store from before the ledger, what is there."""
    (newest,) = tx.execute("select min(anew) from unsealed").fetchone()
    if newest is not None:
        began = tx.execute("select 1 from ledger limit 1").fetchone() is not None
        kind = "foreign" if began and newest != NEWLY_COVERED else "begin"
        append(tx, kind, {"rows": [list(row) for row in take_unsealed(tx)]})


def seal_words(tx: sqlite3.Connection) -> None:
    """At the end of a transaction: seal what it wrote and no entry has yet."""
    rows = list(take_unsealed(tx))
    if rows:
        tables = {row.table for row in rows}
        kind = "publish" if "policy_version" in tables else "told" if tables == {"told"} else "word"
        append(tx, kind, {"rows": [list(row) for row in rows]})


def take_unsealed(tx: sqlite3.Connection) -> Iterator[Sealed]:
    """The rows that no entry covers yet, as they stand; they count as covered from then on."""
    for table, columns in COVERED.items():
        for key, fixed, state, anew, *was in tx.execute(_UNSEALED[table], [table]):
            before = [None if text is None else digest(text) for text in was]
            if fixed is None:
                yield Sealed(table, str(key), None, None, True, *before)
            else:
                state = digest(state) if columns.state else ""
                yield Sealed(table, str(key), digest(fixed), state, bool(anew), *before)
    tx.execute("delete from unsealed")


def present_rows(db: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Every row of a covered table: key, hash of what stays, hash of what changes."""
    columns = COVERED[table]
    query = f"select r.{columns.key}, {_array(columns.fixed)}, {_array(columns.state)} from {table} r"  # noqa: S608 - constants
    for key, fixed, state in db.execute(query):
        yield str(key), digest(fixed), digest(state) if columns.state else ""


def digest(text: str) -> str:
    """The hash of a row's columns, written as a JSON array by SQLite."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]


def _array(columns: tuple[str, ...]) -> str:
    return f"json_array({', '.join(f'r.{name}' for name in columns)})"


_UNSEALED = {
    table: f"select u.key, case when r.{c.key} is not null then {_array(c.fixed)} end, {_array(c.state)}, u.anew,"  # noqa: S608 - constants
    f" u.fixed_was, u.state_was from unsealed u left join {table} r on r.{c.key} = u.key where u.kind = ?"
    " order by u.key"
    for table, c in COVERED.items()
}
