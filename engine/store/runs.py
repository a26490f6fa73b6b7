"""The folders of the runs: a run's conclusions come under a temporary name and are renamed when they are whole."""

import os
import shutil
from pathlib import Path

from engine.store.faults import told
from engine.store.opening import Store

PART = ".part"


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


def keep_folder(store: Store, part: Path, run: str) -> Path:
    """Give the finished folder its name, after all of it has reached the disk."""
    path = store.runs / run
    with told(path):
        for file in sorted(part.rglob("*")):
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
