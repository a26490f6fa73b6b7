"""What a run sealed: its policy as it stood, its facts, its conclusions."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from engine.errors import StoreError, UsageError
from engine.facts.snapshot import Snapshot, open_snapshot
from engine.policy.load import check
from engine.policy.model import Policy
from engine.store.opening import Store

SHORTEST = 3  # letters by which a run may be named
_RUN = "select id, number, today, engine, policy, snapshot from run"


@dataclass(frozen=True)
class SealedRun:
    """A run as the store knows it: policy and snapshot by their hashes; `folder` holds what it concluded."""

    id: str
    number: int
    today: date
    engine: str
    policy: str
    snapshot: str
    folder: Path


def newest_run(store: Store, on: date | None = None) -> SealedRun | None:
    """The last run, or the last one of that day or before, where there is one."""
    rows = store.rows(
        f"{_RUN} where ?1 is null or today <= ?1 order by number desc limit 1", [on.isoformat() if on else None]
    )
    return _run(store, rows[0]) if rows else None


def last_run(store: Store, on: date | None = None) -> SealedRun:
    """As `newest_run`. Raises StoreError where there is none."""
    run = newest_run(store, on)
    if run is None:
        since = "" if on is None else f" on {on} or before"
        raise StoreError(f"nothing has run here yet{since}", "run a night first: holdfast run")
    return run


def find_run(store: Store, name: str) -> SealedRun:
    """The run by its id or the first letters of it, or `last`. Raises UsageError where that is none or several."""
    if name == "last":
        return last_run(store)
    rows = store.rows(f"{_RUN} where id = ?", [name])
    if not rows and len(name) >= SHORTEST:
        rows = store.rows(f"{_RUN} where substr(id, 1, ?) = ? order by number", [len(name), name])
    if len(rows) == 1:
        return _run(store, rows[0])
    if rows:
        raise UsageError(f"'{name}' may be {', '.join(str(row[0]) for row in rows[:3])}", "write more of the id")
    last = [str(id) for (id,) in store.rows("select id from run order by number desc limit 3")]
    raise UsageError(f"there is no run '{name}'", f"the last ones: {', '.join(last)}" if last else "holdfast run")


def sealed_policy(store: Store, hash: str) -> Policy:
    """The policy under which a run was made, by its hash. Raises StoreError where it cannot be read any more."""
    policy = readable_policy(store, hash)
    if policy is None:
        raise StoreError(
            "the sealed policy of this run cannot be read by this version", "use the version that wrote it"
        )
    return policy


def readable_policy(store: Store, hash: str) -> Policy | None:
    """The same, None where it cannot be read any more."""
    texts = store.rows("select texts from policy where hash = ?", [hash])
    return _checked(str(texts[0][0])) if texts else None


@lru_cache(maxsize=4)
def _checked(texts: str) -> Policy | None:
    """The policy of sealed texts; checked once for all runs under it."""
    return check(json.loads(texts)).policy


def sealed_snapshot(store: Store, run: SealedRun) -> Snapshot:
    """The facts of a run. Raises FactsError where they are damaged."""
    return open_snapshot(store.folder / "snapshots" / run.snapshot)


def _run(store: Store, row: tuple[object, ...]) -> SealedRun:
    id, number, today, engine, policy, snapshot = row
    return SealedRun(
        str(id), int(str(number)), date.fromisoformat(str(today)), str(engine), str(policy), str(snapshot),
        store.runs / str(id),
    )  # fmt: skip
