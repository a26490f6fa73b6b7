"""The tier of every account, as one more column."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from sqlglot import exp

from engine.policy.expressions import And, Expression, Not, Ref
from engine.policy.kinds import Kind
from engine.policy.model import TIERS
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition
from engine.reasoning.columnar.known import HAND_TIER, ROW
from engine.reasoning.columnar.measures import replace
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import Sql, col

WHAT = "tiers"
ACTIVE = Ref((), ACCOUNT, "active", Kind.BOOLEAN)


def add_tiers(night: Night) -> None:
    """Sets the tiers: the one set by hand, else by rank or matrix, else the last class. Does so only where used."""
    relation = night.relations.get(ACCOUNT)
    if relation is None or "tier" not in night.used[ACCOUNT]:
        return
    rows = Rows(night, ACCOUNT)
    tiers = night.policy.tiers
    last = sql.literal(tiers.classes[-1][0] if tiers.classes else TIERS[-1])
    branches: list[tuple[Sql, Sql]] = []
    if night.plan.ranked:
        branches = list(_by_matrix(rows) if tiers.by == "matrix" else _by_rank(rows))
    tier = sql.case(branches, last) if branches else last
    if HAND_TIER in relation.columns:
        tier = sql.coalesce(col(ROW, HAND_TIER), tier)
    kept = sorted(relation.columns - {HAND_TIER})
    columns = [*(sql.named(col(ROW, name), name) for name in kept), sql.named(tier, "tier")]
    replace(night, ACCOUNT, rows.query(columns), frozenset((*kept, "tier")), WHAT, as_table=bool(rows.joins))


def _by_matrix(rows: Rows) -> Iterator[tuple[Sql, Sql]]:
    tiers = rows.night.policy.tiers
    if tiers.high_turnover is None or tiers.high_profit is None:
        return
    for (turnover, profit), name in tiers.cells.items():
        sides = ((turnover, tiers.high_turnover), (profit, tiers.high_profit))
        wanted: list[Expression] = [part if high else Not(part) for high, part in sides]
        yield condition(rows, And((ACTIVE, *wanted))), sql.literal(name)


def _by_rank(rows: Rows) -> Iterator[tuple[Sql, Sql]]:
    """Each class but the last is known by the measure and id of its last account: no rank need be kept."""
    tiers = rows.night.policy.tiers
    measure = rows.night.policy.measures.get((ACCOUNT, tiers.measure or ""))
    shares = [(name, share) for name, share in tiers.classes if share is not None]
    if measure is None or not shares:
        return
    here = rows.column(Ref((), ACCOUNT, measure.name, measure.kind))
    for (name, _), end in zip(shares, class_ends(rows, here, [share for _, share in shares]), strict=True):
        if end is None:
            continue
        spend, account = end
        tied = sql.infix(exp.LTE, col(ROW, "id"), sql.literal(account))
        if spend is None:
            ahead, level = sql.not_null(here), sql.is_null(here)
        else:
            bound = sql.cast(exp.Literal.string(str(spend)), _bound_type(measure.kind))
            ahead, level = sql.infix(exp.GT, here, bound), sql.eq(here, bound)
        among = sql.infix(exp.Or, ahead, sql.infix(exp.And, level, tied))
        yield sql.infix(exp.And, rows.column(ACTIVE), among), sql.literal(name)


def class_ends(rows: Rows, measure: Sql, shares: list[float]) -> list[tuple[Any, str] | None]:
    """For each share of the ranking the measure and the id of its last account; None where it holds nobody.

    A rank is in the class while (rank - 1) < share of the active accounts, the share taken as written in decimals.
    """
    night, active = rows.night, rows.column(ACTIVE)
    ((number,),) = night.run(sql.select([exp.Count(this=exp.Star())], rows.source(), active), WHAT)
    places = [last_place(share, number) for share in shares]
    order = [exp.Ordered(this=measure, desc=True, nulls_first=False), exp.Ordered(this=col(ROW, "id"))]
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
    columns = {"value": measure, "id": col(ROW, "id"), "place": place}
    ranked = sql.select((sql.named(column, name) for name, column in columns.items()), rows.source(), active)
    wanted = exp.In(this=col(ROW, "place"), expressions=[sql.literal(place) for place in sorted(set(places))])
    last = sql.select([col(ROW, name) for name in ("place", "value", "id")], sql.inner(ranked, ROW), wanted)
    found = {place: (value, account) for place, value, account in night.run(last, WHAT)}
    return [found.get(place) for place in places]


def last_place(share: float, number: int) -> int:
    """The last rank of a class that reaches to `share` of `number` active accounts; 0 for a class of nobody."""
    return min(ceil(Fraction(repr(share)) * number), number)


def _bound_type(kind: Kind) -> exp.DataType:
    return sql.HUGEINT if kind is Kind.INTEGER else sql.kind_type(kind)
