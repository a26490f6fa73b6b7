"""Whether anything of the store was changed, removed or added since the ledger sealed it."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from engine.action.sealing import fingerprint
from engine.errors import FactsError
from engine.facts.snapshot import damages, open_snapshot
from engine.store.frozen import ROWS, read_rows
from engine.store.ledger import COVERED, FIRST_PREV, Entry, Sealed, entries, present_rows
from engine.store.opening import Store
from engine.store.runs import PART
from engine.store.signing import PublicKey


@dataclass(frozen=True)
class Damage:
    """Something that is other than sealed. `kind` names how; `name` what; `entry` the entry that speaks against it."""

    kind: str
    name: str
    entry: int
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `audit check --format json` prints it."""
        return {"kind": self.kind, "name": self.name, "entry": self.entry, "detail": self.detail}


@dataclass(frozen=True)
class Checked:
    """What came of it, the earliest damage first. `since`: the first sealed run; `head`: the last entry's hash.

    `unsealed_runs`: how many runs are older than the ledger; `signed`: entries with a signature that holds.
    """

    entries: int
    runs: int
    since: str | None
    unsealed_runs: int
    files: int
    rows: int
    signed: int
    head: str | None
    damages: tuple[Damage, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `audit check --format json` prints."""
        return {
            "whole": not self.damages, "entries": self.entries, "runs": self.runs, "sealed_since": self.since,
            "unsealed_runs": self.unsealed_runs, "files": self.files, "rows": self.rows, "signed": self.signed,
            "head": self.head, "damages": [damage.as_json() for damage in self.damages],
        }  # fmt: skip


@dataclass
class _Found:
    damages: list[Damage] = field(default_factory=list)
    latest: dict[tuple[str, str], tuple[int, Sealed]] = field(default_factory=dict)
    comparable: bool = True  # whether all that was sealed of rows can be read
    files: int = 0
    rows: int = 0

    def add(self, kind: str, name: str, entry: int, detail: str = "") -> None:
        self.damages.append(Damage(kind, name, entry, detail))


def check_store(store: Store, key: PublicKey | None = None, head: str | None = None) -> Checked:
    """Compare the whole store with its ledger, to the byte.

    `key`: every entry must be signed with it. `head`: the hash of an entry, noted down elsewhere, that must be there.
    """
    found = _Found()
    db: sqlite3.Connection = store.db.conn
    chain: list[Entry] = []
    signed = 0
    try:
        for (said,) in db.execute("pragma integrity_check(5)"):
            if said != "ok":
                found.add("database", store.path.name, 0, str(said))
        chain = list(entries(db))
        signed = _check_chain(chain, key, found)
        if head is not None and head not in {entry.hash for entry in chain}:
            found.add("head_missing", head, len(chain) + 1)
        _check_runs(store, chain, found)
        for entry in chain:
            _take_in(store, entry, found)
        if chain:
            _check_rows(db, len(chain), found)
        runs = {str(id) for (id,) in db.execute("select id from run")}
    except sqlite3.DatabaseError as error:
        found.add("database", store.path.name, 0, str(error))
        runs = set()
    sealed = [str(content.get("run")) for content in (_content(e) for e in chain if e.kind == "run")]
    found.damages.sort(key=lambda damage: damage.entry)
    return Checked(
        len(chain), len(sealed), sealed[0] if sealed else None, len(runs.difference(sealed)), found.files, found.rows,
        signed, chain[-1].hash if chain else None, tuple(found.damages),
    )  # fmt: skip


def _check_chain(chain: list[Entry], key: PublicKey | None, found: _Found) -> int:
    """Every entry against its hash, its number and the one before. Gives how many are signed."""
    signed = 0
    expected, prev = 1, FIRST_PREV
    for entry in chain:
        if entry.number != expected:
            name = f"{expected}" if entry.number == expected + 1 else f"{expected}–{entry.number - 1}"
            found.add("entry_missing", name, expected)
        elif entry.prev != prev:
            found.add("entry_unchained", str(entry.number), entry.number)
        if entry.hash != entry.right_hash:
            found.add("entry_changed", str(entry.number), entry.number)
        if key is not None and entry.signature is None:
            found.add("entry_unsigned", str(entry.number), entry.number)
        elif key is not None and not key.signed(entry.hash, entry.signature or ""):
            found.add("entry_signature", str(entry.number), entry.number)
        signed += entry.signature is not None
        expected, prev = entry.number + 1, entry.hash
    return signed


def _content(entry: Entry) -> Mapping[str, Any]:
    try:
        found = entry.content
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _take_in(store: Store, entry: Entry, found: _Found) -> None:
    """Note the rows that an entry seals; what stays of a row must be as the entry before said."""
    content = _content(entry)
    if entry.kind == "foreign":
        for table, key, *_ in content.get("rows", ()):
            found.add("row_foreign", f"{table} {key}", entry.number)
    for row in _sealed_rows(store, entry, content, found):
        name = (row.table, row.key)
        before = found.latest.get(name)
        if before is not None and not row.anew and before[1].fixed != row.fixed:
            found.add("row_changed", " ".join(name), before[0])
        found.latest[name] = (entry.number, row)


def _sealed_rows(store: Store, entry: Entry, content: Mapping[str, Any], found: _Found) -> Iterator[Sealed]:
    if entry.kind != "run":
        yield from (Sealed(*row) for row in content.get("rows", ()))
        return
    path = store.runs / str(content.get("run")) / ROWS
    try:
        if fingerprint(path) == content.get("files", {}).get(ROWS):
            yield from read_rows(path)
            return
    except (OSError, duckdb.Error):
        pass
    found.comparable = False


def _check_rows(db: sqlite3.Connection, last: int, found: _Found) -> None:
    """Every row of the covered tables against what was sealed of it last."""
    pending = {(str(table), str(key)) for table, key in db.execute("select kind, key from unsealed")}
    for table, key in sorted(pending):
        found.add("row_foreign", f"{table} {key}", last + 1)
    if not found.comparable:
        found.add("rows_unknown", ROWS, last + 1)
        return
    for table in COVERED:
        there = set()
        for key, fixed, state in present_rows(db, table):
            found.rows += 1
            there.add(key)
            if (table, key) in pending:
                continue
            entry, row = found.latest.get((table, key), (last + 1, None))
            if row is None or row.fixed is None:
                found.add("row_added", f"{table} {key}", entry)
            elif (row.fixed, row.state) != (fixed, state):
                found.add("row_changed", f"{table} {key}", entry)
        for (name, key), (entry, row) in found.latest.items():
            if name == table and row.fixed is not None and key not in there and (table, key) not in pending:
                found.add("row_missing", f"{table} {key}", entry)


def _check_runs(store: Store, chain: list[Entry], found: _Found) -> None:
    """The files of runs and snapshots."""
    pruned = [_content(entry) for entry in chain if entry.kind == "prune"]
    gone = {f"{run}/{name}" for each in pruned for run, names in each["runs"].items() for name in names}
    gone_snapshots = {name for each in pruned for name in each["snapshots"]}
    seen: dict[str, str | None] = {}
    known = {str(id) for (id,) in store.db.conn.execute("select id from run")}
    for entry in chain:
        content = _content(entry)
        if entry.kind != "run" or "files" not in content:
            continue
        run = str(content["run"])
        known.add(run)
        _check_folder(store.runs / run, f"runs/{run}", content["files"], gone, entry.number, found)
        snapshot = str(content["snapshot"])
        if snapshot not in seen and content["manifest"] is not None and snapshot not in gone_snapshots:
            seen[snapshot] = content["manifest"]
            _check_snapshot(store.folder / "snapshots" / snapshot, content["manifest"], entry.number, found)
    for folder in sorted(store.runs.iterdir()) if store.runs.is_dir() else ():
        left = folder.suffix == PART or (folder / ROWS).is_file()  # of a night broken off; the next one removes it
        if folder.name not in known and not left:
            found.add("file_added", f"runs/{folder.name}", len(chain) + 1)


def _check_folder(
    folder: Path, shown: str, files: Mapping[str, Any], gone: set[str], entry: int, found: _Found
) -> None:
    for name, told in files.items():
        if f"{folder.name}/{name}" in gone:
            continue
        found.files += 1
        _check_file(folder / name, f"{shown}/{name}", told, entry, found)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in files:
            found.add("file_added", f"{shown}/{name}", entry)


def _check_file(path: Path, shown: str, told: list[Any], entry: int, found: _Found) -> None:
    try:
        now = fingerprint(path)
    except FileNotFoundError:
        found.add("file_missing", shown, entry)
    except OSError as error:
        found.add("file_unreadable", shown, entry, error.strerror or str(error))
    else:
        if now != told:
            found.add("file_changed", shown, entry, f"{told[0]} → {now[0]} bytes" if told[0] != now[0] else "")


def _check_snapshot(folder: Path, manifest: str, entry: int, found: _Found) -> None:
    shown = f"snapshots/{folder.name}"
    path = folder / "manifest.json"
    if not folder.is_dir():
        found.add("file_missing", shown, entry)
        return
    try:
        if fingerprint(path)[1] != manifest:
            found.add("file_changed", f"{shown}/{path.name}", entry)
        snapshot = open_snapshot(folder)
        for said in damages(snapshot, content=False):
            found.add("snapshot", shown, entry, said)
        found.files += len(snapshot.present) + 1
    except FileNotFoundError:
        found.add("file_missing", f"{shown}/{path.name}", entry)
    except (OSError, FactsError) as error:
        found.add("snapshot", shown, entry, str(error))
    for each in sorted(folder.iterdir()):
        if each != path and each.suffix != ".parquet":
            found.add("file_added", f"{shown}/{each.name}", entry)
