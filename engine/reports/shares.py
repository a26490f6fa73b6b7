"""Who is cared for: shares of contacts and promotions beside those of customers, sales and margin."""

from dataclasses import replace

from engine.reasoning.days import Workdays
from engine.reports.cube import Cube, Figure, merged
from engine.reports.dimensions import Dimension, label
from engine.reports.ground import stand_customers
from engine.reports.measures import MEASURES
from engine.reports.period import Period, parts
from engine.reports.report import CHARTED, Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.summing import summed
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D0.cause.small", "D0.stat.class")
_PARTS = ("accounts", "contacts", "promotions", "spend", "margin")
_FIGURES = tuple(Figure(f"{part}_share", As.PERCENT, part, share=True) for part in _PARTS)


def shares_report(source: ReportSource, by: Dimension, period: Period, calendar: Workdays | None, shown: int) -> Report:
    """The five shares by a dimension. A share of what has no facts is missing, and the report says so."""
    slices = parts(period, by.name) if by.is_time else (period,)
    stand_customers(source, slices, calendar)
    cubes: dict[str, Cube | None] = {}
    missing: list[str] = []
    for name in _PARTS:
        measure = MEASURES[name]
        if not source.has(*measure.needs):
            cubes[name] = None
            missing += measure.needs
            continue
        part = measure.leading.part
        alone = replace(measure, parts={part: measure.parts[part]})
        cubes[name] = summed(source, alone, (by,), period)
    cube = merged(cubes)
    if by.is_time:
        cube = cube.in_order([one.label for one in slices])
    elif by.order:
        cube = cube.in_order(by.order)
    else:
        cube = cube.ranked("spend")
    title = Said("shares_title", {"dimension": Said(f"column_{by.name}")})
    figures = tuple(f for f in _FIGURES if not (by.is_time and f.part == "accounts"))
    columns = (Column(by.name, by.kind), *(f.column for f in figures))
    when = Said("figures_period", {"since": period.since, "until": period.until})
    notes = (when, *([absent(sorted(set(missing)))] if missing else []))
    shortened = cube if by.order or by.is_time else cube.folded(shown)

    def table(of: Cube, *, raw: bool) -> Table:
        rows = tuple((key if raw else label(key, by), *of.values(figures, sums, cube.total)) for key, sums in of.rows)
        return Table(title, columns, rows, notes)

    drawn = cube if by.is_time else cube.folded(CHARTED // 2)
    series = tuple(
        Series(Said(f"column_{f.name}"), tuple(drawn.value(f, sums, cube.total) for _, sums in drawn.rows))
        for f in figures if cubes[f.part] is not None
    )  # fmt: skip
    chart = Chart(
        Said("shares_chart"), Form.LINES if by.is_time else Form.GROUPED,
        tuple(label(key, by) for key, _ in drawn.rows), series, As.PERCENT, Said("figures_share_of"),
    )  # fmt: skip
    whole = Part(
        "shares", table(shortened, raw=False), (chart,) if drawn.rows and series else (), table(cube, raw=True)
    )
    definitions = tuple(Said(f"define_{name}") for name in ("shares", *_PARTS))
    return Report(title, (whole,), definitions)
