"""durable-rules as it is used here: exact, nothing left behind, errors as EngineError."""

import builtins
import operator
import struct
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.reasoning.rete import durable
from engine.reasoning.rete.attributes import LARGEST, sent
from engine.reasoning.rete.conditions import Rule
from engine.reasoning.rete.durable import RULES_AT_MOST, release, rule_sets, settle
from engine.reasoning.rete.formulas import Check

OPERATORS = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
WHOLE = st.sampled_from([0, 1, -1, 5, LARGEST, -LARGEST, LARGEST - 1, 2**63 - 1, -(2**63) + 1]) | st.integers(-9, 9)
HOSTILE = ["", "a", "'; drop table x; --", "{{ 7*7 }}", "$m", "😀", 'say "so"', "a\\b", "a\nb", "客户", "5", "0"]
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=3)
NUMBERED = st.builds(Check, st.sampled_from(["v0", "v1", "v2"]), st.sampled_from(list(OPERATORS)), WHOLE)
WORDED = st.builds(Check, st.sampled_from(["v3", "v4"]), st.sampled_from(["=", "<>"]), TEXTS)
RULES = st.lists(st.lists(NUMBERED | WORDED, min_size=1, max_size=4), min_size=1, max_size=70)
FACT = st.fixed_dictionaries({}, optional={"v0": WHOLE, "v1": WHOLE, "v2": WHOLE, "v3": TEXTS, "v4": TEXTS})


def concluded(sets, fact):
    return set().union(*(settle(rules, fact) for rules in sets))


@settings(max_examples=60, deadline=None)
@given(RULES, st.lists(FACT, min_size=1, max_size=8))
def test_it_matches_as_plain_python_does(branches, facts):
    sets = rule_sets(Rule(f"c{i}", tuple(checks)) for i, checks in enumerate(branches))
    for fact in (*facts, *facts):
        assert concluded(sets, fact) == {
            f"c{i}"
            for i, checks in enumerate(branches)
            if all(c.attribute in fact and OPERATORS[c.op](fact[c.attribute], c.constant) for c in checks)
        }
    for rules in sets:
        release(rules)


def test_more_matches_than_the_library_can_take_are_spread_over_sets():
    sets = rule_sets(Rule(f"c{i}", (Check("v0", ">", i),)) for i in range(130))
    assert [len(rules.concludes) for rules in sets] == [RULES_AT_MOST, RULES_AT_MOST, 30]
    assert len(concluded(sets, {"v0": 1000})) == 130


def test_many_attributes_are_spread_over_sets():
    sets = rule_sets(Rule(f"c{i}", tuple(Check(f"v{i}_{j}", "=", 1) for j in range(30))) for i in range(20))
    assert len(sets) > 1
    assert len(concluded(sets, {f"v{i}_{j}": 1 for i in range(20) for j in range(30)})) == 20


def test_nothing_stays_behind():
    sets = rule_sets([Rule("yes", (Check("v0", "=", 1),)), Rule("no", (Check("v1", "=", 1),))])
    assert concluded(sets, {"v0": 1}) == {"yes"}
    assert concluded(sets, {"v1": 1}) == {"no"}
    assert concluded(sets, {}) == set()
    engine = durable.library()
    assert all(engine.get_facts(rules.handle, durable.SESSION).strip() == "[]" for rules in sets)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_sent_in_their_order(a, b):
    assert (sent(a) < sent(b), sent(a) == sent(b)) == (a < b, a == b)
    assert -(2**63) < sent(a) < 2**63


def test_the_largest_doubles_differ():
    below = struct.unpack("<d", struct.pack("<q", 0x7FEFFFFFFFFFFFFE))[0]
    sets = rule_sets([Rule("top", (Check("v0", ">", sent(below)),))])
    assert concluded(sets, {"v0": sent(1.7976931348623157e308)}) == {"top"}
    assert concluded(sets, {"v0": sent(below)}) == set()


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    def absent(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(durable, "import_module", absent)
    with pytest.raises(EngineError) as caught:
        durable.library()
    assert "holdfast[rete]" in caught.value.hint
    assert "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject" in caught.value.hint


def test_it_is_loaded_only_when_it_is_needed(monkeypatch):
    loaded, real = [], builtins.__import__
    monkeypatch.setattr(builtins, "__import__", lambda name, *a, **k: loaded.append(name) or real(name, *a, **k))
    import_module("engine.reasoning.rete.reason")
    assert not any("durable_rules" in name for name in loaded)


def test_a_refused_fact_is_an_engine_error():
    (rules,) = rule_sets([Rule("c", (Check("v0", "=", 1),))])
    with pytest.raises(EngineError, match="durable-rules failed"):
        settle(rules, {"v0": 1e-05})
