"""What a policy's author is told in Chinese: the faults of every fixture, without an English sentence left in them."""

import re

import pytest
from policy_help import Case, cases, fixture

from engine.messages import in_language
from engine.policy.faults import Fault, Place, show
from engine.policy.load import PolicyFaults, check

CASES = cases()
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
# what a policy or a command line holds: quoted text, code, and what stands for itself
VERBATIM = re.compile(r"`[^`]*`|“[^”]*”|'[^']*'|\{[^{}]*\}|case when.*|holdfast init|x is null")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults_are_told_in_chinese(case: Case) -> None:
    for fault in fixture(case.name).faults:
        for english in (fault.message, fault.help):
            chinese = in_language(english, "zh")
            assert chinese != english
            assert re.search("[\u4e00-\u9fff]", chinese)
            assert not ENGLISH.search(VERBATIM.sub("", chinese)), chinese


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_places_codes_and_lines_stay(case: Case) -> None:
    found = fixture(case.name)
    for fault in found.faults:
        english, chinese = (show(fault, found.texts, language).split("\n") for language in ("en", "zh"))
        assert len(chinese) == len(english)
        assert chinese[0].startswith(f"{fault.place}: ")
        assert chinese[0].endswith(f" [{fault.code}]")
        assert chinese[1:-1] == english[1:-1]


def test_a_policy_with_faults_is_told_as_a_whole() -> None:
    found = check({"rules/mine.yaml": "signals\n"})
    error = PolicyFaults(found.faults, found.texts)
    told, hint = error.said("zh")
    assert told.endswith(f"政策中共有 {len(found.faults)} 处错误")
    assert hint == ""
    assert error.said("en") == (error.message, "")


def test_one_fault_is_one() -> None:
    fault = Fault("empty-file", Place("rules/facts.yaml", 1, 1), "this file is empty", "write something, or remove it")
    told, _ = PolicyFaults((fault,), {"rules/facts.yaml": ""}).said("zh")
    assert told == (
        "rules/facts.yaml:1:1: 这个文件是空的 [empty-file]\n    1 |\n        ^\n"
        "      = 写上内容，或者删掉它\n\n政策中共有 1 处错误"
    )
