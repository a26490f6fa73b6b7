"""The folders of the runs: a run's conclusions come under a temporary name and are renamed when they are whole."""

import filecmp
import os
import shutil
from contextlib import suppress
from pathlib import Path

from engine.store.faults import told
from engine.store.frozen import PART
from engine.store.opening import Store


def clean_leftovers(store: Store) -> None:
    """Remove what killed runs left: folders that no recorded run owns. Call it with the run lock held."""
    with told(store.runs):
        store.runs.mkdir(parents=True, exist_ok=True)
        known = {run for (run,) in store.rows("select id from run")}
        for path in store.runs.iterdir():
            if path.is_dir() and path.name not in known:
                shutil.rmtree(path)


def part_folder(store: Store, run: str) -> Path:
    """A new folder for the conclusions of `run` while they are being written."""
    path = store.runs / (run + PART)
    with told(path):
        path.mkdir(parents=True)
    return path


def share_unchanged(store: Store, part: Path, run: str) -> frozenset[Path]:
    """Have the files of a new run that are those of the run before, to the byte, be the same files on the disk.

    Gives these files. A file of a run is never written again, so that one on the disk is as good as two; where the
    disk has no hard links, each run keeps its own.
    """
    before = store.rows("select id from run where id <> ? order by number desc limit 1", [run])
    shared = set()
    for path in sorted(part.rglob("*")) if before else ():
        known = store.runs / before[0][0] / path.relative_to(part)
        if path.is_file() and known.is_file() and _same(path, known):
            with suppress(OSError):
                _link(known, path)
                shared.add(path)
    return frozenset(shared)


def _same(path: Path, other: Path) -> bool:
    return path.stat().st_size == other.stat().st_size and filecmp.cmp(path, other, shallow=False)


def _link(known: Path, path: Path) -> None:
    """Put a link in the place of a file; it is left alone where that cannot be."""
    link = path.with_name(path.name + PART)
    link.hardlink_to(known)
    link.replace(path)


def keep_folder(store: Store, part: Path, run: str, shared: frozenset[Path] = frozenset()) -> Path:
    """Give the finished folder its name, after all of it has reached the disk; the `shared` files are there already."""
    path = store.runs / run
    with told(path):
        for file in sorted(part.rglob("*")):
            if file not in shared:
                sync(file)
        sync(part)
        part.rename(path)
        sync(store.runs)
    return path


def sync(path: Path) -> None:
    """Have a file or folder written to the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
