"""`holdfast remind`: the named lists, each whole, and how many stand in each."""

from dataclasses import replace

from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.reports.contacts import contacts
from engine.reports.lists import LISTS, PERIODS, Wanted, listed, signed_counts
from engine.reports.people import find_person
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

DAYS_LIMIT, DAYS = "remind_days", 30  # the limit that says what is recent, and what counts where there is none
BY_CADENCE = ("today", "week", "overdue")
NAMES = (*BY_CADENCE, *LISTS)
_INDEX = (Column("list"), Column("count", As.INTEGER), Column("what"))


def remind(
    source: ReportSource,
    name: str,
    *,
    rep: str | None = None,
    days: int | None = None,
    period: str | None = None,
    year: int | None = None,
) -> Table:
    """The list `name`. `rep`: an id or unshared name; `days`: how far back is recent; `period`: of the six; `year`.

    Raises UsageError for a list, person or period that does not exist, and where an option has no meaning for it.
    """
    if name not in NAMES:
        raise UsageError(f"there is no list '{name}'", nearest(name, NAMES) or f"the lists are: {', '.join(NAMES)}")
    _check(name, days=days, period=period, year=year)
    wanted = Wanted(recent_days(source, days), find_person(source, rep) if rep else None, year, period)
    table = contacts(source, name, wanted.rep) if name in BY_CADENCE else listed(source, name, wanted)
    notes = table.notes
    if name == "signed":
        counts = signed_counts(source, wanted.rep)
        notes += (Said("signed_in", {name.replace("-", "_"): count for name, count in counts.items()}),)
    return replace(table, notes=(*notes, as_of(source)))


def overview(source: ReportSource, rep: str | None = None, days: int | None = None) -> Table:
    """All lists, with how many rows each has; `signed` is for this month. Raises UsageError for an unknown person."""
    person = find_person(source, rep) if rep else None
    wanted = Wanted(recent_days(source, days), person)
    rows = []
    for name in NAMES:
        table = contacts(source, name, person) if name in BY_CADENCE else listed(source, name, wanted)
        rows.append((name, len(table.rows), table.title))
    return Table(Said("remind_lists"), _INDEX, tuple(rows), (as_of(source),))


def recent_days(source: ReportSource, days: int | None) -> int:
    """How many days are recent: those asked for, else the policy's limit."""
    return source.limit(DAYS_LIMIT, DAYS) if days is None else days


def as_of(source: ReportSource) -> Said:
    """Which night a report rests on."""
    if source.today == source.run_day:
        return Said("as_of_night", {"day": source.run_day})
    return Said("as_of", {"day": source.today, "run_day": source.run_day})


def _check(name: str, *, days: int | None, period: str | None, year: int | None) -> None:
    if period is not None and period not in PERIODS:
        raise UsageError(
            f"there is no period '{period}'", nearest(period, PERIODS) or f"the periods are: {', '.join(PERIODS)}"
        )
    fitting = {"days": ("ordered", "new", "updated", "lost-orders"), "period": ("signed",), "year": ("lost",)}
    for option, value in (("days", days), ("period", period), ("year", year)):
        if value is not None and name not in fitting[option]:
            raise UsageError(
                f"--{option} has no meaning for the list {name}", f"it goes with: {', '.join(fitting[option])}"
            )
