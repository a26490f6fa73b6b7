"""Explanations: every value down to its rows, and the truth told when the sealed facts were changed."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.asking import explain_task
from engine.audit.reasons import Reason
from engine.errors import FactsError, HoldfastError, StoreError
from engine.job import night_of
from engine.workspace import Workspace, init_workspace

TODAY = date(2026, 11, 20)
POLICY = """
limits:
  grace: {A: 0, B: 1, C: 3}
  least_spend: 100.5
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
  last_visit: {about: account, from: interaction, where: channel = 'visit', take: max(happened_on)}
  worth: {about: account, value: spend >= limit.least_spend}
signals:
  promise-late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: kept_on is null and days_late > limit.grace and account.worth
    severity: {high: account.tier = 'A' or days_late > 30, low: otherwise}
    weight: 30
    because: {en: "{{ days_late | days }} late", zh: "迟了 {{ days_late | days }}"}
  never-visited:
    title: {en: Never visited, zh: 从未拜访}
    about: account
    when: active and last_visit is null and signal('promise-late')
    severity: medium
    weight: 10
    because: {en: "No visit on record", zh: "没有拜访记录"}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
STEP = "steps: [{id: go, assign: owner, due: 1 day, template: any}]\n"
PLAYS = {
    "late": f"play: late\nabout: promise\ntrigger: signal('promise-late')\n{STEP}",
    "visit": f"play: visit\nabout: account\ntrigger: signal('never-visited') and tier in ('A', 'B')\n{STEP}",
    "save": f"play: save\nabout: account\ntrigger: risk = 'red'\n{STEP}",
}
FACTS = {
    "account": "id,name,owner,kind\na1,北方光学,r1,customer\n",
    "rep": "id,name,role\nr1,Ann,sales\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,60.25\no2,a1,2026-03-05,40.25\no3,a1,2026-04-05,1\n",
    "interaction": "id,account,happened_on,channel\ni1,a1,2026-10-01,call\n",
    "promise": "id,account,kind,made_on,due_on\np1,a1,delivery,2026-10-01,2026-11-10\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A firm with one account, one promise and no visit, after one night."""
    made = init_workspace(tmp_path / "firm", "en")
    for folder in (made.rules / "measures", made.rules / "signals", made.playbooks, made.templates):
        shutil.rmtree(folder)
        folder.mkdir()
    for name in ("limits", "risk", "tiers", "words"):
        (made.rules / f"{name}.yaml").unlink()
    (made.rules / "policy.yaml").write_text(POLICY)
    for name, text in PLAYS.items():
        (made.playbooks / f"{name}.yaml").write_text(text)
    (made.templates / "any.en.md").write_text("# Do it\n\nNow.\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    return made


def tasks_of(workspace: Workspace, day: date = TODAY) -> dict[str, str]:
    """A night's task ids by play."""
    with night_of(workspace, day) as done:
        return {task["play"]: task["id"] for task in done.night.tasks()}


def walk(reason: Reason) -> Iterator[Reason]:
    yield reason
    for child in reason.children:
        yield from walk(child)


def named(reason: Reason, kind: str, text: str) -> Reason:
    """The first node of the kind with that text."""
    return next(node for node in walk(reason) if node.kind == kind and node.text == text)


def test_a_measure_leads_to_its_rows(workspace: Workspace) -> None:
    tree = explain_task(workspace, tasks_of(workspace)["late"]).reason
    spend = named(tree, "value", "spend")
    assert spend.value == Decimal("101.5000")
    rows = next(child for child in spend.children if child.kind == "rows")
    assert [row.text for row in rows.children] == ["order o3", "order o2", "order o1"]
    assert sum(row.detail["fields"]["amount"] for row in rows.children) == spend.value


def test_a_missing_measure_says_that_there_were_no_rows(workspace: Workspace) -> None:
    tree = explain_task(workspace, tasks_of(workspace)["visit"]).reason
    last = named(tree, "value", "last_visit")
    assert last.value is None
    assert next(child for child in last.children if child.kind == "rows").detail["count"] == 0


def test_limits_stand_with_their_tier_and_line(workspace: Workspace) -> None:
    tree = explain_task(workspace, tasks_of(workspace)["late"]).reason
    limit = named(tree, "value", "limit.grace")
    assert (limit.value, limit.detail["tier"]) == (0, "A")
    assert str(limit.place).startswith("rules/policy.yaml:3:")


def test_chained_signals_and_risk_are_opened_up(workspace: Workspace) -> None:
    made = tasks_of(workspace)
    visit = explain_task(workspace, made["visit"]).reason
    assert {node.text for node in walk(visit) if node.kind == "signal"} == {"never-visited", "promise-late"}
    save = explain_task(workspace, made["save"]).reason
    assert named(save, "value", "risk").value == "red"
    assert {node.text for node in save.children if node.kind == "signal"} == {"never-visited", "promise-late"}


def test_the_severity_says_which_case_held(workspace: Workspace) -> None:
    tree = explain_task(workspace, tasks_of(workspace)["late"]).reason
    grade = named(tree, "severity", "high")
    assert grade.detail["when"] == "account.tier = 'A' or days_late > 30"


def test_the_policy_of_the_run_explains_even_after_the_files_changed(workspace: Workspace) -> None:
    id = tasks_of(workspace)["late"]
    before = explain_task(workspace, id).as_json()
    (workspace.rules / "policy.yaml").write_text("limits: {grace: 99}\n")
    assert explain_task(workspace, id).as_json()["because"] == before["because"]


def test_no_note_where_all_agrees(workspace: Workspace) -> None:
    for id in tasks_of(workspace).values():
        assert not [node for node in walk(explain_task(workspace, id).reason) if node.kind == "note"]


def _other_facts(workspace: Workspace) -> None:
    [snapshot] = workspace.snapshots.iterdir()
    path = snapshot / "order.parquet"
    changed = path.with_suffix(".new")
    duckdb.execute(f"copy (select * replace (amount - 50 as amount) from '{path}') to '{changed}' (format parquet)")
    size = path.stat().st_size
    changed.rename(path)
    manifest = snapshot / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"bytes": {size}', f'"bytes": {path.stat().st_size}'))


def test_changed_facts_are_found_out(workspace: Workspace) -> None:
    id = tasks_of(workspace)["late"]
    _other_facts(workspace)
    tree = explain_task(workspace, id).reason
    notes = {node.text for node in walk(tree) if node.kind == "note"}
    assert notes == {"now", "damaged"}
    assert named(tree, "condition", "account.worth").holds is False


def _no_snapshot(workspace: Workspace) -> None:
    shutil.rmtree(workspace.snapshots)


def _no_run(workspace: Workspace) -> None:
    shutil.rmtree(workspace.runs)


def _torn(workspace: Workspace) -> None:
    for path in workspace.runs.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize(("damage", "error"), [(_no_snapshot, FactsError), (_no_run, StoreError), (_torn, StoreError)])
def test_what_is_missing_is_said(
    workspace: Workspace, damage: Callable[[Workspace], None], error: type[HoldfastError]
) -> None:
    id = tasks_of(workspace)["late"]
    damage(workspace)
    with pytest.raises(error):
        explain_task(workspace, id)


def test_json_holds_plain_values(workspace: Workspace) -> None:
    found: dict[str, Any] = explain_task(workspace, tasks_of(workspace)["late"]).as_json()
    assert json.loads(json.dumps(found)) == found
