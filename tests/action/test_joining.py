"""One visit serves several reasons: tasks that meet one account in one way are one task for their person."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from nights import ACCOUNTS, MONDAY, REPS, SUNDAY, Conclusions, Workspace, both, play, policy, snapshot, step

from engine.action import words
from engine.action.undoing import undo
from engine.action.words import Word
from engine.errors import UsageError
from engine.policy.model import Due
from engine.store import open_store
from engine.store.tasks import TaskFilter, get_task, list_tasks

NOON = datetime(2026, 11, 23, 12)
LI = Word("r1", NOON)
P1, P2, P3 = ("p1", "a1"), ("p2", "a1"), ("p3", "a1")
DAYS = [SUNDAY + timedelta(n) for n in range(30)]


@pytest.fixture(autouse=True)
def contacts(workspace: Workspace) -> None:
    visit = step(contact="visit")
    later = step("call", due=Due(5, workdays=True), contact="visit")
    workspace.policy = policy(plays=[play(steps=(visit,)), play("mend", steps=(later,), source=("P.mend",))])
    promises = [{"id": p, "account": "a1", "rep": "r1"} for p in ("p1", "p2", "p3")]
    workspace.facts = snapshot(workspace.folder / "visits", account=ACCOUNTS, rep=REPS, promise=promises)


def decisions(workspace: Workspace, night: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str | None]]:
    path = str(workspace.store / "runs" / night["run"] / "decisions.parquet")
    return {(row[0], row[1]): (row[3], row[4]) for row in duckdb.sql(f"from '{path}'").fetchall()}


def statuses(workspace: Workspace) -> dict[tuple[str, str], str]:
    with open_store(workspace.store) as store:
        rows = store.rows("select e.play, e.subject, t.status from task t join episode e on e.id = t.episode")
    return {(play, subject): status for play, subject, status in rows}


def test_two_matters_of_one_night_are_one_task(workspace: Workspace) -> None:
    night = workspace.night(both(P1, other=(P2,)))
    [task] = night["tasks"]
    assert (task["play"], task["subject"]["id"], task["priority"]) == ("keep", "p1", 1)
    assert task["due_on"] == MONDAY.isoformat()
    assert task["source"] == ["P.keep", "S.late", "P.mend"]
    assert [(j["play"], j["step"], j["subject"]["id"], j["outcome"]) for j in task["joined"]] == [
        ("mend", "call", "p2", "new")
    ]
    assert task["title"] == "Call Shop a1 (and 1 more)"
    assert task["body"].endswith("Also to talk over:\n\n- Call Shop a1\n  - 1 day late\n  For Li Wei.")
    assert decisions(workspace, night) == {("keep", "p1"): ("new", None), ("mend", "p2"): ("duplicate", task["id"])}
    assert night["counts"]["matters"] == {"new": 1, "duplicate": 1}


def test_in_chinese_it_is_told_in_chinese(workspace: Workspace) -> None:
    workspace.settings = replace(workspace.settings, language="zh")
    [task] = workspace.night(both(P1, other=(P2,)))["tasks"]
    assert task["title"] == "致电 Shop a1（另有 1 项）"
    assert "一并商谈：\n\n- 致电 Shop a1" in task["body"]


def test_a_matter_that_arises_later_joins_and_the_gravest_leads(workspace: Workspace) -> None:
    [first] = workspace.night(both(other=(P2,)))["tasks"]
    night = workspace.night(both(P1, other=(P2,)), MONDAY)
    [task] = night["tasks"]
    assert (task["id"], task["outcome"], task["play"], task["priority"]) == (first["id"], "kept", "keep", 1)
    assert task["due_on"] == (MONDAY + timedelta(1)).isoformat()
    assert decisions(workspace, night)["keep", "p1"] == ("duplicate", first["id"])
    assert workspace.night(both(P1, other=(P2,)), DAYS[2])["tasks"][0]["id"] == first["id"]


def test_a_started_task_is_joined_by_nothing_new(workspace: Workspace) -> None:
    [first] = workspace.night(both(P1))["tasks"]
    with open_store(workspace.store) as store:
        words.start(store, first["id"], LI)
    night = workspace.night(both(P1, other=(P2,)), MONDAY)
    assert [len(task["joined"]) for task in night["tasks"]] == [0, 0]


@pytest.mark.parametrize("gone", ["keep", "mend"])
def test_when_one_matter_goes_the_task_stays_with_the_rest(workspace: Workspace, gone: str) -> None:
    [first] = workspace.night(both(P1, other=(P2,)))["tasks"]
    left = both(P1) if gone == "mend" else both(other=(P2,))
    night = workspace.night(left, MONDAY)
    [task] = [task for task in night["tasks"] if task["outcome"] == "kept"]
    [closed] = [task for task in night["tasks"] if task["outcome"] == "closed"]
    assert task["id"] == first["id"]
    assert (task["play"], task["joined"]) == ("mend" if gone == "keep" else "keep", [])
    assert closed["play"] == gone
    assert statuses(workspace)[gone, closed["subject"]["id"]] == "closed"
    with open_store(workspace.store) as store:
        assert [t.id for t in list_tasks(store)] == [first["id"]]


def test_done_is_done_for_all(workspace: Workspace) -> None:
    [task] = workspace.night(both(P1, P3, other=(P2,)))["tasks"]
    with open_store(workspace.store) as store:
        words.start(store, task["id"], LI)
        words.done(store, task["id"], LI, "valuable", "visit")
        assert store.rows("select type, fact, json_extract(fields, '$.channel') from told") == [
            ("interaction", f"task-{task['id']}", "visit")
        ]
        assert len(store.rows("select * from action where what = 'done'")) == 3
        assert list_tasks(store) == []
        [done] = list_tasks(store, TaskFilter(statuses=("done",)))
        assert len(done.joined) == 2
        undo(store, task["id"], LI)
        assert [t.status for t in list_tasks(store)] == ["started"]
        assert store.rows("select undone_by from told") == [("r1",)]
        words.done(store, task["id"], LI)
    assert set(statuses(workspace).values()) == {"done"}
    assert workspace.night(both(P1, P3, other=(P2,)), MONDAY)["tasks"] == []


def test_done_may_be_said_of_one_matter_alone(workspace: Workspace) -> None:
    [task] = workspace.night(both(P1, other=(P2,)))["tasks"]
    with open_store(workspace.store) as store:
        words.done(store, task["id"], LI, matter="p1")
        assert [(t.id, t.play, t.joined) for t in list_tasks(store)] == [(task["id"], "mend", ())]
    assert statuses(workspace) == {("keep", "p1"): "done", ("mend", "p2"): "open"}


def test_a_word_about_a_matter_says_which(workspace: Workspace) -> None:
    [task] = workspace.night(both(P1, other=(P2,)))["tasks"]
    with open_store(workspace.store) as store:
        with pytest.raises(UsageError, match=r"serves 2 matters: .*mend \(p2\)"):
            words.false_alarm(store, task["id"], LI)
        words.false_alarm(store, task["id"], LI, "mend")
        assert [(t.id, t.joined) for t in list_tasks(store)] == [(task["id"], ())]
    assert statuses(workspace) == {("keep", "p1"): "open", ("mend", "p2"): "closed"}
    night = workspace.night(both(P1, other=(P2,)), MONDAY)
    assert decisions(workspace, night) == {("keep", "p1"): ("kept", None), ("mend", "p2"): ("false_alarm", None)}
    with open_store(workspace.store) as store:
        words.false_alarm(store, task["id"], LI)
        assert list_tasks(store) == []


def test_a_part_shows_the_task_that_it_is_part_of(workspace: Workspace) -> None:
    [task] = workspace.night(both(P1, other=(P2,)))["tasks"]
    with open_store(workspace.store) as store:
        assert get_task(store, task["joined"][0]["id"]).id == task["id"]
        assert [t.id for t in list_tasks(store, TaskFilter(due_by=MONDAY))] == [task["id"]]


def test_tasks_that_come_to_one_person_come_together(workspace: Workspace) -> None:
    """By a leaver's tasks going to somebody who has one there already."""
    second = play("mend", steps=(step(assign="second", contact="visit"),))
    workspace.policy = policy(plays=[play(steps=(step(contact="visit"),)), second])
    assert len(workspace.night(both(P1, other=(P2,)))["tasks"]) == 2
    gone = [REPS[0] | {"left_on": MONDAY}, *REPS[1:]]
    promises = [{"id": p, "account": "a1", "rep": "r1"} for p in ("p1", "p2")]
    workspace.facts = snapshot(workspace.folder / "gone", account=ACCOUNTS, rep=gone, promise=promises)
    [task] = workspace.night(both(P1, other=(P2,)), MONDAY)["tasks"]
    assert (task["assignee"], len(task["joined"])) == ("r2", 1)


def test_other_contacts_accounts_and_steps_without_contact_stay_apart(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(steps=(step(contact="visit"),)), play("mend", steps=(step(contact="call"),))])
    assert len(workspace.night(both(P1, other=(P2,)))["tasks"]) == 2
    workspace.policy = policy(plays=[play(), play("mend", steps=(step(contact="call"),))], hash="policy2")
    assert len(workspace.night(both(P1, other=(P2,)), MONDAY)["tasks"]) == 2


def test_a_snoozed_matter_leaves_the_others(workspace: Workspace) -> None:
    [task] = workspace.night(both(P1, other=(P2,)))["tasks"]
    with open_store(workspace.store) as store:
        words.snooze(store, task["id"], LI, date(2026, 12, 1))
        assert list_tasks(store) == []
        assert len(list_tasks(store, TaskFilter(statuses=("snoozed",)))) == 2
    night = workspace.night(both(P1, P3, other=(P2,)), MONDAY)
    assert [(t["subject"]["id"], t["outcome"]) for t in night["tasks"]] == [("p3", "new")]
    night = workspace.night(both(P1, P3, other=(P2,)), date(2026, 12, 1))
    [task] = night["tasks"]
    assert len(task["joined"]) == 2


def test_the_same_night_again_changes_nothing(workspace: Workspace) -> None:
    conclusions: Conclusions = both(P1, P3, other=(P2,))
    first = workspace.night(conclusions)
    again = workspace.night(conclusions, facts="other")
    assert [task | {"outcome": "kept"} for task in strip(first)] == strip(again)


def strip(night: dict[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in task.items() if k != "joined"} for task in night["tasks"]]
