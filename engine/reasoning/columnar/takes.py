"""The aggregates behind `take:`, as SQL."""

from datetime import date

from sqlglot import exp

from engine.policy.expressions import And, Expression
from engine.policy.kinds import Kind
from engine.policy.model import Measure, Take
from engine.policy.takes import AND_MORE, BETWEEN, MOST_LISTED
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition, value
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.numbers import as_number, finite_or_missing
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import Sql, col

TWO_STEP = ("top_share", "median_gap", "max_gap", "spread_gap")  # these aggregate the distinct values first
ZERO = ("count", "count_distinct", "sum")  # of no rows: 0
TEXTS = exp.DataType.build("VARCHAR[]", dialect="duckdb")
KEY, VALUE, TIMES = "key", "value", "times"


def conjuncts(node: Expression | None) -> tuple[Expression, ...]:
    """The conditions that a `where` joins by `and`."""
    if node is None:
        return ()
    if isinstance(node, And):
        return tuple(part for arg in node.args for part in conjuncts(arg))
    return (node,)


def aggregate(rows: Rows, measure: Measure, shared: tuple[Expression, ...]) -> Sql:
    """The aggregate of a one-step measure over the group's rows, `shared` being asked of all of them already."""
    filters = [condition(rows, part) for part in conjuncts(measure.where) if part not in shared]
    return _combine(rows, _take(measure), sql.every(filters))


def two_step(rows: Rows, measure: Measure, key: Sql) -> exp.Select:
    """The rows (key, the measure) of a measure that first gathers the distinct values of each key."""
    take = _take(measure)
    of = value(rows, _of(take))
    wanted = [condition(rows, part) for part in conjuncts(measure.where)]
    columns = [sql.named(key, KEY), sql.named(of, VALUE), sql.named(exp.Count(this=exp.Star()), TIMES)]
    distinct = sql.group(rows.query(columns, sql.every([*wanted, sql.not_null(of)])), keys=2)
    if take.function == "top_share":
        most, all_times = (sql.cast(sql.call(name, col(ROW, TIMES)), sql.DOUBLE) for name in ("max", "sum"))
        return _per_key(distinct, measure.name, sql.infix(exp.Div, most, all_times))
    return _per_key(_gaps(distinct), measure.name, _of_gaps(take.function))


def _of_gaps(function: str) -> Sql:
    """What is made of the days in `value`, missing ones among them."""
    gap = sql.cast(col(ROW, VALUE), sql.BIGINT)
    if function == "max_gap":
        return sql.call("max", gap)
    if function == "median_gap":
        return sql.cast(sql.call("median", col(ROW, VALUE)), sql.DOUBLE)
    return _deviation(gap)


def _deviation(gap: Sql) -> Sql:
    """The sample standard deviation by whole numbers, which fit 64 bits: the days between dates add up to DAYS."""
    count = exp.Count(this=gap)
    total, squared = (sql.cast(sql.call("sum", each), sql.BIGINT) for each in (gap, sql.infix(exp.Mul, gap, gap)))
    above = sql.infix(exp.Sub, sql.infix(exp.Mul, count, squared), sql.infix(exp.Mul, total, total))
    below = sql.infix(exp.Mul, count, sql.infix(exp.Sub, count, sql.literal(1)))
    return sql.call("sqrt", sql.infix(exp.Div, sql.cast(above, sql.DOUBLE), _divisor(below)))


def _per_key(inner: exp.Select, name: str, result: Sql) -> exp.Select:
    query = sql.select([sql.named(col(ROW, KEY), KEY), sql.named(result, name)], sql.inner(inner, ROW))
    return sql.group(query)


def _gaps(days: exp.Select) -> exp.Select:
    order = exp.Order(expressions=[exp.Ordered(this=col(ROW, VALUE))])
    before = exp.Window(this=sql.call("lag", col(ROW, VALUE)), partition_by=[col(ROW, KEY)], order=order)
    gap = sql.named(sql.infix(exp.Sub, col(ROW, VALUE), before), VALUE)
    return sql.select([sql.named(col(ROW, KEY), KEY), gap], sql.inner(days, ROW))


def _combine(rows: Rows, take: Take, where: Sql | None) -> Sql:
    if take.of is None:
        return sql.subset(exp.Count(this=exp.Star()), where)
    of = value(rows, take.of)
    kind = take.of.kind
    match take.function:
        case "count":
            return sql.subset(exp.Count(this=of), where)
        case "count_distinct":
            return sql.subset(_distinct(of), where)
        case "min" | "max":
            return sql.subset(sql.call(take.function, of), where)
        case "list":
            return _listed(of, where)
        case "sum":
            return sql.subset(_sum(of, kind), where)
        case "avg":
            total, count = sql.subset(_sum(of, kind), where), sql.subset(exp.Count(this=of), where)
            return finite_or_missing(sql.infix(exp.Div, as_number(total, kind), _divisor(count)))
        case "mean_gap":
            last, first = (sql.subset(sql.call(function, of), where) for function in ("max", "min"))
            gaps = sql.infix(exp.Sub, sql.subset(_distinct(of), where), sql.literal(1))
            return sql.infix(exp.Div, sql.cast(sql.infix(exp.Sub, last, first), sql.DOUBLE), _divisor(gaps))
    return _nth_latest(rows, take, of, where)


def _nth_latest(rows: Rows, take: Take, of: Sql, where: Sql | None) -> Sql:
    """The value of the last row, or of the one before; rows without a date come first. The value may be missing."""
    keys: list[tuple[str, Sql]] = [("id", col(ROW, "id"))]
    if take.order is not None:
        day = sql.coalesce(col(ROW, take.order), sql.literal(date.min))
        keys.insert(0, ("day", day))
    position = 1 if take.function == "latest" else 2
    packed, key = sql.struct([(VALUE, of)]), sql.struct(keys)
    last = sql.subset(sql.call("arg_max", packed, key, sql.literal(position)), where)
    return sql.call("struct_extract", sql.call("list_extract", last, sql.literal(position)), sql.literal(VALUE))


def _listed(of: Sql, where: Sql | None) -> Sql:
    """The first of the different values in order, and a sign where there are more."""
    distinct = exp.Distinct(expressions=[of])
    first = sql.subset(sql.call("min", distinct, sql.literal(MOST_LISTED + 1)), where)
    texts = exp.Cast(this=first, to=TEXTS)
    said = sql.call("list_slice", texts, sql.literal(1), sql.literal(MOST_LISTED))
    joined = sql.call("array_to_string", said, sql.literal(BETWEEN))
    too_many = sql.infix(exp.GT, sql.call("len", first), sql.literal(MOST_LISTED))
    return sql.case([(too_many, sql.infix(exp.DPipe, joined, sql.literal(AND_MORE)))], joined)


def _sum(of: Sql, kind: Kind) -> Sql:
    """A sum; of doubles in the order of ids, so that it is the same every time."""
    return sql.call("sum", sql.ordered(of, col(ROW, "id")) if kind is Kind.NUMBER else of)


def _distinct(of: Sql) -> Sql:
    return exp.Count(this=exp.Distinct(expressions=[of]))


def _divisor(count: Sql) -> Sql:
    return sql.cast(sql.call("nullif", count, sql.literal(0)), sql.DOUBLE)


def _take(measure: Measure) -> Take:
    if measure.take is None:
        raise TypeError(f"{measure.name} is not taken from rows")
    return measure.take


def _of(take: Take) -> Expression:
    if take.of is None:
        raise TypeError(f"{take.function} needs something to take")
    return take.of


def zero(measure: Measure, found: Sql) -> Sql:
    """What a measure is for a subject that the aggregates may not have met."""
    if _take(measure).function not in ZERO:
        return found
    if measure.kind is Kind.NUMBER:
        return finite_or_missing(sql.coalesce(found, sql.literal(0.0)))
    return sql.coalesce(found, sql.literal(0))
