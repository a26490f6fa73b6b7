"""Removing the conclusions and facts of old runs; the ledger keeps their hashes, and notes who removed them."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.action.sealing import fingerprint
from engine.errors import UsageError
from engine.policy.model import Policy
from engine.store.faults import told
from engine.store.frozen import ROWS
from engine.store.ledger import append
from engine.store.opening import Store

KEEP_RUNS = "audit_keep_runs"  # the limit that says how many runs are kept where the command does not


@dataclass(frozen=True)
class Pruned:
    """What is removed: files by run, with bytes and hash, and snapshots; how many runs stay whole, and the bytes.

    `tasks`: how many tasks, all of them ended, cannot be explained any more once this is gone.
    """

    runs: Mapping[str, Mapping[str, list[Any]]]
    snapshots: tuple[str, ...]
    kept: int
    bytes: int
    tasks: int

    def as_json(self) -> dict[str, Any]:
        """The object that `audit prune --format json` prints."""
        return {
            "runs": list(self.runs), "snapshots": list(self.snapshots), "kept": self.kept, "bytes": self.bytes,
            "unexplained_tasks": self.tasks,
        }  # fmt: skip


def kept_runs(policy: Policy, keep: int | None, before: date | None) -> int | None:
    """How many runs to keep, by the command or else by the policy. Raises UsageError where neither says."""
    if keep is not None and before is not None:
        raise UsageError("--keep and --before cannot both be given", "choose one")
    limit = policy.limits.get(KEEP_RUNS)
    if keep is None and before is None and limit is not None and None in limit.values:
        keep = int(limit.values[None])
    if keep is None and before is None:
        raise UsageError("it is not said what to keep", f"give --keep N or --before DATE, or set limit {KEEP_RUNS}")
    if keep is not None and keep < 1:
        raise UsageError("at least one run is kept", "give --keep 1 or more")
    return keep


def prune(store: Store, keep: int | None, before: date | None, who: str, *, dry_run: bool = False) -> Pruned:
    """Remove conclusions of runs but the last `keep`, or of those before a day, and snapshots that only they need.

    The last run and runs whose tasks are not ended stay, so that `why` can tell of them. The entry in the ledger
    comes first; what a kill leaves lying is removed by the next prune. Call it with the run lock held.
    """
    rows = store.rows(_RUNS)
    stay = set()
    for place, (id, today, snapshot, living) in enumerate(rows):
        old = today < before.isoformat() if before is not None else place >= (keep or 1)
        if not old or living or place == 0:
            stay.add((id, snapshot))
    runs, size = {}, 0
    for id, *_ in rows:
        folder = store.runs / id
        if id in {kept for kept, _ in stay} or not folder.is_dir():
            continue
        files = {p.relative_to(folder).as_posix(): fingerprint(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        files.pop(ROWS, None)
        if files:
            runs[id] = files
            size += sum(told[0] for told in files.values())
    home = store.folder / "snapshots"
    needed = {snapshot for _, snapshot in stay}
    known = {snapshot for _, _, snapshot, _ in rows}
    snapshots = tuple(sorted(name for name in known - needed if (home / name).is_dir()))
    size += sum(p.stat().st_size for name in snapshots for p in (home / name).iterdir())
    [(tasks,)] = store.rows(_TASKS, [json.dumps(list(runs))])
    pruned = Pruned(runs, snapshots, len(stay), size, tasks)
    if dry_run or not (runs or snapshots):
        return pruned
    with store.transaction() as tx:
        append(tx, "prune", {"by": who, "runs": runs, "snapshots": list(snapshots)})
    with told(store.folder):
        _remove(store, pruned, home)
    return pruned


def _remove(store: Store, pruned: Pruned, home: Path) -> None:
    for run, files in pruned.runs.items():
        for name in files:
            (store.runs / run / name).unlink(missing_ok=True)
        for folder in ("signals", "plays"):
            if (store.runs / run / folder).is_dir():
                (store.runs / run / folder).rmdir()
    for name in pruned.snapshots:
        shutil.rmtree(home / name)


_RUNS = """
select id, today, snapshot,
       exists (select 1 from task t where t.made_run = run.id and t.status in ('open', 'started'))
from run order by number desc
"""
_TASKS = "select count(*) from task where made_run in (select value from json_each(?))"
