"""Due days that are spread over a range of days: where the person has room, and near what else is to be done there."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import duckdb

from engine.action.hours import CONTACTS, WEEK_WORKDAYS, task_hours
from engine.action.lists import Work
from engine.action.place import There
from engine.policy.model import Due, Policy

AT_ONCE = 1  # a matter of this priority is due on the first day of its range
DAY_HOURS = 4.0  # what fills a day of somebody for whom no weekly hours are recorded
TRAVEL = "visit"  # the contact for which the city counts

Day = tuple[str, date]


class Spread:
    """What is due on which day, by person; it takes in each new task of the night as it is made."""

    def __init__(self, there: There, policy: Policy, work: Iterable[Work], cities: Mapping[str, str]) -> None:
        self._there = there
        self._takes = {contact: task_hours(policy, contact) for contact in CONTACTS}
        self._hours: dict[Day, float] = {}
        self._cities: set[tuple[str, date, str]] = set()
        self._met: set[tuple[str, date, str, str]] = set()
        self._days: dict[tuple[str, Due], tuple[date, ...]] = {}
        for each in work:
            city = cities.get(each.account or "")
            self.add(each.person, date.fromisoformat(each.due_on), each.contact, each.account, city)

    def day(self, person: str | None, span: Due, last: date, priority: int, contact: str | None,
            account: str | None, city: str | None) -> date:  # fmt: skip
        """The day of a range on which somebody's new task falls due; `last` is the latest.

        A day on which the account is met in the same way anyway; among days that are not full yet one on which the
        person is in the account's city; the one with the fewest hours; the first. For a queue it is the latest day.
        """
        if person is None or span.first is None:
            return last
        days = self._range(person, span, last)
        if priority <= AT_ONCE:
            return days[0]
        hours, full = self._takes[contact], self._full(person)

        def order(day: date) -> tuple[bool, bool, bool, float, date]:
            filled = self._hours.get((person, day), 0.0)
            met = contact is not None and account is not None and (person, day, contact, account) in self._met
            there = contact == TRAVEL and city is not None and (person, day, city) in self._cities
            return not met, filled > 0 and filled + hours > full, not there, round(filled, 6), day

        return min(days, key=order)

    def add(self, person: str | None, day: date, contact: str | None, account: str | None, city: str | None) -> None:
        """Take in that somebody has a task due on a day."""
        if person is None:
            return
        if contact is not None and account is not None:
            if (person, day, contact, account) in self._met:
                return
            self._met.add((person, day, contact, account))
        self._hours[person, day] = self._hours.get((person, day), 0.0) + self._takes[contact]
        if contact == TRAVEL and city is not None:
            self._cities.add((person, day, city))

    def _full(self, person: str) -> float:
        known = self._there.people.by_id.get(person)
        weekly = None if known is None else known.weekly_hours
        return DAY_HOURS if weekly is None else weekly / WEEK_WORKDAYS

    def _range(self, person: str, span: Due, last: date) -> tuple[date, ...]:
        """The workdays of the range on which the person is there; the latest day where there is none."""
        if (known := self._days.get((person, span))) is None:
            there = self._there
            first = there.absences.due(person, Due(span.first or span.days, span.workdays), there.today, there.calendar)
            days = tuple(
                day for day in there.next_workdays(last)
                if first is not None and day >= first and there.absences.until(person, day) is None
            )  # fmt: skip
            known = self._days[person, span] = days or (last,)
        return known


def spread_of(db: duckdb.DuckDBPyConnection, there: There, policy: Policy, work: Iterable[Work]) -> Spread:
    """What everyone has to do from tomorrow on, in which cities; `db` has the table `carer`."""
    today = (there.today + timedelta(1)).isoformat()
    ahead = [each for each in work if each.due_on >= today]
    accounts = sorted({each.account for each in ahead if each.account is not None})
    rows = db.execute(
        "select account, city from carer where city is not null and account in (select unnest($1::varchar[]))",
        [accounts],
    )
    return Spread(there, policy, ahead, dict(rows.fetchall()))
