"""What nights under several policies left open: every task by policy, put side by side in one database of its own."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.action.report import Night

LIVE, CANDIDATE = "live", "candidate"
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_FIELDS = ("due_on", "priority", "assignee", "contact", "joined", "title", "body", "reasons", "made_on", "ended_on")


@dataclass(frozen=True)
class SeenTask:
    """A task as it last stood under one policy. `joined`: it is part of another task of its person."""

    assignee: str | None
    assignee_name: str | None
    tier: str | None
    due_on: date
    priority: int
    contact: str | None
    joined: bool
    title: str
    reasons: tuple[str, ...]
    made_on: date
    ended_on: date | None
    ended_why: str | None


@dataclass(frozen=True)
class Found:
    """A task that two policies do not have alike; `fields` are those that differ where both have it."""

    key: str
    number: int
    step: str
    play: str
    subject_type: str
    subject: str
    account: str | None
    account_name: str | None
    before: SeenTask | None
    after: SeenTask | None
    fields: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """added, removed or changed."""
        return ADDED if self.before is None else REMOVED if self.after is None else CHANGED

    @property
    def identity(self) -> tuple[str, str, int, str]:
        """What it is, and what became of it."""
        return self.how, self.key, self.number, self.step

    @property
    def one(self) -> SeenTask:
        """As it stands under the candidate, or as it stood."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a task that neither policy has")
        return found


@dataclass(frozen=True)
class NightCount:
    """What a night came to: new tasks, those open after it, conclusions, accounts at risk."""

    today: date
    new: int
    open: int
    signals: int
    red: int
    amber: int


class Seen:
    """The database of what was seen, one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma synchronous = off")
        self.db.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def watch(self, side: str, today: date, night: Night) -> None:
        """Take in what is open after a night under the policy called `side`, and what became of the rest."""
        store = night.store
        connection = store.db.conn
        connection.execute("attach ? as seen", [str(self.path)])
        try:
            connection.execute(_OPEN, {"side": side})
            connection.execute(_ENDED, {"side": side})
        finally:
            connection.execute("detach seen")
        [(new, open)] = store.rows(_COUNTS, [night.run])
        risk = night.counts["risk"]
        count = (side, today.isoformat(), new, open, night.counts["signals"], risk.get("red", 0), risk.get("amber", 0))
        self.db.execute("insert or replace into night values (?, ?, ?, ?, ?, ?, ?)", count)

    def nights(self, side: str) -> list[NightCount]:
        """The nights under a policy, in the order of days."""
        rows = self.db.execute(
            "select today, new, open, signals, red, amber from night where side = ? order by 1", [side]
        )
        return [NightCount(date.fromisoformat(today), *counts) for today, *counts in rows]

    def tasks(self, side: str) -> dict[str | None, int]:
        """How many tasks were open after any night, by the way of contact; parts of others are not counted."""
        rows = self.db.execute("select contact, count(*) from task where side = ? and not joined group by 1", [side])
        return dict(rows.fetchall())

    def differences(self, first: str, second: str) -> Iterator[Found]:
        """The tasks that two policies do not have alike, in the order of plays, accounts, subjects and steps."""
        for row in self.db.execute(_DIFFERENCES, {"first": first, "second": second}):
            key, number, step, play, type, subject, account, name, *rest = row
            size = len(_SEEN)
            before, after, differ = rest[:size], rest[size : 2 * size], rest[2 * size :]
            fields = tuple(field for field, other in zip(_FIELDS, differ, strict=True) if other)
            both = before[0] is not None and after[0] is not None
            yield Found(
                key, number, step, play, type, subject, account, name, _task(before), _task(after),
                fields if both else (),
            )  # fmt: skip


def _task(row: list[Any]) -> SeenTask | None:
    due, assignee, name, tier, priority, contact, joined, title, reasons, made, ended, why = row
    if due is None:
        return None
    return SeenTask(
        assignee, name, tier, date.fromisoformat(due), priority, contact, bool(joined), title,
        tuple(json.loads(reasons)), date.fromisoformat(made), date.fromisoformat(ended) if ended else None, why,
    )  # fmt: skip


_TABLES = """
create table task (
    side text, key text, number integer, step text, play text, subject_type text, subject text, account text,
    account_name text, due_on text, assignee text, assignee_name text, tier text, priority integer, contact text,
    joined integer, title text, reasons text, made_on text, ended_on text, ended_why text, body text,
    primary key (side, key, number, step)
) without rowid;
create table night (
    side text, today text, new integer, open integer, signals integer, red integer, amber integer,
    primary key (side, today)
);
"""
_SEEN = (
    "due_on", "assignee", "assignee_name", "tier", "priority", "contact", "joined", "title", "reasons", "made_on",
    "ended_on", "ended_why",
)  # fmt: skip
_ROWS = """
insert or replace into seen.task
select :side, e.key, e.number, t.step, e.play, e.subject_type, e.subject, e.account, e.account_name, t.due_on,
       coalesce(t.assignee, t.queue), coalesce(r.name, t.queue), e.tier, e.priority, t.contact, t.joined is not null,
       t.title, e.reasons, m.today, t.ended_on, t.ended_why, t.body
from main.task t join main.episode e on e.id = t.episode join main.run m on m.id = t.made_run
left join main.rep r on r.id = t.assignee
"""
_OPEN = f"{_ROWS} where t.status in ('open', 'started')"
_ENDED = """
update seen.task as s set (ended_on, ended_why) = (
    select t.ended_on, t.ended_why from main.task t join main.episode e on e.id = t.episode
    where e.key = s.key and e.number = s.number and t.step = s.step
)
where s.side = :side and s.ended_on is null and exists (
    select 1 from main.task t join main.episode e on e.id = t.episode
    where e.key = s.key and e.number = s.number and t.step = s.step and t.status in ('done', 'closed')
)
"""
_COUNTS = """
select count(*) filter (where made_run = ?), count(*) filter (where status in ('open', 'started'))
from task where joined is null
"""


def _side(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _SEEN)


_BOTH = "b.key, b.number, b.step, b.play, b.subject_type, b.subject, b.account, b.account_name"
_DIFFERENCES = f"""
select {_BOTH}, {_side("b")}, {_side("a")}, {", ".join(f"b.{name} is not a.{name}" for name in _FIELDS)}
from task b left join task a on a.side = :second and (a.key, a.number, a.step) = (b.key, b.number, b.step)
where b.side = :first and (a.key is null or {" or ".join(f"b.{name} is not a.{name}" for name in _FIELDS)})
union all
select {_BOTH}, {_side("a")}, {_side("b")}, {", ".join("1" for _ in _FIELDS)}
from task b left join task a on a.side = :first and (a.key, a.number, a.step) = (b.key, b.number, b.step)
where b.side = :second and a.key is null
order by 4, 7, 6, 3, 2
"""  # noqa: S608 - constants
