"""Measures: each type's facts become a wider table, all measures over the same rows in one scan."""

from collections.abc import Iterable
from itertools import groupby

from sqlglot import exp

from engine.policy.contract import Contract
from engine.policy.expressions import Expression, Ref, refs
from engine.policy.kinds import Kind
from engine.policy.model import Measure
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition, value
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night, Relation
from engine.reasoning.columnar.rows import SUBJECT, Join, Rows
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.columnar.takes import KEY, TWO_STEP, aggregate, conjuncts, two_step, zero


def add_measures(night: Night, measures: Iterable[Measure]) -> None:
    """Reckons the measures of one level. Those whose facts are absent get no column and so read as missing."""
    present = night.relations.keys()
    judged = sorted((m for m in measures if m.needs <= present and m.about in present), key=lambda m: m.about)
    for about, some in groupby(judged, key=lambda m: m.about):
        _widen(night, about, list(some))


def _widen(night: Night, type: str, measures: list[Measure]) -> None:
    before = night.relations[type]
    rows = Rows(night, type)
    columns: dict[str, Sql] = {name: col(ROW, name) for name in sorted(before.columns)}
    for measure in measures:
        if measure.value is not None:
            columns[measure.name] = value(rows, measure.value)
    taken = [measure for measure in measures if measure.value is None]
    for number, group in enumerate(_groups(taken)):
        alias = f"taken {number}"
        source, key = _taken(night, group)
        on = sql.eq(col(alias, KEY), key) if key is not None else col(alias, KEY)
        rows.joins[alias] = Join(sql.inner(source, alias), on)
        for measure in group:
            columns[measure.name] = zero(measure, col(alias, measure.name))
    query = rows.query(sql.named(column, name) for name, column in columns.items())
    what = f"measures {', '.join(measure.name for measure in measures)} about {type}"
    replace(night, type, query, frozenset(columns), what, as_table=bool(rows.joins))


def replace(night: Night, type: str, query: exp.Select, columns: frozenset[str], what: str, *, as_table: bool) -> None:
    """Puts a wider relation in the place of a type's present one, which it reads."""
    before = night.relations[type]
    name = f"{before.name}+"
    if not as_table:
        night.run(sql.create_view(name, query), what)
        night.relations[type] = Relation(name, columns, before.tables)
        return
    night.run(sql.create_table(name, query), what)
    night.relations[type] = Relation(name, columns, (name,))
    for table in before.tables:
        night.run(sql.drop_table(table), what)


def _groups(measures: list[Measure]) -> list[list[Measure]]:
    """Measures that one scan can give: the same rows, reaching the subject the same way."""
    groups: dict[object, list[Measure]] = {}
    for measure in measures:
        alone = measure.take is not None and measure.take.function in TWO_STEP
        key = (measure.source, measure.link, _reads_subject(measure), measure.name if alone else None)
        groups.setdefault(key, []).append(measure)
    return list(groups.values())


def _taken(night: Night, measures: list[Measure]) -> tuple[exp.Select, Sql | None]:
    """The rows (key, measures) of one scan, and what of the subject equals the key; None: any subject."""
    first = measures[0]
    rows, key, equal = reached(night, first)
    if first.take is not None and first.take.function in TWO_STEP:
        return two_step(rows, first, key), equal
    shared = _shared(measures)
    where = sql.every([condition(rows, part) for part in shared])
    columns = [sql.named(key, KEY)]
    columns += [sql.named(aggregate(rows, measure, shared), measure.name) for measure in measures]
    return sql.group(rows.query(columns, where)), equal


def reached(night: Night, measure: Measure) -> tuple[Rows, Sql, Sql | None]:
    """The rows that a measure takes, what of them names the subject, and what of the subject equals that."""
    link, source = measure.link, measure.source or ""
    rows = Rows(night, source, subject=measure.about)
    found = _row_key(night.policy.contract, source, link.row_path)
    key: Sql = rows.column(found) if found is not None else exp.true()
    equal: Sql | None = col(ROW, link.subject_field) if found is not None else None
    if _reads_subject(measure):
        on = sql.eq(key, col(SUBJECT, link.subject_field)) if found is not None else None
        subject = sql.table(night.relations[measure.about].name, SUBJECT)
        rows.joins[SUBJECT] = Join(subject, on, "INNER")
        key, equal = col(SUBJECT, "id"), col(ROW, "id")
    return rows, key, equal


def _row_key(contract: Contract, type: str, path: tuple[str, ...]) -> Ref | None:
    for name in path[:-1]:
        type = contract[type].fields[name].ref or ""
    return Ref(path[:-1], type, path[-1], Kind.TEXT) if path else None


def _reads_subject(measure: Measure) -> bool:
    of = measure.take.of if measure.take is not None else None
    return any(ref.subject for ref in refs(measure.where, of))


def _shared(measures: list[Measure]) -> tuple[Expression, ...]:
    """The conditions that all the measures ask of a row: these thin the scan itself."""
    first, *others = [conjuncts(measure.where) for measure in measures]
    return tuple(part for part in first if all(part in other for other in others))
