"""Episodes in nights: what holds a matter back, steps that facts show done, plays that are switched off."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from nights import ALWAYS, MONDAY, SUNDAY, Conclusions, Workspace, late, play, policy, step

from engine.action import words
from engine.action.undoing import undo
from engine.action.words import Word
from engine.errors import UsageError
from engine.policy.expressions import Literal
from engine.policy.kinds import Kind
from engine.policy.model import Due, Escalation, Evidence, Limit, MaxFires, done_name
from engine.store import open_store
from engine.store.migrations import APPLICATION_ID, MIGRATIONS
from engine.store.tasks import TaskFilter, get_task, list_tasks

P1, P2 = ("p1", "a1"), ("p2", "a2")
LI = Word("r1", datetime(2026, 11, 22, 9), "so it is")
NONE = Conclusions(plays={"keep": []})


def day(n: int) -> date:
    return SUNDAY + timedelta(n)


def outcomes(workspace: Workspace, night: dict[str, Any]) -> dict[str, str]:
    path = str(workspace.store / "runs" / night["run"] / "decisions.parquet")
    return {row[1]: row[3] for row in duckdb.sql(f"from '{path}'").fetchall()}


def one(workspace: Workspace, conclusions: Conclusions, on: date) -> str:
    """The outcome of p1 that night."""
    return outcomes(workspace, workspace.night(conclusions, on)).get("p1", "")


def say(workspace: Workspace, word: str, *given: Any, **named: Any) -> None:
    with open_store(workspace.store) as store:
        [task] = list_tasks(store, TaskFilter(account="a1"))
        getattr(words, word)(store, task.id, LI, *given, **named)


def shown(*steps: str) -> Conclusions:
    """The play `keep` holds for p1, and the facts show the steps done."""
    found = late(P1)
    facts = {done_name(name): name in steps for name in ("call", "write")}
    found.plays["keep"] = [("p1", "a1", {"account.name": "Shop a1", **facts})]
    return found


def by_facts(**given: Any) -> Any:
    """A play whose two steps have a `done_when`, the second after the first."""
    steps = (step(done_when=ALWAYS), step("write", after=("call",), done_when=ALWAYS))
    evidence = [Evidence(done_name(name), Literal(True, Kind.BOOLEAN)) for name in ("call", "write")]
    return policy(plays=[play(steps=steps, evidence=(*play().evidence, *evidence), **given)])


def tasks(workspace: Workspace) -> list[tuple[str, str, str | None]]:
    with open_store(workspace.store) as store:
        return store.rows("select step, status, ended_why from task order by made_run, step")  # type: ignore[return-value]


def test_a_task_ends_when_the_facts_show_it_done_and_the_next_step_comes(workspace: Workspace) -> None:
    workspace.policy = by_facts()
    workspace.night(shown())
    night = workspace.night(shown("call"), MONDAY)
    assert [(t["step"], t["outcome"]) for t in night["tasks"]] == [("call", "done"), ("write", "new")]
    assert tasks(workspace) == [("call", "done", "facts"), ("write", "open", None)]
    assert workspace.night(shown("call"), day(2))["counts"]["matters"] == {"kept": 1}
    workspace.night(shown("call", "write"), day(3))
    assert tasks(workspace)[1] == ("write", "done", "facts")
    assert one(workspace, shown(), day(4)) == "done"


def test_a_begun_task_ends_so_too(workspace: Workspace) -> None:
    workspace.policy = by_facts()
    workspace.night(shown())
    say(workspace, "start")
    workspace.night(shown("call"), MONDAY)
    assert tasks(workspace)[0] == ("call", "done", "facts")


def test_a_step_that_is_done_already_is_not_made(workspace: Workspace) -> None:
    workspace.policy = by_facts()
    [task] = workspace.night(shown("call"))["tasks"]
    assert task["step"] == "write"
    assert workspace.night(shown(), MONDAY)["tasks"] == [task | {"outcome": "kept"}]


def test_where_all_is_done_already_nothing_opens(workspace: Workspace) -> None:
    workspace.policy = by_facts()
    assert one(workspace, shown("call", "write"), SUNDAY) == "done"
    with open_store(workspace.store) as store:
        assert store.rows("select * from episode") == []
    assert one(workspace, shown("call"), MONDAY) == "new"


def test_what_tonights_facts_cannot_tell_shows_nothing(workspace: Workspace) -> None:
    workspace.policy = by_facts()
    [keep] = workspace.policy.plays.values()
    steps = tuple(replace(s, done_needs=frozenset({"interaction"})) for s in keep.steps)
    workspace.policy = replace(workspace.policy, plays={"keep": replace(keep, steps=steps)})
    assert [t["step"] for t in workspace.night(shown("call"))["tasks"]] == ["call"]


def test_a_false_alarm_holds_back_for_its_time(workspace: Workspace) -> None:
    workspace.night(late(P1, P2))
    say(workspace, "false_alarm")
    assert tasks(workspace)[0][1:] in (("closed", "false_alarm"), ("open", None))
    assert one(workspace, late(P1), day(1)) == "false_alarm"
    assert one(workspace, NONE, day(2)) == ""
    assert one(workspace, late(P1), day(89)) == "false_alarm"
    assert one(workspace, late(P1), day(90)) == "new"


def test_for_how_long_is_a_limit_of_the_policy(workspace: Workspace) -> None:
    limit = Limit("false_alarm_days", {None: 10}, Kind.INTEGER, {})
    workspace.policy = replace(workspace.policy, limits={"false_alarm_days": limit})
    workspace.night(late(P1))
    say(workspace, "false_alarm")
    assert [one(workspace, late(P1), day(n)) for n in (9, 10)] == ["false_alarm", "new"]


def test_a_false_alarm_that_was_none_comes_back(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(cooldown_days=30)])
    [task] = workspace.night(late(P1))["tasks"]
    say(workspace, "false_alarm")
    with open_store(workspace.store) as store:
        undo(store, task["id"], LI)
        assert get_task(store, task["id"]).status == "closed"
        with pytest.raises(UsageError, match="nothing was said"):
            undo(store, task["id"], LI)
    assert one(workspace, late(P1), day(1)) == "new"


def test_put_off_it_shows_nothing_until_its_day_and_is_due_then(workspace: Workspace) -> None:
    levels = (Escalation({None: Due(1, workdays=True)}, "owner.manager"),)
    workspace.policy = policy(plays=[play(escalate=levels)])
    [task] = workspace.night(late(P1))["tasks"]
    say(workspace, "snooze", day(9))
    night = workspace.night(late(P1), day(8))
    assert (night["tasks"], outcomes(workspace, night)) == ([], {"p1": "snoozed"})
    with open_store(workspace.store) as store:
        assert list_tasks(store) == []
        assert [t.id for t in list_tasks(store, TaskFilter(today=day(9)))] == [task["id"]]
        assert store.rows("select * from notice") == []
    [back] = workspace.night(late(P1), day(9))["tasks"]
    assert (back["id"], back["outcome"], back["due_on"]) == (task["id"], "kept", day(9).isoformat())


def test_a_missed_night_brings_it_back_too(workspace: Workspace) -> None:
    workspace.night(late(P1))
    say(workspace, "snooze", day(3))
    assert one(workspace, late(P1), day(12)) == "kept"


def test_put_off_it_closes_when_its_cause_goes(workspace: Workspace) -> None:
    workspace.night(late(P1))
    say(workspace, "snooze", day(9))
    workspace.night(NONE, day(2))
    assert tasks(workspace) == [("call", "closed", "condition_gone")]


def test_beginning_a_task_takes_its_snooze_away_and_undo_the_new_due_day(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    say(workspace, "snooze", day(9))
    with open_store(workspace.store) as store:
        undo(store, task["id"], LI)
        assert [t.due_on for t in list_tasks(store)] == [day(1)]
        words.snooze(store, task["id"], LI, day(9))
        words.start(store, task["id"], LI)
        assert [t.status for t in list_tasks(store)] == ["started"]


@pytest.mark.parametrize("until", [SUNDAY, SUNDAY - timedelta(3), SUNDAY + timedelta(367)])
def test_it_is_put_off_to_a_day_ahead(workspace: Workspace, until: date) -> None:
    workspace.night(late(P1))
    with pytest.raises(UsageError, match="put off"):
        say(workspace, "snooze", until)


def test_no_oftener_than_max_fires(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(max_fires=MaxFires(2, 30))])
    found = []
    for n in range(0, 40, 2):
        found.append(one(workspace, late(P1), day(n)))
        workspace.night(NONE, day(n + 1))
    assert found == ["new"] * 2 + ["max_fires"] * 13 + ["new"] * 2 + ["max_fires"] * 3


def test_rearmed_only_once_it_has_gone(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(cooldown_days=3, rearm="cleared")])
    workspace.night(late(P1))
    say(workspace, "done")
    assert [one(workspace, late(P1), day(n)) for n in (1, 10)] == ["done", "done"]
    workspace.night(NONE, day(11))
    assert [one(workspace, late(P1), day(n)) for n in (12, 14)] == ["cooldown", "new"]


def test_a_play_that_is_switched_off_ends_and_says_so(workspace: Workspace) -> None:
    workspace.night(late(P1, P2))
    say(workspace, "start")
    workspace.policy = policy(plays=[play(enabled=False)], hash="off")
    night = workspace.night(late(P1, P2), MONDAY)
    assert {t["status"] for t in night["tasks"]} == {"started", "closed"}
    assert night["counts"]["matters"] == {"cleared": 1, "clearing": 1}
    assert outcomes(workspace, workspace.night(late(P1, P2), day(2))) == {"p1": "clearing", "p2": "disabled"}
    assert workspace.night(late(("p3", "a1")), day(3))["counts"]["matters"]["disabled"] == 1
    workspace.policy = policy(plays=[play()], hash="on")
    assert outcomes(workspace, workspace.night(late(P1, P2), day(4))) == {"p1": "kept", "p2": "new"}


def test_kept_is_a_fact_and_ends_the_matter(workspace: Workspace) -> None:
    workspace.night(late(P1))
    say(workspace, "kept", date(2026, 11, 20))
    assert tasks(workspace) == [("call", "done", "kept")]
    with open_store(workspace.store) as store:
        assert store.rows("select type, fact, fields, who from told") == [
            ("promise", "p1", '{"kept_on": "2026-11-20"}', "r1")
        ]


def test_only_a_promise_is_kept(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(about="account")])
    workspace.night(Conclusions(plays={"keep": [("a1", "a1", {"account.name": "Shop a1"})]}))
    with pytest.raises(UsageError, match="not about a promise"):
        say(workspace, "kept")
    with open_store(workspace.store) as store:
        assert store.rows("select * from told") == []


def test_lost_ends_all_of_the_account_until_it_is_taken_back(workspace: Workspace) -> None:
    workspace.policy = policy(plays=[play(steps=(step(), step("write")))])
    workspace.night(late(P1, P2, ("p3", "a1")))
    with open_store(workspace.store) as store:
        task = next(t for t in list_tasks(store, TaskFilter(account="a1")))
        words.lost(store, task.id, LI, "moved to a rival", "active")
        assert {t.account for t in list_tasks(store)} == {"a2"}
        assert store.rows("select fact, fields from told") == [
            ("a1", '{"lost_cause": "moved to a rival", "lost_kind": "active", "lost_on": "2026-11-22"}')
        ]
    found = outcomes(workspace, workspace.night(late(P1, P2, ("p3", "a1")), day(200)))
    assert found == {"p1": "lost", "p2": "kept", "p3": "lost"}
    with open_store(workspace.store) as store:
        undo(store, task.id, LI)
    found = outcomes(workspace, workspace.night(late(P1, P2, ("p3", "a1")), day(201)))
    assert found == {"p1": "new", "p2": "kept", "p3": "new"}


def test_given_to_somebody_it_stays_there_while_they_are_active(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    say(workspace, "reassign", "Mei")
    assert [t["assignee"] for t in workspace.night(late(P1), MONDAY)["tasks"]] == ["m1"]
    with open_store(workspace.store) as store:
        undo(store, task["id"], LI)
        assert get_task(store, task["id"]).assignee == "r1"


@pytest.mark.parametrize(("who", "said"), [("nobody", "nobody is called"), ("Li Wei", "2 people"), ("g9", "no longer")])
def test_who_speaks_and_who_takes_works_here(workspace: Workspace, who: str, said: str) -> None:
    workspace.night(late(P1))
    with open_store(workspace.store) as store:
        with store.transaction() as tx:
            tx.execute("insert into rep values ('g9', 'Gone', null, 0)")
        [task] = list_tasks(store)
        with pytest.raises(UsageError, match=said):
            words.start(store, task.id, Word(who, LI.at))
        with pytest.raises(UsageError, match=said):
            words.reassign(store, task.id, LI, who)
        assert store.rows("select * from action") == []


def test_what_was_done_is_taken_back_only_before_the_next_night(workspace: Workspace) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    say(workspace, "done")
    with open_store(workspace.store) as store:
        undo(store, task["id"], LI)
        words.done(store, task["id"], LI)
    workspace.night(late(P1), MONDAY)
    with open_store(workspace.store) as store, pytest.raises(UsageError, match="moved on"):
        undo(store, task["id"], LI)
    assert tasks(workspace) == [("call", "done", "done")]


def test_escalated_by_tier_and_step_to_whom_it_is_not_already(workspace: Workspace) -> None:
    levels = (
        Escalation({"A": Due(1, workdays=True)}, "owner.manager", ("call",)),
        Escalation({None: Due(3, workdays=True)}, "owner.manager"),
    )
    workspace.policy = policy(plays=[play(steps=(step(), step("mine", assign="owner.manager")), escalate=levels)])
    workspace.night(late(P1, P2))

    def seen(on: date) -> set[tuple[str, str, int, str]]:
        workspace.night(late(P1, P2), on)
        with open_store(workspace.store) as store:
            return set(
                store.rows(
                    "select e.account, t.step, n.level, n.person from notice n join task t on t.id = n.task"
                    " join episode e on e.id = t.episode"
                )
            )  # type: ignore[arg-type]

    assert seen(day(2)) == {("a1", "call", 1, "m1")}
    assert seen(day(4)) >= {("a2", "call", 2, "m1"), ("a1", "mine", 2, "d1")}
    with open_store(workspace.store) as store:
        found = next(t for t in list_tasks(store, TaskFilter(rep="m1")) if (t.account, t.step) == ("a1", "call"))
    notice = found.escalated[0]
    assert (notice.before_name, notice.since, notice.why) == ("Li Wei", day(2), "not_begun")


def test_a_store_of_the_first_version_goes_on(workspace: Workspace) -> None:
    """Its episodes and tasks are carried along, and the next night finds them."""
    [kept, done] = workspace.night(late(P1, P2))["tasks"]
    with open_store(workspace.store) as store:
        words.done(store, done["id"], LI)
    as_first_version(workspace.store / "holdfast.db")
    night = workspace.night(late(P1, P2), MONDAY)
    assert [t["id"] for t in night["tasks"]] == [kept["id"]]
    assert outcomes(workspace, night) == {"p1": "kept", "p2": "done"}
    say(workspace, "snooze", day(9))
    assert outcomes(workspace, workspace.night(late(P1, P2), day(2))) == {"p1": "snoozed", "p2": "done"}


def as_first_version(path: Path) -> None:
    """Give a store the tables of the first release, with what they could hold."""
    path.rename(path.with_suffix(".now"))
    with closing(sqlite3.connect(path)) as db:
        db.executescript(MIGRATIONS[0])
        db.execute("create table migrations (number integer primary key)")
        db.execute("insert into migrations values (1)")
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute("attach ? as now", [str(path.with_suffix(".now"))])
        for table in ("policy", "run", "rep", "episode", "task", "action", "notice"):
            names = ", ".join(row[1] for row in db.execute(f"pragma table_info({table})"))
            db.execute(f"insert into {table} ({names}) select {names} from now.{table}")
        db.commit()
