"""Days off of single people: on which days somebody is not there, and when they have had so many workdays.

Absences come from facts of type `absence`: both days included; without `until`, until further notice; without
`since`, from the day it was told, else from ever.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol

from engine.policy.model import Due

Span = tuple[date, date]
FOREVER = date.max
_DAY = timedelta(1)


class Calendar(Protocol):
    """Which days are worked; see `engine.action.calendar`."""

    def add_workdays(self, day: date, n: int, /) -> date:
        """The `n`-th workday after `day`."""

    def unpublished(self, year: int, /) -> bool:
        """Whether the workdays of the year are an estimate."""


class Absences:
    """Who is away when: spans by person, both days included."""

    def __init__(self, spans: Iterable[tuple[str, date | None, date | None]] = ()) -> None:
        by_person: dict[str, list[Span]] = {}
        for person, since, until in spans:
            first, last = since or date.min, until or FOREVER
            if first <= last:
                by_person.setdefault(person, []).append((first, last))
        self._spans: Mapping[str, list[Span]] = {person: sorted(found) for person, found in by_person.items()}

    def known(self, person: str | None) -> bool:
        """Whether the person is ever away."""
        return person in self._spans

    def until(self, person: str | None, day: date) -> date | None:
        """The last day off in one stretch, where the person is away on `day`; FOREVER until further notice."""
        last: date | None = None
        for first, end in self._spans.get(person or "", ()):
            if first <= day <= end or (last is not None and last < FOREVER and first <= last + _DAY and end > last):
                last = end if last is None else max(last, end)
        return last

    def throughout(self, person: str | None, first: date, last: date, calendar: Calendar) -> bool:
        """Whether the person is away on every workday from `first` to `last`; where there is none, on `last` itself."""
        if not self.known(person):
            return False
        day = calendar.add_workdays(first - _DAY, 1)
        if day > last:
            return self.until(person, last) is not None
        while day <= last:
            end = self.until(person, day)
            if end is None:
                return False
            if end == FOREVER:
                return True
            day = calendar.add_workdays(end, 1)
        return True

    def due(self, person: str | None, span: Due, today: date, calendar: Calendar) -> date | None:
        """The day on which a span ends, counted on the person's own workdays; None if they are away for ever.

        Calendar days run on; where they end on a day off, it is the first own workday after it.
        """
        if not self.known(person):
            return company_due(span, today, calendar)
        if not span.workdays or not span.days:
            day = today + timedelta(span.days)
            return day if self.until(person, day) is None else self._after(person, day, 1, calendar)
        return self._after(person, today, span.days, calendar)

    def _after(self, person: str | None, day: date, n: int, calendar: Calendar) -> date | None:
        """The n-th own workday after `day`."""
        while n:
            day = calendar.add_workdays(day, 1)
            end = self.until(person, day)
            if end == FOREVER:
                return None
            if end is None:
                n -= 1
            else:
                day = end
        return day

    def late(self, person: str | None, due: date, after: Due, today: date, calendar: Calendar) -> bool:
        """Whether the span `after` the due day has passed by `today`; days off of the person do not count."""
        if after.workdays:
            ends = self._after(person, due, after.days, calendar) if after.days else due
            return ends is not None and ends <= today
        there = sum(self.until(person, due + timedelta(n)) is None for n in range(1, (today - due).days + 1))
        return there >= after.days


def company_due(span: Due, today: date, calendar: Calendar) -> date:
    """The day on which a span from `today` ends."""
    if span.workdays and span.days:
        return calendar.add_workdays(today, span.days)
    return today + timedelta(span.days)
