"""Which days are worked: weekends, public holidays, and the make-up workdays of countries that move them."""

import warnings
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from engine.errors import HoldfastError
from engine.policy.faults import nearest

if TYPE_CHECKING:
    from holidays import HolidayBase

# Countries whose government moves workdays by a notice for each year: until it is out, only an estimate is known.
MOVED_BY_NOTICE = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "TW", "UZ", "VN"})


@dataclass(frozen=True)
class Calendar:
    """The workdays of a country, from the `holidays` library, with the days a firm adds of its own.

    `country` is an ISO 3166-1 code (CN, US, DEU; upper or lower case) and is kept as its two letters; without one
    Monday to Friday are worked. `subdivision` is the library's code of a state or province. An extra holiday is off
    and an extra workday is worked, whatever the country says. Raises HoldfastError for an unknown country or
    subdivision, and for a day that is in both lists of extra days.
    """

    country: str | None = None
    subdivision: str | None = None
    extra_holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    _years: "dict[int, array[int]]" = field(default_factory=dict, init=False, repr=False, compare=False)
    _spans: dict[tuple[int, int], int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.country is not None:
            object.__setattr__(self, "country", country_code(self.country))
        if self.subdivision is not None:
            _check_subdivision(self.country, self.subdivision)
        if both := self.extra_holidays & self.extra_workdays:
            raise HoldfastError(
                f"{min(both)} is both an extra holiday and an extra workday", "take it out of one of the two lists"
            )

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        counts, at = self._year(day.year), _at(day)
        return counts[at + 1] > counts[at]

    def add_workdays(self, day: date, n: int) -> date:
        """The `n`-th workday after `day`; for 0 the day itself where it is worked, else the next workday.

        Raises HoldfastError past the year 9999, ValueError for a negative `n`.
        """
        if n < 0:
            raise ValueError("n counts workdays ahead and is not negative")
        if n == 0 and self.is_workday(day):
            return day
        counts = self._year(day.year)
        wanted = counts[_at(day) + 1] + max(n, 1)
        year = day.year
        while wanted > counts[-1]:
            wanted -= counts[-1]
            year += 1
            if year > MAXYEAR:
                raise HoldfastError(f"{n} workdays after {day} is past the year {MAXYEAR}")
            counts = self._year(year)
        return date(year, 1, 1) + timedelta(days=bisect_left(counts, wanted) - 1)

    def workdays_between(self, start: date, end: date) -> int:
        """How many workdays come after `start` up to and including `end`; as a negative number where `end` is first."""
        first, last = self._year(start.year), self._year(end.year)
        return self._whole_years(start.year, end.year) + last[_at(end) + 1] - first[_at(start) + 1]

    def workday_numbers(self, first: date, last: date) -> list[int]:
        """The ordinals (`date.toordinal`) of the workdays from `first` up to and including `last`, ascending."""
        numbers: list[int] = []
        for year in range(first.year, last.year + 1):
            counts = self._year(year)
            start = _at(first) if year == first.year else 0
            stop = _at(last) + 1 if year == last.year else len(counts) - 1
            base = date(year, 1, 1).toordinal()
            numbers += [base + n for n in range(start, stop) if counts[n + 1] > counts[n]]
        return numbers

    def unpublished(self, year: int) -> bool:
        """Whether the country moves its workdays by yearly notice and the library does not know that of `year` yet.

        Its days are then an estimate: the holidays by law, no make-up workdays.
        """
        if self.country is None or self.country not in MOVED_BY_NOTICE:
            return False
        published = getattr(_country_days(self.country, self.subdivision), "special_public_holidays", {})
        return year > max(published, default=0)

    def _year(self, year: int) -> "array[int]":
        """How many workdays the first n days of `year` hold, for n from 0 to its length."""
        if (known := self._years.get(year)) is None:
            worked = bytearray(_worked(self.country, self.subdivision, year))
            for days, flag in ((self.extra_holidays, 0), (self.extra_workdays, 1)):
                for day in days:
                    if day.year == year:
                        worked[_at(day)] = flag
            known = self._years[year] = array("H", accumulate(worked, initial=0))
        return known

    def _whole_years(self, start: int, end: int) -> int:
        """The workdays from the first day of year `start` to that of `end`; negative where `end` is first."""
        if start == end:
            return 0
        if (known := self._spans.get((start, end))) is None:
            low, high = min(start, end), max(start, end)
            total = sum(self._year(year)[-1] for year in range(low, high))
            known = self._spans[start, end] = total if start < end else -total
        return known


def country_code(text: str) -> str:
    """The two-letter code of a country given by its two- or three-letter code. Raises HoldfastError if unknown."""
    from holidays.registry import COUNTRIES  # here, for it takes a while and a calendar without a country needs none

    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, alpha2, *others in COUNTRIES.values():
        codes |= dict.fromkeys((alpha2, *others), alpha2)
        names[name.upper()] = alpha2
    wanted = text.strip().upper()
    if wanted in codes:
        return codes[wanted]
    close = get_close_matches(wanted.replace(" ", ""), [*names, *codes], n=1, cutoff=0.6)
    hint = f"did you mean '{(codes | names)[close[0]]}'?" if close else "give its ISO 3166-1 code, such as CN, US or DE"
    raise HoldfastError(f"unknown country '{text}'", hint)


def _check_subdivision(country: str | None, subdivision: str) -> None:
    if country is None:
        raise HoldfastError(f"subdivision '{subdivision}' without a country", "name its country too")
    try:
        _country_days(country, subdivision)
    except NotImplementedError as error:
        known = _country_days(country, None).subdivisions
        if not known:
            raise HoldfastError(f"no subdivisions are known of {country}", "leave the subdivision out") from error
        hint = nearest(subdivision, known) or f"known: {', '.join(sorted(known))}"
        raise HoldfastError(f"unknown subdivision '{subdivision}' of {country}", hint) from error


@lru_cache(maxsize=64)
def _country_days(country: str, subdivision: str | None) -> "HolidayBase":
    from holidays import country_holidays

    with warnings.catch_warnings():  # the library warns of subdivision names that it will drop one day
        warnings.simplefilter("ignore")
        return country_holidays(country, subdiv=subdivision)


@lru_cache(maxsize=4096)
def _worked(country: str | None, subdivision: str | None, year: int) -> bytes:
    """One byte a day of `year`: 1 where it is worked by the country's rules, else 0."""
    length = date(year, 12, 31).timetuple().tm_yday
    if country is not None:
        days = _country_days(country, subdivision)
        first = date(year, 1, 1)
        with warnings.catch_warnings():  # it warns of years for which it knows some holidays only
            warnings.simplefilter("ignore")
            known = length if days.start_year <= year <= days.end_year else 7  # beyond, only the weekend is known
            worked = bytes(days.is_working_day(first + timedelta(days=n)) for n in range(known))
        return (worked * 53)[:length]
    weekday = date(year, 1, 1).weekday()
    return bytes((weekday + n) % 7 < 5 for n in range(length))


def _at(day: date) -> int:
    """The place of `day` in its year, from 0."""
    return day.timetuple().tm_yday - 1
