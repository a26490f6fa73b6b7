"""Tasks long past their due day are shown to others as well, as their play says."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from engine.action.assign import Assignment, People
from engine.action.facts import Facts
from engine.action.make import Calendar
from engine.action.reassign import Standing, reassign
from engine.policy.model import Due, Policy


@dataclass(frozen=True, slots=True)
class Escalated:
    """A task that is shown to somebody else from tonight on; `level` counts its play's escalations from 1."""

    task: str
    level: int
    to: Assignment


def overdue_tasks(
    db: sqlite3.Connection,
    conclusions: duckdb.DuckDBPyConnection,
    policy: Policy,
    facts: Facts,
    people: People,
    calendar: Calendar,
    today: date,
) -> list[Escalated]:
    """The unfinished tasks whose time for an escalation has come and that have not had it; each once a level."""
    db.execute("create temp table if not exists threshold (play text, level integer, due text, whom text)")
    db.execute("delete from threshold")
    for play in policy.plays.values():
        for level, escalation in enumerate(play.escalate, 1):
            due = latest_due(escalation.after, today, calendar).isoformat()
            db.execute("insert into threshold values (?, ?, ?, ?)", [play.name, level, due, escalation.to])
    rows = db.execute(
        "select h.level, t.id, h.whom, e.subject_type, e.subject, e.account"
        " from task t join episode e on e.id = t.episode join threshold h on h.play = e.play"
        " where t.status in ('open', 'started') and t.due_on <= h.due"
        " and not exists (select 1 from notice n where n.task = t.id and n.level = h.level) order by t.id, h.level"
    ).fetchall()
    tasks = [Standing(*row[1:]) for row in rows]
    given = reassign(conclusions, facts, people, tasks)
    return [Escalated(t.id, row[0], g) for row, t, g in zip(rows, tasks, given, strict=True)]


def write_escalated(db: sqlite3.Connection, escalated: list[Escalated], run: str) -> None:
    """Keep to whom the tasks are shown."""
    db.executemany(
        "insert into notice (task, level, person, queue, run) values (?, ?, ?, ?, ?)",
        ((e.task, e.level, e.to.person, e.to.queue, run) for e in escalated),
    )


def latest_due(after: Due, today: date, calendar: Calendar) -> date:
    """The latest due day for which the span `after` it has passed by `today`."""
    day = today - timedelta(after.days)
    while after.workdays and after.days and calendar.add_workdays(day, after.days) > today:
        day -= timedelta(1)
    return day
