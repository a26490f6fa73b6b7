"""The main job of a workspace: facts in, a night run, a task explained."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.action.night import Settings, run_night
from engine.action.report import Night
from engine.audit.behind import Behind
from engine.audit.reasons import Reason
from engine.audit.recorded import Recorded
from engine.audit.why import Matter, why
from engine.delivery.render import render
from engine.errors import StoreError
from engine.facts.importing import Imported, import_facts
from engine.facts.snapshot import damages, open_snapshot
from engine.policy.load import check, load_policy, read_texts
from engine.policy.model import Policy
from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.model import Result
from engine.scenarios.reading import read_scenarios
from engine.scenarios.suite import run_tests
from engine.store.opening import read_store
from engine.store.tasks import full_id
from engine.workspace import Workspace

REJECTED_SHARE = "rejected_share"  # the limit that says how much of a fact type may be set aside
DEFAULT_REJECTED_SHARE = 0.05

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """A night with the import that it rests on."""

    imported: Imported
    night: Night


@contextmanager
def night_of(
    workspace: Workspace,
    today: date,
    *,
    facts: Path | None = None,
    engine: str = "columnar",
    dry_run: bool = False,
    progress: Progress = lambda _: None,
) -> Iterator[Done]:
    """Import the facts and run a night. A dry run takes the same path and writes nothing to the workspace.

    `facts`: a folder or workbook instead of the workspace's own sources. Raises HoldfastError.
    """
    policy = load_policy(workspace.root)
    with TemporaryDirectory(prefix="holdfast-") as temporary:
        store = Path(temporary) if dry_run else workspace.store
        rejects = store / "rejects" / f"{today.isoformat()}.csv"
        imported = import_facts(
            policy.contract, facts or workspace.sources, store, rejects, rejected_share(policy), progress
        )
        progress("reasoning")
        night = run_night(
            policy, imported.snapshot, today, settings(workspace), engine=engine, dry_run=dry_run,
            rejected=imported.rejected,
        )  # fmt: skip
        with night:
            yield Done(imported, night)


def settings(workspace: Workspace) -> Settings:
    """How the workspace wants its nights."""
    return Settings(workspace.store, workspace.calendar, workspace.language, workspace.languages, render)


def rejected_share(policy: Policy) -> float:
    """The largest share of one type's rows that may be set aside, by the policy's limit."""
    limit = policy.limits.get(REJECTED_SHARE)
    return float(limit.values.get(None, DEFAULT_REJECTED_SHARE)) if limit else DEFAULT_REJECTED_SHARE


@dataclass(frozen=True)
class Tested:
    """A policy whose scenario tests run as the `results` are read."""

    policy: Policy
    results: Iterator[Result]

    def coverage(self, results: Iterable[Result]) -> Coverage:
        """What of the policy the tests leave out."""
        return coverage(self.policy, results)


def tests_of(workspace: Workspace, only: str = "", *, both: bool = False) -> Tested:
    """The scenario tests of a workspace's policy, those whose name or file holds `only`. Raises HoldfastError."""
    policy = load_policy(workspace.root)
    scenarios = read_scenarios(policy, read_texts(workspace.root), only)
    return Tested(policy, run_tests(policy, scenarios, settings(workspace), workspace.calendar, both))


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
        texts = json.loads(store.rows("select texts from policy where hash = ?", [row["policy"]])[0][0])
    policy = check(texts).policy
    if policy is None:
        raise StoreError(
            "the sealed policy of this task cannot be read by this version", "use the version that wrote it"
        )
    day = date.fromisoformat(row["today"])
    snapshot = open_snapshot(workspace.snapshots / row["snapshot"])
    behind = Behind(policy, snapshot, day, workspace.calendar)
    matter = Matter(row["play"], row["subject_type"], row["subject"], row["account"])
    reason = why(policy, behind, Recorded(policy, workspace.runs / row["run"]), matter)
    notes = tuple(Reason("note", "damaged", detail={"now": said}) for said in damages(snapshot, content=False))
    reason = replace(reason, children=(*notes, *reason.children))
    return Explained(row, reason, policy)


_TASK = """
select t.id, t.title, t.body, coalesce(r.name, t.assignee, t.queue) assignee, t.assignee assignee_id, t.due_on,
       e.priority, t.status, t.step, e.play, e.subject_type, e.subject, e.account, e.account_name, t.language,
       n.id run, n.today, n.policy, n.snapshot, n.engine
from task t join episode e on e.id = t.episode join run n on n.id = t.made_run left join rep r on r.id = t.assignee
where t.id = ?
"""
