"""How accounts are classed: by hand, by rank, by matrix."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TODAY, Conclusions, load, write_facts

from engine.policy.load import read_texts
from engine.reasoning.columnar import reason

NOV = date(2026, 11, 1)


def accounts(ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": id, "name": id.upper(), **more} for id in ids]


def order(id: str, account: str, amount: object, **more: object) -> dict[str, Any]:
    return {"id": id, "account": account, "ordered_on": NOV, "amount": amount, **more}


def tiers(judge: Any, facts: dict[str, Any], tiers: str | None = None) -> str:
    """The tiers of all accounts, in order of their ids."""
    rules = 'signals:\n  show: {title: {en: t, zh: t}, about: account, when: true, severity: low, weight: 1, because: {en: "{{ tier }}", zh: "{{ tier }}"}}\n'  # noqa: E501
    found = judge(rules, facts, files={"rules/tiers.yaml": tiers} if tiers else None)
    return "".join(found.evidence("show", "tier").values())


def test_tiers_by_rank_go_by_measure_then_id(judge: Any) -> None:
    facts = {"account": accounts("abcdefghij"), "order": [order("1", "j", 5), order("2", "c", 3), order("3", "b", 3)]}
    assert tiers(judge, facts) == "BABBCCCCCA"  # ranked: j b c a d e f g h i


def test_a_tier_set_by_hand_wins_and_only_active_customers_are_ranked(judge: Any) -> None:
    facts = {
        "account": [
            *accounts("a", tier="C"), *accounts("b", lost_on=NOV), *accounts("c", kind="prospect", tier="B"),
            *accounts("defg"),
        ],
        "order": [order(str(i), id, 100 - i) for i, id in enumerate("abcdefg")],
    }  # fmt: skip
    # ranked: a d e f g; 20 % of 5 is 1, 50 % is 2.5
    assert tiers(judge, facts) == "CCBBBCC"


@pytest.mark.parametrize(
    ("share", "number", "expected"), [("7%", 100, 7), ("5%", 20, 1), ("5%", 21, 2), ("0.1%", 3, 1)]
)
def test_a_share_is_taken_as_written(judge: Any, share: str, number: int, expected: int) -> None:
    facts = {"account": [{"id": f"{i:03}", "name": "x"} for i in range(number)], "order": []}
    text = f"tiers: {{by: rank, rank_by: n, classes: {{A: top {share}, B: rest}}}}\n"
    text += "measures: {n: {about: account, from: order, take: count}}"
    assert tiers(judge, facts, text) == "A" * expected + "B" * (number - expected)


def test_who_has_no_value_ranks_last(judge: Any) -> None:
    text = "tiers: {by: rank, rank_by: best, classes: {A: top 20%, B: top 60%, C: rest}}\n"
    text += "measures: {best: {about: account, from: order, take: max(amount)}}"
    facts = {"account": accounts("abcde"), "order": [order("1", "c", -5), order("2", "e", -7)]}
    assert tiers(judge, facts, text) == "BCACB"


def test_tiers_by_matrix(judge: Any) -> None:
    text = """
tiers:
  by: matrix
  rank_by: spend
  classes: {A: top 5%, B: top 20%, C: rest}
  matrix:
    high_turnover: spend >= 10
    high_profit: profit >= 3
    classes: {high_high: A, high_low: B, low_low: C, low_high: B}
measures:
  spend: {about: account, from: order, take: sum(amount)}
  profit: {about: account, from: order, take: max(margin)}
"""
    orders = [
        order("1", "a", 10, margin=3),
        order("2", "b", 10),
        order("3", "c", 1, margin=3),
        order("4", "e", 10, margin=9),
    ]
    facts = {"account": [*accounts("abcd"), *accounts("e", kind="prospect"), *accounts("f", tier="A")], "order": orders}
    assert tiers(judge, facts, text) == "ABBCCA"


def test_without_the_facts_behind_the_rank_everyone_has_the_last_class(judge: Any) -> None:
    assert tiers(judge, {"account": [*accounts("ab"), *accounts("c", tier="A")]}) == "CCA"


@pytest.mark.source("D1.tier.matrix", "D1.tier.abc")
def test_one_line_of_the_shipped_policy_chooses_between_rank_and_matrix(tmp_path: Path) -> None:
    show = 'title: {en: t}, about: account, when: active, severity: low, because: {en: "{{ tier }}"}'
    texts = read_texts(ROOT) | {"rules/show.yaml": f"signals: {{show: {{{show}}}}}"}
    by_rank = texts["rules/tiers.yaml"]
    by_matrix = by_rank.replace("\n  by: rank ", "\n  by: matrix ")
    assert len(set(by_rank.splitlines()) - set(by_matrix.splitlines())) == 1
    figures = {
        "a": (100_000, 15_000),
        "b": (100_000, 14_999),
        "c": (99_999, 15_000),
        "d": (99_999, 14_000),
        "e": (9, 0),
    }
    facts = {
        "account": [*accounts("".join(figures), kind="customer"), *accounts("h", kind="customer", tier="A")],
        "order": [order(id, id, spend, margin=margin) for id, (spend, margin) in figures.items()],
    }
    found = {}
    for name, text in {"rank": by_rank, "matrix": by_matrix}.items():
        policy = load(texts | {"rules/tiers.yaml": text})
        reason(policy, write_facts(tmp_path / f"facts {name}", policy, facts), TODAY, tmp_path / name)
        found[name] = "".join(Conclusions(tmp_path / name).evidence("show", "tier").values())
    assert found == {"rank": "ABCCCA", "matrix": "ABBCCA"}
