"""What needs no look at the facts: a condition that rests on rules that concluded nothing, or on facts not there."""

from collections.abc import Mapping

from sqlglot import exp

from engine.policy.expressions import And, Expression, Holds, Literal, Or
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.sql import col


def note_bare(night: Night) -> None:
    """Notes the types of which nothing is known today."""
    if not night.relations:
        return
    queries = []
    for type, relation in sorted(night.relations.items()):
        some = sql.select([sql.named(col(ROW, "id"), "id")], sql.table(relation.name, ROW))
        found = sql.select([sql.named(sql.literal(type), "type")], sql.inner(some.limit(1), ROW))
        queries.append(found)
    known = sql.select([col(ROW, "type")], sql.inner(sql.union(queries), ROW))
    night.bare = night.relations.keys() - {type for (type,) in night.run(known, "facts")}


def can_hold(night: Night, type: str, condition: Expression) -> bool:
    """Whether a condition about facts of a type may hold for any of them; what cannot be told at once may."""
    return type not in night.bare and _may(night, condition)


def nothing(columns: Mapping[str, exp.DataType]) -> exp.Select:
    """No rows, of these columns."""
    empty = (sql.named(sql.cast(exp.null(), type), name) for name, type in columns.items())
    return sql.select(empty, None, exp.false())


def _may(night: Night, node: Expression) -> bool:
    match node:
        case And():
            return all(_may(night, arg) for arg in node.args)
        case Or():
            return any(_may(night, arg) for arg in node.args)
        case Holds():
            return node.rule in night.concluded and node.rule not in night.idle
        case Literal():
            return node.value is not False
    return True
