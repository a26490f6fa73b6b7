"""Tasks long past their due day are shown to others as well, as their play says.

Days on which the task's person is away do not count, nor does the time for which it was put off.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from engine.action.assign import Assignment
from engine.action.away import Calendar
from engine.action.facts import Facts
from engine.action.place import There
from engine.action.reassign import Standing, reassign
from engine.policy.model import Due, Escalation, Policy

NOBODY, NOT_BEGUN, BEGUN, AWAY = "nobody", "not_begun", "begun", "away"  # why a task is late


@dataclass(frozen=True, slots=True)
class Escalated:
    """A task that is shown to somebody else from tonight on.

    `level` counts its play's escalations from 1; `before`: whose it is, or its queue; `why` it is late.
    """

    task: str
    level: int
    to: Assignment
    before: str
    why: str


_THRESHOLD = "create temp table if not exists threshold (play text, level integer, tier text, step text, due text)"
_LATE = """
select h.level, h.tier, t.id, t.assignee, t.queue, t.status, t.due_on, e.play, e.subject_type, e.subject, e.account
from task t join episode e on e.id = t.episode
join threshold h on h.play = e.play and (h.tier is null or h.tier = e.tier) and (h.step is null or h.step = t.step)
where t.status in ('open', 'started') and t.due_on <= h.due
  and (e.snoozed_until is null or e.snoozed_until <= ?)
  and not exists (select 1 from notice n where n.task = t.id and n.level = h.level)
order by t.id, h.level
"""


def overdue_tasks(
    db: sqlite3.Connection, conclusions: duckdb.DuckDBPyConnection, policy: Policy, facts: Facts, there: There
) -> list[Escalated]:
    """The unfinished tasks whose time for an escalation has come and that have not had it; each once a level."""
    _load_thresholds(db, policy, there)
    rows = []
    for row in db.execute(_LATE, [there.today.isoformat()]):
        level, tier, _, assignee, _, _, due, play, *_ = row
        after = policy.plays[play].escalate[level - 1].after[tier]
        if not there.absences.known(assignee) or there.absences.late(
            assignee, date.fromisoformat(due), after, there.today, there.calendar
        ):
            rows.append(row)
    tasks = [Standing(row[2], policy.plays[row[7]].escalate[row[0] - 1].to, *row[8:]) for row in rows]
    given = reassign(conclusions, facts, there, tasks)
    return [
        Escalated(row[2], row[0], to, row[3] or row[4] or "", _why(row, there))
        for row, first in zip(rows, given, strict=True)
        if (to := _above(row[3], first, there)) is not None
    ]


def write_escalated(db: sqlite3.Connection, escalated: list[Escalated], run: str) -> None:
    """Keep to whom the tasks are shown."""
    db.executemany(
        "insert into notice (task, level, person, queue, run, before, why) values (?, ?, ?, ?, ?, ?, ?)",
        ((e.task, e.level, e.to.person, e.to.queue, run, e.before, e.why) for e in escalated),
    )


def latest_due(after: Due, today: date, calendar: Calendar) -> date:
    """The latest due day for which the span `after` it has passed by `today`."""
    day = today - timedelta(after.days)
    while after.workdays and after.days and calendar.add_workdays(day, after.days) > today:
        day -= timedelta(1)
    return day


def _load_thresholds(db: sqlite3.Connection, policy: Policy, there: There) -> None:
    db.execute(_THRESHOLD)
    db.execute("delete from threshold")
    for play in policy.plays.values():
        for level, escalation in enumerate(play.escalate, 1):
            for tier, after in escalation.after.items():
                due = latest_due(after, there.today, there.calendar).isoformat()
                db.executemany(
                    "insert into threshold values (?, ?, ?, ?, ?)",
                    ((play.name, level, tier, step, due) for step in _steps(escalation)),
                )


def _steps(escalation: Escalation) -> tuple[str | None, ...]:
    return escalation.steps or (None,)


def _above(assignee: str | None, to: Assignment, there: There) -> Assignment | None:
    """To whom a task is shown; where that is whose it is already, the next one above, or nobody."""
    if assignee is None or to.person != assignee:
        return to
    above = filter(there.people.active, there.people.managers(assignee))
    return next((Assignment(person) for person in above), None)


def _why(row: tuple[str, ...], there: There) -> str:
    assignee, status = row[3], row[5]
    if assignee is None:
        return NOBODY
    if there.absences.until(assignee, there.today) is not None:
        return AWAY
    return BEGUN if status == "started" else NOT_BEGUN
