"""What `tell` says of a customer is what the next night then does, over the example company and many kinds of facts."""

from datetime import date, datetime
from pathlib import Path

import pytest

from engine.job import night_of, settings
from engine.policy.load import load_policy
from engine.telling.at_once import Here, tell
from engine.workspace import init_workspace

FACTS = Path(__file__).parents[2] / "examples" / "company" / "facts"
LAST, DAY = date(2026, 11, 20), date(2026, 11, 23)
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
TOLD = (
    ("order", "account={}", "amount=18000", "ordered_on=2026-11-22", "product=x"),
    ("complaint", "account={}", "kind=quality", "severity=high"),
    ("interaction", "account={}", "channel=visit", "happened_on=2026-11-23", "outcome=valuable"),
    ("promise", "account={}", "kind=reward", "made_on=2026-11-01", "due_on=2026-11-10", "value=60000"),
    ("rival_move", "account={}", "kind=bribery", "rival=对手"),
    ("criteria", "account={}", "we_fit=false", "rival_fits=true"),
    ("survey", "account={}", "answered_on=2026-11-23", "satisfaction=dissatisfied", "suggestion=快一点"),
    ("invoice", "account={}", "issued_on=2026-06-01", "due_on=2026-07-01", "amount=9000"),
    ("business_change", "account={}", "kind=downsizing"),
    ("subscription", "account={}", "started_on=2025-11-25", "ends_on=2026-11-27"),
    ("account", "id={}", "lost_on=2026-11-23", "lost_kind=active", "kind=customer"),
    ("account", "id={}", "owner=", "tier=A"),
    ("delivery", "account={}", "promised_on=2026-11-10", "urged=3"),
    ("hosting", "account={}", "planned_on=2026-11-30", "guests=3"),
    ("promise", "account={}", "kind=service", "certainty=impossible"),
)


@pytest.mark.source("D3.guard.refuse")
def test_the_next_night_agrees(tmp_path):
    workspace = init_workspace(tmp_path / "w", "en")
    for path in FACTS.glob("*.csv"):
        (workspace.root / "facts" / path.name).write_bytes(path.read_bytes())
    with night_of(workspace, LAST) as done:
        assert done.night.counts["new_tasks"]
    accounts = [f"a{n}" for n in range(10, 10 + len(TOLD))]
    here = Here(load_policy(workspace.root), settings(workspace), workspace.calendar, DAY, NOW)
    said = {}
    for account, (type, *fields) in zip(accounts, TOLD, strict=True):
        said[account] = tell(here, type, [f.format(account) for f in fields], "r1").effect
    with night_of(workspace, DAY) as done:
        found = done.night.as_dict()
    for account, effect in said.items():
        signals = {(s["rule"], s["subject"]["id"], s["severity"]) for s in found["signals"] if s["account"] == account}
        assert {(r, s, x["severity"]) for (r, s), x in effect.after.signals.items()} == signals, account
        risk = next(((r["level"], r["score"]) for r in found["risk"] if r["account"] == account), ("green", 0))
        assert (effect.after.level, effect.after.score) == risk, account
        tasks = {(t["id"], t["outcome"], t["title"]): t["due_on"] for t in found["tasks"] if t["account"] == account}
        assert {(t["id"], t["outcome"], t["title"]) for t in effect.tasks} == tasks.keys(), account
        for task in effect.tasks:
            first, last = task.get("due_between", (task["due_on"], task["due_on"]))
            assert first <= tasks[task["id"], task["outcome"], task["title"]] <= last, account
    assert any(effect.tasks for effect in said.values())
