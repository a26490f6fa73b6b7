"""The commands for figures as a user runs them: formats, pages, mistakes, both languages."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from figure_facts import WEEK, policy
from reporting import night

from engine.workspace import init_workspace

CLI = Path(__file__).parents[2] / "cli.py"
EXAMPLE = ("--customers", "64000", "--loss-rate", "0.05", "--revenue", "40000", "--margin", "0.10")


def holdfast(*args: object, cwd: Path | None = None, language: str = "C") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CLI), *map(str, args)],
        capture_output=True, text=True, encoding="utf-8", cwd=cwd, timeout=300, check=False,
        env={"LC_ALL": language, "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures") / "firm"
    root = init_workspace(folder, "en").root
    night(root, WEEK, policy=policy())
    return root


@pytest.mark.parametrize(
    "command", [("stats",), ("team",), ("team", "days"), ("team", "digest"), ("economics",), ("rivals",)]
)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    done = holdfast(*command, "--help")
    assert done.returncode == 0
    assert f"holdfast {' '.join(command)}" in done.stdout


@pytest.mark.source("D3.econ.loss")
def test_the_documents_example_needs_no_workspace(tmp_path: Path) -> None:
    done = holdfast("economics", *EXAMPLE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for figure in ("3,200", "128,000,000", "12,800,000"):
        assert figure in done.stdout
    found = json.loads(holdfast("economics", *EXAMPLE, "--format", "json", "--table", "loss", cwd=tmp_path).stdout)
    assert {row["figure"]: row["value"] for row in found} == {
        "customers": 64000, "lost_customers": 3200, "lost_revenue": 128000000, "lost_profit": 12800000,
    }  # fmt: skip
    chinese = holdfast("economics", *EXAMPLE, cwd=tmp_path, language="zh_CN.UTF-8").stdout
    assert "流失客户" in chinese
    assert "12,800,000" in chinese


@pytest.mark.source("D0.stat.class")
def test_table_json_csv_and_page_say_the_same(workspace: Path, tmp_path: Path) -> None:
    asked = ("stats", "province", "spend", "-w", workspace)
    assert "1,800.5" in holdfast(*asked).stdout
    found = json.loads(holdfast(*asked, "--format", "json").stdout)
    assert found[0] | {"share": 0} == {
        "province": "江苏",
        "spend": 1800.5,
        "share": 0,
        "orders": 3,
        "mean_order": 600.1667,
    }
    rows = list(csv.DictReader(io.StringIO(holdfast(*asked, "--format", "csv").stdout.removeprefix("\ufeff"))))
    assert [(row["province"], row["spend"]) for row in rows] == [("江苏", "1800.5"), ("浙江", "100")]
    done = holdfast(*asked, "--html", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "1,800.5" in text


def test_lines_fit_a_terminal_of_80_columns(workspace: Path) -> None:
    from rich.cells import cell_len

    for asked in (
        ("stats",), ("stats", "rep", "margin"), ("stats", "quarter", "churn"), ("team", "--period", "2026-10"),
        ("team", "days", "--period", "2026-10"), ("team", "digest", "--month", "2026-06"), ("economics",), ("rivals",),
    ):  # fmt: skip
        done = holdfast(*asked, "-w", workspace)
        assert done.returncode == 0, done.stderr
        assert max(cell_len(line) for line in done.stdout.splitlines()) <= 80


def test_a_report_of_several_tables(workspace: Path) -> None:
    found = json.loads(holdfast("team", "-w", workspace, "--period", "2026-10", "--format", "json").stdout)
    assert list(found) == ["quantity", "quality", "promises", "retention"]
    several = holdfast("team", "-w", workspace, "--format", "csv")
    assert several.returncode == 2
    assert "--table" in several.stderr
    assert holdfast("team", "-w", workspace, "--format", "csv", "--table", "quality").returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("stats", "provinse", "spend"), ("stats", "province"), ("stats", "province", "spend", "--period", "2027"),
        ("team", "--by", "colour"), ("team", "--rep", "nobody"), ("team", "digest", "--month", "2026-Q3"),
        ("team", "--table", "none"), ("economics", "--level", "blue"), ("economics", "--set", "econ_nothing=1"),
        ("economics", "--set", "rubbish"), ("economics", "--loss-rate", "many"), ("rivals", "--by", "week"),
    ],
)  # fmt: skip
def test_a_mistake_ends_in_a_message(workspace: Path, wrong: tuple[str, ...]) -> None:
    done = holdfast(*wrong, "-w", workspace)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "try: " in done.stderr
