"""The commands that explain, as a user runs them: text of 80 columns, JSON, a page for the file."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner
from why_help import DAY, firm, task_of

from cli import app
from engine.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The firm in either language, not to be changed."""
    return firm(tmp_path_factory.mktemp("commands") / "firm", request.param)


def asked(workspace: Workspace, *args: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, [*args, "-w", str(workspace.root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(workspace: Workspace, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, str(ROOT / "cli.py"), *args, "-w", str(workspace.root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def questions(workspace: Workspace) -> list[tuple[str, ...]]:
    return [
        ("why", "a1"), ("why", "a3", "keep"), ("why", task_of(workspace, "a1")), ("why-not", "a6", "late"),
        ("history", "a1"), ("compare", str(DAY), "last"),
    ]  # fmt: skip


def test_every_explanation_as_text_json_and_page(made: Workspace, tmp_path: Path) -> None:
    for n, question in enumerate(questions(made)):
        assert max(map(width, asked(made, *question).splitlines())) <= 80
        assert "sealed" in json.loads(asked(made, *question, "--format", "json"))
        page = tmp_path / f"{n}.html"
        assert str(page) in asked(made, *question, "--format", "html", "--output", str(page)).replace("\n", "")
        content = page.read_text(encoding="utf-8")
        assert content.startswith("<!doctype html>") and content.rstrip().endswith("</html>")
        assert "<b>a1" not in content and "<b>a3" not in content
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.html" for n in range(6)]  # nothing half-written


def test_a_page_to_stdout_is_the_same(made: Workspace, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    asked(made, "why", "a1", "--format", "html", "-o", str(page))
    assert asked(made, "why", "a1", "--format", "html") == page.read_text(encoding="utf-8")
    text = tmp_path / "page.txt"
    asked(made, "why", "a1", "-o", str(text))
    assert asked(made, "why", "a1") == text.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_said(made: Workspace, tmp_path: Path) -> None:
    done = refused(made, "why", "a1", "--format", "html", "-o", str(tmp_path / "none" / "page.html"))
    assert done.returncode == 1 and str(tmp_path) in done.stderr and "Traceback" not in done.stderr


def test_wrong_usage_ends_with_two(made: Workspace) -> None:
    for args in (("why", "nobody"), ("why", "a1", "lat"), ("why", "a1", "late", "--subject", "p2")):
        done = refused(made, *args)
        assert done.returncode == 2 and done.stderr.startswith(("error: ", "错误：")) and "\n  " in done.stderr
