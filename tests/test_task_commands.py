"""What people say of tasks on the command line, in both languages: what is printed, what comes of it, what is wrong."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bare import bare_workspace
from rich.cells import cell_len

import cli

TODAY = date.today()  # words are said on the day that the clock shows
RULES = """
tiers: {by: rank, rank_by: one, classes: {A: top 5%, B: top 20%, C: rest}}
measures: {one: {about: account, value: 1}}
words: {call: {en: call, zh: 电话}}
signals:
  promise-late:
    title:    {en: Promise not kept in time, zh: 承诺逾期未兑现}
    about:    promise
    let:      {days_late: today - due_on}
    when:     kept_on is null and account.active and days_late > 0
    severity: high
    because:  {en: "{{ days_late | days }} late", zh: "已逾期 {{ days_late | days }}"}
"""
PLAY = """
play: keep
title: {en: Keep the promise, zh: 兑现承诺}
about: promise
trigger: signal('promise-late')
steps: [{id: call, assign: owner, due: 2 workdays, template: keep/call, contact: call}]
"""
TEXTS = {"en": "# Call {{ account.name }}\n\nKeep the promise.\n", "zh": "# 致电{{ account.name }}\n\n请兑现承诺。\n"}
REP = """id,name,role,left_on
r1,韩梅,sales,
r2,李雷,sales,
r3,陈东,sales,2020-01-31
r4,王磊,sales,
r5,王磊,sales,
"""
ACCOUNT = "id,name,owner\n" + "".join(f"a{n},客户{n}号,r1\n" for n in range(1, 4))
PROMISE = "id,account,rep,kind,made_on,due_on\n" + "".join(
    f"p{n},a{n},r1,service,2020-01-01,{TODAY - timedelta(n)}\n" for n in range(1, 4)
)
Say = Callable[..., str]


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after a night with a task for each of three customers, all with 韩梅."""
    root = bare_workspace(tmp_path_factory.mktemp("words") / "firm", request.param).root
    files = {"rules/few.yaml": RULES, "playbooks/keep.yaml": PLAY, "facts/rep.csv": REP, "facts/account.csv": ACCOUNT,
             "facts/promise.csv": PROMISE}  # fmt: skip
    for name, text in files.items() | {(f"templates/keep/call.{lang}.md", text) for lang, text in TEXTS.items()}:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    argv, sys.argv = sys.argv, ["holdfast", "run", "-w", str(root), "--today", TODAY.isoformat()]
    try:
        cli.main()
    except SystemExit as ended:
        assert not ended.code
    finally:
        sys.argv = argv
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it, free to change."""
    return Path(shutil.copytree(made, tmp_path / "firm"))


@pytest.fixture
def english(root: Path) -> bool:
    return re.search("^language: en", (root / "holdfast.yaml").read_text(encoding="utf-8"), re.MULTILINE) is not None


@pytest.fixture
def say(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command as one types it; gives what it prints, or with `fails` what it says is wrong."""

    def run(*args: object, fails: bool = False) -> str:
        monkeypatch.setattr(sys, "argv", ["holdfast", *map(str, args), "-w", str(root)])
        capsys.readouterr()
        try:
            cli.main()
            code: Any = 0
        except SystemExit as ended:
            code = ended.code or 0
        out, err = capsys.readouterr()
        assert (code, bool(err)) == ((2, True) if fails else (0, False)), out + err
        if "json" not in args:
            assert max(map(cell_len, out.splitlines()), default=0) <= 80
        return err if fails else out

    return run


def tasks(say: Say, *args: object) -> dict[str, dict[str, Any]]:
    """The tasks of a list by their account."""
    return {task["account"]: task for task in json.loads(say("tasks", "--format", "json", *args))}


def plain(said: str, english: bool) -> None:
    """Of a Chinese sentence, that it holds no English but ids and commands between quotes."""
    if not english:
        left = re.sub(r"`[^`]*`|“[^”]*”|--[\w-]+|holdfast [\w -]+|\b[a-z0-9]{10}\b|\b[rpam]\d\b|keep", "", said)
        assert not re.search(r"[A-Za-z]{3,}", left), said


def test_a_task_is_begun_and_done(say: Say, english: bool) -> None:
    id = tasks(say)["a1"]["id"]
    said = say("task", "start", id[:5], "--by", "韩梅", "--note", "on it")
    assert id in said
    plain(said, english)
    assert tasks(say, "--status", "started").keys() == {"a1"}
    plain(say("task", "start", id, "--by", "r1", fails=True), english)  # begun already
    said = say("task", "done", id, "--by", "r1", "--record", "call", "--outcome", "valuable")
    assert ("as a contact: call" if english else "电话") in said
    plain(said, english)
    assert "a1" not in tasks(say)
    assert tasks(say, "--status", "done").keys() == {"a1"}
    [told] = json.loads(say("told", "--format", "json"))
    assert (told["type"], told["fields"]["channel"], told["fields"]["outcome"]) == ("interaction", "call", "valuable")
    again = say("task", "done", id, "--by", "r1", fails=True)
    assert id in again
    plain(again, english)
    for word in ("start", "false-alarm", "kept"):
        say("task", word, id, "--by", "r1", fails=True)
    assert "on it" in say("history", "a1", "--format", "json")


def test_done_refuses_what_the_contract_does_not_list(say: Say) -> None:
    id = tasks(say)["a1"]["id"]
    for wrong in (("--record", "pigeon"), ("--outcome", "splendid")):
        assert wrong[1] in say("task", "done", id, "--by", "r1", *wrong, fails=True)
    assert tasks(say, "--status", "done") == {}
    assert json.loads(say("told", "--format", "json")) == []


def test_a_task_is_put_off(say: Say, english: bool) -> None:
    id = tasks(say)["a2"]["id"]
    later = TODAY + timedelta(10)
    said = say("task", "snooze", id, "--until", later, "--by", "r1", "--note", "away")
    assert later.isoformat() in said
    plain(said, english)
    assert "a2" not in tasks(say)
    [(_, shown)] = tasks(say, "--status", "snoozed").items()
    assert (shown["account"], shown["due_on"]) == ("a2", later.isoformat())
    for wrong in (TODAY, TODAY - timedelta(1), TODAY + timedelta(400)):
        plain(say("task", "snooze", id, "--until", wrong, "--by", "r1", fails=True), english)
    assert "2026-13-01" in say("task", "snooze", id, "--until", "2026-13-01", "--by", "r1", fails=True)


def test_a_false_alarm_ends_the_matter_for_a_time(say: Say, english: bool) -> None:
    id = tasks(say)["a1"]["id"]
    said = say("task", "false-alarm", id, "--by", "r1", "--note", "paid in cash")
    assert "90" in said
    plain(said, english)
    assert "a1" not in tasks(say)
    assert tasks(say, "--status", "closed").keys() == {"a1"}


def test_a_promise_is_kept_and_that_is_taken_back(say: Say, english: bool) -> None:
    id = tasks(say)["a3"]["id"]
    plain(say("task", "kept", id, "--by", "r1", "--on", TODAY - timedelta(2)), english)
    [told] = json.loads(say("told", "--format", "json"))
    assert (told["type"], told["fact"], told["fields"]) == (
        "promise", "p3", {"kept_on": (TODAY - timedelta(2)).isoformat()},
    )  # fmt: skip
    assert "a3" not in tasks(say)
    plain(say("task", "undo", id, "--by", "r1", "--note", "the wrong one"), english)
    assert json.loads(say("told", "--standing", "--format", "json")) == []
    plain(say("task", "undo", id, "--by", "r1", fails=True), english)


def test_an_account_is_lost_with_all_that_was_to_do(say: Say, english: bool) -> None:
    id = tasks(say)["a2"]["id"]
    assert "lazy" in say("task", "lost", id, "--by", "r1", "--kind", "lazy", fails=True)
    plain(say("task", "lost", id, "--by", "r1", "--cause", "搬迁", "--kind", "passive"), english)
    assert tasks(say).keys() == {"a1", "a3"}
    [told] = json.loads(say("told", "--format", "json"))
    assert told["fields"] == {"lost_on": TODAY.isoformat(), "lost_cause": "搬迁", "lost_kind": "passive"}
    say("task", "lost", id, "--by", "r1", fails=True)


def test_a_task_goes_to_somebody_who_works_here(say: Say, english: bool) -> None:
    id = tasks(say)["a1"]["id"]
    plain(say("task", "reassign", id, "--to", "李雷", "--by", "r1"), english)
    assert tasks(say, "--rep", "r2").keys() == {"a1"}
    assert tasks(say)["a1"]["assignee"] == "r2"
    left, unknown, shared = (
        say("task", "reassign", id, "--to", whom, "--by", "r1", fails=True) for whom in ("r3", "小明", "王磊")
    )
    assert "陈东" in left and "小明" in unknown and "r4" in shared and "r5" in shared
    for said in (left, unknown, shared):
        plain(said, english)
    say("task", "undo", id, "--by", "r1")
    assert tasks(say)["a1"]["assignee"] == "r1"


def test_notes(say: Say, english: bool) -> None:
    id = tasks(say)["a1"]["id"]
    plain(say("task", "note", id, "周一回电", "--by", "r2"), english)
    for wrong in ("", "  ", "x" * 2001):
        plain(say("task", "note", id, wrong, "--by", "r2", fails=True), english)
    say("task", "done", id, "--by", "r1")
    say("task", "note", id, "回访一次", "--by", "r2")
    assert "回访一次" in say("history", "a1", "--format", "json")


@pytest.mark.parametrize("word", ["start", "done", "false-alarm", "kept", "lost", "undo"])
def test_who_says_it_and_of_which_task(say: Say, english: bool, word: str) -> None:
    id = tasks(say)["a1"]["id"]
    for task in ("zzzzzzzzzz", "ab", "not-an-id!"):
        said = say("task", word, task, "--by", "r1", fails=True)
        assert task in said
        plain(said.replace(task, ""), english)
    for who, named in (("r3", "陈东"), ("小明", "小明"), ("王磊", "r4")):
        said = say("task", word, id, "--by", who, fails=True)
        assert named in said
        plain(said, english)
    assert tasks(say).keys() == {"a1", "a2", "a3"}


def test_a_task_is_shown_whole(say: Say, english: bool) -> None:
    id = tasks(say)["a1"]["id"]
    shown = say("task", "show", id)
    assert ("Keep the promise." if english else "请兑现承诺。") in shown and id in shown
    plain(say("task", "show", "zzzzzzzzzz", fails=True).replace("zzzzzzzzzz", ""), english)
