"""Periods: whole days, borders, and what people may write."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.reports.period import UNITS, Period, chosen, last_days, parts, read_period

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)), ("2026", date(2026, 1, 1), TODAY),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)), ("2026-q4", date(2026, 10, 1), TODAY),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("1d", TODAY, TODAY), ("90d", date(2026, 8, 25), TODAY), ("6m", date(2026, 6, 1), TODAY),
        ("4q", date(2026, 1, 1), TODAY), ("2y", date(2025, 1, 1), TODAY),
    ],
)  # fmt: skip
def test_a_period_in_words(text: str, since: date, until: date) -> None:
    found = read_period(text, TODAY)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "0000", "2027", "2026-12", "last year", "0d", "9999y", "2026-Q5"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_period(text, TODAY)


def test_two_ends_or_one_name() -> None:
    default = last_days(TODAY, 365)
    assert chosen(TODAY, None, None, None, default) == (default, False)
    assert chosen(TODAY, None, date(2026, 1, 5), None, default)[0] == Period(date(2026, 1, 5), TODAY)
    assert chosen(TODAY, None, None, date(2025, 1, 1), default)[0] == Period(date(2025, 1, 1), date(2025, 1, 1))
    for wrong in (("2026", date(2026, 1, 1), None), (None, TODAY, date(2026, 1, 1)), (None, None, date(2026, 11, 23))):
        with pytest.raises(UsageError):
            chosen(TODAY, *wrong, default)


@given(DAYS, st.integers(0, 2000), st.sampled_from(UNITS))
def test_the_parts_of_a_period_are_the_period(since: date, days: int, unit: str) -> None:
    whole = Period(since, since + timedelta(days=days))
    found = parts(whole, unit)
    assert found[0].since == whole.since
    assert found[-1].until == whole.until
    assert all(a.until + timedelta(days=1) == b.since for a, b in pairwise(found))
    assert len({part.label for part in found}) == len(found)
    assert all(read_period(part.label, date(2200, 1, 1)).since <= part.since for part in found)
