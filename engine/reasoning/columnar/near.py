"""A night narrowed to one account: only its own rows are read, where that gives the same values."""

from collections.abc import Iterable
from dataclasses import replace

from engine.policy.contract import Contract
from engine.policy.expressions import refs
from engine.policy.model import Measure, Policy
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night, Relation
from engine.reasoning.columnar.sql import Sql, col

Key = tuple[str, str]


def rests_on(measure: Measure) -> list[Key]:
    """What a measure reads, by type and name; fields among them."""
    of = measure.take.of if measure.take is not None else None
    return [(ref.type, ref.name) for ref in refs(measure.value, measure.where, of)]


def is_wide(policy: Policy, key: Key) -> bool:
    """Whether a measure rests on rows of other accounts, so that one account's rows do not give it."""
    todo, seen = [key], set[Key]()
    while todo:
        measure = policy.measures.get(todo.pop())
        if measure is None or (measure.about, measure.name) in seen:
            continue
        seen.add((measure.about, measure.name))
        if _reaches_out(policy.contract, measure):
            return True
        todo += rests_on(measure)
    return False


def narrow(night: Night, account: str) -> Night:
    """The same night with only the rows of `account` in all types that belong to accounts.

    The views of these types (named as the types) are replaced by tables of its rows.
    """
    relations: dict[str, Relation] = {}
    for type in night.relations:
        path = account_path(night.policy.contract, type)
        if path is None:
            columns = night.relations[type].columns
            query = sql.select([col(ROW, name) for name in sorted(columns)], sql.table(night.relations[type].name, ROW))
            night.run(sql.create_view(f"near {type}", query), type)
        else:
            columns = _own_rows(night, type, path[0] if path else "id", account)
        relations[type] = Relation(f"near {type}", columns)
    return replace(night, relations=relations)


def carry(near: Night, full: Night, about: str, names: Iterable[str]) -> None:
    """Takes values that the whole night has reckoned into the narrowed one."""
    before, source = near.relations[about], full.relations[about]
    names = [name for name in names if name in source.columns]
    columns: dict[str, Sql] = {name: col(ROW, name) for name in sorted(before.columns)}
    columns |= {name: col("full", name) for name in names}
    query = sql.select((sql.named(c, n) for n, c in columns.items()), sql.table(before.name, ROW))
    sql.join(query, sql.table(source.name, "full"), sql.eq(col("full", "id"), col(ROW, "id")))
    name = f"{before.name}+"
    near.run(sql.create_table(name, query), f"measures about {about}")
    near.relations[about] = Relation(name, frozenset(columns), (name,))


def _own_rows(night: Night, type: str, key: str, account: str) -> frozenset[str]:
    fields = {"id", *night.policy.contract[type].fields} | ({"active"} if type == ACCOUNT else set())
    own = sql.eq(col(ROW, key), sql.literal(account))
    query = sql.select([col(ROW, name) for name in sorted(fields)], sql.table(type, ROW), own)
    night.run(sql.create_table(f"near {type}", query), type)
    night.run(sql.drop_view(type), type)
    view = sql.select([col(ROW, name) for name in sorted(fields)], sql.table(f"near {type}", ROW))
    night.run(sql.create_view(type, view), type)
    return frozenset(fields)


def _reaches_out(contract: Contract, measure: Measure) -> bool:
    """Whether its rows belong to accounts, but are not those of its subject's own account."""
    if measure.source is None or account_path(contract, measure.source) is None:
        return False
    same = account_path(contract, measure.about) is not None and bool(measure.link.row_path)
    return not same or measure.link.subject_field not in ("id", ACCOUNT)
