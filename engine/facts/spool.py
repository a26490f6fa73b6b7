"""The spool: rows read in Python, written so plainly that DuckDB cannot misread them.

One row a line: row number, flaw of the whole row (or nothing), then one cell per field, separated by U+001F, no
quoting. Line ends inside cells stand as U+001D and U+001C. A cell (or row) that does not fit is U+001A, reason,
U+001A, what was there.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from sqlglot import exp

from engine.facts import sql
from engine.facts.limits import SHOWN_LIMIT, TEXT_LIMIT
from engine.facts.sql import Sql

GAP = "\x1f"
FLAW = "\x1a"
NEWLINE, RETURN = "\x1d", "\x1c"
_CARE = re.compile(r"[\x00-\x08\x0a-\x1e\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = str.maketrans({"\n": NEWLINE, "\r": RETURN})


def shown(value: str, limit: int | None = SHOWN_LIMIT) -> str:
    """A value as a person may see it: cut, control characters as escapes."""
    return _UNSHOWN.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), value[:limit])


class Flaw(str):
    """A cell or row that does not fit, as it stands in a spool; no text from a file is ever one."""


def flaw(reason: str, value: str) -> Flaw:
    """A cell or row that does not fit."""
    return Flaw(f"{FLAW}{shown(reason)}{FLAW}{shown(value)}")


def _safe(cell: str) -> str:
    if isinstance(cell, Flaw):
        return cell
    if len(cell) > TEXT_LIMIT:
        return flaw(f"longer than {TEXT_LIMIT:,} characters", cell)
    if _CONTROL.search(cell):
        return flaw("holds control characters", cell)
    return cell.translate(_BREAKS)


class Spool:
    """A spool file being written; `rows` counts what went in, `longest` the characters of its longest line."""

    def __init__(self, path: Path, width: int) -> None:
        self.path = path
        self.width = width
        self.rows = 0
        self.longest = 0
        self._file: TextIO = path.open("w", encoding="utf-8", newline="\n", buffering=1 << 20)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, row: int, cells: Sequence[str]) -> None:
        """One row of `width` cells; a cell may be a `flaw`."""
        line = GAP.join(cells)
        if len(line) > TEXT_LIMIT or _CARE.search(line) or line.count(GAP) != self.width - 1:
            line = GAP.join([_safe(cell) for cell in cells])
            self.longest = max(self.longest, len(line))
        self._file.write(f"{row}{GAP}{GAP}{line}\n")
        self.rows += 1

    def refuse(self, row: int, reason: str, value: str) -> None:
        """A whole row that does not fit."""
        self._file.write(f"{row}{GAP}{flaw(reason, value)}{GAP * self.width}\n")
        self.rows += 1


def spooled(path: Path, width: int, longest: int) -> Sql:
    """The table function that reads a spool: columns `r`, `flaw`, `c0`, `c1`, …"""
    columns = {"r": "BIGINT", "flaw": "VARCHAR"} | {f"c{n}": "VARCHAR" for n in range(width)}
    return delimited(str(path), GAP, columns, header=False, longest=4 * longest + 100)


def delimited(path: str, delimiter: str, columns: dict[str, str], header: bool, longest: int = 0) -> Sql:
    """DuckDB's CSV reader without quoting and without any guessing; `longest`: bytes of the longest line."""
    line = max(longest, 2**20)
    return sql.call(
        "read_csv",
        sql.text(path),
        auto_detect=exp.false(),
        header=exp.true() if header else exp.false(),
        delim=sql.text(delimiter),
        quote=sql.text(""),
        escape=sql.text(""),
        nullstr=sql.text(""),
        strict_mode=exp.true(),
        hive_partitioning=exp.false(),
        max_line_size=sql.whole(line),
        buffer_size=sql.whole(max(4 * line, 2**24)),
        columns=sql.struct(**{key: sql.text(kind) for key, kind in columns.items()}),
    )
