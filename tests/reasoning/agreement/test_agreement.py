"""Two engines and a third voice over random policies and facts: they must conclude the same, value for value.

HOLDFAST_AGREEMENT_EXAMPLES sets how many examples are tried (60 without it).
"""

import os
from collections import Counter
from functools import cache
from pathlib import Path

import duckdb
import pytest
from drawing import Drawn, Rolled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_facts import IDS, TODAY, facts
from random_policies import policy
from saying import Case
from voices import agree

from engine.policy.load import load_policy
from engine.reasoning.days import MondayToFriday
from engine.reasoning.plan import build_plan
from engine.reasoning.rete import conclusions
from engine.reasoning.rete.reason import ranking
from engine.reasoning.rete.source import MemorySource

EXAMPLES = int(os.environ.get("HOLDFAST_AGREEMENT_EXAMPLES", "60"))
CALENDAR = MondayToFriday()
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


@pytest.fixture(scope="module")
def db():
    with duckdb.connect(":memory:") as connection:
        yield connection


@cache
def shipped():
    """The policy that holdfast comes with."""
    return load_policy(Path(__file__).parents[3])


@st.composite
def small_cases(draw):
    """Cases that Hypothesis can make smaller."""
    dice = Drawn(draw)
    return Case(policy(dice), facts(dice))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(case=small_cases())
def test_the_voices_agree(db, case):
    found = agree(db, case.policy, case.facts, TODAY, CALENDAR)
    assert not found, found


@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 2**32))
def test_the_voices_agree_on_large_cases(db, seed):
    case = Case(policy(Rolled(seed)), facts(Rolled(seed + 1)))
    found = agree(db, case.policy, case.facts, TODAY, CALENDAR)
    assert not found, f"{case}\n{found}"


@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 2**32))
def test_single_accounts_are_concluded_as_among_all(seed):
    case = Case(policy(Rolled(seed)), facts(Rolled(seed + 1)))
    plan = build_plan(case.policy, frozenset(case.facts))
    source = MemorySource(case.facts)
    some = [*IDS["account"][:2], "nobody"]
    whole = told(conclusions(plan, source, TODAY, CALENDAR), some)
    assert told(conclusions(plan, source, TODAY, CALENDAR, some), some) == whole, case
    ends = ranking(plan, source, TODAY, CALENDAR)
    assert told(conclusions(plan, source, TODAY, CALENDAR, some, ends), some) == whole, case


def told(found, accounts):
    """What was concluded for the accounts, in one form."""
    signals = [(rule, c.subject, c.account, c.severity, *c.evidence.items()) for rule, c in _each(found.signals)]
    plays = [(play, t.subject, t.account, *t.evidence.items()) for play, t in _each(found.plays)]
    risk = [(s.account, s.account, s.account, s.level, *s.figures.items()) for s in found.risk]
    return Counter(row for row in (*signals, *plays, *risk) if row[2] in accounts)


def _each(by_name):
    return ((name, one) for name, some in by_name.items() for one in some)


@settings(max_examples=max(EXAMPLES // 6, 5), deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 2**32))
def test_the_voices_agree_on_the_shipped_policy(db, seed):
    rows = facts(Rolled(seed), shipped().contract)
    found = agree(db, shipped(), rows, TODAY, CALENDAR)
    assert not found, found
