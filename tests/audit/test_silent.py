"""Rules that matched nobody for long, can match nobody, or match nearly everybody; and the commands that say so."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from bare import bare_workspace
from typer.testing import CliRunner

from cli import app
from engine.hindsight import silent_rules_of
from engine.job import night_of
from engine.workspace import Workspace

DAY = date(2025, 12, 31)
RULES = """
limits: {silent_rule_nights: 3, broad_rule_share: 0.9, broad_rule_least: 5, late_days: 45,
  backtest_horizon_days: 60, backtest_lost_least_days: 60, backtest_least_alarms: 1, backtest_least_losses: 1}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
  last_order: {about: account, from: order, take: max(ordered_on)}
signals:
  nobody: {title: {en: N}, about: account, when: spend > 1000000, severity: low, because: {en: x}}
  most: {title: {en: M}, about: account, when: active and spend > 0, severity: low, because: {en: x}}
  some: {title: {en: S}, about: account, when: today - last_order > limit.late_days, severity: low, because: {en: x}}
  never: {title: {en: C}, about: account, when: active and spend > 5 and spend < 3, severity: low, because: {en: x}}
  bare: {title: {en: B}, about: account, when: city = 'Hull' and industry <> 'x', severity: low, because: {en: x}}
  unasked: {title: {en: U}, about: survey, when: answered_on is null, severity: low, because: {en: x}}
risk: {amber: signals.any >= 1}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Ten customers and three nights; one of the customers has stopped ordering."""
    made = bare_workspace(tmp_path_factory.mktemp("silent") / "firm")
    (made.rules / "rules.yaml").write_text(RULES)
    accounts = "".join(f"a{n},Name {n},customer,Leeds\n" for n in range(10))
    (made.root / "facts" / "account.csv").write_text("id,name,kind,city\n" + accounts + "p1,Prospect,prospect,Leeds\n")
    days = [DAY - timedelta(days=30 * n) for n in range(12)]
    rows = [f"{n}-{day},a{n},{day},100\n" for n in range(10) for day in days if n or day < date(2025, 6, 1)]
    (made.root / "facts" / "order.csv").write_text("id,account,ordered_on,amount\n" + "".join(rows))
    for n in (2, 1, 0):
        with night_of(made, DAY - timedelta(days=n)):
            pass
    return made


def command(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_odd_rule_is_told_once_with_its_reason(workspace: Workspace) -> None:
    found, _ = silent_rules_of(workspace)
    odd = {each.rule: each for each in found.oddities}
    assert {rule: each.kind for rule, each in odd.items()} == {
        "never": "impossible", "bare": "unfilled", "nobody": "nobody", "most": "broad",
    }  # fmt: skip
    assert odd["bare"].fields == ("account.industry",)
    assert odd["nobody"].nights == 3
    assert (odd["most"].matched, odd["most"].subjects) == (10, 10)  # a prospect is no customer
    assert str(odd["nobody"].place).startswith("rules/rules.yaml:9:")


def test_the_command_says_it_in_both_languages(workspace: Workspace) -> None:
    said = command("silent", "-w", str(workspace.root))
    assert "matched nobody for 3 nights" in said and "spend > 5 and spend < 3" in said and "account.industry" in said
    data = json.loads(command("silent", "-w", str(workspace.root), "--format", "json"))
    assert {row["rule"] for row in data} == {"never", "bare", "nobody", "most"}
    file = workspace.root / "holdfast.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("language: en", "language: zh"), encoding="utf-8")
    try:
        assert "连续 3 夜无人命中" in command("silent", "-w", str(workspace.root))
    finally:
        file.write_text(text, encoding="utf-8")


def test_check_warns_of_contradictions_and_is_content(workspace: Workspace) -> None:
    said = " ".join(command("check", "-w", str(workspace.root)).split())
    assert "warning: rules/rules.yaml:12:" in said
    assert "'never' can match nobody: spend > 5 and spend < 3 cannot both hold" in said
    assert "'nobody'" not in said


def test_a_night_says_that_there_is_something(workspace: Workspace) -> None:
    said = command("run", "-w", str(workspace.root), "--today", DAY.isoformat())
    assert "holdfast silent" in said


def test_a_rule_is_not_silent_before_its_nights_are_over(workspace: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "firm"
    shutil.copytree(workspace.root, root)
    rules = root / "rules" / "rules.yaml"
    rules.write_text(rules.read_text().replace("silent_rule_nights: 3", "silent_rule_nights: 4"))
    said = command("silent", "-w", str(root))
    assert "matched nobody for" not in said and "3 of 4 nights" in said


def test_backtest_on_the_command_line(workspace: Workspace, tmp_path: Path) -> None:
    root, page = str(workspace.root), tmp_path / "page.html"
    said = command("backtest", "-w", root, "--every", "28")
    assert "precision" in said and "risk: amber or red" in said and "Lost without a date" in said
    assert all(len(line) <= 80 for line in said.splitlines())
    data = json.loads(command("backtest", "-w", root, "--every", "28", "--rule", "some", "--format", "json"))
    assert [each["rule"] for each in data["signals"]] == ["some"] and data["losses"] == 1
    rows = command("backtest", "-w", root, "--every", "28", "--format", "csv").splitlines()
    assert rows[0].startswith("\ufeffrule,alarms,hits") and len(rows) == 7
    said = command(
        "backtest", "-w", root, "--every", "28", "--tune", "late_days", "--values", "30", "--html", str(page)
    )
    assert "<svg" in page.read_text(encoding="utf-8") and str(page) in said


def test_values_without_a_limit_are_refused(workspace: Workspace) -> None:
    done = CliRunner().invoke(app, ["backtest", "-w", str(workspace.root), "--values", "2"])
    assert done.exit_code != 0
