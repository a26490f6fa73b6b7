"""Writing the conclusions folder, in a memory that does not grow with the number of accounts."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any

import duckdb
from sqlglot import exp

from engine.errors import EngineError
from engine.policy.kinds import MONEY_PLACES, Kind
from engine.reasoning import layout
from engine.reasoning.plan import SIGNAL_COUNTS, Plan
from engine.reasoning.rete.conclusions import Conclusions
from engine.reasoning.rete.values import MONEY_UNIT, Value

BIGINT = 2**63
WIDEST_MONEY = 10**38


class Writer:
    """Takes conclusions batch by batch and writes the folder at the end, unless an error came up."""

    def __init__(self, plan: Plan, into: Path) -> None:
        self._plan, self._into = plan, into
        self._spool = TemporaryDirectory(prefix="holdfast-")
        self._files: dict[Path, IO[str]] = {}
        self._columns: dict[Path, Mapping[str, exp.DataType]] = {}
        self._kinds: dict[str, Mapping[str, Kind]] = {}

    def __enter__(self) -> "Writer":
        for signal in self._plan.signals:
            self._open(layout.signal_path(self._into, signal.name), layout.signal_columns(signal.evidence))
            self._kinds[f"signal {signal.name}"] = layout.evidence_columns(signal.evidence)
        for play in self._plan.plays:
            self._open(layout.play_path(self._into, play.name), layout.play_columns(play.evidence))
            self._kinds[f"play {play.name}"] = layout.evidence_columns(play.evidence)
        self._open(layout.risk_path(self._into), layout.risk_columns())
        return self

    def add(self, some: Conclusions) -> None:
        """Writes down a batch."""
        for rule, concluded in some.signals.items():
            weight, path = self._plan.policy.signals[rule].weight, layout.signal_path(self._into, rule)
            for c in concluded:
                evidence = self._evidence(f"signal {rule}", c.evidence)
                self._line(path, (c.subject, c.account, c.severity, float(weight), evidence))
        for play, triggered in some.plays.items():
            for t in triggered:
                evidence = self._evidence(f"play {play}", t.evidence)
                self._line(layout.play_path(self._into, play), (t.subject, t.account, evidence))
        for standing in some.risk:
            counts = [standing.figures[f"signals.{name}"] for name in SIGNAL_COUNTS]
            row = (standing.account, standing.level, standing.figures["score"], *counts)
            self._line(layout.risk_path(self._into), row)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._spool:
            for file in self._files.values():
                file.close()
            if error is None:
                layout.make_folders(self._into)
                layout.write_judged(self._plan, self._into)
                with duckdb.connect(":memory:") as db:
                    for path, file in self._files.items():
                        _convert(db, Path(file.name), path, self._columns[path])

    def _open(self, path: Path, columns: Mapping[str, exp.DataType]) -> None:
        spool = Path(self._spool.name) / f"{len(self._files)}.jsonl"
        self._files[path], self._columns[path] = spool.open("w", encoding="utf-8"), columns

    def _line(self, path: Path, row: Iterable[Any]) -> None:
        line = dict(zip(self._columns[path], row, strict=True))
        self._files[path].write(json.dumps(line, ensure_ascii=False) + "\n")

    def _evidence(self, rule: str, evidence: Mapping[str, Value]) -> dict[str, Any]:
        return {name: _said(rule, name, evidence.get(name), kind) for name, kind in self._kinds[rule].items()}


def _said(rule: str, name: str, value: Value, kind: Kind) -> Any:
    """A value as it stands in JSON: what JSON would round or does not know as text."""
    if value is None:
        return None
    limit = {Kind.INTEGER: BIGINT, Kind.MONEY: WIDEST_MONEY}.get(kind)
    if limit is not None and isinstance(value, int) and abs(value) >= limit:
        raise EngineError(f"{rule}: {name} is too large a number to be kept", "look for a product of large numbers")
    if kind is Kind.MONEY and isinstance(value, int):
        whole, rest = divmod(abs(value), MONEY_UNIT)
        return f"{'-' if value < 0 else ''}{whole}.{rest:0{MONEY_PLACES}}"
    return str(value) if kind in (Kind.DATE, Kind.TEXT) else value


def _convert(db: duckdb.DuckDBPyConnection, lines: Path, path: Path, columns: Mapping[str, exp.DataType]) -> None:
    types = [
        exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=exp.Literal.string(type.sql("duckdb")))
        for name, type in columns.items()
    ]
    arguments = {"columns": exp.Struct(expressions=types), "format": exp.Literal.string("newline_delimited")}
    named = [exp.EQ(this=exp.column(name), expression=value) for name, value in arguments.items()]
    read = exp.Table(this=exp.func("read_json", exp.Literal.string(str(lines)), *named))
    query = exp.select(*(exp.column(name, quoted=True) for name in columns)).from_(read)
    try:
        db.sql(query.sql(dialect="duckdb")).write_parquet(str(path))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise EngineError(f"{path.name} cannot be written: {reason}", "is the disk full?") from error
