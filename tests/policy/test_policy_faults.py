"""What a policy's author is told: every kind of fault, its place and its words, from the fixtures in faults/."""

import ast
from pathlib import Path

import pytest
from policy_help import Case, cases, checked, fixture, shown

from engine.policy.faults import Fault, Place, nearest, show
from engine.policy.load import PolicyFaults, load_policy

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "policy"
CASES = cases()
TOO_LONG_FOR_FIXTURES = {"too-long"}  # see test_policy_sizes.py
THIRD_PARTY = {"yaml-syntax"}  # what YAML's own reader may still say that no fixture brings about


def test_the_base_policy_is_sound() -> None:
    assert shown(checked({})) == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults_are_told_as_the_fixture_says(case: Case) -> None:
    found = fixture(case.name)
    assert found.policy is None
    assert shown(found) + "\n" == case.expect


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_fault_is_a_plain_sentence_with_a_way_out(case: Case) -> None:
    for fault in fixture(case.name).faults:
        assert fault.help, fault
        for text in (fault.message, fault.help):
            assert text == text.strip()
            assert not text.endswith((".", ","))
            assert "None" not in text
            assert "_type" not in text
            assert "pydantic" not in text.lower()
        assert len(fault.message) < 160


def test_names_of_fixtures_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def test_every_code_has_a_fixture() -> None:
    codes = {fault.code for case in CASES for fault in fixture(case.name).faults}
    assert _codes_in_the_engine() - codes - TOO_LONG_FOR_FIXTURES - THIRD_PARTY == set()
    assert len(codes) >= 45


def _codes_in_the_engine() -> set[str]:
    """The first text of every call that makes a fault."""
    makers = {"fault": 0, "Fault": 0, "Wrong": 0, "Slip": 0, "_at": 0, "_Case": 1}
    found = set()
    for file in ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            at = makers.get(name)
            if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                found.add(str(node.args[at].value))
    return found


def test_a_file_that_is_not_utf8_is_a_fault_among_others(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gbk.yaml").write_bytes("limits:\n  days: 3 # 天\n".encode("gbk"))
    (tmp_path / "rules" / "facts.yaml").write_text("account:\n  fields: {name: txt}\n", encoding="utf-8")
    with pytest.raises(PolicyFaults) as caught:
        load_policy(tmp_path)
    assert [(fault.code, str(fault.place)) for fault in caught.value.faults] == [
        ("wrong-value", "rules/facts.yaml:2:18"),
        ("not-utf8", "rules/gbk.yaml:2:13"),
    ]
    assert caught.value.message.endswith("2 faults in the policy")
    caught.value.message.encode("utf-8")


def test_a_caret_stands_below_its_word_however_wide_the_text_before_it_is() -> None:
    line = "承诺 é́ x wrong"
    told = show(Fault("x", Place("f", 1, 9), "m", "h", 5), {"f": line})
    _, shown_line, carets, _ = told.split("\n")
    assert line[8:13] == "wrong"
    cells = sum(2 if c in "承诺" else 0 if c == "\u0301" else 1 for c in shown_line[: shown_line.index("wrong")])
    assert carets == " " * cells + "^^^^^"


def test_the_nearest_name_minds_neither_capitals_nor_hyphens() -> None:
    assert nearest("Promise_Overdue", ["promise-overdue", "promise"]) == "did you mean 'promise-overdue'?"
    assert nearest("zebra", ["promise-overdue"]) == ""
