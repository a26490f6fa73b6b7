"""What one run of the engine knows and has made so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from engine.errors import EngineError
from engine.policy.model import Policy
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.sql import Sql
from engine.reasoning.plan import Plan


@dataclass(frozen=True)
class Relation:
    """A table or view of all known facts of one type, with the measures reckoned so far.

    `tables` are those of our own that it reads, to be dropped when it is replaced.
    """

    name: str
    columns: frozenset[str]
    tables: tuple[str, ...] = ()


@dataclass
class Night:
    """The state of one run.

    `into` is the conclusions folder, `read_back` the same under a path that DuckDB does not take for a pattern.
    `relations` holds the present types; `concluded` the rules that have been judged, each with its file. `idle` are
    the rules among them that concluded nothing, `bare` the present types of which nothing is known.
    """

    db: duckdb.DuckDBPyConnection
    plan: Plan
    today: date
    into: Path
    read_back: Path
    used: Mapping[str, frozenset[str]]
    relations: dict[str, Relation] = field(default_factory=dict)
    concluded: dict[str, Path] = field(default_factory=dict)
    idle: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    with_risk: bool = False  # whether the table `risk` is there

    @property
    def policy(self) -> Policy:
        """The policy of the plan."""
        return self.plan.policy

    def run(self, statement: Sql, what: str) -> list[tuple[Any, ...]]:
        """Runs a statement and gives its rows. `what` says in an error what was being reckoned."""
        try:
            return self.db.execute(statement.sql("duckdb", copy=False)).fetchall()
        except duckdb.Error as fault:
            raise engine_error(fault, what) from fault

    def write(self, query: exp.Query, path: Path, what: str) -> int:
        """Writes a query's rows to a Parquet file, and gives how many there are."""
        [(count,)] = self.run(sql.copy_to(query, str(path)), what)
        return int(count)

    def stored_columns(self, path: Path, what: str) -> frozenset[str]:
        """The columns of a Parquet file."""
        try:
            return frozenset(self.db.read_parquet(str(path)).columns)
        except duckdb.Error as fault:
            raise engine_error(fault, what) from fault


def engine_error(fault: duckdb.Error, what: str) -> EngineError:
    """The error that a user sees."""
    first = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
    match fault:
        case duckdb.OutOfRangeException() | duckdb.ConversionException():
            return EngineError(f"{what}: a value grows too large: {first}", "look for a product of large numbers")
        case duckdb.OutOfMemoryException():
            return EngineError(f"{what}: out of memory: {first}", "give the engine more memory or disk to spill to")
        case duckdb.IOException():
            return EngineError(f"{what}: cannot read or write: {first}", "is the disk full or the folder read-only?")
    return EngineError(f"{what}: {first}", "this is a defect of the engine; `--engine rete` may get through")
