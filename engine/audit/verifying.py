"""A second opinion on a run: the rete engine performs it again in a process of its own, and both are compared."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.audit.reading import reading
from engine.audit.reasons import plain
from engine.errors import EngineError, StoreError
from engine.facts.snapshot import Snapshot
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.days import Workdays
from engine.reasoning.layout import play_path, risk_path, signal_path
from engine.reasoning.plan import Plan, build_plan
from engine.reasoning.rete.worker import reason_in_worker
from engine.store.sealed import SealedRun

CHUNK = 5_000  # accounts that one process looks at
MOST_SHOWN = 100  # differences that are listed

Say = Callable[[str], None]


@dataclass(frozen=True)
class Difference:
    """A conclusion that one engine drew and the other did not, or not so.

    `kind` is signal, play or risk; `recorded` and `again` hold severity or level, weight and evidence of either; None
    where it did not conclude.
    """

    kind: str
    name: str
    subject: str | None
    account: str | None
    recorded: dict[str, Any] | None
    again: dict[str, Any] | None


@dataclass(frozen=True)
class Crash:
    """Accounts that the other process did not survive."""

    accounts: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Verified:
    """What came of it. `accounts`: how many were looked at, of `total`; `whole`: persons and the company too."""

    accounts: int
    total: int
    whole: bool
    conclusions: int
    count: int
    differences: tuple[Difference, ...]
    crashes: tuple[Crash, ...]

    @property
    def agreed(self) -> bool:
        """Whether both engines gave the same, for everyone asked for."""
        return not self.count and not self.crashes

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast verify --format json` prints."""
        return {
            "agreed": self.agreed, "accounts": self.accounts, "of": self.total, "everyone": self.whole,
            "conclusions": self.conclusions, "differences": self.count,
            "shown": [
                {
                    "kind": d.kind, "name": d.name, "subject": d.subject, "account": d.account,
                    "recorded": plain(d.recorded), "again": plain(d.again),
                }
                for d in self.differences
            ],
            "crashes": [{"accounts": list(crash.accounts), "said": crash.said} for crash in self.crashes],
        }  # fmt: skip


def verify(
    policy: Policy, snapshot: Snapshot, run: SealedRun, calendar: Workdays, sample: int | None = None,
    say: Say = lambda _: None,
) -> Verified:  # fmt: skip
    """Perform a run again with the rete engine and compare; `sample` accounts, picked by the run's id, or all.

    A crash of the other process is noted, and the accounts around it are tried again without it. Raises EngineError
    where durable-rules is not installed, StoreError where the conclusions of the run cannot be read.
    """
    ids = _accounts(snapshot)
    chosen = _sample(ids, sample, run.id)
    plan = build_plan(policy, snapshot.present)
    folders: list[Path] = []
    crashes: list[Crash] = []
    with TemporaryDirectory(prefix="holdfast-") as made:
        whole = chosen is None
        if chosen is None:
            into = Path(made) / "all"
            say("all accounts")
            try:
                reason_in_worker(policy, snapshot, run.today, into, calendar)
                folders.append(into)
            except EngineError as error:
                if not _crashed(error):
                    raise
                chosen, whole = ids, False
        if chosen is not None:
            for part in _parts(chosen):
                say(f"{len(part)} accounts from {part[0]}")
                _chunk(policy, snapshot, run, calendar, part, Path(made), folders, crashes)
        lost = {id for crash in crashes for id in crash.accounts}
        looked = None if whole else [id for id in chosen or () if id not in lost]
        count, conclusions, found = _compare(plan, run.folder, folders, looked)
    looked_at = len(ids) if looked is None else len(looked)
    return Verified(looked_at, len(ids), whole, conclusions, count, tuple(found), tuple(crashes))


def _chunk(
    policy: Policy, snapshot: Snapshot, run: SealedRun, calendar: Workdays, ids: Sequence[str], made: Path,
    folders: list[Path], crashes: list[Crash],
) -> None:  # fmt: skip
    """One process for some accounts; where it crashes, one for each half."""
    into = made / f"{len(folders)}-{len(crashes)}-{ids[0].encode().hex()[:16]}-{len(ids)}"
    try:
        reason_in_worker(policy, snapshot, run.today, into, calendar, list(ids))
        folders.append(into)
    except EngineError as error:
        if not _crashed(error):
            raise
        if len(ids) == 1:
            crashes.append(Crash(tuple(ids), error.message))
            return
        half = len(ids) // 2
        for part in (ids[:half], ids[half:]):
            _chunk(policy, snapshot, run, calendar, part, made, folders, crashes)


def _crashed(error: EngineError) -> bool:
    return error.message.startswith("the rete engine ")


def _accounts(snapshot: Snapshot) -> list[str]:
    if ACCOUNT not in snapshot.present:
        return []
    with reading("the facts of the run", "the snapshot is damaged") as db:
        rows = db.execute("select id from read_parquet($1) order by id", [str(snapshot.path(ACCOUNT))]).fetchall()
    return [str(id) for (id,) in rows]


def _sample(ids: Sequence[str], size: int | None, run: str) -> list[str] | None:
    """So many accounts, the same for the same run; None stands for all."""
    if size is None or size >= len(ids):
        return None
    return sorted(sorted(ids, key=lambda id: hashlib.sha256(f"{run} {id}".encode()).digest())[:size])


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


def _compare(
    plan: Plan, recorded: Path, again: Sequence[Path], accounts: list[str] | None
) -> tuple[int, int, list[Difference]]:
    """How many conclusions differ, how many were compared, and the first of the differences."""
    found: list[Difference] = []
    count = total = 0
    kinds = (
        *(("signal", s.name, signal_path(recorded, s.name), [signal_path(f, s.name) for f in again])
          for s in plan.signals),
        *(("play", p.name, play_path(recorded, p.name), [play_path(f, p.name) for f in again]) for p in plan.plays),
        ("risk", "risk", risk_path(recorded), [risk_path(f) for f in again]),
    )  # fmt: skip
    for kind, name, ours, theirs in kinds:
        with duckdb.connect() as db:
            rows, one, other = _apart(db, ours, theirs, accounts)
        total += rows
        pairs = {key: (one.get(key), other.get(key)) for key in (*one, *other)}
        count += len(pairs)
        for (subject, account), (first, second) in sorted(pairs.items(), key=lambda pair: str(pair[0])):
            if len(found) < MOST_SHOWN:
                found.append(Difference(kind, name, subject, account, first, second))
    return count, total, found


_ROWS = "create table {name} as select * from read_parquet($1::varchar[])"
_OURS, _THEIRS = _ROWS.format(name="ours"), _ROWS.format(name="theirs")
_OURS_NONE = "create table ours as select * from theirs where false"
_THEIRS_NONE = "create table theirs as select * from ours where false"
_OTHERS_OUT = "delete from ours where account is null or account not in (select unnest($1::varchar[]))"
_ONLY_OURS = "select * from ours except all select * from theirs"
_ONLY_THEIRS = "select * from theirs except all select * from ours"
Rows = dict[tuple[str | None, str | None], dict[str, Any]]


def _apart(
    db: duckdb.DuckDBPyConnection, ours: Path, theirs: Sequence[Path], accounts: list[str] | None
) -> tuple[int, Rows, Rows]:
    """How many rows were recorded, and those of either side that the other lacks."""
    there = [str(path) for path in theirs if path.is_file()]
    if not ours.is_file() and not there:
        return 0, {}, {}
    try:
        if there:
            db.execute(_THEIRS, [there])
        db.execute(_OURS, [[str(ours)]]) if ours.is_file() else db.execute(_OURS_NONE)
        if not there:
            db.execute(_THEIRS_NONE)
        if accounts is not None:
            db.execute(_OTHERS_OUT, [accounts])
        [(total,)] = db.execute("select count(*) from ours").fetchall()
        return int(total), _keyed(db, _ONLY_OURS), _keyed(db, _ONLY_THEIRS)
    except duckdb.Error as error:
        raise StoreError(
            f"the conclusions of {ours.stem} cannot be compared: {error}", "they may be damaged"
        ) from error


def _keyed(db: duckdb.DuckDBPyConnection, query: str) -> Rows:
    cursor = db.execute(query)
    names = [column[0] for column in cursor.description or ()]
    keyed: Rows = {}
    for row in cursor.fetchall():
        fields = dict(zip(names, row, strict=True))
        keyed[fields.pop("subject", None), fields.pop("account")] = fields
    return keyed
