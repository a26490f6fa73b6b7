"""Where a new task goes and by when: the person it is meant for, or who stands in while that one is away."""

from dataclasses import dataclass, field
from datetime import date

from engine.action.assign import Assignment, Carers, People, assign
from engine.action.away import Absences, Calendar, company_due
from engine.policy.model import Due

GRAVEST = 2  # the least urgent priority that does not wait for somebody's return
CARING = ("owner", "second", "rep", "sales")  # for whom the second carer may stand in


@dataclass(frozen=True)
class There:
    """Who works here, who is away when, and which days are worked, seen from `today`."""

    people: People
    absences: Absences
    calendar: Calendar
    today: date
    _ends: dict[Due, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    _workdays: dict[date, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def end_of(self, span: Due) -> date:
        """The day on which a span from today ends."""
        if (known := self._ends.get(span)) is None:
            known = self._ends[span] = company_due(span, self.today, self.calendar)
        return known

    def next_workdays(self, last: date) -> tuple[date, ...]:
        """The company's workdays after today up to and including `last`."""
        if (known := self._workdays.get(last)) is None:
            days: list[date] = []
            day = self.calendar.add_workdays(self.today, 1)
            while day <= last:
                days.append(day)
                day = self.calendar.add_workdays(day, 1)
            known = self._workdays[last] = tuple(days)
        return known


def place(to: str, span: Due, carers: Carers, rep: str | None, priority: int, there: There) -> tuple[Assignment, date]:
    """Who takes a new task meant for `to` (see `assign`), and its due day, counted on that person's own workdays.

    Somebody who is away on every workday until the due day is stood in for: by the account's second carer (or its
    owner, for the second) where that one is there; otherwise by a manager who is there, if the task is urgent
    (`priority` 1 or 2) or the return is not known; otherwise it waits, due after the return.
    """
    given = assign(to, carers, rep, there.people)
    by = there.end_of(span)
    if not there.absences.known(given.person):
        return given, by
    given = stand_in(given, to, by, carers, priority, there)
    return given, there.absences.due(given.person, span, there.today, there.calendar) or by


def stand_in(given: Assignment, to: str, by: date, carers: Carers, priority: int, there: There) -> Assignment:
    """Who takes a task due `by` instead of somebody who is away until then; `given` itself where nobody better is."""
    away = there.absences
    if not away.throughout(given.person, there.today, by, there.calendar):
        return given

    def here(person: str | None) -> bool:
        return there.people.active(person) and not away.throughout(person, there.today, by, there.calendar)

    if to in CARING:
        for person in (carers.owner, carers.second):
            if person != given.person and here(person):
                return Assignment(person)
    if priority > GRAVEST and away.due(given.person, Due(1, workdays=True), there.today, there.calendar) is not None:
        return given
    return next((Assignment(person) for person in there.people.managers(given.person) if here(person)), given)
