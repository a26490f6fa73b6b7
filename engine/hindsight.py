"""What managers ask of a workspace's past: what its policy would have caught, and which rules say nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from engine.audit.backtest.ground import Acted
from engine.audit.backtest.looking import Asked, BackTest, Sweep, backtest, sweep
from engine.audit.backtest.tuning import variants
from engine.audit.silent import Silence, silence
from engine.facts.snapshot import Snapshot
from engine.job import policy_in_force
from engine.policy.model import Policy
from engine.store.opening import Store, read_store
from engine.store.sealed import last_run, sealed_snapshot
from engine.workspace import Workspace

Say = Callable[[str], None]


def backtest_of(workspace: Workspace, asked: Asked, say: Say) -> tuple[BackTest, Policy]:
    """The policy that nights run under, held against the facts of the last night. Raises HoldfastError.

    `asked.end` and its calendar are filled in here.
    """
    policy = policy_in_force(workspace)
    with read_store(workspace.store) as store:
        snapshot, asked = _facts(workspace, store, asked)
        return backtest(policy, snapshot, asked, done_tasks(store), say), policy


def sweep_of(workspace: Workspace, asked: Asked, limit: str, values: str | None, say: Say) -> tuple[Sweep, Policy]:
    """The same under several values of one limit, see `tuning.variants`. Raises HoldfastError."""
    policy = policy_in_force(workspace)
    say(limit)
    swept = variants(policy, limit, values)
    with read_store(workspace.store) as store:
        snapshot, asked = _facts(workspace, store, asked)
        return sweep(policy, snapshot, asked, done_tasks(store), limit, swept, say), policy


def silent_rules_of(workspace: Workspace) -> tuple[Silence, Policy]:
    """The rules of the policy that nights run under that say nothing, or say it of everybody. Raises HoldfastError."""
    policy = policy_in_force(workspace)
    with read_store(workspace.store) as store:
        run = last_run(store)
        return silence(store, policy, sealed_snapshot(store, run), run.today), policy


def done_tasks(store: Store) -> Iterator[Acted]:
    """The tasks that people did: for each signal behind them the account and the day."""
    for rule, account, day in store.db.conn.execute(_DONE):
        yield rule, account, date.fromisoformat(day[:10])


def _facts(workspace: Workspace, store: Store, asked: Asked) -> tuple[Snapshot, Asked]:
    run = last_run(store)
    return sealed_snapshot(store, run), replace(asked, end=run.today, calendar=workspace.calendar)


_DONE = """
select distinct r.value, e.account, t.ended_on from task t join episode e on e.id = t.episode, json_each(e.reasons) r
where t.status = 'done' and e.account is not null and t.ended_on is not null
union
select distinct l.value, e.account, t.ended_on
from task t join episode e on e.id = t.episode, json_each('["risk.red", "risk.amber"]') l
where t.status = 'done' and e.account is not null and t.ended_on is not null
"""
