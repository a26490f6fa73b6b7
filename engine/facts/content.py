"""The hash of what a fact file says, whatever the format, the order of rows or the version of DuckDB."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from engine.facts import sql
from engine.facts.origins import ORIGIN
from engine.facts.sql import Sql
from engine.facts.work import Bench

_FETCHED = 10_000


def content_hash(bench: Bench, parquet: Path) -> str:
    """SHA-256 over the columns' names and types and, in the file's order, the SHA-256 of each row.

    A snapshot's files are sorted by id. In a row each value is written as its length in bytes, a colon and its text;
    a missing one as a hyphen: no two different rows are written alike. Where a row came from does not count.
    """
    relation = sql.call("read_parquet", sql.text(bench.plain_path(parquet)), hive_partitioning=exp.false())
    described = [
        each for each in bench.run(exp.Describe(this=exp.select("*").from_(relation))) if each[0] not in ORIGIN
    ]
    whole = hashlib.sha256()
    for name, kind, *_ in described:
        whole.update(f"{len(name.encode())}:{name} {kind}\n".encode())
    row = sql.call("sha256", row_text([(name, kind) for name, kind, *_ in described]))
    found = bench.con.execute(exp.select(row).from_(exp.Table(this=relation)).sql("duckdb"))
    while rows := found.fetchmany(_FETCHED):
        whole.update("".join([each for (each,) in rows]).encode())
    return whole.hexdigest()


def row_text(columns: Sequence[tuple[str, str]]) -> Sql:
    """A row as one text, by columns and their DuckDB types; no two different rows have the same."""
    return sql.call("concat", *(_written(sql.col(name), kind) for name, kind in columns))


def _written(value: Sql, kind: str) -> Sql:
    text: Sql = value
    if kind == "DOUBLE":  # 18 digits tell every double from every other
        text = sql.call("printf", sql.text("%.17e"), value)
    elif kind != "VARCHAR":
        text = sql.cast_to(value, "VARCHAR")
    counted = sql.call("concat", sql.call("strlen", text), sql.text(":"), text.copy())
    return sql.case((sql.is_missing(value), sql.text("-")), otherwise=counted)
