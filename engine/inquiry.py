"""What auditors ask of a workspace: why a task came, why a rule did not hold, what two runs have apart."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.action.words import speaker
from engine.audit.behind import Behind
from engine.audit.checking import Checked, check_store
from engine.audit.comparing import Comparison, Side, compare
from engine.audit.history import Event, default_since, history
from engine.audit.pruning import Pruned, kept_runs, prune
from engine.audit.reasons import Reason
from engine.audit.recorded import Recorded
from engine.audit.replaying import Replayed, replay
from engine.audit.verifying import Verified, verify
from engine.audit.why import Matter, why
from engine.audit.why_not import GREEN, Absence, why_not
from engine.errors import UsageError
from engine.facts.snapshot import damages
from engine.policy.load import load_policy
from engine.policy.model import Policy
from engine.store.ledger import Entry, entries
from engine.store.opening import open_store, read_store, run_lock
from engine.store.sealed import SealedRun, find_run, last_run, sealed_policy, sealed_snapshot
from engine.store.signing import PublicKey, make_key
from engine.store.tasks import full_id
from engine.workspace import Workspace


@dataclass(frozen=True)
class Explained:
    """A task as the store has it, the tree of reasons for it, and the policy under which it was made."""

    task: dict[str, Any]
    reason: Reason
    policy: Policy

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why --format json` prints."""
        return {"task": self.task, "because": self.reason.as_json()}


def explain_task(workspace: Workspace, task: str) -> Explained:
    """Why a task came: by the policy and the facts that the run which made it has sealed. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        row = next(iter(store.db.query(_TASK, [full_id(store, task)])))
        run = find_run(store, row["run"])
        policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
    behind = Behind(policy, snapshot, run.today, workspace.calendar)
    matter = Matter(row["play"], row["subject_type"], row["subject"], row["account"])
    reason = why(policy, behind, Recorded(policy, run.folder), matter)
    notes = tuple(Reason("note", "damaged", detail={"now": said}) for said in damages(snapshot, content=False))
    reason = replace(reason, children=(*notes, *reason.children))
    return Explained(row, reason, policy)


@dataclass(frozen=True)
class Unexplained:
    """Why a rule did not hold for an account, by the facts of `run` on the day `on`.

    `outcomes`: what was decided that night where a play did hold: (subject, outcome).
    """

    run: SealedRun
    on: date
    account_name: str | None
    absence: Absence
    policy: Policy
    outcomes: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why-not --format json` prints."""
        outcomes = [{"subject": subject, "outcome": outcome} for subject, outcome in self.outcomes]
        return {"run": self.run.id, "on": self.on.isoformat(), **self.absence.as_json(), "outcomes": outcomes}


def explain_absence(
    workspace: Workspace, account: str | None, rule: str, subject: str | None = None, on: date | None = None
) -> Unexplained:
    """Why a signal or play did not hold, by the last night on or before `on`. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = last_run(store, on)
        policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
    day = on or run.today
    behind = Behind(policy, snapshot, day, workspace.calendar)
    recorded = Recorded(policy, run.folder)
    standing = GREEN if account is None else recorded.standing(account)
    absence = why_not(policy, behind, rule, account, subject, standing)
    row = behind.fact("account", account) or {}
    outcomes = recorded.outcomes(rule, account) if absence.kind == "play" else ()
    return Unexplained(run, day, row.get("name"), absence, policy, outcomes)


@dataclass(frozen=True)
class Compared:
    """Two runs and what differs between them. `accounts`: names by id, of those that are shown."""

    first: SealedRun
    second: SealedRun
    comparison: Comparison
    policy: Policy
    accounts: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast compare --format json` prints."""
        return {"first": self.first.id, "second": self.second.id, **self.comparison.as_json()}


def compare_runs(workspace: Workspace, first: str, second: str, most: int, account: str | None = None) -> Compared:
    """What differs between two runs, `most` differences explained. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        runs = [find_run(store, name) for name in (first, second)]
        sides = []
        for run in runs:
            policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
            sides.append(Side(policy, Behind(policy, snapshot, run.today, workspace.calendar), run.folder))
    found = compare(sides[0], sides[1], most, account)
    ids = {move.account for move in found.shown} | {id for id, _, _ in found.risk[:most]}
    names = {}
    for id in filter(None, ids):
        row = sides[1].behind.fact("account", id) or sides[0].behind.fact("account", id) or {}
        names[id] = str(row.get("name") or id)
    return Compared(runs[0], runs[1], found, sides[1].policy, names)


@dataclass(frozen=True)
class Account:
    """The time line of an account, and the policy whose words tell it."""

    id: str
    name: str
    since: date
    until: date
    events: list[Event]
    policy: Policy

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast history --format json` prints."""
        return {
            "account": self.id, "since": self.since.isoformat(), "until": self.until.isoformat(),
            "events": [event.as_json() for event in self.events],
        }  # fmt: skip


def history_of(workspace: Workspace, account: str, since: date | None = None, until: date | None = None) -> Account:
    """What is known of an account between two days, by default the last quarter. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = last_run(store)
        policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
        behind = Behind(policy, snapshot, run.today, workspace.calendar)
        row = behind.fact("account", account)
        if row is None:
            raise UsageError(f"there is no account '{account}' in the facts of {run.today}", "see holdfast account")
        last = until or run.today
        first = since or default_since(last)
        events = history(store, policy, behind, account, first, last)
    return Account(account, str(row.get("name") or account), first, last, events, policy)


def verify_run(
    workspace: Workspace, name: str, sample: int | None, say: Callable[[str], None]
) -> tuple[SealedRun, Verified]:
    """A run performed again by the rete engine. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = find_run(store, name)
        policy, snapshot = sealed_policy(store, run.policy), sealed_snapshot(store, run)
    return run, verify(policy, snapshot, run, workspace.calendar, sample, say)


def replay_run(workspace: Workspace, name: str) -> tuple[SealedRun, Replayed]:
    """A run reasoned and decided again from what it sealed. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = find_run(store, name)
        return run, replay(store, run, workspace.calendar)


def check_ledger(workspace: Workspace, public_key: Path | None, head: str | None) -> Checked:
    """Whether anything of the store is other than sealed. Raises HoldfastError where there is no store."""
    key = PublicKey(public_key) if public_key is not None else None
    with read_store(workspace.store) as store:
        return check_store(store, key, head)


def ledger_entries(workspace: Workspace, last: int) -> list[Entry]:
    """The last entries of the ledger, in their order. Raises HoldfastError where there is no store."""
    with read_store(workspace.store) as store:
        return list(deque(entries(store.db.conn), last))


def prune_runs(workspace: Workspace, keep: int | None, before: date | None, by: str, *, dry_run: bool) -> Pruned:
    """Remove what old runs concluded and rest on. Raises HoldfastError."""
    keep = kept_runs(load_policy(workspace.root), keep, before)
    with run_lock(workspace.store), open_store(workspace.store) as store:
        return prune(store, keep, before, speaker(store, by), dry_run=dry_run)


def new_key(workspace: Workspace, file: Path) -> tuple[Path, str]:
    """A new pair of signing keys; gives the public key's file and name. Raises UsageError inside the workspace."""
    if file.resolve().is_relative_to(workspace.root.resolve()):
        raise UsageError("a private key inside the workspace proves nothing", "name a file elsewhere")
    return make_key(file)


_TASK = """
select t.id, t.title, t.body, coalesce(r.name, t.assignee, t.queue) assignee, t.assignee assignee_id, t.due_on,
       e.priority, t.status, t.step, e.play, e.subject_type, e.subject, e.account, e.account_name, t.language,
       n.id run, n.today, n.policy, n.snapshot, n.engine
from task t join episode e on e.id = t.episode join run n on n.id = t.made_run left join rep r on r.id = t.assignee
where t.id = ?
"""
