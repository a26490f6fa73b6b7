"""The facts as known on the day: one view per present type over its Parquet file."""

from datetime import date
from pathlib import Path

from sqlglot import exp

from engine.policy.contract import FactType
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.night import Night, Relation
from engine.reasoning.columnar.sql import Sql, col

HAND_TIER = "tier by hand"  # the column of tiers set by hand, until the level that sets everyone's
ROW = "row"
ASSIGNED = "assigned"  # the table of the assignments in force


def add_known(night: Night, type: str, path: Path, *, assigned: bool) -> None:
    """Makes the view of a type and enters it among the relations.

    `path` is the type's file; `assigned`, whether the table of assignments in force is there.
    """
    fact = night.policy.contract[type]
    stored = night.stored_columns(path, f"facts of type {type}")
    columns: dict[str, Sql] = {"id": col(ROW, "id")}
    for name in sorted(night.used[type] - {"id"}):
        value = _value(night, fact, name, stored)
        if value is not None:
            columns[HAND_TIER if (type, name) == (ACCOUNT, "tier") else name] = value
    by_assignment = assigned and type == ACCOUNT and "owner" in columns
    if by_assignment:
        columns["owner"] = sql.coalesce(col(ASSIGNED, "rep"), columns["owner"])
    query = sql.select((sql.named(value, name) for name, value in columns.items()), sql.parquet(str(path), ROW))
    query.set("where", _is_known(night.today, fact, stored))
    if by_assignment:
        sql.join(query, sql.table(ASSIGNED, ASSIGNED), sql.eq(col(ASSIGNED, "account"), col(ROW, "id")))
    view = f"known {type}"
    night.run(sql.create_view(view, query), f"facts of type {type}")
    night.relations[type] = Relation(view, frozenset(columns))


def add_assigned(night: Night, path: Path) -> None:
    """Makes the table of who cares for which account by an assignment in force: the latest, then the greatest id."""
    fact = night.policy.contract["assignment"]
    stored = night.stored_columns(path, "assignments in force")
    key = sql.struct([("since", col(ROW, "since")), ("id", col(ROW, "id"))])
    rep = sql.named(sql.call("arg_max", col(ROW, "rep"), key), "rep")
    open_ended = sql.is_null(_value(night, fact, "until", stored) or sql.null(Kind.DATE))
    begun = sql.infix(exp.LTE, col(ROW, "since"), sql.literal(night.today))
    where = sql.infix(exp.And, begun, open_ended)
    query = sql.select([col(ROW, "account"), rep], sql.parquet(str(path), ROW), where)
    night.run(sql.create_table(ASSIGNED, sql.group(query)), "assignments in force")


def _value(night: Night, fact: FactType, name: str, stored: frozenset[str]) -> Sql | None:
    """A field as known today; None where the name is no field (a measure, or the risk)."""
    if name == "active" and fact.name in (ACCOUNT, "rep"):
        return _active(night, fact, stored)
    field = fact.fields.get(name)
    if field is None:
        return None
    if name not in stored:
        return sql.null(field.kind)
    column: Sql = col(ROW, name)
    if field.kind is not Kind.DATE or field.planned or name == fact.known_from:
        return column
    return sql.only_if(exp.LTE(this=column, expression=sql.literal(night.today)), column)


def _active(night: Night, fact: FactType, stored: frozenset[str]) -> Sql:
    def value(name: str, kind: Kind) -> Sql:
        return _value(night, fact, name, stored) or sql.null(kind)

    if fact.name == "rep":
        left = exp.LTE(this=value("left_on", Kind.DATE), expression=sql.literal(night.today))
        return exp.Paren(this=exp.Not(this=sql.coalesce(left, exp.false())))
    customer = sql.coalesce(sql.eq(value("kind", Kind.TEXT), sql.literal("customer")), exp.true())
    return sql.every([customer, sql.is_null(value("lost_on", Kind.DATE))]) or exp.true()


def _is_known(today: date, fact: FactType, stored: frozenset[str]) -> exp.Where | None:
    if fact.known_from is None or fact.known_from not in stored:
        return None
    day = col(ROW, fact.known_from)
    begun: Sql = exp.LTE(this=day, expression=sql.literal(today))
    if not fact.fields[fact.known_from].required:
        begun = sql.some([sql.is_null(day), begun]) or begun
    return exp.Where(this=begun)
