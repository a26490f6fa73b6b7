"""Opening the store: for a run or a human word, for reading, or as a copy that a dry run may write to."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from engine.errors import StoreError
from engine.store.database import Database
from engine.store.faults import store_error, told
from engine.store.frozen import PART, ROWS
from engine.store.ledger import seal_found, seal_words
from engine.store.migrations import MIGRATIONS, migrate, version

FILE = "holdfast.db"
LOCK = "run.lock"
DELIVER_LOCK = "deliver.lock"
opened: set[Path] = set()  # the folders of the stores that this process has opened
BUSY_SECONDS = 30.0  # how long a command waits for another one's transaction


@dataclass(frozen=True)
class Store:
    """An open store. `folder` holds the database and, under runs/, the conclusions of every run."""

    folder: Path
    db: Database

    @property
    def path(self) -> Path:
        """The database file."""
        return self.folder / FILE

    @property
    def runs(self) -> Path:
        """The folder of the runs' conclusions."""
        return self.folder / "runs"

    def rows(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with told(self.path):
            return list(self.db.conn.execute(sql, values))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes and seals: all of it is kept, or after any error nothing. Raises StoreError."""
        with told(self.path):
            connection: sqlite3.Connection = self.db.conn
            connection.execute("begin immediate")
            try:
                seal_found(connection)
                yield connection
                seal_words(connection)
                connection.execute("commit")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk may have ended it already
                    connection.execute("rollback")
                raise

    def close(self) -> None:
        """Close the database."""
        self.db.conn.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(folder: Path, *, create: bool = False) -> Store:
    """The store in `folder`, brought up to date; with `create` also where there is none yet.

    Raises StoreError: none there, locked, damaged, read-only, full, not a store, newer than this code.
    """
    path = folder / FILE
    with told(path):
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise StoreError(f"there is no store in {folder}", "run `holdfast run` first")
        connection = _connect(path, "rwc" if create else "rw")
        try:
            _refuse_lost(folder, connection)
            if version(connection) < len(MIGRATIONS):
                connection.execute("pragma journal_mode = wal")
                migrate(connection)
        except StoreError as error:
            connection.close()
            raise StoreError(f"{path}: {error.message}", error.hint) from None
        except BaseException:
            connection.close()
            raise
    return Store(folder, Database(connection))


def read_store(folder: Path) -> Store:
    """The store in `folder` for reading alone; also from a folder that cannot be written. Raises StoreError."""
    try:
        return open_store(folder)
    except StoreError as error:
        cause = error.__cause__
        if not isinstance(cause, sqlite3.OperationalError) or not _unwritable(cause):
            raise
    path = folder / FILE
    with told(path):
        connection = _connect(path, "ro&immutable=1")
        version(connection)
    return Store(folder, Database(connection))


def copy_store(source: Path, folder: Path) -> Store:
    """A store in `folder` with all that the one in `source` holds; an empty one where there is none."""
    if (source / FILE).is_file():
        with read_store(source) as original, told(folder / FILE):
            copy = sqlite3.connect(folder / FILE)
            original.db.conn.backup(copy)
            copy.close()
    return open_store(folder, create=True)


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold the right to run on the store in `folder`; it ends with the process, however that ends.

    Raises StoreError where another run holds it.
    """
    with _locked(folder, LOCK, "run"):
        yield


@contextmanager
def deliver_lock(folder: Path) -> Iterator[None]:
    """Hold the right to send what waits in the outbox, as `run_lock` does. Raises StoreError."""
    with _locked(folder, DELIVER_LOCK, "delivery"):
        yield


@contextmanager
def _locked(folder: Path, name: str, work: str) -> Iterator[None]:
    with told(folder / name):
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / name, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("begin exclusive")
        except sqlite3.Error as error:
            if _busy(error):
                raise StoreError(
                    f"another {work} is at work on the store {folder}", "wait until it has ended, then try again"
                ) from error
            raise store_error(folder / name, error) from error
        yield
    finally:
        lock.close()


def _refuse_lost(folder: Path, connection: sqlite3.Connection) -> None:
    """Raise StoreError where the database is empty but runs lie beside it, which a night would take for leftovers."""
    if version(connection) == 0 and any(path.parent.suffix != PART for path in folder.glob(f"runs/*/{ROWS}")):
        raise StoreError(
            "the database is empty or was removed, but runs lie beside it", "put back your last copy of the store"
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    opened.add(path.parent)
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma cache_size = -65536")
        connection.execute("select count(*) from sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _busy(error: sqlite3.Error) -> bool:
    return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _unwritable(error: sqlite3.Error) -> bool:
    return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
