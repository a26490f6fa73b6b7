"""Any dimension by any measure: sums, shares and rates of a period, by one trait or by two."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.errors import UsageError
from engine.reasoning.days import Workdays
from engine.reports.crossing import arranged, crossed
from engine.reports.cube import TOTAL, Cube, Figure
from engine.reports.dimensions import Dimension, dimension, label
from engine.reports.ground import lay_ground, stand_customers
from engine.reports.leavers import leavers_report
from engine.reports.measures import MEASURES, Measure, measure_name
from engine.reports.period import Period, last_days, last_units, parts
from engine.reports.report import CHARTED, Chart, Form, Part, Report, Series, absent
from engine.reports.shares import shares_report
from engine.reports.source import ReportSource
from engine.reports.summing import summed
from engine.reports.table import Column, Said, Table

SOURCE = ("D0.stat.class", "D1.churn.quarterly", "D1.kind.active-passive")
SHOWN = 20  # rows that people get; the rest stand together as others
_SPANS = {"month": 13, "quarter": 8, "year": 5}  # how far a course of time goes back, where no period is given


def default_period(source: ReportSource, *names: str | None) -> Period:
    """The period where none is given: the days whose spend makes the tier, or the last months, quarters, years."""
    for unit, count in _SPANS.items():
        if unit in names:
            return last_units(source.today, unit, count)
    return last_days(source.today, source.limit("spend_days", 365))


def stats(
    source: ReportSource,
    by: str,
    measure: str,
    period: Period,
    *,
    second: str | None = None,
    calendar: Workdays | None = None,
    shown: int = SHOWN,
    trim: bool = False,
) -> Report:
    """A measure by a dimension, and by a `second` one across.

    `shown` is how many rows people get; `trim` leaves out empty months, quarters or years before the first with
    something in it. Raises UsageError for a name that is not there or a pair that says nothing.
    """
    name = measure_name(measure)
    first = dimension(by, name)
    if second is None and name == "churn" and first.is_time:
        second = "tier"
    other = dimension(second, name) if second is not None else None
    if other is not None and (first.name == other.name or (first.is_time and other.is_time)):
        raise UsageError(f"{first.name} by {other.name} says nothing", "name two different traits")
    if name in ("shares", "leavers") and other is not None:
        raise UsageError(f"{name} has a table of its own and no second dimension", "leave out --by")
    if other is not None and other.is_time:
        first, other = other, first  # a course of time goes down the page
    lay_ground(source)
    if name == "shares":
        return shares_report(source, first, period, calendar, shown)
    if name == "leavers":
        return leavers_report(source, first, period)
    return _report(source, MEASURES[name], first, other, period, calendar, shown, trim)


def _report(
    source: ReportSource, measure: Measure, first: Dimension, other: Dimension | None, period: Period,
    calendar: Workdays | None, shown: int, trim: bool,
) -> Report:  # fmt: skip
    title = Said(
        "stats_title_two" if other else "stats_title",
        _titled(measure, first, other),
    )
    when = Said("figures_period", {"since": period.since, "until": period.until})
    definitions = (Said(f"define_{measure.name}"), *_trait_definitions(measure, first, other))
    missing = [type for type in measure.needs if not source.has(type)]
    if missing:
        table = Table(title, (Column(first.name), measure.leading.column), (), (absent(missing),))
        return Report(title, (Part(measure.name, table),), definitions)
    unit = next((d.name for d in (first, other) if d is not None and d.is_time), None)
    slices = parts(period, unit) if unit else (period,)
    if measure.rows == "figure_standing":
        tiers = "tier" in (first.name, other.name if other else "")
        stand_customers(source, slices, calendar, tiers=_when(measure) if tiers else None)
    labels = tuple(one.label for one in slices) if unit else ()
    figures = tuple(f for f in measure.figures if not (first.measures and f.name not in ("lost", "share")))
    measure = replace(measure, figures=figures)
    if other is None:
        part = _one(source, measure, first, period, labels, shown, trim)
    else:
        part = _two(source, measure, first, other, period, labels, shown, trim)
    table = replace(part.table, title=title, notes=(when, *part.table.notes))
    return Report(title, (replace(part, table=table),), definitions)


def _titled(measure: Measure, first: Dimension, other: Dimension | None = None) -> dict[str, Said]:
    named = {"measure": Said(f"measure_{measure.name}"), "dimension": Said(f"column_{first.name}")}
    return named | ({"second": Said(f"column_{other.name}")} if other is not None else {})


def _when(measure: Measure) -> str:
    return "start" if measure.name == "churn" else "end"


def _trait_definitions(measure: Measure, *dimensions: Dimension | None) -> Iterable[Said]:
    for each in dimensions:
        if each is not None and each.name in ("rep", "department", "kind", "controllable"):
            yield Said(f"define_by_{each.name}")
        elif each is not None and each.name == "tier":
            then = {"churn": "define_by_tier_before", "accounts": "define_by_tier_after"}
            yield Said(then.get(measure.name, "define_by_tier"))


def _one(
    source: ReportSource, measure: Measure, first: Dimension, period: Period, labels: Sequence[str], shown: int,
    trim: bool,
) -> Part:  # fmt: skip
    cube = arranged(summed(source, measure, (first,), period), first, measure.leading, labels, trim)
    figures = tuple(f for f in measure.figures if not (first.is_time and f.share))
    columns = (Column(first.name, first.kind), *(f.column for f in figures))
    rows = _rows(cube, figures, None)
    folded = cube if first.is_time or first.order else cube.folded(shown)
    total = (TOTAL, *_totals(cube, figures, over_time=first.is_time and measure.rows == "figure_standing"))
    summary = (total,) if len(cube.rows) > 1 and not (first.is_time and measure.name == "accounts") else ()
    title = Said("stats_title", _titled(measure, first))
    table = Table(title, columns, (*_rows(folded, figures, first), *summary))
    lead = measure.leading
    charted = cube if first.is_time else cube.folded(CHARTED)
    chart = Chart(
        Said(f"column_{lead.name}"), Form.COLUMNS if first.is_time else Form.BARS,
        tuple(label(key, first) for key, _ in charted.rows),
        (Series(Said(f"column_{lead.name}"), tuple(charted.value(lead, sums, ()) for _, sums in charted.rows)),),
        lead.kind,
    )  # fmt: skip
    return Part(measure.name, table, (chart,) if charted.rows else (), Table(title, columns, rows))


def _two(
    source: ReportSource, measure: Measure, first: Dimension, other: Dimension, period: Period,
    labels: Sequence[str], shown: int, trim: bool,
) -> Part:  # fmt: skip
    cells = summed(source, measure, (first, other), period)
    title = Said("stats_title_two", _titled(measure, first, other))
    figures = tuple(f for f in measure.figures if not f.share)
    snapshots = measure.name == "accounts"
    return crossed(measure.name, title, cells, figures, first, other, labels, shown, trim=trim, snapshots=snapshots)


def _rows(cube: Cube, figures: Sequence[Figure], first: Dimension | None) -> tuple[tuple[object, ...], ...]:
    total = cube.total
    return tuple(
        (key if first is None else label(key, first), *cube.values(figures, sums, total)) for key, sums in cube.rows
    )


def _totals(cube: Cube, figures: Sequence[Figure], *, over_time: bool) -> tuple[object, ...]:
    """The last row. Customers at the start of several periods cannot be added, nor rates on them."""
    total = cube.total
    return tuple(
        None if over_time and f.name in ("at_start", "churn_rate") else cube.value(f, total, total) for f in figures
    )
