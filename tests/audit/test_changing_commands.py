"""diff and policy as they are typed: exit codes, what is printed, what is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from changing_help import POLICY, candidate, make

from engine.workspace import Workspace

ROOT = Path(__file__).parents[2]


def holdfast(firm: Workspace, *args: object) -> subprocess.CompletedProcess[str]:
    """What the command line answers; it may be called from anywhere."""
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, args), "--workspace", str(firm.root)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two nights have run."""
    return make(tmp_path_factory.mktemp("commands") / "firm", "zh", nights=2)


def test_diff(firm: Workspace, tmp_path: Path) -> None:
    folder = candidate(firm, tmp_path / "c", POLICY.replace("C: 3}", "C: 0}"))
    page = tmp_path / "page.html"
    asked = holdfast(firm, "diff", "--policy", folder, "--html", page, "--exit-code")
    assert (asked.returncode, asked.stderr) == (3, "")
    assert "兑现承诺" in page.read_text(encoding="utf-8")
    found = json.loads(holdfast(firm, "diff", "--policy", folder, "--format", "json", "--nights", "1").stdout)
    assert (found["nights"], found["tasks"][0]["causes"]) == (1, [{"kind": "limit", "name": "grace"}])


def test_no_difference(firm: Workspace) -> None:
    asked = holdfast(firm, "diff", "--policy", firm.root, "--exit-code")
    assert asked.returncode == 0 and "政策内容相同" in asked.stdout


def test_a_faulty_candidate(firm: Workspace, tmp_path: Path) -> None:
    asked = holdfast(
        firm, "diff", "--policy", candidate(firm, tmp_path / "c", POLICY.replace("limit.big", "limit.bug"))
    )
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "rules/policy.yaml:14" in asked.stderr and "^" in asked.stderr


def test_publishing_and_going_back(firm: Workspace) -> None:
    assert "第 1 版" in holdfast(firm, "policy", "publish", "--by", "李伟", "--approved-by", "[b]总经理").stdout
    policy = firm.rules / "policy.yaml"
    policy.write_text(POLICY.replace("big: 1000", "big: 900"))
    assert holdfast(firm, "policy", "rollback", "1", "--by", "李伟").returncode == 2
    assert "未发布的改动" in holdfast(firm, "policy", "log").stdout
    assert holdfast(firm, "policy", "publish", "--by", "李伟", "--note", "=cmd()").returncode == 0
    assert "1000 → 900" in holdfast(firm, "policy", "log").stdout
    assert "[b]总经理" in holdfast(firm, "policy", "log").stdout
    assert "'=cmd()" in holdfast(firm, "policy", "log", "--format", "csv").stdout
    assert json.loads(holdfast(firm, "policy", "show", "2", "--format", "json").stdout)["changes"][0]["name"] == "big"
    assert holdfast(firm, "policy", "rollback", "1", "--by", "李伟").returncode == 0
    assert policy.read_text() == POLICY
    assert holdfast(firm, "policy", "show", "9").returncode == 2
    said = holdfast(firm, "run", "--today", "2026-11-20").stdout
    assert "第 3 版" in said
