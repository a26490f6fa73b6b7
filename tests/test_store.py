"""Opening the store: every way it can go wrong has a way out."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.store import copy_store, open_store, run_lock
from engine.store.migrations import MIGRATIONS
from engine.store.opening import FILE, read_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    open_store(tmp_path, create=True).close()
    return tmp_path


def test_a_new_store_has_its_tables_and_writes_safely(folder: Path) -> None:
    with open_store(folder) as store:
        tables = {name for (name,) in store.rows("select name from sqlite_schema where type = 'table'")}
        assert {"migrations", "run", "policy", "rep", "episode", "task", "action", "notice"} <= tables
        assert store.rows("pragma journal_mode") == [("wal",)]
        assert store.rows("pragma synchronous") == [(2,)]
        assert store.rows("pragma foreign_keys") == [(1,)]
        assert store.rows("select number from migrations") == [(n,) for n in range(1, len(MIGRATIONS) + 1)]


def test_opening_it_again_changes_nothing(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    open_store(folder, create=True).close()
    read_store(folder).close()
    assert (folder / FILE).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_no_store_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store") as error:
        open_store(tmp_path)
    assert "holdfast run" in error.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_newer_store(folder: Path) -> None:
    with open_store(folder) as store:
        store.db.conn.execute("insert into migrations values (99)")
    with pytest.raises(StoreError, match="newer holdfast") as error:
        open_store(folder)
    assert "update" in error.value.hint


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("dear diary, " * 100)
    with pytest.raises(StoreError, match="not a holdfast store"):
        open_store(tmp_path)


def test_a_database_of_something_else(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("create table task (recipe text)")
    with pytest.raises(StoreError, match="something else"):
        open_store(tmp_path, create=True)
    with sqlite3.connect(tmp_path / FILE) as db:
        assert [name for (name,) in db.execute("select name from sqlite_schema")] == ["task"]


def test_a_damaged_file(folder: Path) -> None:
    data = bytearray((folder / FILE).read_bytes())
    data[100:4096] = b"\xff" * (4096 - 100)
    (folder / FILE).write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_store(folder)


def test_a_folder_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "store" / "deep", create=True)


def test_a_transaction_is_kept_whole_or_not_at_all(folder: Path) -> None:
    with open_store(folder) as store:
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            tx.execute("insert into policy values ('h', '{}')")
            raise ZeroDivisionError
        assert store.rows("select * from policy") == []
        with store.transaction() as tx:
            tx.execute("insert into policy values ('h', '{}')")
        assert store.rows("select hash from policy") == [("h",)]


def test_what_refers_to_nothing_is_refused(folder: Path) -> None:
    with open_store(folder) as store, pytest.raises(StoreError, match="FOREIGN KEY"), store.transaction() as tx:
        tx.execute("insert into action (task, who, at, what) values ('none', 'x', 'y', 'z')")


def test_a_copy_has_everything_and_leaves_the_original(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_store(folder) as store, store.transaction() as tx:
        tx.execute("insert into policy values ('h', '{}')")
    with copy_store(folder, tmp_path_factory.mktemp("copy")) as copy:
        assert copy.rows("select hash from policy") == [("h",)]
        with copy.transaction() as tx:
            tx.execute("delete from policy")
    with open_store(folder) as store:
        assert store.rows("select hash from policy") == [("h",)]


@contextmanager
def unwritable() -> Iterator[Path]:
    """A folder in which this process may not write, also when the tests run as root."""
    root = Path(tempfile.mkdtemp())
    as_root = os.geteuid() == 0
    try:
        open_store(root / "store", create=True).close()
        root.chmod(0o755)
        (root / "store").chmod(0o555)
        (root / "store" / FILE).chmod(0o444)
        if as_root:
            os.seteuid(65534)
        yield root / "store"
    finally:
        if as_root:
            os.seteuid(0)
        (root / "store").chmod(0o755)
        shutil.rmtree(root)


def test_a_folder_for_reading_only_can_be_read_and_not_written() -> None:
    with unwritable() as folder:
        with read_store(folder) as store:
            assert store.rows("select * from task") == []
            with pytest.raises(StoreError, match="may not be written"), store.transaction() as tx:
                tx.execute("insert into policy values ('h', '{}')")
        with pytest.raises(StoreError, match="may not be written"):
            open_store(folder / "below", create=True)
        with pytest.raises(StoreError, match="cannot be opened"), run_lock(folder):
            pass
