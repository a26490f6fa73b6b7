"""The commands, run as a user runs them: exit codes, messages, and nothing left behind."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.asking import explain_task
from engine.workspace import open_workspace

ROOT = Path(__file__).parent.parent
FACTS = ROOT / "examples" / "company" / "facts"
DAY = "2026-11-16"


def holdfast(
    *args: object, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, timeout=300, check=False)


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder with its content's hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the example company after one night."""
    folder = tmp_path_factory.mktemp("cli") / "branch"
    assert holdfast("init", folder, "--lang", "en").returncode == 0
    done = holdfast("run", "-w", folder, "--facts", FACTS, "--today", DAY)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    """A copy of the workspace, free to change."""
    return Path(shutil.copytree(made, tmp_path / "branch"))


def run_json(workspace: Path, *args: object) -> dict[str, object]:
    done = holdfast("run", "-w", workspace, "--facts", FACTS, "--json", *args)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "command",
    [[], ["init"], ["check"], ["schema"], ["demo"], ["run"], ["tasks"], ["why"], ["task"], ["task", "done"],
     ["task", "start"], ["task", "note"], ["task", "show"]],
)  # fmt: skip
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = holdfast(*command, "--help")
    assert done.returncode == 0
    if command and command != ["task"]:
        assert f"holdfast {' '.join(command)}" in done.stdout


def test_the_json_of_a_run_keeps_its_contract(workspace: Path) -> None:
    found = run_json(workspace, "--today", DAY)
    assert {"run", "today", "engine", "rejected", "signals", "risk", "tasks"} <= found.keys()
    signal, task = found["signals"][0], found["tasks"][0]  # type: ignore[index]
    assert {"rule", "account", "subject", "severity", "because", "source"} <= signal.keys()
    assert {
        "id", "account", "subject", "play", "step", "assignee", "due_on", "priority", "status", "outcome", "title",
        "body", "because", "source",
    } <= task.keys()  # fmt: skip
    assert all(set(level) >= {"account", "level", "score"} for level in found["risk"])  # type: ignore[attr-defined]
    people = [s for s in found["signals"] if s["subject"]["type"] == "rep"]  # type: ignore[attr-defined, index]
    assert people and all(signal["account"] is None for signal in people)


def test_the_same_night_twice_changes_nothing(workspace: Path) -> None:
    first = run_json(workspace, "--today", DAY)
    before = fingerprint(workspace)
    again = run_json(workspace, "--today", DAY)
    assert again["run"] == first["run"]
    assert again["tasks"] == first["tasks"]
    assert fingerprint(workspace) == before


def test_a_dry_run_writes_nothing_and_foresees_the_night(workspace: Path) -> None:
    before = fingerprint(workspace)
    foreseen = run_json(workspace, "--today", "2026-11-17", "--dry-run")
    assert fingerprint(workspace) == before
    done = run_json(workspace, "--today", "2026-11-17")
    assert foreseen["tasks"] == done["tasks"]
    assert foreseen["signals"] == done["signals"]


def test_both_engines_make_the_same_night(tmp_path: Path) -> None:
    nights = []
    for engine in ("columnar", "rete"):
        folder = tmp_path / engine
        holdfast("init", folder)
        found = run_json(folder, "--today", DAY, "--engine", engine)
        nights.append({name: sorted(map(str, found[name])) for name in ("signals", "risk")})  # type: ignore[call-overload]
    assert nights[0] == nights[1]


def test_every_task_can_be_explained_down_to_policy_lines(workspace: Path) -> None:
    tasks = run_json(workspace, "--today", DAY)["tasks"]
    by_play = {task["play"]: task["id"] for task in tasks}  # type: ignore[attr-defined]
    opened = open_workspace(workspace)
    for id in by_play.values():
        found = explain_task(opened, id).as_json()
        assert found["because"]["place"].startswith("playbooks/")
        assert not [node for node in nodes(found["because"]) if node["kind"] == "note"]
        places = [node["place"] for node in nodes(found["because"]) if node["kind"] == "signal"]
        assert places and all(place.startswith("rules/") for place in places)
        assert all(node["holds"] for node in nodes(found["because"]) if "holds" in node and node["kind"] == "signal")


def nodes(node: dict[str, object]) -> list[dict[str, object]]:
    """A node of an explanation and all below it."""
    return [node, *(below for child in node.get("because", []) for below in nodes(child))]  # type: ignore[attr-defined]


def test_why_fits_eighty_columns(workspace: Path) -> None:
    tasks = run_json(workspace, "--today", DAY)["tasks"]
    done = holdfast("why", tasks[0]["id"], "-w", workspace)  # type: ignore[index]
    assert done.returncode == 0
    assert max(map(cells, done.stdout.splitlines())) <= 80


def cells(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


def test_lists_fit_eighty_columns_in_both_languages(workspace: Path) -> None:
    for language in ("en", "zh"):
        settings = workspace / "holdfast.yaml"
        settings.write_text(settings.read_text().replace("language: en", f"language: {language}"))
        done = holdfast("tasks", "-w", workspace)
        assert done.returncode == 0
        assert max(map(cells, done.stdout.splitlines())) <= 80


def test_words_about_a_task(workspace: Path) -> None:
    id = run_json(workspace, "--today", DAY)["tasks"][0]["id"]  # type: ignore[index]
    assert holdfast("task", "start", id, "--by", "r8", "-w", workspace).returncode == 0
    assert holdfast("task", "note", id, "rings back on Monday", "--by", "r8", "-w", workspace).returncode == 0
    assert holdfast("task", "done", id[:6], "--by", "r8", "-w", workspace).returncode == 0
    again = holdfast("task", "done", id, "--by", "r8", "-w", workspace)
    assert again.returncode == 2
    assert "already done" in again.stderr
    listed = json.loads(holdfast("tasks", "-w", workspace, "--status", "done", "--format", "json").stdout)
    assert [task["id"] for task in listed] == [id]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["why", "zzzzzz"], 2, "there is no task"),
        (["why", "../../etc"], 2, "there is no task and no account"),
        (["tasks", "--rep", "nobody"], 2, "nobody is called"),
        (["tasks", "--status", "sleeping"], 2, "there is no status"),
        (["run", "--today", "2026-02-30"], 2, "is no date"),
        (["run", "--facts", "nowhere"], 1, "nowhere"),
        (["run", "--engine", "abacus"], 2, "abacus"),
        (["task", "done", "abcdef"], 2, "--by"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_wrong_calls_end_in_a_message(workspace: Path, args: list[str], code: int, said: str) -> None:
    option = [] if args == ["nonsense"] else ["-w", workspace]
    done = holdfast(*args, *option)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_workspace_the_way_in_is_said(tmp_path: Path) -> None:
    done = holdfast("tasks", cwd=tmp_path)
    assert done.returncode == 2
    assert "holdfast init" in done.stderr


def test_a_faulty_policy_stops_the_run_and_keeps_the_store(workspace: Path) -> None:
    before = fingerprint(workspace / "store")
    limits = workspace / "rules" / "limits.yaml"
    limits.write_text(limits.read_text() + "  extra: {A: 1}\n")
    for command in (["check"], ["run", "--facts", FACTS, "--today", DAY]):
        done = holdfast(*command, "-w", workspace)
        assert done.returncode == 1
        assert "rules/limits.yaml" in done.stderr
        assert "^" in done.stderr
    assert fingerprint(workspace / "store") == before


def test_a_demo_replaces_an_earlier_one_but_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious.txt").write_text("x")
    done = holdfast("demo", tmp_path / "mine")
    assert done.returncode == 2
    assert (tmp_path / "mine" / "precious.txt").read_text() == "x"
