"""What SQLite, DuckDB and the file system say, told as a StoreError with the way out."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from engine.errors import StoreError

NO_SPACE = "free some space, then try again; nothing of this was kept"
_SAID = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "is in use by another run or command",
        "wait until it has ended, then try again",
    ),
    (("SQLITE_NOTADB",), "is not a holdfast store", "move the file away, or name the right folder"),
    (("SQLITE_CORRUPT", "SQLITE_FORMAT"), "is damaged", "put back your last copy of the folder, then run again"),
    (("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"), "may not be written", "give yourself the right to write there"),
    (("SQLITE_FULL",), "has no room: the disk is full", NO_SPACE),
    (("SQLITE_CANTOPEN",), "cannot be opened", "see that the folder exists and that you may write in it"),
    (("SQLITE_IOERR",), "cannot be read or written", "see whether the disk is full or was taken away"),
)
_FILES = {
    errno.ENOSPC: ("has no room: the disk is full", NO_SPACE),
    errno.EDQUOT: ("has no room: your share of the disk is used up", NO_SPACE),
    errno.EACCES: ("may not be written", "give yourself the right to write there"),
    errno.EPERM: ("may not be written", "give yourself the right to write there"),
    errno.EROFS: ("may not be written", "it lies on a disk for reading only; use another folder"),
    errno.ENOTDIR: ("cannot be made", "a part of its path is a file; name another folder"),
    errno.EEXIST: ("cannot be made", "a file of that name is in the way; move it"),
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the errors of files and databases inside into a StoreError about `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(path, error) from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _conclusions_error(path, error) from error
    except OSError as error:
        what, hint = _FILES.get(
            error.errno or 0, (f"cannot be used: {error.strerror or error}", "see to the folder, then try again")
        )
        raise StoreError(f"the store {path} {what}", hint) from error


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """The StoreError that tells of `error`."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for names, what, hint in _SAID:
        if name.startswith(names):
            return StoreError(f"the store {path} {what}", hint)
    return StoreError(
        f"the store {path} cannot be used: {error}", "put back your last copy of the folder, or ask for help"
    )


def _conclusions_error(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error)
    if "No space left" in text or "Disk quota exceeded" in text:
        return StoreError(f"the store {path} has no room: the disk is full", NO_SPACE)
    return StoreError(
        f"the conclusions of the night cannot be used: {text.splitlines()[0]}", "see to the store's folder"
    )
