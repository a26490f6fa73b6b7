"""What `why` is asked of a workspace: why a task came, and what a night concluded about whom, with what came of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.action.joining import parts_of
from engine.audit.asked import TASK, Asked, rule_asked, subject_asked, task_asked, unknown
from engine.audit.changes import of_account
from engine.audit.explaining import (
    Explanation,
    TaskWhy,
    explain_all,
    explain_play,
    explain_signal,
    failing,
    with_origins,
)
from engine.audit.locating import located
from engine.audit.recorded import runs_where
from engine.audit.sealed_night import SealedNight, open_night
from engine.audit.why import Matter
from engine.errors import UsageError
from engine.policy.model import Play, Signal
from engine.policy.names import ACCOUNT
from engine.store.opening import Store, read_store
from engine.store.sealed import SealedRun, find_run, last_run
from engine.store.tasks import full_id
from engine.workspace import Workspace


@dataclass(frozen=True)
class Question:
    """What `why` is asked: of an id (`kind` says what it is of, where that is not plain), a rule, a fact, a night."""

    what: str
    rule: str | None = None
    subject: str | None = None
    kind: str | None = None
    on: date | None = None
    run: str | None = None


def explain(workspace: Workspace, question: Question) -> TaskWhy | Explanation:
    """Why a task came, or what a night concluded about an account, a person or another fact. Raises HoldfastError.

    By default a task is told by the night that made it, all else by the last one.
    """
    what, kind = question.what, question.kind
    if question.on is not None and question.run is not None:
        raise UsageError("--on and --run cannot both be given", "choose one")
    if question.rule is None and question.subject is not None:
        raise UsageError("--subject needs a rule", f"holdfast why {what} RULE --subject {question.subject}")
    with read_store(workspace.store) as store:
        if question.rule is None and (task := task_asked(store, what, kind)) is not None:
            return _explain_task(workspace, store, task.id, _run(store, question))
        night = open_night(store, _run(store, question) or last_run(store), workspace.calendar)
        policy, behind, run = night.policy, night.behind, night.run
        if question.rule is None:
            asked = None if kind == TASK else subject_asked(store, policy, behind, run, what, kind)
            if asked is not None:
                return with_origins(explain_all(night, asked))
            if kind not in (None, TASK):
                raise _none_of(kind, what, run)
            task_id = _task_id(store, what, kind, unknown(what, run, policy, behind))
            return _explain_task(workspace, store, task_id, _run(store, question))
        rule, kind = rule_asked(policy, question.rule, kind)
        asked = subject_asked(store, policy, behind, run, what, kind, rule)
        if asked is None:
            raise unknown(what, run, policy, behind, rule) if kind is None else _none_of(kind, what, run)
        _check_subject(night, asked, rule, question.subject)
        if isinstance(rule, Signal):
            found = explain_signal(night, asked, rule, question.subject)
        else:
            found = explain_play(night, asked, rule, question.subject)
        if found.holds:
            return with_origins(found)
        lately = _lately(store, night, asked, rule, question.subject)
        found = replace(found, lately=lately, failing=failing(night, asked, rule, question.subject))
        return with_origins(found)


def explain_task(workspace: Workspace, task: str) -> TaskWhy:
    """Why a task came: by the policy and the facts that the run which made it has sealed. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        return _explain_task(workspace, store, full_id(store, task), None)


def _explain_task(workspace: Workspace, store: Store, id: str, run: SealedRun | None) -> TaskWhy:
    rows = {row["id"]: row for part in parts_of(store.db.conn, id) for row in store.db.query(_TASK, [part])}
    nights: dict[str, SealedNight] = {}
    found = []
    for row in sorted(rows.values(), key=lambda row: (row["joined"] is not None, row["priority"], row["id"])):
        by = run or find_run(store, row["run"])
        if by.id not in nights:
            nights[by.id] = open_night(store, by, workspace.calendar)
        found.append(_explained(nights[by.id], row))
    return replace(found[0], also=tuple(found[1:]), asked=id)


def _explained(night: SealedNight, row: dict[str, Any]) -> TaskWhy:
    matter = Matter(row["play"], row["subject_type"], row["subject"], row["account"])
    if row["run"] != night.run.id and night.recorded.play(matter.play, matter.subject, matter.account) is None:
        asked = f"holdfast why-not {matter.account} {matter.play} --on {night.run.today}"
        raise UsageError(
            f"what task {row['id']} is about did not hold in run {night.run.id}",
            asked if matter.account else "leave out --run and --on",
        )
    [reason] = located(night.behind.snapshot, night.why.match(matter))
    reason = replace(reason, children=(*night.notes, *reason.children))
    decided = night.recorded.decided(account=matter.account, subject=matter.subject, play=matter.play)
    return TaskWhy(row, reason, night, night.outcomes.came(decided[0]) if decided else None)


def _none_of(kind: str, what: str, run: SealedRun) -> UsageError:
    return UsageError(f"there is no {kind} '{what}' in the facts of {run.today}", "see its id in the facts")


def _run(store: Store, question: Question) -> SealedRun | None:
    if question.run is not None:
        return find_run(store, question.run)
    return None if question.on is None else last_run(store, question.on)


def _task_id(store: Store, what: str, kind: str | None, otherwise: UsageError) -> str:
    """The task that begins so. Raises `otherwise` where there is none, UsageError where there are several."""
    try:
        return full_id(store, what)
    except UsageError as error:
        if kind == TASK or error.message.startswith("several"):
            raise
        raise otherwise from None


def _check_subject(night: SealedNight, asked: Asked, rule: Signal | Play, subject: str | None) -> None:
    """Raise UsageError for a fact that is not there, or belongs to another account."""
    if subject is None or asked.kind != ACCOUNT:
        return
    row = night.behind.fact(rule.about, subject)
    if row is None:
        raise UsageError(
            f"there is no {rule.about} '{subject}' in the facts of {night.run.today}",
            f"'{rule.name}' is about a {rule.about}",
        )
    whose = of_account(night.policy, rule.about, row)
    if whose not in (None, asked.id):
        raise UsageError(
            f"{rule.about} {subject} is of account {whose}", f"holdfast why {whose} {rule.name} --subject {subject}"
        )


def _lately(
    store: Store, night: SealedNight, asked: Asked, rule: Signal | Play, subject: str | None
) -> SealedRun | None:
    """The last run before in which a rule held."""
    account, about = (asked.id, subject) if asked.kind == ACCOUNT else (None, asked.id)
    part = "signals" if isinstance(rule, Signal) else "plays"
    held = runs_where(store.runs, part, rule.name, account, about)
    rows = store.rows("select id from run where number < ? order by number desc", [night.run.number])
    id = next((id for (id,) in rows if id in held), None)
    return None if id is None else find_run(store, str(id))


_TASK = """
select t.id, t.title, t.body, coalesce(r.name, t.assignee, t.queue) assignee, t.assignee assignee_id, t.due_on,
       e.priority, t.status, t.step, e.play, e.subject_type, e.subject, e.account, e.account_name, t.language,
       t.contact, t.joined, n.id run, n.today, n.policy, n.snapshot, n.engine
from task t join episode e on e.id = t.episode join run n on n.id = t.made_run left join rep r on r.id = t.assignee
where t.id = ?
"""
