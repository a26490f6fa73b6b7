"""tell, told and promise as typed in a terminal of 80 columns, in both languages."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from tell_help import FACTS, night, small_workspace
from typer.testing import CliRunner

from cli import app
from engine.shipped import shipped_root

ROOT = Path(__file__).parents[2]
DAY = "2026-11-20"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after a night: the small policy, with the shipped guard and what it needs."""
    facts = {
        **FACTS,
        "promise": "id,account,rep,kind,made_on,due_on,kept_on,withdrawn_on,value,certainty,approved_by,text\n"
        "p1,a3,r2,delivery,2026-10-01,2026-11-10,,,100,certain,,=1+1\n"
        "p2,a4,r1,gift,2026-10-01,2026-11-10,2026-11-09,,12.50,likely,m1,赠品\n"
        "p3,a4,r1,gift,2026-10-01,2026-11-10,2026-11-12,,7,,,\n"
        "p4,a5,r1,rebate,2026-10-01,2026-12-10,,,70,,,\n"
        "p5,a5,r1,rebate,2026-10-01,2026-12-10,,2026-11-01,70,,,\n"
        "p6,a5,r1,rebate,2026-12-01,2026-12-10,,,70,,,\n",
    }
    workspace = small_workspace(tmp_path_factory.mktemp("cli") / "w", facts)
    shipped, root = shipped_root(), workspace.root
    for name in ("measures", "signals"):
        (root / "rules" / name).mkdir()
        shutil.copy(shipped / "rules" / name / "promise-guard.yaml", root / "rules" / name)
    limits = (shipped / "rules" / "limits.yaml").read_text(encoding="utf-8").splitlines()
    mine = [line for line in limits if line.startswith(("  promise_", "  promise_reserve")) and "stale" not in line]
    (root / "rules" / "limits.yaml").write_text(
        "\n".join(["limits:", *mine, "  promise_stale_days: 730"]), encoding="utf-8"
    )
    shutil.copytree(shipped / "templates" / "promise", root / "templates" / "promise")
    for path in (shipped / "playbooks").glob("promise-*.yaml"):
        if path.stem in ("promise-firm", "promise-hedge", "promise-persuade", "promise-refuse"):
            shutil.copy(path, root / "playbooks")
    night(workspace)
    return root


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "w"))


def holdfast(*args: object, language: str = "en", at: Path) -> str:
    """What a command prints; it must succeed and keep to 80 columns."""
    settings = at / "holdfast.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("language: en", f"language: {language}"), encoding="utf-8"
    )
    done = CliRunner().invoke(app, [*map(str, args), "-w", str(at)], env={"COLUMNS": "80"}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    if not {"json", "csv", "--json"} & set(args):
        assert max(map(cell_len, done.output.splitlines())) <= 80
    return done.output


@pytest.mark.parametrize(
    ("language", "comes", "due"), [("en", "comes", "due 2026-11-23"), ("zh", "新增", "2026-11-23前")]
)
def test_tell_says_what_follows(workspace, language, comes, due):
    said = holdfast(
        "tell", "complaint", "account=a5", "kind=quality", "severity=high", "text==HYPERLINK(1) [bold]太[/bold]",
        "--by", "安 [red]", "--today", DAY, language=language, at=workspace,
    )  # fmt: skip
    assert comes in said and "[bold]太[/bold]" in said and due in said and "told-1" in said


def test_told_lists_and_undo_takes_back(workspace):
    holdfast(
        "tell", "complaint", "account=a5", "kind=quality", "text==1+1", "--by", "=ann", "--today", DAY, at=workspace
    )
    found = json.loads(
        holdfast(
            "tell",
            "promise",
            "id=p1",
            "kept_on=2026-11-20",
            "--by",
            "bob",
            "--today",
            DAY,
            "--format",
            "json",
            at=workspace,
        )
    )
    assert found["told"]["number"] == 2
    assert [s["rule"] for s in found["follows"]["signals"]["gone"]] == ["promise-late"]
    assert (found["fact"]["kept_on"], found["fact"]["value"]) == ("2026-11-20", "100.0000")
    undone = json.loads(
        holdfast("tell", "--undo", "2", "--by", "cat", "--today", DAY, "--format", "json", at=workspace)
    )
    assert (undone["undone"], [s["rule"] for s in undone["follows"]["signals"]["came"]]) == (True, ["promise-late"])
    listed = json.loads(holdfast("told", "--format", "json", at=workspace))
    assert [(t["number"], t["who"], t["undone_by"]) for t in listed] == [(2, "bob", "cat"), (1, "=ann", None)]
    table = list(csv.DictReader(io.StringIO(holdfast("told", "--format", "csv", at=workspace))))
    assert [(t["state"], t["who"]) for t in table] == [("undone", "bob"), ("told", "'=ann")]
    assert "taken back by" in " ".join(holdfast("tell", "--list", at=workspace).split())
    assert "撤回" in holdfast("told", "--by", "bob", language="zh", at=workspace)
    assert json.loads(holdfast("told", "--standing", "--type", "promise", "--format", "json", at=workspace)) == []


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["tell"], 2, "say what to tell"),
        (["tell", "complant", "a=1", "--by", "x"], 2, "did you mean complaint"),
        (["tell", "complaint", "account=a5", "kind=quality"], 2, "who tells"),
        (["tell", "complaint", "account=a5", "kind=x", "--by", "x"], 1, "not one of"),
        (["promise", "check", "--account", "zz", "--kind", "gift", "--certainty", "certain"], 1, "no account"),
        (["promise", "list", "--kind", "bribe"], 2, "no kind of promise"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(made, args, code, said):
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *args, "-w", str(made)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stderr


@pytest.mark.source("D3.guard.hedge", "D3.promise.range")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Verdict: hedge", "2026-12-11", "none is needed"]),
        ("zh", ["谨慎承诺 (hedge)", "2026年12月11日", "无须批准"]),
    ],
)
def test_promise_check_says_verdict_offer_and_words(workspace, language, words):
    said = holdfast(
        "promise", "check", "--account", "a8", "--kind", "delivery", "--due", "2026-12-10", "--certainty", "likely",
        "--insisted", "--risk", "social", "--today", DAY, language=language, at=workspace,
    )  # fmt: skip
    assert [word for word in words if word not in said] == []


def test_promise_check_knows_what_was_told_since_the_night(workspace):
    wish = (
        "promise",
        "check",
        "--account",
        "a1",
        "--kind",
        "gift",
        "--value",
        "1500",
        "--certainty",
        "certain",
        "--today",
        DAY,
        "--json",
    )
    assert json.loads(holdfast(*wish, at=workspace))["verdict"] == "persuade"
    holdfast("tell", "account", "id=a1", "tier=A", "--by", "m1", "--today", DAY, at=workspace)
    assert json.loads(holdfast(*wish, at=workspace))["verdict"] == "promise"


def test_promise_check_needs_no_night(tmp_path, made):
    root = Path(shutil.copytree(made, tmp_path / "w", ignore=shutil.ignore_patterns("store")))
    found = json.loads(
        holdfast(
            "promise",
            "check",
            "--account",
            "a1",
            "--kind",
            "gift",
            "--value",
            "9",
            "--certainty",
            "impossible",
            "--today",
            DAY,
            "--format",
            "json",
            at=root,
        )
    )
    assert found["verdict"] == "refuse"
    assert not (root / "store").exists()


@pytest.mark.source("D3.promise.register")
def test_the_register(workspace):
    listed = json.loads(holdfast("promise", "list", "--format", "json", at=workspace))
    states = {p["id"]: p["state"] for p in listed}
    assert states == {"p1": "broken", "p2": "kept", "p3": "late", "p4": "open", "p5": "withdrawn"}
    second = next(p for p in listed if p["id"] == "p2")
    names = ("account_name", "rep_name", "value", "certainty", "approved_by", "kept_on")
    assert [second[name] for name in names] == ["Firm 4 公司", "Ann", 12.5, "likely", "Mo", "2026-11-09"]
    only = json.loads(
        holdfast(
            "promise", "list", "--rep", "Ann", "--kind", "gift", "--state", "late", "--format", "json", at=workspace
        )
    )
    assert [p["id"] for p in only] == ["p3"]
    assert "'=1+1" in holdfast("promise", "list", "--format", "csv", at=workspace)
    assert "失约" in holdfast("promise", "list", "--account", "a3", language="zh", at=workspace)


@pytest.mark.source("D3.over-promise")
def test_the_rates(workspace):
    found = json.loads(holdfast("promise", "rates", "--format", "json", at=workspace))
    figures = {
        (r["rep"], r["kind"]): (
            r["promises_made"],
            r["promises_due"],
            r["kept_on_time"],
            r["kept_late"],
            r["broken"],
            r["not_yet_due"],
            r["on_time_rate"],
        )
        for r in found
    }
    assert figures == {
        ("r1", "gift"): (2, 2, 1, 1, 0, 0, 0.5),
        ("r1", "rebate"): (1, 0, 0, 0, 0, 1, None),
        ("r2", "delivery"): (1, 1, 0, 0, 1, 0, 0.0),
    }
    assert json.loads(holdfast("promise", "rates", "--period", "2026-Q3", "--format", "json", at=workspace)) == []
    assert "50%" in holdfast("promise", "rates", "--rep", "r1", language="zh", at=workspace)
