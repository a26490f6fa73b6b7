"""The cadence table: lines with a condition are signals of their own and ask for nothing on behalf of the others."""

from datetime import timedelta
from typing import Any

from conftest import TODAY, load

RULES = """
cadence:
  A: {gm: {visit: every 12 months}, sales: {visit: 3 per month}}
  B: {gm: {visit: every 6..12 months, when: spend > 100 or signed_on is null}, sales: {visit: 2 per month}}
  C: {gm: {visit: every 6 months, when: spend > 500}}
cadence_signals:
  gm:
    visit: {title: {en: gm, zh: 总经理}, because: {en: "for {{ tier }}", zh: "{{ tier }}"}, weight: 3}
    visit_b: {because: {en: "while {{ spend }}", zh: "{{ spend }}"}, source: [D1.tier.star]}
"""
DAY = timedelta(days=1)
ACCOUNTS = [{"id": tier.lower(), "name": tier, "tier": tier, "signed_on": TODAY - 400 * DAY} for tier in "ABC"]
FACTS: dict[str, Any] = {"account": ACCOUNTS, "interaction": [], "rep": []}


def test_a_condition_of_one_tier_keeps_no_other_from_being_judged(judge: Any) -> None:
    found = judge(RULES, FACTS)
    assert found.subjects("gm-visit-overdue") == ["a"]
    assert found.not_judged() == {"gm-visit-overdue-b": ["order"], "gm-visit-overdue-c": ["order"]}
    assert found.subjects("sales-visit-overdue") == ["a", "b"]


def test_a_line_with_a_condition_holds_for_its_tier_while_the_condition_does(judge: Any) -> None:
    spent = [
        {"id": f"o{tier}", "account": tier, "ordered_on": TODAY, "amount": amount}
        for tier, amount in (("a", 900), ("b", 101), ("c", 500))
    ]
    found = judge(RULES, FACTS | {"order": spent})
    assert found.subjects("gm-visit-overdue") == ["a"]
    assert found.subjects("gm-visit-overdue-b") == ["b"]
    assert found.subjects("gm-visit-overdue-c") == []
    on_time = [account | {"signed_on": TODAY - 365 * DAY} for account in ACCOUNTS]
    found = judge(RULES, FACTS | {"account": on_time, "order": spent})
    assert found.subjects("gm-visit-overdue") == found.subjects("gm-visit-overdue-b") == []


def test_its_words_are_its_own_and_else_those_of_the_channel() -> None:
    policy = load({"rules/test.yaml": RULES})
    signals = {name: signal for name, signal in policy.signals.items() if name.startswith("gm")}
    assert {name: signal.source for name, signal in signals.items()} == {
        "gm-visit-overdue": ("D1.cadence.A",),
        "gm-visit-overdue-b": ("D1.tier.star",),
        "gm-visit-overdue-c": ("D1.cadence.C",),
    }
    assert {signal.title["en"] for signal in signals.values()} == {"gm"}
    assert {signal.weight for signal in signals.values()} == {3}
    assert [signal.because["en"] for signal in signals.values()] == [
        "for {{ tier }}",
        "while {{ spend }}",
        "for {{ tier }}",
    ]
    assert policy.signals["sales-visit-overdue"].source == ("D1.cadence.A", "D1.cadence.B")
