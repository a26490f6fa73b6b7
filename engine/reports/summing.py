"""The sums of a measure's rows, by one trait or by pairs of two."""

from collections.abc import Sequence

from sqlglot import exp, parse_one

from engine.reports.cube import Cube, by_key
from engine.reports.dimensions import Dimension
from engine.reports.measures import Measure
from engine.reports.period import Period
from engine.reports.source import ReportSource


def summed(source: ReportSource, measure: Measure, dimensions: Sequence[Dimension], period: Period) -> Cube:
    """The sums of a measure's rows in the period, by one dimension or by pairs of two."""
    standing = measure.rows == "figure_standing"
    keys = [exp.column("label" if standing and d.is_time else d.column, quoted=True) for d in dimensions]
    sums = [parse_one(text, dialect="duckdb") for text in measure.parts.values()]
    query = exp.select(*keys, *sums).from_(exp.table_(measure.rows, quoted=True)).group_by(*(k.copy() for k in keys))
    values = {}
    if not standing:
        query = query.where(parse_one("day between $since and $until", dialect="duckdb"))
        values = {"since": period.since, "until": period.until}
    elif dimensions[0].measures:
        query = query.where(exp.column("lost", quoted=True))
    rows = source.rows(query.sql("duckdb"), values)
    if len(dimensions) == 1:
        return by_key(rows, tuple(measure.parts))
    return by_key([((a, b), *rest) for a, b, *rest in rows], tuple(measure.parts))
