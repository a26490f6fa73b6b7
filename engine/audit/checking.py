"""Whether anything of the store was changed, removed or added since the ledger sealed it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.audit.checking_files import check_files
from engine.audit.checking_rows import check_rows
from engine.audit.damage import Damage, Found, content_of
from engine.store.ledger import FIRST_PREV, Entry, entries
from engine.store.migrations import BEFORE_LEDGER, expected_schema, schema, version
from engine.store.opening import Store
from engine.store.signing import PublicKey


@dataclass(frozen=True)
class Checked:
    """What came of it, the earliest damage first. `since`: the first sealed run; `head`: the last entry's hash.

    `unsealed_runs`: how many runs are older than the ledger; `signed`: entries with a signature; `proven`: these were
    compared with a public key.
    """

    entries: int
    runs: int
    since: str | None
    unsealed_runs: int
    files: int
    rows: int
    signed: int
    proven: bool
    head: str | None
    damages: tuple[Damage, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `audit check --format json` prints."""
        return {
            "whole": not self.damages, "entries": self.entries, "runs": self.runs, "sealed_since": self.since,
            "unsealed_runs": self.unsealed_runs, "files": self.files, "rows": self.rows, "signed": self.signed,
            "proven": self.proven, "head": self.head, "damages": [damage.as_json() for damage in self.damages],
        }  # fmt: skip


def check_store(store: Store, keys: Sequence[PublicKey] = (), head: str | None = None) -> Checked:
    """Compare the whole store with its ledger, to the byte.

    `keys`: from the first entry on that one of them has signed, every one must be. What is before it the signature
    vouches for too, since each entry holds the hash of the one before. `head`: the hash of an entry, noted down
    elsewhere, that must be there.
    """
    found = Found()
    db: sqlite3.Connection = store.db.conn
    chain: list[Entry] = []
    signed = 0
    runs: set[str] = set()
    try:
        for (said,) in db.execute("pragma integrity_check(5)"):
            if said != "ok":
                found.add("database", store.path.name, 0, str(said))
        chain = list(entries(db))
        signed = _check_chain(chain, keys, found)
        if head is not None and head not in {entry.hash for entry in chain}:
            found.add("head_missing", head, len(chain) + 1)
        _check_schema(db, len(chain), found)
        check_files(store, chain, found)
        if version(db) > BEFORE_LEDGER:
            check_rows(store, chain, found)
        runs = {str(id) for (id,) in db.execute("select id from run")}
    except (sqlite3.Error, UnicodeDecodeError) as error:
        found.add("database", store.path.name, 0, str(error))
    sealed = [str(content_of(entry).get("run")) for entry in chain if entry.kind == "run"]
    found.damages.sort(key=lambda damage: damage.entry)
    return Checked(
        len(chain), len(sealed), sealed[0] if sealed else None, len(runs.difference(sealed)), found.files, found.rows,
        signed, bool(keys), chain[-1].hash if chain else None, tuple(dict.fromkeys(found.damages)),
    )  # fmt: skip


def _check_chain(chain: Sequence[Entry], keys: Sequence[PublicKey], found: Found) -> int:
    """Every entry against its hash, its number and the one before. Gives how many are signed."""
    holds = [any(key.signed(entry.hash, entry.signature) for key in keys) for entry in chain]
    first = holds.index(True) if True in holds else 0
    expected, prev = 1, FIRST_PREV
    for place, entry in enumerate(chain):
        if entry.number != expected:
            name = f"{expected}" if entry.number == expected + 1 else f"{expected}–{entry.number - 1}"
            found.add("entry_missing", name, expected)
        elif entry.prev != prev:
            found.add("entry_unchained", str(entry.number), entry.number)
        if not entry.sound:
            found.add("entry_changed", str(entry.number), entry.number)
        if keys and place >= first and not holds[place]:
            kind = "entry_unsigned" if entry.signature is None else "entry_signature"
            found.add(kind, str(entry.number), entry.number)
        expected, prev = entry.number + 1, entry.hash
    return sum(entry.signature is not None for entry in chain)


def _check_schema(db: sqlite3.Connection, last: int, found: Found) -> None:
    """Tables, triggers and indexes against those that this version makes; an index of one's own does no harm."""
    here, wanted = schema(db), expected_schema(db)
    for name in sorted(here.keys() | wanted.keys()):
        if name not in here:
            found.add("schema_missing", " ".join(name), last + 1)
        elif name in wanted and here[name] != wanted[name]:
            found.add("schema_changed", " ".join(name), last + 1)
        elif name not in wanted and name[0] != "index":
            found.add("schema_added", " ".join(name), last + 1)
