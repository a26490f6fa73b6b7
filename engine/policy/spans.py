"""How often a contact is due, as managers write it. A month counts 30 days, a year (twelve months) 365."""

import re
from dataclasses import dataclass

_NUMBER = r"([0-9]{1,3})"
_RATE = re.compile(rf"{_NUMBER}(?:\.\.{_NUMBER})?\s+per\s+(day|week|month|quarter|year)")
_SPAN = re.compile(rf"every\s+(?:{_NUMBER}(?:\.\.{_NUMBER})?\s+)?(day|week|month|quarter|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


@dataclass(frozen=True)
class Rhythm:
    """How often in the line's own period: at least `least` times in `count` units (day, week, month, quarter, year).

    `most` is the tighter end of a range: 2..3 per month is 2 and 3 in a month, every 1..2 months 1 and 2 in two.
    """

    least: int
    most: int
    count: int
    unit: str


def read_rhythm(text: str) -> Rhythm | None:
    """The period of a line and how often in it, or None where `read_span` gives None."""
    if read_span(text) is None:
        return None
    if found := _RATE.fullmatch(text.strip()):
        return Rhythm(int(found[1]), int(found[2] or found[1]), 1, found[3])
    if found := _SPAN.fullmatch(text.strip()):
        low, high = int(found[1] or 1), int(found[2] or found[1] or 1)
        return Rhythm(1, -(-high // low), high, found[3])
    return None


def read_span(text: str) -> tuple[int, int] | None:
    """Duty and target in days of `3 per month`, `2..3 per month`, `every 6 months`, `every 1..2 months`, or None."""
    if found := _RATE.fullmatch(text.strip()):
        low, high, unit = int(found[1]), int(found[2] or found[1]), found[3]
        if not 0 < low <= high:
            return None
        return max(_DAYS[unit] // low, 1), max(_DAYS[unit] // high, 1)
    if found := _SPAN.fullmatch(text.strip()):
        low, high, unit = int(found[1] or 1), int(found[2] or found[1] or 1), found[3]
        if not 0 < low <= high:
            return None
        return _span_days(high, unit), _span_days(low, unit)
    return None


def _span_days(count: int, unit: str) -> int:
    if unit == "month":
        years, months = divmod(count, 12)
        return years * 365 + months * 30
    return count * _DAYS[unit]
