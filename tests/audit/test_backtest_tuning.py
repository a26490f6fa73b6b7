"""Sweeps of one limit: what else stays, what is moved, which values are tried."""

from datetime import date
from pathlib import Path

import pytest
from backtest_help import END, every, facts, orders, policy

from engine.audit.backtest.looking import Asked, Sweep, sweep
from engine.audit.backtest.tuning import variants
from engine.errors import UsageError
from engine.facts.snapshot import Snapshot

YEAR = date(2025, 1, 1)
ASKED = Asked(END, since=date(2025, 6, 7), until=date(2025, 8, 2))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two that are lost on 30 July after silence from 1 May, and one that pauses for 70 days."""
    rows = [row for name in ("g1", "g2") for row in orders(name, every(30, YEAR, date(2025, 5, 1)))]
    rows += orders("p1", [*every(30, YEAR, date(2025, 5, 1)), *every(30, date(2025, 7, 10), END)])
    accounts = [f"{name},Name,customer" for name in ("g1", "g2", "p1")]
    given = {"account": ["id,name,kind", *accounts], "order": ["id,account,ordered_on,amount,cancelled_on", *rows]}
    return facts(tmp_path_factory.mktemp("tuning"), given)


def swept(snapshot: Snapshot, limit: str, values: str | None) -> Sweep:
    given = policy()
    return sweep(given, snapshot, ASKED, (), limit, variants(given, limit, values), lambda _: None)


def test_a_later_signal_is_more_precise_and_less_early(snapshot: Snapshot) -> None:
    found = swept(snapshot, "late_days", "30,75,200")
    assert [(each.value, each.now) for each in found.values] == [
        ("30", False),
        ("45", True),
        ("75", False),
        ("200", False),
    ]
    late = [each.rules[0] for each in found.values]
    assert found.rules == ("late",)
    assert [(each.alarms, each.hits, each.caught) for each in late] == [(3, 2, 2), (3, 2, 2), (2, 2, 2), (0, 0, 0)]
    leads = [each.lead.value if each.lead else None for each in late]
    assert leads == [53, 39, 11, None]
    assert found.ground.losses == 2  # losses do not change with what is tried


def test_every_tier_takes_the_value_and_one_tier_may_be_named() -> None:
    assert [each.said for each in variants(policy(), "late_share", "2")] == ["1", "2"]
    assert [each.said for each in variants(policy(), "late_share.A", "x3,0.5")] == ["0.5", "1", "3"]
    [now, other] = variants(policy(), "late_share.A", "2")
    assert now.policy.hash == policy().hash
    assert other.policy.limits["late_share"].values == {"A": 2.0, "B": 1.0, "C": 1.0}
    assert now.policy.limits["late_days"] == other.policy.limits["late_days"]


def test_without_values_sensible_ones_are_tried() -> None:
    assert [each.said for each in variants(policy(), "late_days", None)] == ["22", "30", "36", "45", "56", "68", "90"]
    assert [each.now for each in variants(policy(), "late_days", None)].index(True) == 3


def test_a_whole_limit_may_get_a_fraction_where_the_policy_allows_it() -> None:
    assert [each.said for each in variants(policy(), "late_days", "30.5")] == ["30.5", "45"]


@pytest.mark.parametrize(
    ("limit", "values"),
    [("late_day", None), ("late_days.A", None), ("late_share.D", None), ("late_days", "a"), ("late_days", ","),
     ("late_days", "1e99"), ("late_days", ",".join(map(str, range(40)))), ("late_days", "nan")],
)  # fmt: skip
def test_wrong_values_are_refused(limit: str, values: str | None) -> None:
    with pytest.raises(UsageError):
        variants(policy(), limit, values)


def test_a_limit_that_moves_nothing_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(UsageError, match="no signal"):
        swept(snapshot, "backtest_least_alarms", "2")


def test_values_stand_where_the_limit_stood(tmp_path: Path) -> None:
    [_, other] = variants(policy(), "late_days", "46")
    texts, old = other.policy.texts, policy().texts
    changed = [
        (a, b)
        for a, b in zip(old["rules/rules.yaml"].split("\n"), texts["rules/rules.yaml"].split("\n"), strict=True)
        if a != b
    ]
    assert changed == [("  late_days: 45", "  late_days: 46")]
