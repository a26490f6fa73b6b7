"""The facts of the last night with what was told since: what the next night will see, as far as can be known now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlglot import exp

from engine.facts import sql
from engine.facts.cells import STORED
from engine.facts.columns import all_fields
from engine.facts.told import ToldRow, read_told
from engine.facts.work import Bench
from engine.policy.contract import Contract, FactType
from engine.store.opening import Store
from engine.store.tellings import Telling, settled_fields, tellings_of

Row = dict[str, Any]
Changed = Mapping[str, Mapping[str, Row | None]]  # by type and id: the row as it is now, None where there is none


class Facts(Protocol):
    """A snapshot, or one merged with what was told."""

    @property
    def hash(self) -> str:
        """Names the facts by their content."""

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file, be it empty."""

    def path(self, type: str, /) -> Path:
        """The Parquet file of a present type."""


@dataclass(frozen=True)
class MergedFacts:
    """A snapshot in which some types have other files."""

    hash: str
    base: Facts
    files: Mapping[str, Path]

    @property
    def present(self) -> frozenset[str]:
        """The types that have a source, or were told of."""
        return self.base.present | frozenset(self.files)

    def path(self, type: str, /) -> Path:
        """The Parquet file of a present type."""
        return self.files[type] if type in self.files else self.base.path(type)


def merged(bench: Bench, contract: Contract, base: Facts, changed: Changed, folder: Path) -> MergedFacts:
    """The snapshot with changed rows; the files of their types are written anew into `folder`, in sets."""
    files = {}
    for type, rows in changed.items():
        if type in contract and (type in base.present or any(row is not None for row in rows.values())):
            files[type] = _write(bench, contract[type], base, rows, folder / f"{type}-{uuid4().hex}.parquet")
    return MergedFacts(f"{base.hash}+{uuid4().hex}", base, files)


def empty_type(bench: Bench, kind: FactType, folder: Path) -> Path:
    """A file of a type without any rows, in `folder`."""
    return _write(bench, kind, None, {}, folder / f"{kind.name}-{uuid4().hex}.parquet")


def changes(
    bench: Bench, contract: Contract, base: Facts | None, store: Store, tellings: Iterable[Telling]
) -> dict[str, dict[str, Row | None]]:
    """The rows of the facts that these tellings are about, as they are with all that is told of them and stands."""
    facts: dict[str, list[str]] = defaultdict(list)
    for type, fact in dict.fromkeys((telling.type, telling.fact) for telling in tellings):
        facts[type].append(fact)
    return {type: _now(bench, contract[type], base, store, some) for type, some in facts.items() if type in contract}


def row_of(bench: Bench, kind: FactType, base: Facts | None, fact: str) -> Row | None:
    """A fact's row in the snapshot, by the contract's fields; None where there is none."""
    return next(iter(rows_where(bench, kind, base, "id", [fact])), None)


def rows_where(bench: Bench, kind: FactType, base: Facts | None, field: str, wanted: Sequence[str]) -> list[Row]:
    """The rows of a type in the snapshot whose field is one of `wanted`."""
    if base is None or kind.name not in base.present:
        return []
    source = _base(bench, base.path(kind.name))
    there = _stored(bench, source)
    names = [f.name for f in all_fields(kind) if f.name in there]
    if field not in names:
        return []
    query = exp.select(*(sql.col(name) for name in names)).from_(source)
    query = query.where(sql.one_of(sql.col(field), [sql.text(value) for value in wanted]))
    blank = {f.name: None for f in all_fields(kind)}
    return [{**blank, **dict(zip(names, row, strict=True))} for row in bench.run(query)]


def with_values(kind: FactType, row: Row | None, fact: str, values: Mapping[str, Any]) -> Row:
    """A fact's row, or a new one, with other values put in."""
    blank: Row = {f.name: None for f in all_fields(kind)} | {"id": fact}
    return (row or blank) | dict(values)


def _now(bench: Bench, kind: FactType, base: Facts | None, store: Store, facts: Sequence[str]) -> dict[str, Row | None]:
    rows: dict[str, Row | None] = {row["id"]: row for row in rows_where(bench, kind, base, "id", facts)}
    told = tellings_of(store, kind.name, facts)
    every = {telling.id: telling for some in told.values() for telling in some}
    settled = settled_fields(store, every)
    after = _typed(bench, kind, {id: telling.fields for id, telling in every.items()})
    before = _typed(bench, kind, {id: _before(telling) for id, telling in every.items() if telling.taken})
    for fact in facts:
        row = rows.get(fact)
        for telling in reversed([each for each in told.get(fact, ()) if each.taken]):
            row = _without(kind, row, telling, before[telling.id], settled.get(telling.id, frozenset()))
        for telling in told.get(fact, ()):
            if telling.undone_at is None:
                done = settled.get(telling.id, frozenset())
                row = with_values(kind, row, fact, {n: v for n, v in after[telling.id].items() if n not in done})
        rows[fact] = row
    return rows


def _typed(bench: Bench, kind: FactType, cells: Mapping[int, Mapping[str, str]]) -> dict[int, Mapping[str, Any]]:
    """Told cells as values; nothing where they do not fit, for the night will set them aside."""
    read = read_told(bench, kind, [ToldRow(kind.name, "-", some, id, "") for id, some in cells.items()], changes=True)
    return {id: {} if read[id].faults else read[id].values for id in cells}


def _before(telling: Telling) -> Mapping[str, str]:
    return {name: (telling.before or {}).get(name, "") for name in telling.fields}


def _without(
    kind: FactType, row: Row | None, telling: Telling, before: Mapping[str, Any], settled: frozenset[str]
) -> Row | None:
    """A row as it was before a telling that the night had taken in; what the source says as well stays."""
    if row is None or settled >= telling.fields.keys():
        return row
    own = telling.before is None and all(f.name in telling.fields for f in kind.fields.values() if f.required)
    if own and not settled:
        return None
    return with_values(kind, row, telling.fact, {n: v for n, v in before.items() if n not in settled})


def _write(bench: Bench, kind: FactType, base: Facts | None, rows: Mapping[str, Row | None], path: Path) -> Path:
    fields = all_fields(kind)
    table = f"merged_{next(bench.numbers)}"
    columns = [
        exp.ColumnDef(this=sql.name(f.name), kind=exp.DataType.build(STORED[f.kind], dialect="duckdb")) for f in fields
    ]
    bench.run(exp.Create(this=exp.Schema(this=sql.table(table), expressions=columns), kind="TABLE"))
    marks = exp.Values(expressions=[exp.Tuple(expressions=[exp.Placeholder() for _ in fields])])
    insert = exp.Insert(this=sql.table(table), expression=marks).sql("duckdb")
    for row in rows.values():
        if row is not None:
            bench.con.execute(insert, [row.get(f.name) for f in fields])
    query: exp.Query = exp.select(*(sql.col(f.name) for f in fields)).from_(sql.table(table))
    if base is not None and kind.name in base.present:
        source = _base(bench, base.path(kind.name))
        there = _stored(bench, source)
        olds = [
            sql.named(
                sql.cast_to(sql.col(f.name), STORED[f.kind]) if f.name in there else sql.null(STORED[f.kind]), f.name
            )
            for f in fields
        ]
        old = exp.select(*olds).from_(source)
        old = old.where(exp.Not(this=sql.one_of(sql.col("id"), [sql.text(fact) for fact in rows])))
        query = exp.union(old, query, distinct=False)
    written = exp.Copy(
        this=exp.Subquery(this=query),
        kind=False,
        files=[sql.text(str(path))],
        params=[exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("PARQUET"))],
    )
    bench.run(written)
    return path


def _base(bench: Bench, path: Path) -> exp.Table:
    return exp.Table(this=sql.call("read_parquet", sql.text(bench.plain_path(path)), hive_partitioning=exp.false()))


def _stored(bench: Bench, source: exp.Table) -> frozenset[str]:
    return frozenset(name for name, *_ in bench.run(exp.Describe(this=exp.select("*").from_(source.copy()))))
