"""Conditions that nothing can meet are found; what may hold is never called impossible."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.policy.impossible import Impossible, impossible
from engine.policy.load import check, load_policy
from engine.policy.model import Policy

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")
MEASURES = """
measures:
  orders: {about: account, from: order, take: count}
  spend: {about: account, from: order, take: sum(amount)}
  last: {about: account, from: order, take: max(ordered_on)}
  share: {about: account, from: interaction, take: top_share(rep)}
  none: {about: account, from: order, where: amount > 5 and amount < 3, take: count}
  never: {about: account, from: order, where: amount > 5 and amount < 3, take: max(ordered_on)}
"""
LIMITS = "limits: {low: {A: 1, B: 2, C: 3}, high: {A: 10, B: 20, C: 30}, five: 5}\n"
TIERS = "tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}\n"


def rules(when: str, about: str = "account", more: str = "") -> Policy:
    signal = f'  x: {{title: {{en: X}}, about: {about}, when: "{when}", severity: low, because: {{en: x}}}}\n'
    text = f"{LIMITS}{TIERS}{MEASURES}signals:\n{signal}{more}risk: {{red: signals.high >= 1}}\n"
    checked = check({"rules/facts.yaml": CONTRACT, "rules/r.yaml": text})
    assert checked.policy is not None, checked.faults
    return checked.policy


def found(when: str, about: str = "account", empty: frozenset[tuple[str, str]] = frozenset()) -> list[Impossible]:
    return list(impossible(rules(when, about), empty))


@pytest.mark.parametrize(
    "when",
    [
        "orders > 5 and orders < 3",
        "orders > 5 and orders < 6",  # whole numbers
        "spend > 5 and not (spend > 4)",
        "orders < 0",
        "share > 1",
        "kind = 'prospect' and kind = 'customer'",
        "kind is not null and kind not in ('prospect', 'customer')",
        "kind <> 'prospect' and kind <> 'customer'",
        "lost_on is null and lost_on < today",
        "lost_on < today - 30 and today - lost_on < 10",
        "signed_on > created_on and created_on > signed_on",
        "active and not active",
        "active and (orders > 5 and orders < 3 or kind = 'prospect' and kind = 'customer')",
        "orders > limit.high and orders < limit.low",
        "tier = 'A' and orders > limit.high and orders < 10",
        "not (orders >= 0)",
        "not (kind = 'prospect' or kind is null or kind = 'customer')",
        "orders between 5 and 4",
        "none > 0",
        "never < today",
        "orders * 2 + 1 > 11 and orders <= 5",
        "2 > 3",
        "coalesce(orders, 3) = 1 and coalesce(orders, 3) = 2",
        "relation_level in (1, 2) and relation_level > 2",
    ],
)
def test_a_contradiction_is_found(when: str) -> None:
    [only] = found(when)
    assert only.rule == "x" and only.severity is None
    assert only.place.file == "rules/r.yaml"


@pytest.mark.parametrize(
    "when",
    [
        "orders > 5 and spend < 3",
        "orders > 5 and orders < 7",
        "spend > 5 and spend < 6",
        "not (last > today) and not (last <= today)",  # missing
        "kind is null and kind <> 'prospect' or orders >= 0",
        "kind not in ('prospect', 'customer') or active",
        "not (kind in ('prospect', 'customer'))",  # missing
        "lost_on < today - 10 and today - lost_on < 30",
        "orders > limit.low and orders < limit.high",
        "orders > limit.high and orders < 15",  # tier A
        "coalesce(last, today) = today",
        "orders = 0 and none = 0",
        "never is null",
        "not (share > 1)",
        "coalesce(case when active then orders end, 9) > 8 and active = false",
        "owner.left_on is null and orders > 0",
        "name like 'A%' and name like '%B'",
        "relation_level = 2 or relation_level = 3",
    ],
)
def test_what_may_hold_is_not_called_impossible(when: str) -> None:
    assert found(when) == []


def test_the_clash_is_told_in_the_authors_words() -> None:
    [only] = found("active and orders > limit.five and kind = 'customer' and orders < 3")
    assert (only.why.kind, only.why.one, only.why.two) == ("contradiction", "orders > limit.five", "orders < 3")
    [only] = found("active and orders < 0")
    assert (only.why.kind, only.why.one) == ("never", "orders < 0")


def test_what_rests_on_an_impossible_signal_is_impossible() -> None:
    more = "  y: {title: {en: Y}, about: account, when: signal('x') and active, severity: low, because: {en: y}}\n"
    more += "  z: {title: {en: Z}, about: account, when: not signal('x') and active, severity: low, because: {en: z}}\n"
    one, two = impossible(rules("orders < 0", more=more))
    assert (one.rule, two.rule, two.why.kind, two.why.one) == ("x", "y", "rests", "x")


def test_a_severity_that_can_never_come_is_told() -> None:
    severity = "severity: {critical: orders > 9, high: orders > 10, medium: orders > 4, low: otherwise}"
    more = f"  y: {{title: {{en: Y}}, about: account, when: orders > 5, {severity}, because: {{en: y}}}}\n"
    found = [(each.rule, each.severity) for each in impossible(rules("active", more=more))]
    assert found == [("y", "high")]  # who has more than 10 has more than 9


def test_a_field_that_no_fact_has_makes_what_needs_it_impossible() -> None:
    empty = frozenset({("promise", "value")})
    assert found("value > 5", "promise", empty)
    assert not found("value > 5 or urged > 2", "promise", empty)
    assert not found("not (value > 5)", "promise", empty)
    assert not found("value is null and urged > 2", "promise", empty)
    assert found("urged > 2 and urged >= value", "promise", empty)


def test_the_shipped_policy_has_no_rule_that_can_match_nobody() -> None:
    assert impossible(load_policy(ROOT)) == ()


NUMBERS = st.integers(-3, 3)
OPS = st.sampled_from(["<", "<=", "=", "<>", ">", ">="])
TEST = st.builds("{} {} {}".format, st.sampled_from(["urged", "urged + 1", "2 - urged"]), OPS, NUMBERS)
NEGATED = st.one_of(TEST, TEST.map("not ({})".format), st.sampled_from(["urged is null", "urged is not null"]))
BOTH = st.lists(NEGATED, min_size=1, max_size=4).map(lambda parts: " and ".join(f"({part})" for part in parts))
WHEN = st.lists(BOTH, min_size=1, max_size=3).map(" or ".join)


@settings(max_examples=40, deadline=None)
@given(WHEN)
def test_it_agrees_with_trying_every_value(when: str) -> None:
    """Of one whole number: impossible exactly where neither a value nor its absence holds."""
    plain = when.replace(" = ", " == ").replace("<>", "!=")
    plain = plain.replace("urged is null", "N").replace("urged is not null", "not N")
    assert bool(found(when, "promise")) is not any(_holds(plain, value) for value in (None, *range(-12, 13)))


def _holds(text: str, value: int | None) -> bool:
    if value is not None:
        return bool(eval(text.replace("N", "False"), {}, {"urged": value}))
    missing = text.replace("not N", "False").replace("N", "True")
    for op in ("<=", ">=", "==", "!=", "<", ">"):
        for side in ("urged + 1", "2 - urged", "urged"):
            for number in range(-3, 4):
                missing = missing.replace(f"{side} {op} {number})", "False)")
    return bool(eval(missing))
