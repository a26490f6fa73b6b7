"""Facts that people told, taken in beside the sources: a new row, or other values for a row that is there.

A told fact whose id a source holds changes the fields that it names; any other is a row of its own. Both go through
the cell checks of every source. What does not fit is listed, with who told it and when as its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlglot import exp

from engine.facts import sql
from engine.facts.columns import Column, all_fields
from engine.facts.loading import BAD, ROW, Loaded, load
from engine.facts.readers import Raw, RawCell
from engine.facts.spool import Spool, spooled
from engine.facts.sql import Sql
from engine.facts.work import Bench
from engine.policy.contract import Contract, FactType

TOLD = "told"  # the label of what people told among the sources
_PLACES = "create table told_places (type varchar, r bigint, place varchar)"
_CHUNK = 500


@dataclass(frozen=True)
class ToldRow:
    """One fact as told: the cells that were named, as text; an empty one clears its field.

    `row`: a number that finds it again; `place`: who told it and when, for the list of rejects.
    """

    type: str
    id: str
    cells: Mapping[str, str]
    row: int
    place: str


Settled = tuple[str, str, str]  # type, id, field: a source says the same as was told


@dataclass(frozen=True)
class _Group:
    """What was told of one type, as tables: `strict` as rows of their own, `loose` as changes; `given` by row."""

    kind: FactType
    strict: Loaded
    loose: Loaded
    given: str
    fields: tuple[int, ...]  # the places of the fields that any of them names


def add_told(
    bench: Bench, contract: Contract, loaded: Mapping[str, Sequence[Loaded]], told: Iterable[ToldRow]
) -> tuple[dict[str, list[Loaded]], tuple[Settled, ...], tuple[str, ...]]:
    """The sources' tables with what was told (ordered by type) put in; which of it they say too; notices."""
    bench.con.execute(_PLACES)
    found = {name: list(tables) for name, tables in loaded.items()}
    settled: list[Settled] = []
    notices: list[str] = []
    for name, rows in groupby(told, key=lambda row: row.type):
        if name not in contract:
            notices.append(f"what was told as '{name}' is left out: the policy knows no such fact type")
            continue
        group = _spooled(bench, contract[name], rows)
        sources = found.get(name, [])
        for each in sources:
            settled += _same(bench, group, each)
        new = _own_rows(bench, group, sources)
        if not sources and bench.run(exp.select("*").from_(sql.table(new.table)).where(_fits()).limit(1)) == []:
            notices.append(f"what was told as {name} does not fit and is left out")
            continue
        found[name] = [*(_amended(bench, group, each) for each in sources), new]
    return {name: found[name] for name in contract if name in found}, tuple(settled), tuple(notices)


@dataclass(frozen=True)
class Read:
    """A told fact by itself: the typed values of the fields that were named, and what does not fit, in words."""

    values: Mapping[str, Any]
    faults: tuple[str, ...]


def read_told(bench: Bench, kind: FactType, rows: Sequence[ToldRow], *, changes: bool) -> dict[int, Read]:
    """Told facts of one type by their row numbers, each read by itself.

    `changes`: whether they change facts that are there, so that required fields may go unnamed.
    """
    if not rows:
        return {}
    bench.con.execute("drop table if exists told_places")
    bench.con.execute(_PLACES)
    group = _spooled(bench, kind, rows)
    fields = all_fields(kind)
    table = (group.loose if changes else group.strict).table
    columns = (sql.col(name) for name in (ROW, *(f"v{n}" for n in range(len(fields))), BAD))
    told = {row.row: row for row in rows}
    found = {}
    for number, *cells, bad in bench.run(exp.select(*columns).from_(sql.table(table))):
        named = told[number].cells
        faults = [f"{each['c']}{_shown(each['v'])}: {each['w']}" for each in bad or () if each]
        if changes:
            cleared = (f.name for f in fields if f.required and named.get(f.name) == "")
            faults += [f"{name}: required, so it cannot be cleared" for name in cleared]
        values = {f.name: cells[n] for n, f in enumerate(fields) if f.name in named}
        found[number] = Read(values, tuple(faults))
    return found


def _shown(value: str | None) -> str:
    return f" '{value[:60]}'" if value else ""


def _spooled(bench: Bench, kind: FactType, rows: Iterable[ToldRow]) -> _Group:
    fields = all_fields(kind)
    places = {field.name: n for n, field in enumerate(fields)}
    named: set[int] = {0}
    notes: list[tuple[str, int, str]] = []
    cells_file, given_file = bench.new_file(), bench.new_file()
    with Spool(cells_file, len(fields)) as cells, Spool(given_file, 1) as given:
        for row in rows:
            line = [""] * len(fields)
            line[0] = row.id
            here = [places[name] for name in row.cells if name in places and name != "id"]
            for name, text in row.cells.items():
                if name in places and name != "id":
                    line[places[name]] = text
            named.update(here)
            cells.add(row.row, line)
            given.add(row.row, ["," + ",".join(map(str, here)) + ","])
            notes.append((kind.name, row.row, row.place))
            if len(notes) >= _CHUNK:
                _note(bench, notes)
        _note(bench, notes)
    number = next(bench.numbers)
    bench.run(
        exp.select(sql.col("r"), sql.named(sql.col("c0"), "given"))
        .from_(exp.Table(this=spooled(given_file, 1, given.longest)))
        .ctas(sql.table(f"given_{number}"))
    )
    relation = spooled(cells_file, len(fields), cells.longest)
    raw_cells = tuple(RawCell(Column(field, n, field.name), f"c{n}") for n, field in enumerate(fields))
    loose_kind = replace(kind, fields={name: replace(field, required=False) for name, field in kind.fields.items()})
    loose_cells = tuple(
        RawCell(Column(field, n, field.name), f"c{n}") for n, field in enumerate(all_fields(loose_kind))
    )
    strict = load(bench, Raw(kind, TOLD, relation, raw_cells, {}, (), None), _table_number(bench))
    loose = load(bench, Raw(loose_kind, TOLD, relation.copy(), loose_cells, {}, (), None), _table_number(bench))
    names = {fields[n].name: fields[n].name for n in sorted(named)}
    required = {field.name: field.name for field in fields if field.required}
    return _Group(
        kind, replace(strict, names={**required, **names}), loose, f"given_{number}", tuple(sorted(named - {0}))
    )


def _table_number(bench: Bench) -> int:
    return 1_000_000 + next(bench.numbers)  # beyond those of the sources


def _note(bench: Bench, notes: list[tuple[str, int, str]]) -> None:
    if notes:
        bench.con.execute(
            "insert into told_places select unnest($1::varchar[]), unnest($2::bigint[]), unnest($3::varchar[])",
            [list(column) for column in zip(*notes, strict=True)],
        )
        notes.clear()


def _fits(table: str | None = None) -> Sql:
    return sql.is_missing(sql.col(BAD, table))


def _changes(group: _Group) -> exp.Subquery:
    """The told values that may change a source's row, with the list of those that were named."""
    columns = [sql.col(f"v{n}", "t") for n in (0, *group.fields)]
    return (
        exp.select(*columns, sql.col("given", "g"))
        .from_(sql.table(group.loose.table, "t"))
        .join(sql.table(group.given, "g"), on=exp.EQ(this=sql.col(ROW, "g"), expression=sql.col(ROW, "t")))
        .where(_fits("t"))
        .subquery("told")
    )


def _is_given(group: _Group, n: int) -> Sql:
    named = sql.call("contains", sql.col("given", TOLD), sql.text(f",{n},"))
    if all_fields(group.kind)[n].required:
        return sql.all_of(named, sql.is_there(sql.col(f"v{n}", TOLD)))
    return named


def _same_id() -> Sql:
    return exp.EQ(this=sql.col("v0", TOLD), expression=sql.col("v0", "s"))


def _same(bench: Bench, group: _Group, source: Loaded) -> Iterator[Settled]:
    """The fields of a source's rows that hold already what was told."""
    if not group.fields:
        return
    names = [field.name for field in all_fields(group.kind)]
    equal = [
        sql.named(
            sql.all_of(
                _is_given(group, n),
                exp.NullSafeEQ(this=sql.col(f"v{n}", TOLD), expression=sql.col(f"v{n}", "s")),
            ),
            f"e{n}",
        )
        for n in group.fields
    ]
    query = (
        exp.select(sql.col("v0", "s"), *equal)
        .from_(sql.table(source.table, "s"))
        .join(_changes(group), on=_same_id())
        .where(_fits("s"))
    )
    for id, *flags in bench.run(query):
        yield from ((group.kind.name, id, names[n]) for n, same in zip(group.fields, flags, strict=True) if same)


def _amended(bench: Bench, group: _Group, source: Loaded) -> Loaded:
    """A source's table with the told values in the place of its own."""
    row: Sql = sql.col(ROW, "s")
    if source.first_row is not None:
        row = exp.Add(this=sql.col("rowid", "s"), expression=sql.whole(source.first_row))
    values = [
        sql.named(sql.case((_is_given(group, n), sql.col(f"v{n}", TOLD)), otherwise=sql.col(f"v{n}", "s")), f"v{n}")
        if n in group.fields
        else sql.col(f"v{n}", "s")
        for n in range(len(all_fields(group.kind)))
    ]
    table = f"source{_table_number(bench)}"
    query = (
        exp.select(sql.named(row, ROW), *values, sql.col(BAD, "s"))
        .from_(sql.table(source.table, "s"))
        .join(_changes(group), on=_same_id(), join_type="left")
    )
    bench.run(query.ctas(sql.table(table)))
    names = {**{all_fields(group.kind)[n].name: all_fields(group.kind)[n].name for n in group.fields}, **source.names}
    return replace(source, table=table, names=names, first_row=None)


def _own_rows(bench: Bench, group: _Group, sources: Sequence[Loaded]) -> Loaded:
    """The told facts that no source holds, and those that would change one with a value that does not fit."""
    known = [exp.Exists(this=_holding(source, "n")) for source in sources]
    columns = [
        sql.col(ROW, "n"),
        *(sql.col(f"v{n}", "n") for n in range(len(all_fields(group.kind)))),
        sql.col(BAD, "n"),
    ]
    own = exp.select(*columns).from_(sql.table(group.strict.table, "n"))
    if known:
        own = own.where(exp.Not(this=exp.paren(sql.any_of(*known))))
        wrong = exp.select(*(each.copy() for each in columns)).from_(sql.table(group.loose.table, "n"))
        wrong = wrong.where(
            sql.all_of(sql.is_there(sql.col(BAD, "n")), exp.paren(sql.any_of(*(k.copy() for k in known))))
        )
        query: exp.Query = exp.union(own, wrong, distinct=False)
    else:
        query = own
    table = f"source{_table_number(bench)}"
    bench.run(
        query.ctas(sql.table(table))
        if isinstance(query, exp.Select)
        else exp.select("*").from_(query.subquery("u")).ctas(sql.table(table))
    )
    return replace(group.strict, table=table)


def _holding(source: Loaded, told: str) -> exp.Select:
    same = exp.EQ(this=sql.col("v0", "s"), expression=sql.col("v0", told))
    return exp.select("1").from_(sql.table(source.table, "s")).where(same)
