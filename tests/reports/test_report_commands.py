"""`holdfast account` and `holdfast remind` as a user runs them."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from cli import app
from engine.errors import StoreError, UsageError
from engine.workspace import init_workspace


def holdfast(*args: object) -> str:
    """What the command prints; its HoldfastError is raised."""
    done = CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def workspace(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the example company's night."""
    root = init_workspace(tmp_path_factory.mktemp("commands") / "firm", "en").root
    shutil.copytree(example, root / "store", dirs_exist_ok=True)
    return root


@pytest.mark.source("D0.file.complete")
def test_the_file_fits_eighty_columns(workspace: Path) -> None:
    lines = holdfast("account", "a42", "-w", workspace).splitlines()
    assert max(map(cell_len, lines)) <= 80
    for heading in ("Base data", "Risk", "Open tasks", "Trade", "Promises", "Contact log"):
        assert heading in lines


@pytest.mark.source("D0.file.complete")
def test_the_file_as_json_and_as_a_page(workspace: Path, tmp_path: Path) -> None:
    found = json.loads(holdfast("account", "a5", "-w", workspace, "--format", "json"))
    assert (found["id"], found["today"]) == ("a5", "2026-11-22")
    assert len(found["log"]) > 100
    page = tmp_path / "a5.html"
    holdfast("account", "a5", "-w", workspace, "--html", page)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.source("D0.remind.overdue")
def test_lists_as_table_json_and_csv(workspace: Path) -> None:
    table = holdfast("remind", "overdue", "-w", workspace)
    assert max(map(cell_len, table.splitlines())) <= 80
    found = json.loads(holdfast("remind", "overdue", "-w", workspace, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(holdfast("remind", "overdue", "-w", workspace, "--format", "csv")[1:])))
    assert [row["account"] for row in rows] == [row["account"] for row in found]
    assert len(holdfast("remind", "overdue", "-w", workspace, "--limit", "3").splitlines()) < len(found)


def test_what_is_wrong_is_said_in_a_line(workspace: Path, tmp_path: Path) -> None:
    for args, said in (
        (("account", "nobody-at-all", "-w", workspace), "there is no account 'nobody-at-all'"),
        (("remind", "todya", "-w", workspace), "did you mean 'today'?"),
        (("remind", "today", "--rep", "x1", "-w", workspace), "nobody is called 'x1'"),
        (("remind", "-w", workspace, "--year", "2025"), "--year"),
    ):
        with pytest.raises(UsageError) as error:
            holdfast(*args)
        assert said in f"{error.value.message} {error.value.hint}"
    empty = init_workspace(tmp_path / "empty", "zh").root
    with pytest.raises(StoreError) as missing:
        holdfast("remind", "today", "-w", empty)
    assert missing.value.hint == "run `holdfast run` first"
