"""Where rows come from: a snapshot's Parquet files, or rows given in memory."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import duckdb
from sqlglot import exp

from engine.errors import FactsError
from engine.policy.contract import Contract
from engine.policy.kinds import MONEY_PLACES, Kind
from engine.reasoning.rete.values import Value

Raw = dict[str, Any]  # one row as it stands in the facts, by field; a field may be absent
CHUNK = 5000


class Source(Protocol):
    """Typed rows that are not masked by any day, in chunks; by `order`, a field, only where that is given."""

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file, also an empty one."""
        ...

    def every(self, type: str, order: str | None = None) -> Iterator[list[Raw]]:
        """All rows of a type."""
        ...

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Raw]]:
        """The rows of a type whose field is one of `wanted`."""
        ...

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Raw]]:
        """The rows of a type whose field, a ref, is missing or names no row of the type `target`."""
        ...


class MemorySource:
    """Rows given in memory, by type; a type without an entry has no file. Money is Decimal, dates are `date`."""

    def __init__(self, facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._facts = facts
        self._by: dict[tuple[str, str], dict[Any, list[Mapping[str, Any]]]] = {}

    @property
    def present(self) -> frozenset[str]:
        return frozenset(self._facts)

    def every(self, type: str, order: str | None = None) -> Iterator[list[Raw]]:
        rows = _ordered([dict(row) for row in self._facts.get(type, ())], order)
        for start in range(0, len(rows), CHUNK):
            yield rows[start : start + CHUNK]

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Raw]]:
        if (type, field) not in self._by:
            grouped = defaultdict(list)
            for row in self._facts.get(type, ()):
                grouped[row.get(field)].append(row)
            self._by[type, field] = grouped
        found = self._by[type, field]
        yield _ordered([dict(row) for value in set(wanted) for row in found.get(value, ())], order)

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Raw]]:
        there = {row["id"] for row in self._facts.get(target, ())}
        yield [dict(row) for row in self._facts.get(type, ()) if row.get(field) not in there]


class Overlay:
    """The rows of a source with some told beside them; a told row takes the place of the one with its id."""

    def __init__(self, base: Source, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._base, self._told = base, MemorySource(told)
        self._ids = {type: {row["id"] for row in rows} for type, rows in told.items()}

    @property
    def present(self) -> frozenset[str]:
        return self._base.present | self._told.present

    def every(self, type: str, order: str | None = None) -> Iterator[list[Raw]]:
        yield from self._untold(type, self._base.every(type, order))
        yield from self._told.every(type, order)

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Raw]]:
        yield from self._untold(type, self._base.where(type, field, wanted, order))
        yield from self._told.where(type, field, wanted, order)

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Raw]]:
        for rows in self._untold(type, self._base.adrift(type, field, target)):
            yield [row for row in rows if row.get(field) not in self._ids.get(target, ())]
        for rows in self._told.adrift(type, field, target):
            there = {row["id"] for found in self._base.where(target, "id", _values(rows, field)) for row in found}
            yield [row for row in rows if row.get(field) not in there]

    def _untold(self, type: str, chunks: Iterator[list[Raw]]) -> Iterator[list[Raw]]:
        told = self._ids.get(type, ())
        return ([row for row in rows if row["id"] not in told] for rows in chunks)


class ParquetSource:
    """The rows of a snapshot, read by DuckDB. `columns`: the fields that are wanted of each type, besides `id`."""

    def __init__(self, files: Mapping[str, Path], contract: Contract, columns: Mapping[str, Collection[str]]) -> None:
        self._files, self._contract = files, contract
        self._connection = duckdb.connect(":memory:")
        self._columns = {
            type: ["id", *sorted(set(columns.get(type, ())) & self._stored(path) - {"id"})]
            for type, path in files.items()
        }

    @property
    def present(self) -> frozenset[str]:
        return frozenset(self._files)

    def every(self, type: str, order: str | None = None) -> Iterator[list[Raw]]:
        return self._read(type, None, [], order)

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Raw]]:
        if type not in self._columns or field not in self._columns[type] or not wanted:
            return iter(())
        kind = Kind.TEXT if field == "id" else self._contract[type].fields[field].kind
        options = exp.select(exp.func("unnest", exp.Placeholder()))
        condition = exp.In(this=exp.column(field, quoted=True), query=exp.Subquery(this=options))
        return self._read(type, condition, [[_outside(value, kind) for value in wanted]], order)

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Raw]]:
        if type not in self._columns or field not in self._columns[type] or target not in self._files:
            return self.every(type)
        there = exp.select(exp.column("id", quoted=True)).from_(_file())
        column = exp.column(field, quoted=True)
        condition = exp.or_(column.is_(exp.null()), exp.In(this=column, query=exp.Subquery(this=there)).not_())
        return self._read(type, condition, [str(self._files[target])])

    def _read(
        self, type: str, condition: exp.Condition | None, values: list[Any], order: str | None = None
    ) -> Iterator[list[Raw]]:
        if type not in self._files:
            return
        names = self._columns[type]
        query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_(_file())
        if condition is not None:
            query = query.where(condition)
        if order in names:
            query = query.order_by(exp.column(order, quoted=True))
        cursor = self._connection.cursor()
        try:
            cursor.execute(query.sql(dialect="duckdb"), [str(self._files[type]), *values])
            while chunk := cursor.fetchmany(CHUNK):
                yield [dict(zip(names, row, strict=True)) for row in chunk]
        except duckdb.Error as error:
            raise _unreadable(self._files[type], error) from error
        finally:
            cursor.close()

    def _stored(self, path: Path) -> set[str]:
        query = exp.select("*").from_(_file()).limit(0)
        try:
            return {
                column[0] for column in self._connection.execute(query.sql(dialect="duckdb"), [str(path)]).description
            }
        except duckdb.Error as error:
            raise _unreadable(path, error) from error


def _ordered(rows: list[Raw], order: str | None) -> list[Raw]:
    return rows if order is None else sorted(rows, key=lambda row: (row.get(order) is not None, row.get(order)))


def _values(rows: list[Raw], field: str) -> set[Value]:
    return {row.get(field) for row in rows} - {None}


def _file() -> exp.Table:
    return exp.Table(this=exp.func("read_parquet", exp.Placeholder()))


def _outside(value: Value, kind: Kind) -> Any:
    return Decimal(value).scaleb(-MONEY_PLACES) if kind is Kind.MONEY and isinstance(value, int) else value


def _unreadable(path: Path, error: duckdb.Error) -> FactsError:
    reason = str(error).splitlines()[0]
    return FactsError(f"{path.name} of the snapshot cannot be read: {reason}", "the snapshot is damaged; run again")
