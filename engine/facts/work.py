"""A place to work in: a DuckDB database in a temporary folder, bounded in memory, gone afterwards."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from engine.errors import FactsError
from engine.facts.limits import WORK_MEMORY
from engine.facts.sql import Sql


@dataclass(frozen=True)
class Bench:
    """A work database and the temporary folder it lies in."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def run(self, statement: Sql) -> list[tuple[Any, ...]]:
        """Run one statement; the rows it gives."""
        return self.con.execute(statement.sql("duckdb")).fetchall()

    def number(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement that gives one whole number: a count, or the rows an insert added."""
        return int(self.con.execute(statement, list(values)).fetchall()[0][0])

    def new_file(self, ending: str = ".rows") -> Path:
        """A file name in the work folder that nothing has yet."""
        return self.folder / f"file{next(self.numbers)}{ending}"

    def plain_path(self, path: Path) -> str:
        """A name for `path` that DuckDB does not take for a pattern, a partition or an address."""
        link = self.new_file(path.suffix.lower())
        try:
            link.symlink_to(path.absolute())
        except OSError:
            shutil.copyfile(path, link)
        return str(link)


def connect(folder: Path, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A connection with bounded memory that spills into `folder`, reads in order and never downloads."""
    con = duckdb.connect(
        database,
        config={
            "memory_limit": WORK_MEMORY,
            "temp_directory": str(folder / "spill"),
            "threads": min(4, os.cpu_count() or 1),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
        },
    )
    with contextlib.suppress(duckdb.Error):
        con.execute("set TimeZone = 'UTC'")
    return con


@contextlib.contextmanager
def workbench() -> Iterator[Bench]:
    """Open a work database; faults of disk or memory become FactsError."""
    try:
        holder = tempfile.TemporaryDirectory(prefix="holdfast-", ignore_cleanup_errors=True)
    except OSError as fault:
        raise FactsError(
            f"no temporary folder can be made: {fault.strerror}", "set TMPDIR to a folder with space"
        ) from fault
    with holder as made:
        folder = Path(made)
        try:
            con = connect(folder, str(folder / "work.duckdb"))
            try:
                yield Bench(con, folder)
            finally:
                con.close()
        except duckdb.Error as fault:
            raise FactsError(
                f"the facts could not be worked through: {first_line(fault)}",
                f"is there space left in {tempfile.gettempdir()}? TMPDIR names another folder",
            ) from fault


def first_line(fault: BaseException) -> str:
    """The first line of an error's message, without the name of its kind."""
    lines = str(fault).strip().splitlines() or [type(fault).__name__]
    return lines[0][:300]


@contextlib.contextmanager
def reading(label: str) -> Iterator[None]:
    """Faults while reading one source become a FactsError that names it."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise FactsError(f"{label}: too large for the memory allowed ({WORK_MEMORY})") from fault
    except duckdb.Error as fault:
        raise FactsError(f"{label} cannot be read: {first_line(fault)}", "is the file complete?") from fault
    except UnicodeError as fault:
        raise FactsError(f"{label} is not a text file in a known encoding", "save it as CSV UTF-8") from fault
    except OSError as fault:
        raise FactsError(f"{label} cannot be read: {fault.strerror or fault}") from fault
