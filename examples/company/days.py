"""The calendar of the story: its first and last day, workdays, and strides through them."""

from collections.abc import Iterator
from datetime import date, timedelta

from dice import Dice

HISTORY = date(2025, 5, 22)  # the first of eighteen months
MONDAY = date(2026, 11, 16)  # the first of the seven nights of the demo
TONIGHT = date(2026, 11, 22)  # the last one, a Sunday

_HOLIDAYS = (
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
_SHIFTED = (
    "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def day(text: str) -> date:
    """The date written as 2026-11-22."""
    return date.fromisoformat(text)


def plus(start: date, days: int) -> date:
    """The date that many days later."""
    return start + timedelta(days=days)


HOLIDAYS = frozenset(plus(day(first), n) for first, last in _HOLIDAYS for n in range((day(last) - day(first)).days + 1))
SHIFTED = frozenset(day(text) for text in _SHIFTED)  # weekend days that are worked in return


def is_workday(when: date) -> bool:
    """Whether the branch works on that day."""
    return when in SHIFTED or (when.weekday() < 5 and when not in HOLIDAYS)


def on_or_before(when: date) -> date:
    """The last workday up to that day."""
    while not is_workday(when):
        when = plus(when, -1)
    return when


def on_or_after(when: date) -> date:
    """The first workday from that day on."""
    while not is_workday(when):
        when = plus(when, 1)
    return when


def workdays_later(when: date, count: int) -> date:
    """The workday that many workdays later."""
    for _ in range(count):
        when = on_or_after(plus(when, 1))
    return when


def happened(when: date) -> date | None:
    """The date of an event, or none where it lies after tonight."""
    return when if when <= TONIGHT else None


def strides(dice: Dice, first: date, last: date, low: int, high: int) -> Iterator[date]:
    """Workdays from first to last, low to high days apart; longer only across a holiday."""
    when = on_or_after(first)
    while when <= last:
        yield when
        following = on_or_before(plus(when, dice.between(low, high)))
        when = following if following > when else on_or_after(plus(when, 1))
