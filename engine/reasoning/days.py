"""Which days are worked, as far as reasoning must know."""

from datetime import date
from typing import Protocol

FIRST_DAY = date(1990, 1, 1)  # workdays() of a date before this
LAST_DAY = date(2100, 12, 31)  # or after this one is missing


class Workdays(Protocol):
    """A calendar of workdays. Days are numbered by `date.toordinal`."""

    def workday_numbers(self, first: date, last: date) -> list[int]:
        """The ordinals of the workdays from `first` up to and including `last`, ascending."""
        ...

    def workdays_between(self, start: date, end: date) -> int:
        """The workdays after `start` up to and including `end`; negative when `end` is earlier."""
        ...


class MondayToFriday:
    """The calendar without holidays."""

    def workday_numbers(self, first: date, last: date) -> list[int]:
        """See `Workdays`."""
        return [n for n in range(first.toordinal(), last.toordinal() + 1) if n % 7 not in (6, 0)]

    def workdays_between(self, start: date, end: date) -> int:
        """See `Workdays`."""
        return _worked(end) - _worked(start)


def _worked(day: date) -> int:
    """The days from Monday to Friday since year 1, up to and including `day`."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def within(day: date) -> bool:
    """Whether workdays() reckons with `day`."""
    return FIRST_DAY <= day <= LAST_DAY
