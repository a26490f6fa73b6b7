"""Parquet files: typed already, so most columns never become text."""

from sqlglot import exp

from engine.errors import FactsError
from engine.facts import sql
from engine.facts.columns import match_columns
from engine.facts.readers import Raw, RawCell
from engine.facts.sources import Input
from engine.facts.work import Bench
from engine.policy.contract import FactType

_NESTED = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT", "GEOMETRY", "JSON")


def read_parquet(bench: Bench, given: Input, kind: FactType) -> Raw:
    """Look at the file's columns; FactsError where a wanted one holds lists, structures or bytes."""
    if given.path.stat().st_size == 0:
        raise FactsError(f"{given.label} is empty (0 bytes), which no Parquet file is", "was its export cut short?")
    relation = sql.call(
        "read_parquet",
        sql.text(bench.plain_path(given.path)),
        hive_partitioning=exp.false(),
    )
    described = bench.run(exp.Describe(this=exp.select("*").from_(relation)))
    header = [str(name) for name, *_ in described]
    types = [str(kind_there) for _, kind_there, *_ in described]
    matched = match_columns(kind, header, given.columns, given.label)
    for each in matched.columns:
        there = types[each.index]
        if there.startswith(_NESTED) or there.endswith("]"):
            raise FactsError(
                f"{given.label}: the column '{each.name}' holds {there.split('(')[0]} values; "
                f"{each.field.name} must be a plain {each.field.kind}",
                "write the column as plain values",
            )
    cells = tuple(RawCell(each, header[each.index], types[each.index]) for each in matched.columns)
    return Raw(kind, given.label, relation, cells, given.values, matched.notices, 2)
