"""Putting policy files back: a plan is written down whole, then carried out, and after a kill carried out again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import StoreError
from engine.store.faults import told
from engine.store.opening import open_store, run_lock
from engine.store.runs import sync
from engine.store.versions import Sealing, last_version, seal_version

PENDING = "rollback.json"
_FOLDERS = ("rules", "playbooks", "templates")


def write_plan(
    store: Path, write: Mapping[str, str], remove: list[str], hash: str, sealing: Sealing, changes: list[dict[str, Any]]
) -> None:
    """Write down which files get which texts and which go; from then on the rollback is certain to be finished."""
    plan = {
        "write": dict(write), "remove": remove, "policy": hash, "changes": changes,
        "sealing": {**asdict(sealing), "at": sealing.at.isoformat()},
    }  # fmt: skip
    with told(store / PENDING):
        _write(store / PENDING, json.dumps(plan).encode())


def finish_rollback(root: Path, store: Path) -> int | None:
    """Carry out a rollback that was begun; gives the number of its version, None where there is nothing to finish.

    The policy files below `root` get their texts one by one, each whole or not at all; then the version is sealed.
    Raises StoreError where another process is at it, or at a night.
    """
    path = store / PENDING
    if not path.is_file():
        return None
    with run_lock(store):
        return _finish(root, store, path)


def _finish(root: Path, store: Path, path: Path) -> int | None:
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"the rollback noted in {path} cannot be read", "remove it, then roll back again") from error
    for name, text in plan["write"].items():
        target = _inside(root, name)
        with told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, text.encode("utf-8", errors="surrogateescape"))
    for name in plan["remove"]:
        target = _inside(root, name)
        with told(target):
            target.unlink(missing_ok=True)
    sealing = Sealing(**{**plan["sealing"], "at": datetime.fromisoformat(plan["sealing"]["at"])})
    number = _seal(store, plan["policy"], sealing, plan["changes"])
    with told(path):
        path.unlink(missing_ok=True)
    return number


def _seal(store: Path, hash: str, sealing: Sealing, changes: list[dict[str, Any]]) -> int:
    """Seal the version of a rollback, once."""
    with open_store(store) as opened, opened.transaction() as tx:
        last = last_version(opened)
        if last is not None and (last.at, last.rolled_back_to) == (sealing.at, sealing.rolled_back_to):
            return last.number
        return seal_version(tx, hash, {}, sealing, changes)


def _inside(root: Path, name: str) -> Path:
    """The file of a policy by its name. Raises StoreError for one that is none."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] not in _FOLDERS or ".." in parts or name.startswith("rules/tests/"):
        raise StoreError(f"'{name}' is no policy file", "the store was changed by something else")
    return root.joinpath(*parts)


def _write(target: Path, data: bytes) -> None:
    """Write a file beside its place and move it there in one step, after it has reached the disk."""
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(data)
        sync(beside)
        beside.replace(target)
        sync(target.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
