"""Days in tests: a date, or one relative to the test's own day."""

import re
from datetime import date, timedelta

_RELATIVE = re.compile(r"today(?:\s*([-+])\s*(\d{1,5}))?")


def is_relative(text: str) -> bool:
    """Whether a text is meant as a day relative to the test's."""
    return text.strip().startswith("today")


def day_of(text: str, on: date) -> date | None:
    """The day that a text names: 2026-11-22, today, today - 10, today + 3. None where it is none."""
    found = _RELATIVE.fullmatch(text.strip())
    try:
        if found is None:
            return date.fromisoformat(text.strip())
        sign, days = found.groups()
        return on + timedelta(int(f"{sign}{days}")) if days else on
    except (ValueError, OverflowError):
        return None
