"""Open tasks of people who are no longer active go to whoever takes them now."""

import sqlite3
from dataclasses import dataclass

import duckdb

from engine.action.assign import People
from engine.action.facts import Facts
from engine.action.reassign import Standing, reassign
from engine.policy.model import Policy

HOLDFAST = "holdfast"  # who acts where no person does


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that changes hands."""

    task: str
    before: str
    person: str | None
    queue: str | None


def tasks_of_leavers(
    db: sqlite3.Connection, conclusions: duckdb.DuckDBPyConnection, policy: Policy, facts: Facts, people: People
) -> list[Moved]:
    """The unfinished tasks of inactive people, with who takes each; `conclusions` has the table `carer`."""
    holders = db.execute(
        "select distinct assignee from task where status in ('open', 'started') and assignee is not null"
    )
    moved: list[Moved] = []
    for person in sorted(person for (person,) in holders if not people.active(person)):
        rows = db.execute(
            "select t.id, t.step, e.play, e.subject_type, e.subject, e.account"
            " from task t join episode e on e.id = t.episode"
            " where t.status in ('open', 'started') and t.assignee = ? order by t.id",
            [person],
        )
        tasks = [Standing(id, _meant_for(policy, play, step), *fact) for id, step, play, *fact in rows]
        given = reassign(conclusions, facts, people, tasks)
        moved += [Moved(t.id, person, g.person, g.queue) for t, g in zip(tasks, given, strict=True)]
    return moved


def write_moved(db: sqlite3.Connection, moved: list[Moved], day: str) -> None:
    """Give the tasks to their new people, and note it in each task's history."""
    db.executemany("update task set assignee = ?, queue = ? where id = ?", ((m.person, m.queue, m.task) for m in moved))
    db.executemany(
        "insert into action (task, who, at, what, note) values (?, ?, ?, 'reassign', ?)",
        ((m.task, HOLDFAST, day, f"{m.before} is no longer active; now {m.person or m.queue}") for m in moved),
    )


def _meant_for(policy: Policy, play: str, step: str) -> str:
    steps = policy.plays[play].steps if play in policy.plays else ()
    return next((s.assign for s in steps if s.id == step), "owner")
