"""Whole nights: what becomes tasks, what stays, what closes, and what a second night changes."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from nights import (
    ACCOUNTS,
    MONDAY,
    PROMISES,
    REPS,
    SUNDAY,
    Conclusions,
    Workspace,
    by_id,
    late,
    play,
    policy,
    signal,
    snapshot,
    step,
    template,
)

from engine.action import words
from engine.action.words import Word
from engine.delivery.render import render
from engine.errors import EngineError, UsageError
from engine.policy.expressions import Ref
from engine.policy.kinds import Kind
from engine.policy.model import Due, Escalation, Evidence
from engine.store import open_store
from engine.store.tasks import TaskFilter, list_tasks

P1, P2 = ("p1", "a1"), ("p2", "a2")
NOON = datetime(2026, 11, 23, 12)


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_task_has_all_that_its_reader_needs(workspace: Workspace) -> None:
    night = workspace.night(late(P1, P2))
    [task] = by_id(night["tasks"], account="a1")
    assert len(task["id"]) == 10
    assert task == {
        "id": task["id"],
        "account": "a1",
        "subject": {"type": "promise", "id": "p1"},
        "play": "keep",
        "step": "call",
        "assignee": "r1",
        "queue": None,
        "due_on": "2026-11-23",
        "priority": 1,
        "status": "open",
        "outcome": "new",
        "asks": None,
        "title": "Call Shop a1",
        "body": "- 3 days late\nFor Li Wei.",
        "because": ["late"],
        "source": ["P.keep", "S.late"],
        "contact": None,
        "joined": [],
        "escalated": [],
    }
    assert night["signals"][0] == {
        "rule": "late",
        "account": "a1",
        "subject": {"type": "promise", "id": "p1"},
        "severity": "high",
        "because": "3 days late",
        "source": ["S.late"],
    }


def test_the_same_night_again_changes_no_byte_and_says_the_same(workspace: Workspace) -> None:
    first = workspace.night(late(P1, P2))
    before = files(workspace.store)
    again = workspace.night(late(P1, P2))
    assert again.pop("already_done") is True
    assert first.pop("already_done") is False
    assert again == first
    assert files(workspace.store) == before


def test_the_next_night_keeps_the_tasks(workspace: Workspace) -> None:
    first = workspace.night(late(P1, P2))
    second = workspace.night(late(P1, P2), MONDAY)
    assert [t["id"] for t in second["tasks"]] == [t["id"] for t in first["tasks"]]
    assert {t["outcome"] for t in second["tasks"]} == {"kept"}
    assert second["counts"]["matters"] == {"kept": 2}


def test_a_condition_that_is_gone_closes_its_task_and_comes_back_as_a_new_one(workspace: Workspace) -> None:
    [first] = by_id(workspace.night(late(P1, P2))["tasks"], account="a2")
    [closed] = by_id(workspace.night(late(P1), MONDAY)["tasks"], account="a2")
    assert (closed["id"], closed["status"], closed["outcome"]) == (first["id"], "closed", "closed")
    [back] = by_id(workspace.night(late(P1, P2), MONDAY + timedelta(1))["tasks"], account="a2")
    assert back["outcome"] == "new"
    assert back["id"] != first["id"]


def test_a_condition_within_its_cooldown_is_held_back_and_said_so(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(cooldown_days=14)])
    workspace.night(late(P1))
    workspace.night(late(), MONDAY)
    held = workspace.night(late(P1), MONDAY + timedelta(13))
    assert held["tasks"] == []
    assert held["counts"]["matters"] == {"cooldown": 1}
    assert by_id(workspace.night(late(P1), MONDAY + timedelta(14))["tasks"], outcome="new")


def test_a_graver_night_raises_the_priority_of_the_same_task(workspace: Workspace) -> None:
    [before] = workspace.night(late(P2, severity="medium"))["tasks"]
    [after] = workspace.night(late(P2, severity="critical"), MONDAY)["tasks"]
    assert (before["priority"], after["priority"], before["id"]) == (3, 1, after["id"])
    assert after["outcome"] == "kept"


def test_a_later_step_comes_when_the_earlier_is_done(workspace: Workspace) -> None:
    steps = (step(), step("makegood", "owner.manager", Due(2, workdays=True), after=("call",)))
    workspace.policy = policy(plays=[play(steps=steps)])
    [call] = workspace.night(late(P1))["tasks"]
    with open_store(workspace.store) as store:
        words.done(store, call["id"], Word("r1", NOON))
    [makegood] = workspace.night(late(P1), MONDAY)["tasks"]
    assert (makegood["step"], makegood["assignee"], makegood["due_on"]) == ("makegood", "m1", "2026-11-25")
    [kept] = workspace.night(late(P1), MONDAY + timedelta(1))["tasks"]
    assert (kept["id"], kept["outcome"]) == (makegood["id"], "kept")


def test_a_begun_task_is_asked_to_be_confirmed_and_not_closed(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    with open_store(workspace.store) as store:
        words.start(store, task["id"], Word("r1", NOON))
    [asked] = workspace.night(late(), MONDAY)["tasks"]
    assert (asked["status"], asked["asks"], asked["outcome"]) == ("started", "confirm", "kept")
    [back] = workspace.night(late(P1), MONDAY + timedelta(1))["tasks"]
    assert (back["id"], back["status"], back["asks"]) == (task["id"], "started", None)


def test_without_the_facts_a_rule_needs_its_tasks_stay(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    workspace.facts = snapshot(workspace.folder / "fewer", account=ACCOUNTS, rep=REPS)
    night = workspace.night(late(), MONDAY)
    assert [t["id"] for t in night["tasks"]] == [task["id"]]
    assert night["tasks"][0]["status"] == "open"
    assert {"rule": "late", "missing": ["promise"]} in night["not_judged"]


def test_a_play_that_left_the_policy_takes_its_tasks_along(workspace: Workspace) -> None:
    workspace.night(late(P1))
    workspace.policy = policy(plays=[play("other")], hash="policy2")
    [closed] = workspace.night(Conclusions(signals=late(P1).signals), MONDAY)["tasks"]
    assert (closed["status"], closed["outcome"]) == ("closed", "closed")


def test_a_step_added_to_the_policy_comes_for_episodes_that_are_open(workspace: Workspace) -> None:
    workspace.night(late(P1, P2))
    workspace.policy = policy(plays=[play(steps=(step(), step("letter", "manager")))], hash="policy2")
    night = workspace.night(late(P1, P2), MONDAY)
    assert [t["step"] for t in by_id(night["tasks"], outcome="new")] == ["letter", "letter"]
    assert len(night["tasks"]) == 4
    assert {t["outcome"] for t in workspace.night(late(P1, P2), MONDAY + timedelta(1))["tasks"]} == {"kept"}


def test_an_owner_who_leaves_on_that_very_day_gets_nothing(workspace: Workspace) -> None:
    reps = [{**REPS[0], "left_on": SUNDAY}, *REPS[1:]]
    workspace.facts = snapshot(workspace.folder / "left", account=ACCOUNTS, rep=reps, promise=PROMISES)
    [task] = workspace.night(late(P1))["tasks"]
    assert task["assignee"] == "r2"
    workspace.facts = snapshot(
        workspace.folder / "stays", account=ACCOUNTS, rep=[{**REPS[0], "left_on": MONDAY}, *REPS[1:]], promise=PROMISES
    )
    other = Workspace(workspace.folder / "other", workspace._patch)
    other.facts = workspace.facts
    assert other.night(late(P1))["tasks"][0]["assignee"] == "r1"


def test_tasks_of_someone_who_left_since_go_to_the_next(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    reps = [{**REPS[0], "left_on": MONDAY}, *REPS[1:]]
    workspace.facts = snapshot(workspace.folder / "left", account=ACCOUNTS, rep=reps, promise=PROMISES)
    [moved] = workspace.night(late(P1), MONDAY)["tasks"]
    assert (moved["id"], moved["assignee"], moved["outcome"]) == (task["id"], "r2", "kept")
    with open_store(workspace.store) as store:
        assert store.rows("select who, what from action") == [("holdfast", "reassign")]


def test_nobody_is_assigned_before_being_hired(workspace: Workspace) -> None:
    reps = [{**REPS[0], "hired_on": MONDAY}, *REPS[1:]]
    workspace.facts = snapshot(workspace.folder / "new", account=ACCOUNTS, rep=reps, promise=PROMISES)
    assert workspace.night(late(P1))["tasks"][0]["assignee"] == "r2"


def test_an_assignment_in_force_wins_over_the_owner_column(workspace: Workspace) -> None:
    rows = [
        {"id": "1", "account": "a1", "rep": "r1", "since": date(2025, 1, 1)},
        {"id": "2", "account": "a1", "rep": "r2", "since": date(2026, 1, 1)},
        {"id": "3", "account": "a1", "rep": "m1", "since": date(2026, 2, 1), "until": SUNDAY},
        {"id": "4", "account": "a1", "rep": "d1", "since": MONDAY},
    ]
    workspace.facts = snapshot(
        workspace.folder / "assigned", account=ACCOUNTS, rep=REPS, promise=PROMISES, assignment=rows
    )
    assert workspace.night(late(P1))["tasks"][0]["assignee"] == "r2"


def test_a_company_without_people_still_gets_its_tasks(workspace: Workspace) -> None:
    workspace.facts = snapshot(workspace.folder / "bare", account=ACCOUNTS, promise=PROMISES)
    [task] = workspace.night(late(P1))["tasks"]
    assert (task["assignee"], task["queue"]) == (None, "north")
    assert "For north." in task["body"]


def test_a_night_without_accounts_and_without_anything_to_do(workspace: Workspace) -> None:
    workspace.facts = snapshot(workspace.folder / "empty", account=[], rep=[], promise=[])
    night = workspace.night(Conclusions())
    assert (night["tasks"], night["signals"], night["risk"]) == ([], [], [])


def test_a_conclusion_without_account(workspace: Workspace) -> None:
    rule = signal("gone", about="rep", evidence={"days": Kind.INTEGER})
    rule = replace(rule, because={"en": "{{ days }} days"})
    one = play("talk", ("gone",), about="rep", steps=(step(assign="rep.manager"),), evidence=())
    workspace.policy = replace(
        policy([rule], [one]),
        templates={("promise/call", "en"): template("en", "Talk", "{% for r in reasons %}\n{{ r }}\n{% endfor %}")},
    )
    found = Conclusions({"gone": [("r1", None, "high", {"days": 4})]}, {"talk": [("r1", None, {"_": None})]})
    night = workspace.night(found)
    [task] = night["tasks"]
    assert (task["account"], task["assignee"], task["body"]) == (None, "m1", "4 days")
    assert night["signals"][0]["account"] is None
    assert workspace.night(found, MONDAY)["counts"]["matters"] == {"kept": 1}


def test_each_person_reads_their_own_language(workspace: Workspace) -> None:
    workspace.settings = replace(workspace.settings, languages={"r2": "zh"})
    tasks = workspace.night(late(P1, P2))["tasks"]
    assert by_id(tasks, assignee="r1")[0]["title"] == "Call Shop a1"
    [chinese] = by_id(tasks, assignee="r2")
    assert chinese["title"] == "致电 Shop a2"
    assert chinese["body"] == "- 逾期 3 天\n2026年11月23日"


def test_reasons_are_told_gravest_first_and_not_without_end(workspace: Workspace) -> None:
    rules = [signal("late"), signal("broken", severity=(("critical", None),))]
    account = play("save", ("late", "broken"), about="account", needs=frozenset({"account"}))
    workspace.policy = policy(rules, [account])
    found = Conclusions(
        {
            "late": [(f"p{i:02}", "a1", "high", {"days_late": i}) for i in range(30)],
            "broken": [("p99", "a1", "critical", {"days_late": 99})],
        },
        {"save": [("a1", "a1", {"account.name": "Shop"})]},
    )
    [task] = workspace.night(found)["tasks"]
    lines = task["body"].splitlines()
    assert lines[:2] == ["- 99 days late", "- 0 days late"]
    assert lines[12] == "- and 19 more"
    assert task["because"] == ["broken", "late"]
    assert task["priority"] == 1


def test_a_play_without_any_signal_behind_it_is_least_urgent(workspace: Workspace) -> None:
    found = Conclusions(plays=late(P2).plays)
    [task] = workspace.night(found)["tasks"]
    assert (task["priority"], task["because"], task["source"]) == (5, [], ["P.keep"])


def test_a_dry_run_shows_the_same_and_writes_nothing(workspace: Workspace) -> None:
    dry = workspace.night(late(P1, P2), dry_run=True)
    assert not workspace.store.exists()
    workspace.night(late(P1))
    before = files(workspace.store)
    dry = workspace.night(late(P1, P2), MONDAY, dry_run=True)
    assert files(workspace.store) == before
    real = workspace.night(late(P1, P2), MONDAY)
    assert dry.pop("dry_run") is True
    assert real.pop("dry_run") is False
    assert dry == real


def test_a_dry_run_may_look_at_a_past_day_a_run_may_not(workspace: Workspace) -> None:
    workspace.night(late(P1), MONDAY)
    with pytest.raises(UsageError, match="step back"):
        workspace.night(late(P1), SUNDAY)


def test_facts_that_change_within_a_day_are_run_again_and_back_again(workspace: Workspace) -> None:
    first = workspace.night(late(P1), facts="one")
    second = workspace.night(late(P1, P2), facts="two")
    third = workspace.night(late(P1), facts="one")
    assert len({first["run"], second["run"], third["run"]}) == 3
    assert third["counts"]["matters"] == {"cleared": 1, "kept": 1}
    assert workspace.night(late(P1), facts="one")["already_done"] is True


def test_a_missed_night_is_caught_up_by_the_next(workspace: Workspace) -> None:
    workspace.night(late(P1))
    night = workspace.night(late(P2), MONDAY + timedelta(5))
    assert [(t["account"], t["outcome"]) for t in night["tasks"]] == [("a1", "closed"), ("a2", "new")]


def test_two_orders_of_the_same_conclusions_give_the_same_tasks(workspace: Workspace, tmp_path: Path) -> None:
    one = workspace.night(late(P1, P2))
    other = Workspace(tmp_path / "other", workspace._patch).night(late(P2, P1))
    assert one == other


def test_an_engine_that_is_not_there_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no engine"):
        workspace.open_night(late(P1), engine="abacus")
    monkeypatch.setitem(__import__("sys").modules, "engine.reasoning.rete", None)
    with pytest.raises(EngineError, match="rete"):
        workspace.open_night(late(P1), engine="rete")
    assert list((workspace.store / "runs").iterdir()) == []


def test_values_of_facts_stay_data_in_every_text(workspace: Workspace) -> None:
    bad = "# {{ 7 * 7 }}\n- <b>x</b>\x1b[31m"
    found = late(P1)
    found.plays["keep"] = [("p1", "a1", {"account.name": bad})]
    [task] = workspace.night(found)["tasks"]
    assert task["title"] == "Call # {{ 7 * 7 }} - <b>x</b> [31m"
    assert render("{{ x }}", {"x": task["title"]}, "en", {}) == task["title"]


def test_outcomes_of_every_matter_stand_beside_the_conclusions(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(cooldown_days=5)])
    workspace.night(late(P1, P2))
    workspace.night(late(P1), MONDAY)
    run = workspace.night(late(P1, P2), MONDAY + timedelta(1))["run"]
    path = str(workspace.store / "runs" / run / "decisions.parquet")
    assert duckdb.sql(f"from '{path}'").fetchall() == [
        ("keep", "p1", "a1", "kept", None),
        ("keep", "p2", "a2", "cooldown", None),
    ]


def test_tasks_past_their_day_are_shown_to_others_once_a_level(workspace: Workspace) -> None:
    levels = (
        Escalation({None: Due(2, workdays=True)}, "owner.manager"),
        Escalation({None: Due(10, workdays=False)}, "director"),
    )
    workspace.policy = policy(plays=[play(escalate=levels)])
    [task] = workspace.night(late(P1))["tasks"]  # due on Monday the 23rd

    def shown(day: date) -> list[tuple[int, str]]:
        workspace.night(late(P1), day)
        with open_store(workspace.store) as store:
            return store.rows("select level, person from notice order by level")  # type: ignore[return-value]

    assert shown(date(2026, 11, 24)) == []
    assert shown(date(2026, 11, 25)) == [(1, "m1")]
    assert shown(date(2026, 12, 2)) == [(1, "m1")]
    assert shown(date(2026, 12, 3)) == [(1, "m1"), (2, "d1")]
    with open_store(workspace.store) as store:
        assert [t.id for t in list_tasks(store, TaskFilter(rep="m1"))] == [task["id"]]
        words.done(store, task["id"], Word("r1", NOON))
        assert list_tasks(store, TaskFilter(rep="d1")) == []


def test_a_task_done_in_time_is_not_shown_to_others(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(escalate=(Escalation({None: Due(1, workdays=False)}, "director"),))])
    [task] = workspace.night(late(P1))["tasks"]
    with open_store(workspace.store) as store:
        words.done(store, task["id"], Word("r1", NOON))
    workspace.night(late(P1), MONDAY + timedelta(7))
    with open_store(workspace.store) as store:
        assert store.rows("select * from notice") == []


def test_the_reckoned_tier_decides_over_an_empty_column(workspace: Workspace) -> None:
    tier = Evidence("tier", Ref(("account",), "account", "tier", Kind.TEXT))
    workspace.policy = policy(plays=[play(evidence=(*play().evidence, tier))])
    found = late(P2)
    found.plays["keep"] = [("p2", "a2", {"account.name": "Shop", "tier": "A"})]
    assert workspace.night(found)["tasks"][0]["priority"] == 1
