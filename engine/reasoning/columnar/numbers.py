"""Arithmetic as SQL, by kind, without overflow where the facts' limits allow to tell."""

from sqlglot import exp

from engine.policy.expressions import Arithmetic, Expression, Negative
from engine.policy.kinds import Kind
from engine.policy.model import Policy
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.sizes import DAYS, HUGE, WIDE, largest
from engine.reasoning.columnar.sql import Sql

FIRST_DATE, LAST_DATE = "0001-01-01", "9999-12-31"
_NODES: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}


def as_number(value: Sql, kind: Kind) -> Sql:
    """A numeric value as a double: the nearest one."""
    return value if kind is Kind.NUMBER else sql.cast(value, sql.DOUBLE)


def as_kind(value: Sql, kind: Kind, wanted: Kind) -> Sql:
    """A value of one kind as one of the wanted kind, which is the same or a wider numeric one."""
    return value if kind is wanted else sql.cast(value, sql.kind_type(wanted))


def comparable(policy: Policy, left: Expression, left_sql: Sql, right: Expression, right_sql: Sql) -> tuple[Sql, Sql]:
    """Two numeric values of kinds that DuckDB compares as it should: doubles where one is, else exactly."""
    if Kind.NUMBER in (left.kind, right.kind):
        return as_number(left_sql, left.kind), as_number(right_sql, right.kind)
    if left.kind is right.kind:
        return left_sql, right_sql
    return _comparable_to_money(policy, left, left_sql), _comparable_to_money(policy, right, right_sql)


def reckon(policy: Policy, node: Arithmetic, left: Sql, right: Sql) -> Sql:
    """`left op right`."""
    operator = _NODES[node.op]
    dates = (node.left.kind is Kind.DATE, node.right.kind is Kind.DATE)
    if all(dates):
        return sql.infix(operator, left, right)
    if any(dates):
        day, days, count = (left, right, node.right) if dates[0] else (right, left, node.left)
        return date_or_missing(sql.infix(operator, day, day_count(policy, count, days)))
    if node.kind is Kind.NUMBER:
        return _number(policy, node, as_number(left, node.left.kind), as_number(right, node.right.kind))
    wide = largest(policy, node) >= WIDE
    left, right = (_exact(n, v, wide) for n, v in ((node.left, left), (node.right, right)))
    return sql.infix(operator, left, right)


def reckon_negative(policy: Policy, node: Negative, arg: Sql) -> Sql:
    """`-arg`."""
    exact = _exact(node.arg, arg, largest(policy, node) >= WIDE)
    return exp.Paren(this=exp.Neg(this=exp.Paren(this=exact)))


def day_count(policy: Policy, node: Expression, days: Sql, limit: int = int(DAYS)) -> Sql:
    """A whole number small enough to be added to a date; missing where it is beyond `limit`."""
    narrow = sql.cast(days, sql.INTEGER)
    if largest(policy, node) <= limit:
        return narrow
    return sql.only_if(sql.between(days, sql.literal(-limit), sql.literal(limit)), narrow)


def date_or_missing(day: Sql) -> Sql:
    """A date, missing outside the years 1 to 9999."""
    bounds = [sql.cast(exp.Literal.string(bound), sql.DATE) for bound in (FIRST_DATE, LAST_DATE)]
    return sql.only_if(sql.between(day, bounds[0], bounds[1]), day)


def finite_or_missing(number: Sql) -> Sql:
    """A double, missing where it is infinite or not a number."""
    return sql.only_if(sql.call("isfinite", number), number)


def _number(policy: Policy, node: Arithmetic, left: Sql, right: Sql) -> Sql:
    if node.op == "/":
        right = sql.call("nullif", right, sql.literal(0.0))
    result = sql.infix(_NODES[node.op], left, right)
    return result if largest(policy, node) < HUGE else finite_or_missing(result)


def _exact(node: Expression, value: Sql, wide: bool) -> Sql:
    """A whole number in 64 or, where the result may need it, 128 bits; other numbers as they are."""
    if node.kind is not Kind.INTEGER:
        return value
    return sql.cast(value, sql.HUGEINT if wide else sql.BIGINT)


def _comparable_to_money(policy: Policy, node: Expression, value: Sql) -> Sql:
    if node.kind is Kind.MONEY or largest(policy, node) < WIDE:
        return value
    return sql.cast(value, sql.WHOLE)
