"""Nights that cannot end well: nothing half-written, and a word on the way out."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nights import MONDAY, Conclusions, Workspace, late

from engine.action import night as night_module
from engine.errors import StoreError
from engine.store import open_store, opening, run_lock

ROOT = Path(__file__).parents[2]
P1, P2 = ("p1", "a1"), ("p2", "a2")
KILLED = """
import os, signal, sys
from pathlib import Path
import pytest
from engine.action import night
from nights import Workspace, late
patch = pytest.MonkeyPatch()
keep = night.keep_folder
def killed(*args):
    keep(*args)
    os.kill(os.getpid(), signal.SIGKILL)
patch.setattr(night, "keep_folder", killed)
Workspace(Path(sys.argv[1]), patch).night(late(("p1", "a1")))
"""


def test_killed_between_the_folder_and_the_commit(workspace: Workspace) -> None:
    path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(workspace.folder)], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    left = [path.name for path in (workspace.store / "runs").iterdir()]
    assert len(left) == 1
    with open_store(workspace.store) as store:
        assert store.rows("select * from run") == []
    night = workspace.night(late(P1), facts="others")
    assert [t["outcome"] for t in night["tasks"]] == ["new"]
    assert [path.name for path in (workspace.store / "runs").iterdir()] == [night["run"]] != left


def test_an_engine_that_fails_leaves_nothing(workspace: Workspace) -> None:
    workspace.night(late(P1))

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        workspace.open_night(Failing(fails), MONDAY)  # type: ignore[arg-type]
    assert _runs(workspace) == 1


class Failing:
    def __init__(self, reason: object) -> None:
        self.write = reason


def test_a_text_that_fails_leaves_nothing(workspace: Workspace) -> None:
    workspace.night(late(P1))
    bad = late(P1, P2)

    def fails(*_: object) -> str:
        raise StoreError("the text failed")

    workspace.settings = workspace.settings.__class__(
        **{**workspace.settings.__dict__, "render": fails}  # the store itself is whole
    )
    with pytest.raises(StoreError):
        workspace.open_night(bad, MONDAY)
    assert _runs(workspace) == 1
    with open_store(workspace.store) as store:
        assert store.rows("select count(*) from episode") == [(1,)]


def _runs(workspace: Workspace) -> int:
    folders = list((workspace.store / "runs").iterdir())
    with open_store(workspace.store) as store:
        [(count,)] = store.rows("select count(*) from run")
    assert len(folders) == count
    return int(count)


def test_two_runs_at_once(workspace: Workspace) -> None:
    started, go_on = threading.Event(), threading.Event()
    conclusions = late(P1)

    class Slow(Conclusions):
        def write(self, *args: object, **given: object) -> None:  # type: ignore[override]
            started.set()
            assert go_on.wait(20)
            conclusions.write(*args, **given)  # type: ignore[arg-type]

    nights: list[dict[str, object]] = []
    first = threading.Thread(target=lambda: nights.append(workspace.open_night(Slow()).counts))  # type: ignore[arg-type]
    first.start()
    assert started.wait(20)
    with pytest.raises(StoreError, match="another run"):
        workspace.open_night(late(P1, P2), MONDAY)
    go_on.set()
    first.join()
    assert nights[0]["new_tasks"] == 1


def test_a_run_that_was_killed_holds_no_lock(tmp_path: Path) -> None:
    code = "import sys, os, signal\nfrom pathlib import Path\nfrom engine.store import run_lock\n"
    code += "with run_lock(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=env, check=False)
    with run_lock(tmp_path):
        pass


def test_a_store_that_somebody_writes_to(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.night(late(P1))
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    with open_store(workspace.store) as other, other.transaction(), pytest.raises(StoreError, match="in use"):
        workspace.open_night(late(P1), MONDAY)
    assert _runs(workspace) == 1


def test_no_room_left_in_the_database(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.night(late(P1))
    connect = opening._connect

    def small(path: Path, mode: str) -> sqlite3.Connection:
        db = connect(path, mode)
        (pages,) = db.execute("pragma page_count").fetchone()
        db.execute(f"pragma max_page_count = {pages}")
        return db

    monkeypatch.setattr(opening, "_connect", small)
    many = late(*((f"p{i}", "a1") for i in range(500)))
    with pytest.raises(StoreError, match="disk is full") as error:
        workspace.open_night(many, MONDAY)
    assert "free some space" in error.value.hint
    monkeypatch.undo()
    assert _runs(workspace) == 1


def test_no_room_left_on_the_disk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk() as disk:
        small = Workspace(workspace.folder / "small", monkeypatch)
        small.store = disk / "store"
        small.settings = small.settings.__class__(**{**small.settings.__dict__, "store": small.store})
        small.night(late(P1))
        (disk / "ballast").write_bytes(b"x" * (_free(disk) - 40_000))
        with pytest.raises(StoreError, match="disk"):
            small.open_night(late(*((f"p{i}", "a1") for i in range(500))), MONDAY)
        (disk / "ballast").unlink()
        assert _runs(small) == 1
        assert small.night(late(P1), MONDAY)["counts"]["matters"] == {"kept": 1}


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@contextmanager
def small_disk() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("a small disk cannot be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def test_conclusions_that_cannot_be_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.store.runs.sync", full)
    with pytest.raises(StoreError, match="disk is full"):
        workspace.open_night(late(P1))
    assert _runs(workspace) == 0
    assert night_module.ENGINES == ("columnar", "rete")
