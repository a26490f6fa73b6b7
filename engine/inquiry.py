"""What auditors ask of a workspace: why a task came, why a rule did not hold, what two runs have apart."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.action.words import speaker
from engine.audit.checking import Checked, check_store
from engine.audit.comparing import Comparison, Side, compare
from engine.audit.history import Event, default_since, history
from engine.audit.locating import located
from engine.audit.pruning import Pruned, kept_runs, prune
from engine.audit.reasons import Reason
from engine.audit.replaying import Replayed, replay
from engine.audit.sealed_night import open_night, seal_of
from engine.audit.verifying import Verified, verify
from engine.audit.why_not import GREEN, Absence, why_not
from engine.errors import UsageError
from engine.facts.snapshot import Snapshot
from engine.job import policy_in_force
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.store.ledger import Entry, entries
from engine.store.opening import open_store, read_store, run_lock
from engine.store.sealed import SealedRun, find_run, last_run, sealed_policy, sealed_snapshot
from engine.store.signing import PublicKey, make_key
from engine.workspace import Workspace


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
    notes: tuple[Reason, ...] = ()  # what of the sealed facts was changed since

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why-not --format json` prints."""
        outcomes = [{"subject": subject, "outcome": outcome} for subject, outcome in self.outcomes]
        return {
            "run": self.run.id, "on": self.on.isoformat(), "sealed": seal_of(self.run), **self.absence.as_json(),
            "outcomes": outcomes, "changed_since": [str(note.detail["now"]) for note in self.notes],
        }  # fmt: skip


def explain_absence(
    workspace: Workspace, account: str | None, rule: str, subject: str | None = None, on: date | None = None
) -> Unexplained:
    """Why a signal or play did not hold, by the last night on or before `on`. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = last_run(store, on)
        night = open_night(store, run, workspace.calendar)
    day = on or run.today
    policy, recorded = night.policy, night.recorded
    behind = night.behind if day == run.today else replace(night.behind, today=day, source=None)
    standing = GREEN if account is None else recorded.standing(account)
    absence = _located(why_not(policy, behind, rule, account, subject, standing), behind.snapshot)
    row = behind.fact(ACCOUNT, account) or {}
    decided = recorded.decided(account=account, play=rule) if absence.kind == "play" else ()
    outcomes = tuple((each.subject, each.outcome) for each in decided if account is not None or each.account is None)
    return Unexplained(run, day, row.get("name"), absence, policy, outcomes, night.notes)


def _located(absence: Absence, snapshot: Snapshot) -> Absence:
    """The same with the source files and rows of its facts."""
    if absence.first is None:
        [tree] = located(snapshot, absence.tree)
        return replace(absence, tree=tree)
    tree, first = located(snapshot, absence.tree, absence.first)
    return replace(absence, tree=tree, first=first)


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
        return {
            "first": self.first.id, "second": self.second.id,
            "sealed": {"first": seal_of(self.first), "second": seal_of(self.second)}, **self.comparison.as_json(),
        }  # fmt: skip


def compare_runs(workspace: Workspace, first: str, second: str, most: int, account: str | None = None) -> Compared:
    """What differs between two runs, `most` differences explained. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        runs = [find_run(store, name) for name in (first, second)]
        sides = []
        for run in runs:
            night = open_night(store, run, workspace.calendar)
            sides.append(Side(night.policy, night.behind, run.folder))
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
    run: SealedRun  # whose facts are told

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast history --format json` prints."""
        return {
            "account": self.id, "since": self.since.isoformat(), "until": self.until.isoformat(),
            "sealed": seal_of(self.run), "events": [event.as_json() for event in self.events],
        }  # fmt: skip


def history_of(workspace: Workspace, account: str, since: date | None = None, until: date | None = None) -> Account:
    """What is known of an account between two days, by default the last quarter. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        run = last_run(store)
        night = open_night(store, run, workspace.calendar)
        policy, behind = night.policy, night.behind
        row = behind.fact(ACCOUNT, account)
        if row is None:
            raise UsageError(f"there is no account '{account}' in the facts of {run.today}", "see holdfast account")
        last = until or run.today
        first = since or default_since(last)
        events = history(store, policy, behind, account, first, last)
    return Account(account, str(row.get("name") or account), first, last, events, policy, run)


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
    """Whether anything of the store is other than sealed. Raises HoldfastError where there is no store.

    Signatures are compared with `public_key`, or with the keys that the settings name.
    """
    files = workspace.settings.keys.public if public_key is None else (public_key,)
    keys = [PublicKey(file) for file in files]
    with read_store(workspace.store) as store:
        return check_store(store, keys, head)


def ledger_entries(workspace: Workspace, last: int) -> list[Entry]:
    """The last entries of the ledger, in their order. Raises HoldfastError where there is no store."""
    with read_store(workspace.store) as store:
        return list(deque(entries(store.db.conn), last))


def prune_runs(workspace: Workspace, keep: int | None, before: date | None, by: str, *, dry_run: bool) -> Pruned:
    """Remove what old runs concluded and rest on. Raises HoldfastError."""
    keep = kept_runs(policy_in_force(workspace), keep, before)
    with run_lock(workspace.store), open_store(workspace.store) as store:
        return prune(store, keep, before, speaker(store, by), dry_run=dry_run)


def new_key(workspace: Workspace, file: Path) -> tuple[Path, str]:
    """A new pair of signing keys; gives the public key's file and name. Raises UsageError inside the workspace."""
    if file.resolve().is_relative_to(workspace.root.resolve()):
        raise UsageError("a private key inside the workspace proves nothing", "name a file elsewhere")
    return make_key(file)
