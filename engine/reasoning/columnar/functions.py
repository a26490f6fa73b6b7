"""The functions of policy expressions as SQL."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from engine.policy.expressions import Call
from engine.policy.kinds import INTEGER_LIMIT
from engine.policy.model import Policy
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.numbers import as_number, date_or_missing, day_count
from engine.reasoning.columnar.sql import Sql, col

WORKDAYS = "workdays"  # the table of days: `day`, and `worked`, the workdays up to and including it
MONTHS = 120_000  # more months than there are in the years 1 to 9999


def reckon_call(policy: Policy, node: Call, args: list[Sql]) -> Sql:
    """A call of one of `engine.policy.functions`, the arguments already of the kinds it takes."""
    return _FUNCTIONS[node.function](policy, node, args)


def _coalesce(_policy: Policy, _node: Call, args: list[Sql]) -> Sql:
    return sql.coalesce(*args)


def _extreme(_policy: Policy, node: Call, args: list[Sql]) -> Sql:
    there = sql.every(sql.not_null(arg) for arg in args) or exp.true()
    return sql.only_if(there, sql.call(node.function, *args))


def _plain(_policy: Policy, node: Call, args: list[Sql]) -> Sql:
    return sql.call(node.function, *args)


def _rounded(_policy: Policy, node: Call, args: list[Sql]) -> Sql:
    number = as_number(args[0], node.args[0].kind)
    near = sql.infix(exp.LTE, sql.call("abs", number), sql.literal(float(INTEGER_LIMIT)))
    return sql.only_if(near, sql.cast(sql.call(node.function, number), sql.BIGINT))


def _month_start(_policy: Policy, _node: Call, args: list[Sql]) -> Sql:
    return sql.cast(sql.call("date_trunc", sql.literal("month"), args[0]), sql.DATE)


def _add_months(policy: Policy, node: Call, args: list[Sql]) -> Sql:
    months = sql.call("to_months", day_count(policy, node.args[1], args[1], MONTHS))
    return date_or_missing(sql.cast(sql.infix(exp.Add, args[0], months), sql.DATE))


def _workdays(_policy: Policy, _node: Call, args: list[Sql]) -> Sql:
    first, last = (_worked(arg) for arg in args)
    return sql.infix(exp.Sub, last, first)


def _worked(day: Sql) -> Sql:
    """The workdays up to and including a day; missing outside the table."""
    found = sql.select([col(WORKDAYS, "worked")], sql.table(WORKDAYS), sql.eq(col(WORKDAYS, "day"), day))
    return exp.Subquery(this=found)


_FUNCTIONS: Mapping[str, Callable[[Policy, Call, list[Sql]], Sql]] = {
    "coalesce": _coalesce,
    "least": _extreme,
    "greatest": _extreme,
    "abs": _plain,
    "floor": _rounded,
    "ceil": _rounded,
    "year": _plain,
    "month": _plain,
    "day": _plain,
    "month_start": _month_start,
    "add_months": _add_months,
    "workdays": _workdays,
}
