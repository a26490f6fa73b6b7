"""A past run reasoned and decided again, from what it sealed, and compared with what it recorded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.action.budget import hold_back, tasks_wanted
from engine.action.calendar import Calendar
from engine.action.compare import decide_again
from engine.action.facts import load_carers, read_absences, read_people
from engine.action.place import There
from engine.action.ranking import AccountRanks
from engine.action.room import LISTS, WAITING, read_room
from engine.action.sealing import known_episodes, versions
from engine.action.tonight import Tonight
from engine.audit.reasons import plain
from engine.errors import StoreError
from engine.facts.snapshot import Snapshot
from engine.policy.model import Policy
from engine.reasoning.layout import judged_path
from engine.reasoning.plan import build_plan
from engine.store.frozen import KNOWN
from engine.store.ledger import entries
from engine.store.opening import Store
from engine.store.sealed import SealedRun, sealed_policy, sealed_snapshot

DECISIONS = "decisions.parquet"


@dataclass(frozen=True)
class Apart:
    """The first difference: in which file, and the first row of either side that the other lacks."""

    file: str
    recorded: dict[str, Any] | None
    again: dict[str, Any] | None


@dataclass(frozen=True)
class Replayed:
    """What came of it. `conclusions`, `decisions`: how many rows were compared; None where that could not be done.

    `hashes`: of conclusions and of decisions, recorded and again. `other_versions`: what has another version now:
    name → (then, now).
    """

    conclusions: int
    decisions: int | None
    hashes: dict[str, tuple[str, str]]
    first: Apart | None
    other_versions: dict[str, tuple[str, str]]

    @property
    def same(self) -> bool:
        """Whether all that was compared is the same."""
        return self.first is None

    def as_json(self) -> dict[str, Any]:
        """The object that `replay --format json` prints."""
        first = self.first
        return {
            "same": self.same, "conclusions": self.conclusions, "decisions": self.decisions,
            "hashes": {name: {"recorded": a, "again": b} for name, (a, b) in self.hashes.items()},
            "first_difference": None if first is None else {
                "file": first.file, "recorded": plain(first.recorded), "again": plain(first.again),
            },
            "other_versions": {name: {"then": a, "now": b} for name, (a, b) in self.other_versions.items()},
        }  # fmt: skip


def replay(store: Store, run: SealedRun, calendar: Calendar) -> Replayed:
    """Perform a run again by its own engine and compare. `calendar` stands in where the run sealed none.

    Raises StoreError or FactsError where what it sealed is damaged or was removed.
    """
    policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
    if not judged_path(run.folder).is_file():
        raise StoreError(f"the conclusions of {run.id} are gone", "see holdfast audit log whether they were pruned")
    sealed = next((e.content for e in entries(store.db.conn) if e.kind == "run" and e.content["run"] == run.id), None)
    if sealed is not None:
        calendar = _calendar(sealed["calendar"])
    then, now = (sealed or {}).get("versions", {}), versions()
    others = {name: (said, now.get(name, "-")) for name, said in then.items() if now.get(name) != said}
    with TemporaryDirectory(prefix="holdfast-") as made:
        again = Path(made) / "run"
        import_module(f"engine.reasoning.{run.engine}").reason(policy, snapshot, run.today, again, calendar=calendar)
        first, count, hashes = _conclusions(run.folder, again)
        decided = None
        if (run.folder / KNOWN).is_file():
            _decide(store, run, policy, snapshot, calendar, again, Path(made) / DECISIONS)
            found, decided, pair = _apart(_DECIDED, [run.folder / DECISIONS], [Path(made) / DECISIONS], DECISIONS)
            first, hashes = first or found, hashes | {"decisions": pair}
    return Replayed(count, decided, hashes, first, others)


def _calendar(terms: dict[str, Any]) -> Calendar:
    off, on = (frozenset(map(date.fromisoformat, terms[name])) for name in ("extra_holidays", "extra_workdays"))
    return Calendar(terms["country"], terms["subdivision"], off, on)


_WAITING = """
select e.key from episode e join run o on o.id = e.opened_run
where o.number < ?1 and (e.plain_until is null or e.plain_until >= ?1)
"""


def _decide(
    store: Store, run: SealedRun, policy: Policy, snapshot: Snapshot, calendar: Calendar, again: Path, into: Path
) -> None:
    """Decide on the conclusions reached again, by the episodes and the full lists as the run knew them."""
    try:
        seen, lost = known_episodes(run.folder)
    except (duckdb.Error, ValueError) as error:
        raise StoreError(f"{KNOWN} of {run.id} cannot be read", "holdfast audit check says what is damaged") from error
    waiting = [str(key) for (key,) in store.rows(_WAITING, [run.number])]
    plan = build_plan(policy, snapshot.present)
    with duckdb.connect() as db:
        load_carers(db, snapshot, run.today)
        tonight = Tonight(db, policy, plan.plays, again, snapshot.present)
        decide_again(tonight, plan, run.today, waiting, seen, lost)
        if (run.folder / WAITING).is_file():
            _hold_back(run, tonight, policy, snapshot, calendar, db)
        tonight.write_outcomes(into)


def _hold_back(
    run: SealedRun, tonight: Tonight, policy: Policy, snapshot: Snapshot, calendar: Calendar,
    db: duckdb.DuckDBPyConnection,
) -> None:  # fmt: skip
    """Let wait what had no room on the lists as they were."""
    there = There(read_people(db, snapshot, run.today)[0], read_absences(db, snapshot, run.today), calendar, run.today)
    wanted = tasks_wanted(tonight, policy, snapshot, there)
    ranks = AccountRanks(policy, snapshot, run.today, tonight.folder, calendar)
    try:
        known = read_room(run.folder)
    except duckdb.Error as error:
        raise StoreError(
            f"{WAITING} of {run.id} cannot be read", "holdfast audit check says what is damaged"
        ) from error
    tonight.hold(sorted(hold_back(wanted, policy, there, known, ranks).waits))


def _conclusions(recorded: Path, again: Path) -> tuple[Apart | None, int, dict[str, tuple[str, str]]]:
    first: Apart | None = None
    total = 0
    wholes = (hashlib.sha256(), hashlib.sha256())
    sides = [{p.relative_to(f).as_posix() for p in f.rglob("*.parquet")} for f in (recorded, again)]
    for name in sorted((sides[0] | sides[1]) - {DECISIONS, KNOWN, LISTS, WAITING, "rows.parquet"}):
        ours, theirs = ([path] if (path := folder / name).is_file() else [] for folder in (recorded, again))
        found, count, pair = _apart(_ALL, ours, theirs, name)
        first, total = first or found, total + count
        for whole, hash in zip(wholes, pair, strict=True):
            whole.update(f"{name} {hash}\n".encode())
    texts = [judged_path(folder).read_bytes() for folder in (recorded, again)]
    if texts[0] != texts[1]:
        name = judged_path(again).name
        shown = [{"text": text.decode(errors="replace")} for text in texts]
        first = first or Apart(name, shown[0], shown[1])
    for whole, text in zip(wholes, texts, strict=True):
        whole.update(text)
    return first, total, {"conclusions": (wholes[0].hexdigest(), wholes[1].hexdigest())}


_ALL = "select * from read_parquet($1::varchar[])"
# which task another one became part of depends on that night's tasks, which are not decided again
_DECIDED = (
    "select play, subject, account, if(outcome = 'duplicate', 'new', outcome) outcome from read_parquet($1::varchar[])"
)


def _apart(
    query: str, recorded: Sequence[Path], again: Sequence[Path], name: str
) -> tuple[Apart | None, int, tuple[str, str]]:
    """The first row of either side that the other lacks, how many rows were recorded, and the hash of both."""
    try:
        with duckdb.connect() as db:
            sides = [
                db.execute(f"create table {table} as {query}", [[str(p) for p in paths]]) and table
                for table, paths in (("ours", recorded), ("theirs", again)) if paths
            ]  # fmt: skip
            if len(sides) < 2:
                missing = "ours" if not recorded else "theirs"
                db.execute(f"create table {missing} as from {sides[0]} where false")
            rows = [
                _first(db, f"select * from {a} except all select * from {b} order by all limit 1")  # noqa: S608 - constants
                for a, b in (("ours", "theirs"), ("theirs", "ours"))
            ]
            hashes = _hash(db, "ours"), _hash(db, "theirs")
            [(count,)] = db.execute("select count(*) from ours").fetchall()
    except duckdb.Error as error:
        raise StoreError(
            f"{name} of the run cannot be read: {str(error).splitlines()[0]}", "see holdfast audit check"
        ) from error
    differs = len(sides) < 2 or any(row is not None for row in rows)
    return (Apart(name, rows[0], rows[1]) if differs else None), int(count), hashes


def _first(db: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any] | None:
    cursor = db.execute(query)
    row = cursor.fetchone()
    return None if row is None else dict(zip([c[0] for c in cursor.description or ()], row, strict=True))


def _hash(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """The hash of a table's rows, in whatever order they stand."""
    rows = f"select sha256(row_to_json(t)::varchar) h from {table} t"  # noqa: S608 - constant
    [(found,)] = db.execute(f"select sha256(coalesce(string_agg(h, '' order by h), '')) from ({rows})").fetchall()  # noqa: S608 - constant
    return str(found)
