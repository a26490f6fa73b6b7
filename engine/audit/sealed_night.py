"""A night that is over: its policy, its facts as they were known, what it concluded and decided."""

from dataclasses import dataclass
from typing import Any

from engine.audit.behind import Behind
from engine.audit.outcomes import Outcomes
from engine.audit.reasons import Reason
from engine.audit.recorded import Recorded
from engine.audit.why import Why
from engine.errors import StoreError
from engine.facts.snapshot import damages
from engine.policy.model import Policy
from engine.reasoning.days import Workdays
from engine.reasoning.layout import judged_path
from engine.store.ledger import entries
from engine.store.opening import Store
from engine.store.sealed import SealedRun, sealed_policy, sealed_snapshot


@dataclass(frozen=True)
class SealedNight:
    """All that a run can be asked about. `notes`: what of its sealed facts was changed since."""

    run: SealedRun
    policy: Policy
    behind: Behind
    recorded: Recorded
    outcomes: Outcomes
    notes: tuple[Reason, ...] = ()

    @property
    def why(self) -> Why:
        """What explains the run's conclusions. A new one each time: it takes in what it is asked about."""
        return Why(self.policy, self.behind, self.recorded)


def open_night(store: Store, run: SealedRun, calendar: Workdays) -> SealedNight:
    """The night of a run, while the store is open. Raises StoreError and FactsError where it cannot be read."""
    _refuse_pruned(store, run)
    policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
    recorded = Recorded(policy, run.folder)
    notes = tuple(Reason("note", "damaged", detail={"now": said}) for said in damages(snapshot, content=False))
    behind = Behind(policy, snapshot, run.today, calendar)
    return SealedNight(run, policy, behind, recorded, Outcomes(store, policy, run, recorded), notes)


def _refuse_pruned(store: Store, run: SealedRun) -> None:
    """Raise StoreError for a run whose conclusions were removed on record."""
    if judged_path(run.folder).is_file():
        return
    for entry in entries(store.db.conn):
        if entry.kind == "prune" and run.id in entry.content.get("runs", {}):
            who = entry.content.get("by", "")
            raise StoreError(
                f"what run {run.id} concluded was removed by {who} on {entry.at[:10]} (audit prune), so it cannot be"
                " explained any more",
                f"explain a run that was kept, or restore store/runs/{run.id} and its snapshot from a backup",
            )


def seal_of(run: SealedRun) -> dict[str, Any]:
    """What an explanation rests on, for the file: the run, its day and engine, the hashes of policy and facts."""
    return {
        "run": run.id, "today": run.today.isoformat(), "engine": run.engine, "policy": run.policy,
        "snapshot": run.snapshot,
    }  # fmt: skip
