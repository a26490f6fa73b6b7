"""A night with nothing new says so, and that its facts are those of the night before."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from bare import bare_workspace
from rich.console import Console

from engine.delivery.night_view import night_view
from engine.job import night_of
from engine.workspace import Workspace

DAY = date(2026, 11, 23)
RULES = """
signals:
  large: {title: {en: Large, zh: 大户}, about: account, when: grade = 'A', severity: high, weight: 1,
          because: {en: it is large, zh: 是大户}, source: [D1.tier.abc]}
"""
PLAY = """
play: greet
title: {en: Greet, zh: 问候}
about: account
trigger: signal('large')
source: [D1.tier.abc]
cooldown_days: 30
steps:
  - {id: call, assign: owner, due: 1 workday, template: greet/call}
"""
NEW = {"en": ("1 new", "not stored again", "Nothing new"), "zh": ("新增 1", "未重复保存", "没有新增")}


def workspace(folder: Path, language: str) -> Workspace:
    made = bare_workspace(folder, language)
    (made.rules / "all.yaml").write_text(RULES, encoding="utf-8")
    (made.playbooks / "greet.yaml").write_text(PLAY, encoding="utf-8")
    (made.templates / "greet").mkdir()
    for each in ("en", "zh"):
        (made.templates / "greet" / f"call.{each}.md").write_text("# {{ play_title }}\n\n{{ due }}\n", encoding="utf-8")
    return made


def said(made: Workspace, day: date, grade: str = "A") -> str:
    text = f"id,name,owner,grade\na1,Ann,r1,{grade}\n"
    (made.root / "facts" / "account.csv").write_text(text, encoding="utf-8")
    (made.root / "facts" / "rep.csv").write_text("id,name,role\nr1,Bo,sales\n", encoding="utf-8")
    console = Console(file=io.StringIO(), width=80)
    with night_of(made, day) as done:
        console.print(night_view(done.imported, done.night))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_new(tmp_path: Path, language: str) -> None:
    new, same, quiet = NEW[language]
    made = workspace(tmp_path / "w", language)
    first = said(made, DAY)
    assert new in first
    assert same not in first
    assert quiet not in first
    second = said(made, DAY + timedelta(1))
    assert same in second
    assert quiet in second
    gone = said(made, DAY + timedelta(2), "C")
    assert same not in gone
    assert quiet not in gone
