"""Raw relations to typed tables: one table per source, every row in it, with what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from engine.facts import cells, sql
from engine.facts.cells import Cell
from engine.facts.columns import all_fields
from engine.facts.readers import Raw, RawCell
from engine.facts.spool import FLAW
from engine.facts.sql import Sql
from engine.facts.work import Bench, reading
from engine.policy.contract import FactType, Field

ROW = "r"  # the spreadsheet row
BAD = "bad"  # missing, or a list of {c: column, v: what stood there, w: why it does not fit}, with gaps
_BAD_TYPE = "STRUCT(c VARCHAR, v VARCHAR, w VARCHAR)"


@dataclass(frozen=True)
class Loaded:
    """One source's typed table: columns `r`, `v0` (the id), `v1` … in the contract's order, `bad`.

    `names`: for each field found, the column's name in the file. `first_row`: see `Raw`.
    """

    table: str
    type: FactType
    label: str
    names: Mapping[str, str]
    first_row: int | None


def load(bench: Bench, raw: Raw, number: int) -> Loaded:
    """Type every row of one source into the table `source<number>`."""
    table = f"source{number}"
    with reading(raw.label):
        try:
            bench.con.execute(_typed(raw).ctas(sql.table(table), copy=False).sql("duckdb", copy=False))
        except duckdb.InvalidInputException:
            if raw.instead is None:
                raise
            return load(bench, raw.instead(), number)
    names = {each.column.field.name: each.column.name for each in raw.cells}
    return Loaded(table, raw.type, raw.label, names, raw.first_row)


def _typed(raw: Raw) -> exp.Select:
    """Three steps as nested selects: prepared cells, typed values, what is wrong."""
    spooled = raw.first_row is None
    fields = all_fields(raw.type)
    found = {
        each.column.field.name: (
            each,
            Cell(each.column.field, each.physical, spooled, raw.words.get(each.column.field.name, {})),
        )
        for each in raw.cells
    }
    if raw.relation is None:
        empty = [_absent(field, n) for n, field in enumerate(fields)]
        no_row = sql.named(sql.null("BIGINT"), ROW)
        return exp.select(no_row, *empty, sql.named(sql.null(f"{_BAD_TYPE}[]"), BAD)).where(exp.false())
    carried: list[Sql] = [sql.col("r"), sql.col("flaw")] if spooled else []
    first = exp.select(
        *carried,
        *(
            sql.named(cells.prepared(found[field.name][1], sql.col(found[field.name][0].source)), f"x{n}")
            for n, field in enumerate(fields)
            if field.name in found
        ),
    ).from_(exp.Table(this=raw.relation), copy=False)
    present = [(n, field, *found[field.name]) for n, field in enumerate(fields) if field.name in found]
    second = exp.select(
        *carried,
        *(sql.col(f"x{n}") for n, *_ in present),
        *(sql.named(cells.value(cell, sql.col(f"x{n}")), f"v{n}") for n, _, _, cell in present),
    ).from_(first.subquery("first", copy=False), copy=False)
    row = sql.col("r") if spooled else sql.null("BIGINT")
    there = {n for n, *_ in present}
    return exp.select(
        sql.named(row, ROW),
        *(sql.col(f"v{n}") if n in there else _absent(field, n) for n, field in enumerate(fields)),
        sql.named(_bad(present, spooled), BAD),
    ).from_(second.subquery("second", copy=False), copy=False)


def _absent(field: Field, n: int) -> Sql:
    return sql.named(sql.null(cells.STORED[field.kind]), f"v{n}")


def _bad(present: Sequence[tuple[int, Field, RawCell, Cell]], spooled: bool) -> Sql:
    """The list of what is wrong with a row; missing where nothing is."""
    wrongs, faults = [], []
    for n, field, raw, cell in present:
        x, v = sql.col(f"x{n}"), sql.col(f"v{n}")
        wrong = sql.is_missing(v) if field.required else sql.all_of(sql.is_there(x), sql.is_missing(v))
        told = sql.struct(c=sql.text(raw.column.name), v=cells.display(cell, x), w=cells.reason(cell, x))
        wrongs.append(wrong)
        faults.append(sql.case((wrong.copy(), told)))
    branches = [(sql.any_of(*wrongs), sql.array(faults))]
    if spooled:
        whole = sql.struct(
            c=sql.text(""),
            v=sql.call("split_part", sql.col("flaw"), sql.text(FLAW), sql.whole(3)),
            w=sql.call("split_part", sql.col("flaw"), sql.text(FLAW), sql.whole(2)),
        )
        branches.insert(0, (sql.is_there(sql.col("flaw")), sql.array([whole])))
    return sql.cast_to(sql.case(*branches), f"{_BAD_TYPE}[]")
