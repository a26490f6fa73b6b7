"""What a night weighed against people's hours, frozen with its run: for replay, for why-not, for tell.

`lists.parquet`: the tasks on each list, by contact and priority, with the hours they take, and those `of` which the
list may hold; `new` ones came tonight. `waiting.parquet`: each task that was weighed, with what its place in the order
rests on; `waits` says that its matter waits, `full` whose list had no room. Both are there only where something waits.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from engine.action.budget import Held, Known, Wanted
from engine.action.hours import budget, task_hours
from engine.action.lists import Count, Work, count_work, open_work
from engine.policy.model import Policy

Row = tuple[object, ...]
LISTS, WAITING = "lists.parquet", "waiting.parquet"


@dataclass(frozen=True)
class Others:
    """What people have to do for accounts that a store does not hold, and what of it waits for room."""

    work: Sequence[Work] = ()
    waiting: Sequence[Wanted] = ()


NO_OTHERS = Others()


def known_now(db: sqlite3.Connection, today: date, others: Others) -> Known:
    """What is known before tonight's work is weighed: from the store, and of `others`."""
    work = open_work(db, today)
    return Known(
        count_work((w.person, w.contact, w.priority) for w in (*work, *others.work)),
        frozenset((w.person, w.account, w.contact) for w in work if w.account and w.contact and not w.begun),
        {key: date.fromisoformat(since) for key, since in db.execute("select key, since from waiting")},
        others.waiting,
    )


def others_than(db: sqlite3.Connection, account: str, today: date, folder: Path | None) -> Others:
    """The rest of what a store holds beside one account; `folder` of its last run, None where there is none."""
    return Others(
        [work for work in open_work(db, today) if work.account != account],
        [each for each, waits, _ in (read_weighed(folder) if folder else ()) if waits and each.account != account],
    )


def write_room(folder: Path, held: Held, known: Known, policy: Policy) -> None:
    """Freeze what was weighed, where anything waits. `policy` has a budget."""
    limits = budget(policy)
    if limits is None or not held.waits:
        return
    of = {person: hours * limits.share for person, hours in held.week.items()}
    added = count_work((w.person, w.contact, w.priority) for w in held.added)
    rows: list[Row] = [
        (*count, task_hours(policy, count.contact) * count.tasks, of[count.person], new)
        for counts, new in ((known.counts, False), (added, True))
        for count in counts
        if count.person in of
    ]
    listed = {row[0] for row in rows}
    rows += [(person, None, None, 0, 0.0, of[person], False) for person in sorted(of.keys() - listed)]
    weighed: list[Row] = [(*each, each.key in held.waits, held.waits.get(each.key)) for each in held.wanted]
    with duckdb.connect() as db:
        _write(db, folder / LISTS, _LIST_COLUMNS, rows)
        _write(db, folder / WAITING, _WAITING_COLUMNS, weighed)


def read_room(folder: Path) -> Known:
    """What a run's lists were full with. Nothing where none was. Raises duckdb.Error for damaged files."""
    if not (folder / WAITING).is_file():
        return Known()
    with duckdb.connect() as db:
        counts = db.execute(
            "select person, contact, priority, tasks from read_parquet($1) where tasks > 0 and not new",
            [str(folder / LISTS)],
        ).fetchall()
    weighed = read_weighed(folder)
    return Known(
        [Count(*row) for row in counts],
        frozenset(each.meeting for each, _, _ in weighed if each.free and each.meeting is not None),
        {each.key: each.since for each, _, _ in weighed if each.since is not None},
    )


def read_weighed(folder: Path, account: str | None = None) -> list[tuple[Wanted, bool, str | None]]:
    """What a run weighed, of one account or of all: (task, whether its matter waits, whose list was full)."""
    if not (folder / WAITING).is_file():
        return []
    with duckdb.connect() as db:
        rows = db.execute(
            "select * from read_parquet($1) where $2 is null or account = $2", [str(folder / WAITING), account]
        ).fetchall()
    return [(Wanted(*row[:-2]), row[-2], row[-1]) for row in rows]


@dataclass(frozen=True)
class FullList:
    """A list after a night: its tasks, the hours that these take, and those that it may hold."""

    person: str
    tasks: int
    hours: float
    of: float


def read_lists(folder: Path) -> dict[str, FullList]:
    """The lists that new work was weighed for, by person, after the night; none where none was full."""
    if not (folder / LISTS).is_file():
        return {}
    with duckdb.connect() as db:
        rows = db.execute(
            "select person, sum(tasks)::bigint, sum(hours), max(of) from read_parquet($1) group by person order by all",
            [str(folder / LISTS)],
        ).fetchall()
    return {row[0]: FullList(*row) for row in rows}


_LIST_COLUMNS = {
    "person": "varchar", "contact": "varchar", "priority": "bigint", "tasks": "bigint", "hours": "double",
    "of": "double", "new": "boolean",
}  # fmt: skip
_WAITING_COLUMNS = {
    "key": "varchar", "step": "varchar", "begins": "boolean", "play": "varchar", "subject": "varchar",
    "account": "varchar", "priority": "bigint", "person": "varchar", "contact": "varchar", "hours": "double",
    "place": "bigint", "value": "double", "since": "date", "free": "boolean", "waits": "boolean", "full": "varchar",
}  # fmt: skip


def _write(db: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str], rows: list[Row]) -> None:
    """Write rows in their order; the names of columns are constants of this module."""
    fields = ", ".join(f'unnest(${n}::{kind}[]) "{name}"' for n, (name, kind) in enumerate(columns.items(), 1))
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    db.execute(
        f"copy (select {fields}) to ${len(columns) + 1} (format parquet, compression zstd)", [*values, str(path)]
    )
