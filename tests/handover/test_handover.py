"""A hand-over from the notice to the closing, by the facts of a small firm."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from handing import DAY, FACTS, MANAGER, REP, firm, ground, later, run
from rich.cells import cell_len
from typer.testing import CliRunner

from cli import app
from engine.errors import UsageError
from engine.handover.leavers import decider, leavers
from engine.handover.plan import plan_of, rotation_of
from engine.handover.state import State
from engine.handover.words import accept, change, close, refuse, step
from engine.store.opening import read_store
from engine.workspace import Workspace, open_workspace

LAST = date(2026, 12, 18)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm after its first night, to be copied."""
    return firm(tmp_path_factory.mktemp("first")).root


@pytest.fixture
def workspace(first: Path, tmp_path: Path) -> Workspace:
    return open_workspace(Path(shutil.copytree(first, tmp_path / "firm")))


def holdfast(*args: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


def owners(workspace: Workspace) -> dict[str, str | None]:
    with read_store(workspace.store) as store:
        rows = store.rows(
            "select e.account, t.assignee from task t join episode e on e.id = t.episode where t.status = 'open'"
        )
    return dict(rows)


@pytest.mark.source("D1.handover.manager")
def test_on_notice_there_is_a_proposal_for_every_customer(workspace: Workspace) -> None:
    with ground(workspace) as here:
        [one] = leavers(here)
        assert (one.rep, one.manager, one.held, one.gone) == ("r1", "m1", {"A": 1, "B": 1, "C": 1}, False)
        plan = plan_of(here, "r1")
    assert {line.account: line.rep for line in plan.lines} == {"a1": "r3", "a2": "r2", "a3": "r2"}
    said = [reason.phrase for reason in plan.lines[0].reasons]
    assert said[:3] == ["handover_why_second", "handover_why_department", "handover_why_no_region"]
    assert {(m.kind, m.id, m.carer) for m in plan.matters if m.kind != "task"} == {
        ("promise", "p1", None), ("promise", "p2", "r2"), ("complaint", "c1", None), ("renewal", "s1", None),
    }  # fmt: skip
    assert len([m for m in plan.matters if m.kind == "task"]) == 3


@pytest.mark.source("D1.handover.manager")
@pytest.mark.source("D1.handover.watch")
def test_from_acceptance_to_the_watch(workspace: Workspace) -> None:
    with ground(workspace) as here:
        taken = accept(here, "r1", ["a1", "Beta"], MANAGER)
        assert taken.since == (("a1", LAST), ("a2", LAST))
    with ground(workspace) as here:  # known at once, before any night
        plan = plan_of(here, "r1")
        assert [line.state for line in plan.lines] == [State.ACCEPTED, State.ACCEPTED, State.PROPOSED]
        assert plan.lines[0].due_on == later(3)
        assert plan.lines[0].said == ((State.ACCEPTED, DAY, "m1"),)
        assert {m.id: m.carer for m in plan.matters if m.kind != "task"}["p1"] == "r3"
        with pytest.raises(UsageError, match="not told"):
            step(here, "a1", State.INTRODUCED, MANAGER)
        step(here, "a1", State.TOLD, MANAGER, record="letter")
        with pytest.raises(UsageError, match="goes to"):
            accept(here, "r1", ["a1"], MANAGER)
    run(workspace, later(1))
    assert owners(workspace)["a1"] == "r1"  # until the last day
    with ground(workspace, later(2)) as here:
        step(here, "a1", State.INTRODUCED, MANAGER, record="visit")
    with ground(workspace, later(2)) as here:
        step(here, "a1", State.COMPLETE, MANAGER)
        assert here.source.rows("select channel from interaction order by happened_on") == [("letter",), ("visit",)]
    run(workspace, LAST)
    assert owners(workspace) | {"a3": None} == {"a1": "r3", "a2": "r2", "a4": "r2", "a3": None}
    with ground(workspace, date(2027, 1, 18)) as here:
        plan = plan_of(here, "r1")
        line = plan.lines[0]
        assert (line.state, line.due_on) == (State.COMPLETE, None)
        assert line.watch is not None
        assert (line.watch.before, line.watch.after, line.watch.days) == (5000, 0, 31)


@pytest.mark.source("D1.handover.manager")
def test_a_departure_closes_only_when_all_is_in_active_hands(workspace: Workspace) -> None:
    with ground(workspace) as here:
        accept(here, "r1", ["a1"], MANAGER)
    with ground(workspace) as here:
        plan = close(here, "r1", MANAGER)
        missing = [getattr(each, "account", None) for each in plan.missing]
        assert sorted(filter(None, missing)) == ["a2", "a2", "a2", "a3", "a3", "a3"]  # itself, what is open, its task
        assert here.source.rows("select handed_over_on from rep where id = 'r1'") == [(None,)]
        accept(here, "r1", [], MANAGER, all=True)
    with ground(workspace) as here:
        assert not close(here, "r1", MANAGER).missing
    with ground(workspace) as here:
        assert leavers(here)[0].closed_on == DAY


@pytest.mark.source("D1.handover.manager")
def test_a_manager_changes_and_refuses(workspace: Workspace) -> None:
    with ground(workspace) as here:
        with pytest.raises(UsageError, match="say why"):
            refuse(here, "r1", "a1", MANAGER)
        refuse(here, "r1", "a1", replace(MANAGER, note="no"))
        change(here, "r1", "a3", "r4", MANAGER)
        with pytest.raises(UsageError, match="2 people are called Ann"):
            change(here, "r1", "a2", "Ann", MANAGER)
        with pytest.raises(UsageError, match="leaves"):
            change(here, "r1", "a2", "r1", MANAGER)
    with ground(workspace) as here:
        lines = {line.account: line for line in plan_of(here, "r1").lines}
        assert (lines["a1"].rep, lines["a1"].refused) == ("r2", ("Ann (r3)",))
        assert (lines["a3"].rep, lines["a3"].state) == ("r4", State.ACCEPTED)
        change(here, "r1", "a3", "r2", MANAGER)  # not told yet: amended
    with ground(workspace) as here:
        [row] = here.source.rows("select id, rep from handover where account = 'a3'")
        assert row == ("handover-a3-1", "r2")
        step(here, "a3", State.TOLD, MANAGER)
    with ground(workspace) as here:
        change(here, "r1", "a3", "r4", MANAGER)  # told: another change
    run(workspace, LAST)
    assert owners(workspace)["a3"] == "r4"


@pytest.mark.source("D1.handover.manager")
def test_twice_changed_needs_a_managers_word(tmp_path: Path) -> None:
    often = "id,account,rep,since,until\ng0,a1,r4,2026-01-01,2026-10-01\ng1,a1,r2,2026-10-01,2026-11-01\n"
    workspace = firm(tmp_path, {"assignment": f"{often}g2,a1,r1,2026-11-01,\n"})
    with ground(workspace) as here:
        with pytest.raises(UsageError, match="has changed 2 times in 90 days"):
            accept(here, "r1", ["a1"], MANAGER)
        taken = accept(here, "r1", [], MANAGER, all=True)
        assert [line.account for line in taken.held] == ["a1"]
        assert [line.account for line in taken.accepted] == ["a2", "a3"]
        with pytest.raises(UsageError, match="no manager"):
            accept(here, "r1", ["a1"], replace(MANAGER, who="r4"), anyway=True)
        accept(here, "r1", ["a1"], MANAGER, anyway=True)
    with ground(workspace) as here:
        assert here.source.rows("select anyway_by from handover where account = 'a1'") == [("m1",)]


@pytest.mark.source("D1.handover.manager")
def test_nobody_is_there_and_the_manager_is_the_leaver(tmp_path: Path) -> None:
    alone = (
        "id,name,role,department,manager,notice_on,left_on\nr1,Lee,sales,S1,r1,2026-11-16,2026-12-18\n"
        "r2,Ann,sales,S1,r1,,2026-11-01\nr3,Eve,sales,S1,r1,2026-11-17,\n"
    )
    with ground(firm(tmp_path, {"rep": alone})) as here:
        assert decider(here, "r1") is None
        plan = plan_of(here, "r1")
        assert [line.state for line in plan.lines] == [State.NOBODY] * 3
        taken = accept(here, "r1", [], MANAGER, all=True)
        assert (len(taken.accepted), len(taken.nobody)) == (0, 3)
        assert close(here, "r1", MANAGER).missing


@pytest.mark.source("D1.handover.manager")
def test_who_is_away_for_long_gets_nothing_and_managers_stand_in(tmp_path: Path) -> None:
    away = "id,rep,told_on,since,until\nx1,r2,2026-11-01,2026-11-25,2027-01-31\nx2,r3,2026-11-01,2026-11-10,\n"
    few = "\n".join(line for line in REP.splitlines() if not line.startswith("r4")) + "\n"
    workspace = firm(tmp_path, {"absence": away + "x3,m1,2026-11-01,2026-11-20,2026-11-24\n", "rep": few})
    with ground(workspace) as here:
        found = {line.account: line.rep for line in plan_of(here, "r1").lines}
    assert set(found.values()) == {"m1"}


@pytest.mark.source("D1.loyalty.rotate")
def test_rotation_is_staggered(tmp_path: Path) -> None:
    rows = "".join(f"a{n},Firm {n},r{2 + n % 2},A,customer\n" for n in range(1, 8))
    held = "".join(f"g{n},a{n},r{2 + n % 2},20{10 + n}-01-01,\n" for n in range(1, 8))
    workspace = firm(
        tmp_path,
        {
            "account": f"id,name,owner,tier,kind\n{rows}b1,Small,r4,A,customer\n",
            "assignment": f"id,account,rep,since,until\n{held}h1,b1,r4,2020-01-01,\n",
            "order": FACTS["order"].splitlines()[0] + "\n", "promise": FACTS["promise"].splitlines()[0] + "\n",
            "complaint": FACTS["complaint"].splitlines()[0] + "\n", "subscription": "id,account,started_on,ends_on\n",
        },
    )  # fmt: skip
    with ground(workspace) as here:
        plan = rotation_of(here, "S1")  # seven, half of them at once, but one of each carer
        assert {line.account: line.owner for line in plan.lines} == {"a1": "r3", "a2": "r2"}
        assert all(line.rep not in (None, line.owner) for line in plan.lines)
        assert plan_of(here, "r3").lines == tuple(line for line in plan.lines if line.owner == "r3")
        assert [line.account for line in rotation_of(here, None).lines] == ["a1", "a2", "b1"]
        taken = accept(here, "r3", ["a1"], MANAGER)
        assert taken.since == (("a1", later(15)),)
        with pytest.raises(UsageError, match="not in turn"):
            accept(here, "r3", ["a3"], MANAGER)
        with pytest.raises(UsageError, match="no team 'S9'"):
            rotation_of(here, "S9")
    with ground(workspace) as here:  # the next of the same carer waits until this one is complete
        assert [(line.account, line.state) for line in rotation_of(here, "S1").lines] == [
            ("a1", State.ACCEPTED), ("a2", State.PROPOSED),
        ]  # fmt: skip


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    turned = {}
    for name, text in FACTS.items():
        head, *rows = text.splitlines()
        turned[name] = "\n".join([head, *reversed(rows)]) + "\n"
    with ground(firm(tmp_path / "one")) as first, ground(firm(tmp_path / "two", turned)) as second:
        assert plan_of(first, "r1").lines == plan_of(second, "r1").lines


def test_in_the_terminal(workspace: Workspace) -> None:
    at = ("-w", workspace.root, "--today", DAY)
    assert "r1" in holdfast("handover", *at)
    shown = holdfast("handover", "r1", *at)
    assert "is second carer, same department" in shown.replace("\n    ", " ")
    assert json.loads(holdfast("handover", "Lee", *at, "--format", "json"))["missing"] == 9
    assert "a1" in holdfast("handover", "close", "r1", "--by", "m1", *at, code=3)
    holdfast("handover", "accept", "r1", "--all", "--by", "m1", *at)
    holdfast("handover", "told", "a1", "--by", "m1", "--record", "call", *at)
    assert "closed" in holdfast("handover", "close", "r1", "--by", "m1", *at)
    text = (workspace.root / "holdfast.yaml").read_text(encoding="utf-8")
    (workspace.root / "holdfast.yaml").write_text(text.replace("language: en", "language: zh"), encoding="utf-8")
    chinese = holdfast("handover", "r1", *at)
    assert "已告知客户" in chinese
    for text in (shown, chinese, holdfast("handover", *at), holdfast("handover", "--rotate", "S1", *at)):
        assert max(map(cell_len, text.splitlines())) <= 80
