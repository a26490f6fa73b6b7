"""`holdfast capacity` and `holdfast plan` as a user runs them, on the example company before and after a night."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from outlooks import firm
from rich.cells import cell_len
from test_plan import FACTS as SMALL
from typer.testing import CliRunner

from cli import app
from engine.errors import UsageError
from engine.workspace import init_workspace

FACTS = Path(__file__).parents[2] / "examples" / "company" / "facts"


def holdfast(*args: object) -> str:
    """What the command prints; its HoldfastError is raised."""
    done = CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the shipped policy that never had a night."""
    return init_workspace(tmp_path_factory.mktemp("fresh") / "firm", "zh").root


@pytest.fixture(scope="module", params=["en", "zh"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a small policy and few facts, in either language; no night."""
    return firm(tmp_path_factory.mktemp("small") / "firm", SMALL, request.param).root


@pytest.fixture(scope="module")
def after(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the example company's night."""
    root = init_workspace(tmp_path_factory.mktemp("after") / "firm", "en").root
    shutil.copytree(example, root / "store", dirs_exist_ok=True)
    return root


@pytest.mark.source("D1.cadence.A")
def test_before_any_night_they_fit_eighty_columns_and_write_nothing(fresh: Path) -> None:
    given = ("--facts", FACTS, "--today", "2026-11-22", "-w", fresh)
    for args in (("capacity",), ("plan", "--rep", "r5")):
        printed = holdfast(*args, *given)
        assert max(map(cell_len, printed.splitlines())) <= 80
    assert [path for path in (fresh / "store").rglob("*") if path.is_file()] == []


@pytest.mark.source("D1.cadence.B", "D0.remind.week")
def test_after_a_night_its_facts_and_tasks_are_there(after: Path) -> None:
    found = json.loads(holdfast("capacity", "-w", after, "--format", "json"))
    assert list(found) == ["company", "people", "fit", "tiers", "work"]
    people = {row["rep"]: row for row in found["people"]}
    assert people["r6"]["verdict"] == "cannot_be_met" and [row["rep"] for row in found["fit"]] == ["r6"]
    assert sum(row["open_tasks"] for row in found["work"]) == len(
        json.loads(holdfast("tasks", "-w", after, "--format", "json"))
    )


@pytest.mark.source("D1.cadence.C", "D0.remind.overdue")
def test_overdue_signals_are_behind_the_plan(after: Path) -> None:
    overdue = json.loads(holdfast("remind", "overdue", "-w", after, "--format", "json"))
    plan = json.loads(holdfast("plan", "-w", after, "--format", "json"))
    rows = {(row["account"], row["role"], row["channel"]): row for row in plan["plan"]}
    wanted = {(row["account"], row["role"], row["channel"]) for row in overdue}
    assert wanted == {key for key, row in rows.items() if row["overdue"]}
    assert all(rows[key]["pace"] == "behind" or rows[key]["remaining"] == 0 for key in wanted)
    people = {(row["account"], row["role"], row["channel"]): row["who"] for row in overdue}
    assert all(rows[key]["rep"] == who for key, who in people.items())
    assert len(plan["days"]) == sum(row["remaining"] for row in plan["plan"] if row["suggested_on"])


def test_all_forms_fit_in_either_language(small: Path, tmp_path: Path) -> None:
    given = ("-w", small, "--today", "2026-11-22")
    for args in (("capacity",), ("plan",), ("plan", "--behind", "--days"), ("plan", "--account", "behind")):
        assert max(map(cell_len, holdfast(*args, *given).splitlines())) <= 80
    listed = list(csv.DictReader(io.StringIO(holdfast("plan", *given, "--tier", "a", "--format", "csv")[1:])))
    assert {row["tier"] for row in listed} == {"A"}
    assert list(json.loads(holdfast("plan", *given, "--format", "json"))) == ["summary", "plan", "days"]
    for command in ("plan", "capacity"):
        page = tmp_path / f"{command}.html"
        holdfast(command, *given, "--html", page)
        text = page.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>") and "<svg" in text and "<script" not in text
    assert "<h2>Rita" in (tmp_path / "plan.html").read_text(encoding="utf-8")


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    small = firm(tmp_path / "firm", SMALL).root
    for args, said in (
        (("plan", "--rep", "x1"), "nobody is called 'x1'"),
        (("plan", "--account", "no-such-account"), "there is no account"),
        (("plan", "--month", "2026"), "is no month"),
        (("plan", "--tier", "Z"), "there is no tier 'Z'"),
        (("capacity", "--rep", "x1"), "nobody is called 'x1'"),
        (("capacity", "--table", "peopl"), "did you mean 'people'?"),
        (("capacity", "--format", "csv"), "a CSV file holds one"),
    ):
        with pytest.raises(UsageError) as error:
            holdfast(*args, "-w", small)
        assert said in f"{error.value.message} {error.value.hint}"
