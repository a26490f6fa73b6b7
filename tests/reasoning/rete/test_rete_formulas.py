"""Formulas to branches: the same truth, few and narrow branches."""

import operator
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from engine.reasoning.rete.formulas import MOST, WIDEST, Check, branches, count, cut, every, some, width

OPERATORS = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
CHECKS = st.builds(Check, st.sampled_from("abcdef"), st.sampled_from(list(OPERATORS)), st.integers(0, 2))
FORMULAS = st.recursive(
    CHECKS,
    lambda inner: st.builds(every, st.lists(inner, max_size=4)) | st.builds(some, st.lists(inner, max_size=4)),
)
FACTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


def passes(check, fact):
    return check.attribute in fact and OPERATORS[check.op](fact[check.attribute], check.constant)


def truth(formula, fact):
    if isinstance(formula, Check):
        return passes(formula, fact)
    return (any if type(formula).__name__ == "Some" else all)(truth(part, fact) for part in formula.parts)


@given(FORMULAS, FACTS)
def test_branches_hold_where_the_formula_does(formula, fact):
    if count(formula) > 2000:
        return
    assert any(all(passes(c, fact) for c in branch) for branch in branches(formula)) == truth(formula, fact)


@given(st.lists(FORMULAS, min_size=1, max_size=12), FACTS)
def test_what_is_cut_keeps_its_truth_and_stays_small(parts, fact):
    stages = defaultdict(list)

    def derive(formula, stage):
        name = f"d{sum(map(len, stages.values()))}"
        stages[stage].append((name, formula))
        return Check(name, "=", 1), stage + 1

    whole = every(parts)
    rest, last = cut(whole, derive)
    known = dict(fact)
    for stage in sorted(stages):
        assert stage < last
        found = {name: 1 for name, formula in stages[stage] if truth(formula, known)}
        known |= found
    assert truth(rest, known) == truth(whole, fact)
    for formula in (rest, *(f for those in stages.values() for _, f in those)):
        assert width(formula) <= WIDEST
        tops = formula.parts if type(formula).__name__ == "Some" else (formula,)
        assert all(count(part) <= MOST for part in tops)


def test_a_wide_and_deep_condition_does_not_blow_up():
    ors = [some(Check(f"v{i}{j}", "=", 1) for j in range(9)) for i in range(40)]
    made = []

    def derive(formula, stage):
        made.append(formula)
        return Check(f"d{len(made)}", "=", 1), stage + 1

    rest, _ = cut(every(ors), derive)
    assert sum(count(f) for f in (rest, *made)) < 500
