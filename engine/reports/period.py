"""Periods of whole days, and the months, quarters and years within them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import UsageError

UNITS = ("month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FORMS = re.compile(r"(?P<year>\d{4})(?:-(?:[Qq](?P<quarter>[1-4])|(?P<month>\d{2})))?", re.ASCII)
_LAST = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>[dmqy])", re.ASCII)
_LETTERS = {"m": "month", "q": "quarter", "y": "year"}


@dataclass(frozen=True)
class Period:
    """The days from `since` up to and including `until`. `label` names one that is a month, quarter or year."""

    since: date
    until: date
    label: str = ""

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise UsageError(
                f"the period would end on {self.until}, before it begins on {self.since}", "turn the two days round"
            )


def begin(day: date, unit: str) -> date:
    """The first day of the month, quarter or year of `day`."""
    return day.replace(month=(day.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1, day=1)


def later(day: date, unit: str, count: int) -> date:
    """The first day of the month, quarter or year `count` ones after that of `day`; before it where negative."""
    months = begin(day, unit).year * 12 + begin(day, unit).month - 1 + count * _MONTHS[unit]
    try:
        return date(months // 12, months % 12 + 1, 1)
    except ValueError:
        raise UsageError("the period would lie outside the years 1 to 9999", "name a nearer one") from None


def named(day: date, unit: str) -> str:
    """What the month, quarter or year of `day` is called: 2026-10, 2026-Q4, 2026."""
    if unit == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}-{day.month:02}" if unit == "month" else f"{day.year:04}"


def whole(day: date, unit: str) -> Period:
    """The month, quarter or year of `day`."""
    return Period(begin(day, unit), later(day, unit, 1) - timedelta(days=1), named(day, unit))


def parts(period: Period, unit: str) -> tuple[Period, ...]:
    """The months, quarters or years that `period` touches, cut to it, in order."""
    found, day = [], begin(period.since, unit)
    while day <= period.until:
        one = whole(day, unit)
        found.append(Period(max(one.since, period.since), min(one.until, period.until), one.label))
        day = one.until + timedelta(days=1)
    return tuple(found)


def last_days(today: date, days: int) -> Period:
    """The last so many days, `today` among them."""
    return Period(today - timedelta(days=max(days, 1) - 1), today)


def last_units(today: date, unit: str, count: int) -> Period:
    """The last so many months, quarters or years, the one of `today` among them, up to `today`."""
    return Period(later(today, unit, 1 - count), today)


def read_period(text: str, today: date) -> Period:
    """A period in words: 2026, 2026-Q3, 2026-10, or the last of them up to today: 90d, 6m, 4q, 2y.

    A period that `today` is in ends with today. Raises UsageError.
    """
    if last := _LAST.fullmatch(text):
        count, letter = int(last["count"]), last["unit"]
        return last_days(today, count) if letter == "d" else last_units(today, _LETTERS[letter], count)
    found = _FORMS.fullmatch(text)
    if found is None:
        raise UsageError(f"'{text}' is no period", "write 2026, 2026-Q3, 2026-10, or the last 90d, 6m, 4q, 2y")
    unit = "quarter" if found["quarter"] else "month" if found["month"] else "year"
    month = int(found["quarter"]) * 3 if found["quarter"] else int(found["month"] or 1)
    try:
        one = whole(date(int(found["year"]), month, 1), unit)
    except ValueError:
        raise UsageError(f"'{text}' is no period", "months are 01 to 12") from None
    if one.since > today:
        raise UsageError(f"{text} has not begun: the facts end on {today}", "name an earlier period")
    return Period(one.since, min(one.until, today), one.label)


def read_month(text: str) -> Period:
    """A whole month written as 2026-10, past or to come. Raises UsageError."""
    found = _FORMS.fullmatch(text)
    if found is None or found["month"] is None:
        raise UsageError(f"'{text}' is no month", "write year and month, such as 2026-10")
    try:
        return whole(date(int(found["year"]), int(found["month"]), 1), "month")
    except ValueError:
        raise UsageError(f"'{text}' is no month", "months are 01 to 12") from None


def chosen(
    today: date, text: str | None, since: date | None, until: date | None, default: Period
) -> tuple[Period, bool]:
    """The period that was asked for, and whether one was: by `text` or by its two ends. Raises UsageError."""
    if text is not None:
        if since or until:
            raise UsageError("a period was given twice", "give either --period, or --since and --until")
        return read_period(text, today), True
    if since is None and until is None:
        return default, False
    end = until or today
    if end > today:
        raise UsageError(f"the facts end on {today}; nothing is known of {end}", f"give --until {today} or earlier")
    if since is None:
        return Period(min(default.since, end), end), True
    return Period(since, end), True
