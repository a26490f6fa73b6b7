"""What everyone's list holds, and how much it may hold until a week from tonight."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from engine.action.hours import WEEK_WORKDAYS, Budget
from engine.action.place import There
from engine.action.priority import LEAST

_WEEK = timedelta(7)


class Work(NamedTuple):
    """An unfinished task on somebody's list. What is one task for its person is one here."""

    person: str
    account: str | None
    contact: str | None
    due_on: str
    priority: int
    begun: bool


class Count(NamedTuple):
    """How many tasks of a kind a person's list holds."""

    person: str
    contact: str | None
    priority: int
    tasks: int


_WORK = """
select t.assignee, e.account, t.contact, min(t.due_on), min(e.priority), max(t.status = 'started')
from task t join episode e on e.id = t.episode
where t.status in ('open', 'started') and t.assignee is not null
  and (e.snoozed_until is null or e.snoozed_until <= ?)
group by coalesce(t.joined, t.id)
order by t.assignee, t.id
"""


def open_work(db: sqlite3.Connection, today: date) -> list[Work]:
    """All that people have to do, without what is put off until after `today`."""
    rows = db.execute(_WORK, [today.isoformat()])
    return [
        Work(person, account, contact, due_on, priority, bool(begun))
        for person, account, contact, due_on, priority, begun in rows
    ]


def count_work(work: Iterable[tuple[str, str | None, int]]) -> list[Count]:
    """The tasks by person, contact and priority."""
    found = Counter(work)
    return [Count(*kind, found[kind]) for kind in sorted(found, key=lambda kind: (kind[0], kind[1] or "", kind[2]))]


def week_hours(person: str, there: There) -> float | None:
    """The hours somebody has on the seven days after today: a fifth of the weekly hours for each workday that they
    are there. None where no weekly hours are recorded."""
    known = there.people.by_id.get(person)
    if known is None or known.weekly_hours is None:
        return None
    days = sum(there.absences.until(person, day) is None for day in there.next_workdays(there.today + _WEEK))
    return max(known.weekly_hours, 0.0) * days / WEEK_WORKDAYS


@dataclass
class Room:
    """One person's list: the hours that it may hold, and the hours and tasks that it does, by priority.

    It is full from the first matter on that did not fit: what comes after it in the order waits too.
    """

    hours: float
    held: list[float] = field(default_factory=lambda: [0.0] * (LEAST + 1))
    tasks: list[int] = field(default_factory=lambda: [0] * (LEAST + 1))
    full: bool = False

    def add(self, priority: int, hours: float, tasks: int = 1) -> None:
        """Put tasks on the list; `hours` is what all of them take."""
        self.held[priority] += hours
        self.tasks[priority] += tasks

    def takes(self, priority: int, hours: float, tasks: int, budget: Budget) -> bool:
        """Whether tasks fit: beside those that are at least as urgent, or since the list is short."""
        if self.full:
            return False
        if sum(self.tasks) + tasks <= budget.least_tasks:
            return True
        if budget.most_tasks is not None and sum(self.tasks[: priority + 1]) + tasks > budget.most_tasks:
            return False
        return round(sum(self.held[: priority + 1]) + hours, 6) <= round(self.hours * budget.share, 6)


def rooms(counts: Iterable[Count], hours: Mapping[str | None, float], week: Mapping[str, float]) -> dict[str, Room]:
    """The lists of everyone in `week` (their hours), by what a task takes by contact."""
    found = {person: Room(given) for person, given in week.items()}
    for count in counts:
        if count.person in found:
            found[count.person].add(count.priority, hours[count.contact] * count.tasks, count.tasks)
    return found
