"""CSV files. Plain ones go straight to DuckDB; quoted, ragged or foreign ones are read here, row by row."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from engine.errors import FactsError
from engine.facts import spool
from engine.facts.columns import Matched, match_columns, tidy
from engine.facts.limits import LINE_LIMIT
from engine.facts.readers import Raw, RawCell
from engine.facts.sources import Input
from engine.facts.spool import Spool, spooled
from engine.facts.textfiles import Text, has_empty_row, inspect
from engine.facts.work import Bench
from engine.policy.contract import FactType

DELIMITERS = (",", ";", "\t")
_PLAIN_COLUMNS = 500  # wider files are read here, so that only the wanted columns go on


def read_csv(bench: Bench, given: Input, kind: FactType) -> Raw:
    """Find encoding, delimiter and columns; rows are read when the relation is."""
    text = inspect(given.path, given.label)
    notices: tuple[str, ...] = ()
    if text.encoding == "gb18030":
        notices = (f"{given.label} is not UTF-8; it was read as GB18030",)
    if text.empty:
        return Raw(kind, given.label, None, (), given.values, notices, None)
    with _lines(given.path, text) as lines:
        delimiter, header, at = _header(lines, kind, given)
    matched = match_columns(kind, header, given.columns, given.label)
    notices += matched.notices

    def row_by_row() -> Raw:
        return _row_by_row(bench, given, kind, text, delimiter, len(header), at, matched, notices)

    wide = len(header) > _PLAIN_COLUMNS
    if wide or not text.plain or at != 1 or has_empty_row(given.path, delimiter, len(header)):
        return row_by_row()
    relation = spool.delimited(
        bench.plain_path(given.path), delimiter, {f"c{n}": "VARCHAR" for n in range(len(header))}, header=True
    )
    cells = tuple(RawCell(each, f"c{each.index}") for each in matched.columns)
    return Raw(kind, given.label, relation, cells, given.values, notices, 2, row_by_row)


@contextmanager
def _lines(path: Path, text: Text) -> Iterator[TextIO]:
    """The decoded lines, line ends kept; cells may be as long as a line may be."""
    limit = csv.field_size_limit(LINE_LIMIT)
    try:
        with path.open("r", encoding=text.encoding, newline="") as lines:
            yield lines
    finally:
        csv.field_size_limit(limit)


def _header(lines: TextIO, kind: FactType, given: Input) -> tuple[str, list[str], int]:
    """The delimiter under which the header says most, the header, and its row."""
    known = {tidy(each) for each in ["id", *kind.fields, *given.columns.values()]}
    best: tuple[tuple[int, int], str, list[str], int] | None = None
    faults: list[str] = []
    for delimiter in DELIMITERS:
        lines.seek(0)
        try:
            header, at = _first_row(lines, delimiter)
        except csv.Error as fault:
            faults.append(str(fault))
            continue
        worth = (sum(tidy(each) in known for each in header), len(header))
        if best is None or worth > best[0]:
            best = worth, delimiter, header, at
    if best is None:
        raise FactsError(f"{given.label}: the header cannot be read: {faults[0]}", "are its quotation marks closed?")
    return best[1:]


def _first_row(lines: TextIO, delimiter: str) -> tuple[list[str], int]:
    """The first row that holds something, and its number."""
    for at, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
        if any(tidy(each) for each in cells):
            return cells, at
    return [], 1


def _row_by_row(
    bench: Bench,
    given: Input,
    kind: FactType,
    text: Text,
    delimiter: str,
    width: int,
    header_at: int,
    matched: Matched,
    notices: tuple[str, ...],
) -> Raw:
    picked = [each.index for each in matched.columns]
    with Spool(bench.new_file(), len(picked)) as out, _lines(given.path, text) as lines:
        _copy(lines, out, delimiter, width, header_at, picked, given.label)
    cells = tuple(RawCell(each, f"c{n}") for n, each in enumerate(matched.columns))
    return Raw(kind, given.label, spooled(out.path, len(picked), out.longest), cells, given.values, notices, None)


def _copy(
    lines: TextIO, out: Spool, delimiter: str, width: int, header_at: int, picked: Sequence[int], label: str
) -> None:
    """Copy the wanted cells of each row after the header; ragged rows are refused, empty ones left out."""
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    row, line = 0, 0
    while True:
        row, line = row + 1, rows.line_num
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            if "unexpected end" in str(fault) or "field limit" in str(fault):
                raise FactsError(
                    f"{label}: a quotation mark opens in row {row} (line {line + 1}) and does not close",
                    "close it, or double it where it belongs to the text",
                ) from fault
            if row > header_at:
                span = f"line {line + 1}" if rows.line_num <= line + 1 else f"lines {line + 1} to {rows.line_num}"
                out.refuse(row, f"the quotation marks do not match ({span} of the file)", "")
            continue
        if row <= header_at or not any(cells):
            continue
        if len(cells) != width:
            if not any(each.strip() for each in cells):
                continue
            if len(cells) < width or any(cells[width:]):
                where = f" (line {line + 1} of the file)" if line + 1 != row else ""
                reason = f"{len(cells)} cells where the header has {width}{where}"
                out.refuse(row, reason, delimiter.join(cells)[:1000])
                continue
        elif not any(each.strip() for each in cells):
            continue
        out.add(row, [cells[each] for each in picked])
