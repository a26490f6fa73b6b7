"""The period in which a line of the cadence table counts: the month, two months, half-year or year that it names."""

from datetime import date, timedelta

from engine.policy.spans import Rhythm
from engine.reports.period import Period, later, named, read_month

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_HALF = 6


def own_period(rhythm: Rhythm, day: date) -> Period:
    """The whole period of a line that `day` is in, named as people write it: 2026-11, 2026-Q4, 2026-H2, 2026.

    `3 per month` counts in the calendar month, `every 1..2 months` in January and February, March and April, …;
    weeks begin on Monday.
    """
    if rhythm.unit in _DAYS:
        return _of_days(rhythm.count * _DAYS[rhythm.unit], day, rhythm.unit)
    months = rhythm.count * _MONTHS[rhythm.unit]
    since = later(day, "month", -((day.year * 12 + day.month - 1) % months))
    until = later(since, "month", months) - timedelta(days=1)
    return Period(since, until, _label(since, until, months))


def anchor(month: str | None, today: date) -> date:
    """The day whose periods are planned: today, or of another month its nearest day. Raises UsageError for no month."""
    if month is None:
        return today
    period = read_month(month)
    return min(max(today, period.since), period.until)


def _of_days(days: int, day: date, unit: str) -> Period:
    since = date.fromordinal((day.toordinal() - 1) // days * days + 1)
    until = since + timedelta(days=days - 1)
    if days == _DAYS["week"]:
        year, week, _ = since.isocalendar()
        return Period(since, until, f"{year:04}-W{week:02}")
    return Period(since, until, since.isoformat() if unit == "day" and days == 1 else f"{since:%m-%d}…{until:%m-%d}")


def _label(since: date, until: date, months: int) -> str:
    if months in (1, 3, 12):
        return named(since, {1: "month", 3: "quarter", 12: "year"}[months])
    if months == _HALF:
        return f"{since.year:04}-H{since.month // 7 + 1}"
    if since.year == until.year:
        return f"{named(since, 'month')}…{until.month:02}"
    if months % 12 == 0:
        return f"{since.year:04}…{until.year:04}"
    return f"{named(since, 'month')}…{named(until, 'month')}"
