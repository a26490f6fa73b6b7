"""Cases in which the voices once differed, kept small. All were defects of DuckDB 2.0.0's optimizer."""

import duckdb
import pytest
from random_facts import CONTRACT, TODAY
from random_policies import AT, needs
from voices import agree

from engine.policy import expressions as ex
from engine.policy.kinds import Kind
from engine.policy.model import Link, Measure, Policy, Signal, Take, Tiers
from engine.policy.strata import strata
from engine.reasoning.days import MondayToFriday

TEXT, DATE = Kind.TEXT, Kind.DATE
FACTS = {
    "account": [
        {"id": "a1", "second": "nobody", "signed_on": TODAY},
        {"id": "a2", "region": "visit"},
        {"id": "a3", "region": "b"},
    ],
    "rep": [{"id": "r1", "manager": "r2", "hired_on": TODAY}, {"id": "r2", "left_on": TODAY}],
}


def text(value):
    return ex.Literal(value, TEXT)


def small(when, measures=()):
    """A policy of one signal about account."""
    measures = {(m.about, m.name): m for m in measures}
    about = needs(measures, "account", when)
    signals = {"s": Signal("s", "account", when, (("low", None),), 1, {}, {}, (), (), AT, AT, about)}
    tiers = Tiers("rank", None, (("C", None),), None, None, {}, AT)
    return Policy("h", {}, CONTRACT, {}, measures, tiers, signals, (), {}, {}, {}, strata(measures, tiers, signals))


VISITED = ex.Case(((ex.Compare("=", ex.Ref((), "account", "region", TEXT), text("visit")), text("钢材")),), None, TEXT)
SIGNED = ex.Ref((), "account", "signed_on", DATE, subject=True)
SIGNED_BEFORE = ex.Compare("<=", SIGNED, ex.Ref(("manager",), "rep", "left_on", DATE))
NO_HOURS = ex.IsMissing(ex.Ref(("second", "manager"), "rep", "hours", Kind.NUMBER, subject=True))
UNSEEN = Measure(
    "unseen", "account", Kind.INTEGER, AT, "rep", Link(), ex.And((NO_HOURS, SIGNED_BEFORE)), Take("count", None),
    None, frozenset({"account", "rep"}),
)  # fmt: skip
CASES = {
    "a choice among texts, in a list": small(ex.In(VISITED, (text("钢材"), text("b")))),
    "a choice among texts, like a pattern": small(ex.Like(VISITED, "钢%")),
    "a choice among texts, like nothing": small(ex.Like(VISITED, "")),
    "a row of nobody's manager beside every row": small(
        ex.Compare(">", ex.Ref((), "account", "unseen", Kind.INTEGER), ex.Literal(0, Kind.INTEGER)), [UNSEEN]
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_voices_agree_by_now(case):
    with duckdb.connect(":memory:") as db:
        found = agree(db, CASES[case], FACTS, TODAY, MondayToFriday())
    assert not found, found
