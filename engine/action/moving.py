"""Tasks that must change hands: of people who have left, of people who are away, and those that nobody could take."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from engine.action.facts import Facts
from engine.action.place import There
from engine.action.reassign import Standing, reassign
from engine.policy.model import Policy

HOLDFAST = "holdfast"  # who acts where no person does
_TASKS = """
select t.id, t.step, t.assignee, t.queue, t.due_on, e.play, e.subject_type, e.subject, e.account, e.priority
from task t join episode e on e.id = t.episode
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that changes hands, and why."""

    task: str
    person: str | None
    queue: str | None
    note: str


def tasks_to_move(
    db: sqlite3.Connection, conclusions: duckdb.DuckDBPyConnection, policy: Policy, facts: Facts, there: There
) -> list[Moved]:
    """The unfinished tasks that somebody else must take, with who does; `conclusions` has the table `carer`.

    Tasks of people who have left; tasks in a queue for which there is now a person; and tasks that nobody has begun
    of people who are away until they are due, unless somebody gave them to that person by hand.
    """
    rows = db.execute(f"{_TASKS} where t.assignee is null and t.status in ('open', 'started') order by t.id")
    moved = list(_moved(rows.fetchall(), conclusions, policy, facts, there, "{0} could not take it"))
    holders = db.execute(
        "select distinct assignee from task where status in ('open', 'started') and assignee is not null"
    )
    for person in sorted(person for (person,) in holders):
        if not there.people.active(person):
            which, said = "", "{0} is no longer active"
        elif there.absences.until(person, there.today) is not None:
            which, said = " and t.status = 'open' and not t.by_hand", "{0} is away"
        else:
            continue
        rows = db.execute(
            f"{_TASKS} where t.assignee = ? and t.status in ('open', 'started'){which} order by t.id", [person]
        )
        moved += _moved(rows.fetchall(), conclusions, policy, facts, there, said)
    return moved


def write_moved(db: sqlite3.Connection, moved: list[Moved], day: str) -> None:
    """Give the tasks to their new people, and note it in each task's history."""
    db.executemany(
        "update task set assignee = ?, queue = ?, by_hand = 0 where id = ?",
        ((m.person, m.queue, m.task) for m in moved),
    )
    db.executemany(
        "insert into action (task, who, at, what, note) values (?, ?, ?, 'reassign', ?)",
        ((m.task, HOLDFAST, day, m.note) for m in moved),
    )


def _moved(
    rows: list[tuple[Any, ...]], conclusions: duckdb.DuckDBPyConnection, policy: Policy, facts: Facts, there: There,
    said: str,
) -> Iterable[Moved]:  # fmt: skip
    tasks = [
        Standing(id, _meant_for(policy, play, step), type, subject, account, date.fromisoformat(due), priority)
        for id, step, _, _, due, play, type, subject, account, priority in rows
    ]
    given = reassign(conclusions, facts, there, tasks)
    for row, task, now in zip(rows, tasks, given, strict=True):
        before, queue = row[2], row[3]
        if (before, queue) != (now.person, now.queue):
            yield Moved(
                task.id, now.person, now.queue, f"{said.format(before or queue)}; now {now.person or now.queue}"
            )


def _meant_for(policy: Policy, play: str, step: str) -> str:
    steps = policy.plays[play].steps if play in policy.plays else ()
    return next((s.assign for s in steps if s.id == step), "owner")
