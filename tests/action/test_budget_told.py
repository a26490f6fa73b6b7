"""What is said of full lists: by `tell`, which weighs one customer's matters against them, and by `tasks`."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_budget import SUNDAY, firm, night, promises, subjects
from typer.testing import CliRunner

from cli import app
from engine.errors import UsageError
from engine.job import tell_fact
from engine.workspace import Workspace

MONDAY = SUNDAY + timedelta(1)
AT = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    found = firm(tmp_path / "w", hours=2)
    promises(found, *["delivery"] * 4)
    night(found)
    return found


def asked(made: Workspace, *words: str) -> str:
    found = CliRunner().invoke(app, ["tasks", "--workspace", str(made.root), *words])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_tell_knows_that_the_lists_are_full(made: Workspace) -> None:
    told = {}
    for kind in ("reward", "delivery", "other"):
        effect = tell_fact(
            made, "promise", ["account=a3", f"kind={kind}", "made_on=2026-11-22"], "r1", at=AT, today=MONDAY
        ).effect
        assert effect is not None and effect.tasks is not None
        told[kind] = len([t for t in effect.tasks if t["outcome"] == "new"]), len(effect.waiting)
    base = told["reward"][1]  # 1 where a3's own promise waits, 0 where another one does
    assert told == {"reward": (1, base), "delivery": (1, base + 1), "other": (1, base + 2)}
    found = night(made, MONDAY)
    of_a3 = {name: [row for row in found[name] if row["account"] == "a3"] for name in ("tasks", "waiting")}
    assert len([task for task in of_a3["tasks"] if task["outcome"] == "new"]) == 1
    assert len(of_a3["waiting"]) == base + 2


def test_a_list_says_how_much_more_waits(made: Workspace) -> None:
    said = asked(made, "--rep", "r1")
    assert "2 more wait for room: holdfast tasks --rep r1 --status waiting" in said
    waiting = asked(made, "--status", "waiting", "--rep", "Ann")
    assert "Keep the promise" in waiting and "Late" in waiting and "11-22" in waiting
    assert "There was no room on the list of Ann: tasks 2, hours 2.0 of 2.0." in waiting
    rows = json.loads(asked(made, "--status", "waiting", "--format", "json"))
    assert len(subjects(rows)) == 2 and {row["status"] for row in rows} == {"waiting"}
    assert asked(made, "--status", "waiting", "--format", "csv").count("over_budget") == 2
    assert asked(made, "--status", "waiting", "--account", "nobody").strip() == "Nothing waits for room."


@pytest.mark.parametrize("words", [("--status", "open"), ("--format", "xlsx"), ("--format", "ics")])
def test_what_waits_is_no_task(made: Workspace, words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(app, ["tasks", "--workspace", str(made.root), "--status", "waiting", *words])
    assert isinstance(found.exception, UsageError)
