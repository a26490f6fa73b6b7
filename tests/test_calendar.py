"""Workdays: weekends, holidays, make-up workdays, extra days, and counting between days."""

import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.action.calendar import Calendar
from engine.errors import HoldfastError

CHINA = Calendar("CN")
WEEKDAYS = Calendar()


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def span(text: str) -> list[date]:
    """'2025-10-01..08' → the days from the first to the eighth; a later month is written '01-28..02-04'."""
    first, _, last = text.partition("..")
    return (
        days(date.fromisoformat(first), date.fromisoformat(first[: len(first) - len(last)] + last))
        if last
        else [date.fromisoformat(first)]
    )


# As the State Council's notices of 2023-10-25, 2024-11-12 and 2025-11-04 have it.
OFF = {
    2024: "2024-01-01 2024-02-10..17 2024-04-04..06 2024-05-01..05 2024-06-10 2024-09-15..17 2024-10-01..07",
    2025: "2025-01-01 2025-01-28..02-04 2025-04-04..06 2025-05-01..05 2025-05-31..06-02 2025-10-01..08",
    2026: "2026-01-01..03 2026-02-15..23 2026-04-04..06 2026-05-01..05 2026-06-19..21 2026-09-25..27 2026-10-01..07",
}
MADE_UP = {
    2024: "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12",
    2025: "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11",
    2026: "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10",
}


@pytest.mark.parametrize("year", OFF)
def test_every_day_of_the_published_chinese_years(year: int) -> None:
    off = {day for text in OFF[year].split() for day in span(text)}
    made_up = {day for text in MADE_UP[year].split() for day in span(text)}
    for day in days(date(year, 1, 1), date(year, 12, 31)):
        worked = day in made_up or (day.weekday() < 5 and day not in off)
        assert CHINA.is_workday(day) is worked, day


def test_without_a_country_monday_to_friday_are_worked() -> None:
    assert [WEEKDAYS.is_workday(day) for day in days(date(2026, 11, 16), date(2026, 11, 22))] == [True] * 5 + [
        False
    ] * 2
    assert WEEKDAYS.is_workday(date(2026, 10, 1))
    assert WEEKDAYS.is_workday(date(2024, 2, 29))
    assert not WEEKDAYS.is_workday(date(2020, 2, 29))


def test_two_calendars_differ() -> None:
    america = Calendar("US")
    thanksgiving, made_up_sunday = date(2026, 11, 26), date(2026, 9, 20)
    assert not america.is_workday(thanksgiving)
    assert CHINA.is_workday(thanksgiving)
    assert not america.is_workday(made_up_sunday)
    assert CHINA.is_workday(made_up_sunday)
    assert CHINA.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert america.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 1)


def test_a_weekend_other_than_saturday_and_sunday() -> None:
    israel = Calendar("IL")
    assert israel.is_workday(date(2026, 11, 22))  # a Sunday
    assert not israel.is_workday(date(2026, 11, 20))
    assert not Calendar("IL").is_workday(date(2499, 11, 20))


def test_codes_of_two_and_three_letters_in_any_case_are_one_calendar() -> None:
    assert Calendar("cn") == Calendar("CHN") == CHINA
    assert Calendar("UK") == Calendar("GB")
    assert hash(Calendar("cn")) == hash(CHINA)
    assert Calendar("cn") != WEEKDAYS


def test_a_subdivision_has_holidays_of_its_own() -> None:
    epiphany = date(2026, 1, 6)
    assert not Calendar("DE", "BY").is_workday(epiphany)
    assert Calendar("DE").is_workday(epiphany)


def test_extra_days_win() -> None:
    new_year_eve, saturday, national_day = date(2026, 12, 31), date(2026, 11, 21), date(2026, 10, 1)
    own = Calendar("CN", extra_holidays=frozenset({new_year_eve}), extra_workdays=frozenset({saturday, national_day}))
    assert not own.is_workday(new_year_eve)
    assert own.is_workday(saturday)
    assert own.is_workday(national_day)
    assert CHINA.is_workday(new_year_eve)
    assert own.workdays_between(date(2025, 12, 31), new_year_eve) == (
        CHINA.workdays_between(date(2025, 12, 31), new_year_eve) + 1
    )


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-11-20", 0, "2026-11-20"),  # a Friday
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-10-01", 0, "2026-10-08"),  # in the golden week
        ("2026-10-01", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),  # a Saturday that is worked
        ("2026-10-09", 2, "2026-10-12"),
        ("2025-12-31", 1, "2026-01-04"),  # a Sunday that is worked, over the year end
        ("2025-12-31", 0, "2025-12-31"),
        ("2024-02-28", 1, "2024-02-29"),
        ("2024-02-28", 2, "2024-03-01"),
        ("2024-12-31", 366, "2026-06-26"),
    ],
)
def test_add_workdays(day: str, n: int, expected: str) -> None:
    assert CHINA.add_workdays(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_add_workdays_at_its_ends() -> None:
    with pytest.raises(HoldfastError, match="past the year 9999"):
        WEEKDAYS.add_workdays(date(9999, 12, 1), 30)
    with pytest.raises(ValueError, match="not negative"):
        WEEKDAYS.add_workdays(date(2026, 1, 1), -1)


def test_between_counts_the_end_and_not_the_start() -> None:
    assert CHINA.workdays_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert CHINA.workdays_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert CHINA.workdays_between(date(2026, 11, 23), date(2026, 11, 20)) == -1
    assert CHINA.workdays_between(date(2026, 9, 30), date(2026, 10, 7)) == 0
    assert CHINA.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248
    assert WEEKDAYS.workdays_between(date(1, 1, 1), date(9999, 12, 31)) == 2_608_614


SOME_DAY = st.dates(date(2019, 6, 1), date(2031, 6, 1))
CALENDARS = st.sampled_from(
    [CHINA, WEEKDAYS, Calendar("US"), Calendar("AE"), Calendar("CN", extra_workdays=frozenset({date(2024, 2, 29)}))]
)


@given(CALENDARS, SOME_DAY, SOME_DAY)
def test_between_is_what_counting_gives(calendar: Calendar, start: date, end: date) -> None:
    counted = sum(calendar.is_workday(day) for day in days(start + timedelta(days=1), end))
    assert calendar.workdays_between(start, end) == (
        counted if start <= end else -calendar.workdays_between(end, start)
    )


@given(CALENDARS, SOME_DAY, st.integers(0, 400))
def test_adding_is_what_counting_gives(calendar: Calendar, day: date, n: int) -> None:
    then = calendar.add_workdays(day, n)
    assert calendar.is_workday(then)
    if n == 0:
        assert then >= day
        assert not any(calendar.is_workday(d) for d in days(day, then - timedelta(days=1)))
    else:
        assert calendar.workdays_between(day, then) == n


@given(CALENDARS, SOME_DAY, SOME_DAY)
def test_numbers_are_the_ordinals_of_workdays(calendar: Calendar, first: date, last: date) -> None:
    numbers = calendar.workday_numbers(first, last)
    assert numbers == [day.toordinal() for day in days(first, last) if calendar.is_workday(day)]


def test_numbers_of_one_day_and_of_none() -> None:
    friday = date(2026, 11, 20)
    assert WEEKDAYS.workday_numbers(friday, friday) == [friday.toordinal()]
    assert WEEKDAYS.workday_numbers(date(2026, 11, 21), date(2026, 11, 21)) == []
    assert WEEKDAYS.workday_numbers(date(2026, 11, 21), friday) == []


def test_years_that_are_not_published_yet() -> None:
    assert [CHINA.unpublished(year) for year in (1999, 2014, 2024, 2025, 2026)] == [False] * 5
    assert CHINA.unpublished(2101)
    assert not Calendar("US").unpublished(2101)
    assert not WEEKDAYS.unpublished(2101)


def test_beyond_the_years_of_the_library_only_the_weekend_is_known() -> None:
    assert CHINA.is_workday(date(2300, 10, 1)) is (date(2300, 10, 1).weekday() < 5)
    assert not CHINA.is_workday(date(9999, 12, 31) - timedelta(days=5))  # a Sunday
    assert CHINA.is_workday(date(1, 1, 1))


@pytest.mark.parametrize(
    ("country", "hint"), [("China", "'CN'"), ("Germny", "'DE'"), ("XX", "ISO 3166-1"), ("", "ISO 3166-1")]
)
def test_an_unknown_country_names_the_nearest(country: str, hint: str) -> None:
    with pytest.raises(HoldfastError, match="unknown country") as caught:
        Calendar(country)
    assert hint in caught.value.hint


def test_unknown_subdivisions() -> None:
    with pytest.raises(HoldfastError, match="unknown subdivision 'Bavaria' of DE") as caught:
        Calendar("DE", "Bavaria")
    assert "BY" in caught.value.hint
    with pytest.raises(HoldfastError, match="no subdivisions are known of CN"):
        Calendar("CN", "BJ")
    with pytest.raises(HoldfastError, match="without a country"):
        Calendar(None, "BY")


def test_a_day_cannot_be_both_off_and_worked() -> None:
    day = frozenset({date(2026, 10, 1)})
    with pytest.raises(HoldfastError, match="2026-10-01 is both"):
        Calendar("CN", extra_holidays=day, extra_workdays=day)


def test_a_calendar_goes_to_another_process_whole() -> None:
    CHINA.is_workday(date(2026, 1, 1))
    assert pickle.loads(pickle.dumps(CHINA)) == CHINA
