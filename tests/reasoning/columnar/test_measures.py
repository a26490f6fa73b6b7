"""Measures: what is taken from rows, along which refs, and from which of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

NOV = date(2026, 11, 1)
A = {"id": "a", "name": "A"}
B = {"id": "b", "name": "B"}
C = {"id": "c", "name": "C"}


def show(measures: str, names: str, about: str = "account") -> str:
    """Rules with a signal `show` that holds for all and tells the values of `names`."""
    text = " ".join(f"{{{{ {name} }}}}" for name in names.split())
    return f"""
measures:
{measures}
signals:
  show:
    title: {{en: t, zh: t}}
    about: {about}
    when: true
    severity: low
    weight: 1
    because: {{en: "{text}", zh: "{text}"}}
"""


def order(id: str, account: str | None, day: int, amount: object, **more: object) -> dict[str, Any]:
    return {"id": id, "account": account, "ordered_on": NOV + timedelta(days=day), "amount": amount, **more}


ORDERS = [
    order("o1", "a", 0, 10, product="p", rep="r"),
    order("o2", "a", 3, 20, product="p", margin=2),
    order("o3", "a", 3, 5, product="q", margin=3),
    order("o4", "a", 10, 1),
    order("o5", "b", 5, 7, product="q"),
    order("o6", "b", 22, 999, product="q"),  # tomorrow
    order("o7", "nobody", 5, 7),
    order("o8", None, 5, 7),
]
FACTS: dict[str, Any] = {"account": [A, B, C], "order": ORDERS}


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("count", {"a": 4, "b": 1, "c": 0}),
        ("sum(amount)", {"a": 36, "b": 7, "c": 0}),
        ("sum(margin)", {"a": 5, "b": 0, "c": 0}),
        ("min(amount)", {"a": 1, "b": 7, "c": None}),
        ("max(ordered_on)", {"a": NOV + timedelta(days=10), "b": NOV + timedelta(days=5), "c": None}),
        ("min(product)", {"a": "p", "b": "q", "c": None}),
        ("avg(amount)", {"a": 9.0, "b": 7.0, "c": None}),
        ("avg(margin)", {"a": 2.5, "b": None, "c": None}),
        ("count_distinct(product)", {"a": 2, "b": 1, "c": 0}),
        ("count_distinct(ordered_on)", {"a": 3, "b": 1, "c": 0}),
        ("top_share(product)", {"a": 2 / 3, "b": 1.0, "c": None}),
        ("top_share(amount)", {"a": 0.25, "b": 1.0, "c": None}),
        ("latest(amount)", {"a": 1, "b": 7, "c": None}),
        ("previous(amount)", {"a": 5, "b": None, "c": None}),
        ("latest(margin)", {"a": None, "b": None, "c": None}),
        ("previous(margin)", {"a": 3, "b": None, "c": None}),
        ("mean_gap(ordered_on)", {"a": 5.0, "b": None, "c": None}),
        ("median_gap(ordered_on)", {"a": 5.0, "b": None, "c": None}),
        ("max_gap(ordered_on)", {"a": 7, "b": None, "c": None}),
        ("spread_gap(ordered_on)", {"a": 8**0.5, "b": None, "c": None}),
        ("max_gap", {"a": 7, "b": None, "c": None}),
        ("list(product)", {"a": "p / q", "b": "q", "c": None}),
        ("list(rep)", {"a": "r", "b": None, "c": None}),
        ("list(ordered_on)", {"a": "2026-11-01 / 2026-11-04 / 2026-11-11", "b": "2026-11-06", "c": None}),
        ("list(today - ordered_on)", {"a": "11 / 18 / 21", "b": "16", "c": None}),
        ("sum(amount * 2)", {"a": 72, "b": 14, "c": 0}),
        ("sum(case when product = 'p' then 1 else 0 end)", {"a": 2, "b": 0, "c": 0}),
        ("top_share(3)", {"a": 1.0, "b": 1.0, "c": None}),
        ("count_distinct(3)", {"a": 1, "b": 1, "c": 0}),
        ("max(today - ordered_on)", {"a": 21, "b": 16, "c": None}),
    ],
)
def test_take(judge: Any, take: str, expected: dict[str, Any]) -> None:
    found = judge(show(f'  m: {{about: account, from: order, take: "{take}"}}', "m"), FACTS).evidence("show", "m")
    assert found == expected


def test_several_measures_share_a_scan_and_keep_their_own_conditions(judge: Any) -> None:
    measures = """
  early: {about: account, from: order, where: product = 'p' and ordered_on < date '2026-11-04', take: sum(amount)}
  late:  {about: account, from: order, where: product = 'p' and not ordered_on < date '2026-11-04', take: count}
  any_p: {about: account, from: order, where: product = 'p', take: max(amount)}
  others: {about: account, from: order, where: not product = 'p', take: count}
"""
    found = judge(show(measures, "early late any_p others"), FACTS).signals("show")
    a, b, c = (row["evidence"] for row in found)
    assert (a["early"], a["late"], a["any_p"], a["others"]) == (10, 1, 20, 2)
    assert (b["early"], b["late"], b["any_p"], b["others"]) == (0, 0, None, 1)
    assert (c["early"], c["late"], c["any_p"], c["others"]) == (0, 0, None, 0)


def test_gaps_of_days_with_ties(judge: Any) -> None:
    days = [0, 0, 1, 3, 3, 11]
    facts = {"account": [A], "order": [order(f"o{i}", "a", day, 1) for i, day in enumerate(days)]}
    measures = """
  mean: {about: account, from: order, take: mean_gap(ordered_on)}
  middle: {about: account, from: order, take: median_gap(ordered_on)}
"""
    evidence = judge(show(measures, "mean middle"), facts).signals("show")[0]["evidence"]
    assert (evidence["mean"], evidence["middle"]) == (11 / 3, 2.0)


def test_the_latest_of_rows_on_one_day_is_the_one_with_the_greatest_id(judge: Any) -> None:
    surveys = [
        {"id": "s10", "account": "a", "asked_on": NOV, "satisfaction": "neutral"},
        {"id": "s9", "account": "a", "asked_on": NOV, "satisfaction": "satisfied"},
        {"id": "s1", "account": "a", "asked_on": NOV - timedelta(days=1), "satisfaction": "delighted"},
        {"id": "s99", "account": "a", "asked_on": NOV + timedelta(days=40), "satisfaction": "delighted"},
    ]
    measures = """
  last: {about: account, from: survey, take: latest(satisfaction)}
  before: {about: account, from: survey, take: previous(satisfaction)}
"""
    evidence = judge(show(measures, "last before"), {"account": [A], "survey": surveys}).signals("show")[0]["evidence"]
    assert (evidence["last"], evidence["before"]) == ("satisfied", "neutral")


def test_rows_without_a_date_come_before_those_with_one(judge: Any) -> None:
    contacts = [
        {"id": "x", "account": "a", "position": "old"},
        {"id": "w", "account": "a", "position": "new", "met_on": date(1990, 1, 1)},
    ]
    measures = "  last: {about: account, from: contact, take: latest(position)}"
    assert judge(show(measures, "last"), {"account": [A], "contact": contacts}).evidence("show", "last") == {"a": "new"}


def test_sums_of_doubles_go_by_id(judge: Any) -> None:
    quantities = [0.1, 0.2, 0.3, 1e16, -1e16, 0.7]
    deliveries = [
        {"id": f"d{i}", "account": "a", "promised_on": NOV, "quantity": quantity}
        for i, quantity in reversed(list(enumerate(quantities)))
    ]
    total = 0.0
    for quantity in quantities:
        total += quantity
    measures = """
  total: {about: account, from: delivery, take: sum(quantity)}
  mean: {about: account, from: delivery, take: avg(quantity)}
"""
    facts = {"account": [A], "delivery": deliveries}
    evidence = judge(show(measures, "total mean"), facts).signals("show")[0]["evidence"]
    assert (evidence["total"], evidence["mean"]) == (total, total / 6)


def test_sums_of_money_and_whole_numbers_are_exact(judge: Any) -> None:
    large = Decimal("99999999999999.9999")
    facts = {
        "account": [A],
        "order": [order(f"o{i}", "a", 0, large) for i in range(1000)],
        "delivery": [],
        "promise": [
            {"id": f"p{i}", "account": "a", "kind": "gift", "made_on": NOV, "urged": 999_999_999_999}
            for i in range(1000)
        ],
    }
    measures = """
  total: {about: account, from: order, take: sum(amount)}
  urges: {about: account, from: promise, take: sum(urged)}
  mean: {about: account, from: promise, take: avg(urged)}
"""
    evidence = judge(show(measures, "total urges mean"), facts).signals("show")[0]["evidence"]
    assert (evidence["total"], evidence["urges"]) == (large * 1000, 999_999_999_999_000)
    assert evidence["mean"] == 999_999_999_999.0


def test_rows_reach_a_promise_by_the_account_they_share(judge: Any) -> None:
    facts = {
        **FACTS,
        "promise": [
            {"id": "p", "account": "a", "kind": "rebate", "made_on": NOV + timedelta(days=3), "condition_amount": 20},
            {"id": "q", "account": "a", "kind": "rebate", "made_on": NOV + timedelta(days=4), "condition_amount": 20},
            {"id": "r", "account": "b", "kind": "rebate", "made_on": NOV, "condition_amount": 20},
            {"id": "s", "account": None, "kind": "rebate", "made_on": NOV},
        ],
    }
    measures = """
  since: {about: promise, from: order, by: account, where: ordered_on >= promise.made_on, take: sum(amount)}
  ever: {about: promise, from: order, by: account, take: count}
  share: {about: promise, from: order, by: account, where: ordered_on >= promise.made_on, take: top_share(amount)}
  reached: {about: promise, value: since >= condition_amount}
"""
    found = judge(show(measures, "since ever share reached", "promise"), facts).signals("show")
    assert [tuple(row["evidence"].values()) for row in found] == [
        (26, 4, 1 / 3, True),
        (1, 4, 1.0, False),
        (7, 1, 1.0, False),
        (0, 0, None, False),
    ]


def test_company_wide_rows_reach_everyone(judge: Any) -> None:
    facts = {
        "account": [{**A, "signed_on": NOV}, {**B, "signed_on": NOV + timedelta(days=9)}],
        "company_event": [
            {"id": "x", "kind": "disaster", "began_on": NOV + timedelta(days=5)},
            {"id": "y", "kind": "other", "began_on": NOV + timedelta(days=6), "ended_on": NOV + timedelta(days=7)},
        ],
    }
    measures = """
  events: {about: account, from: company_event, where: ended_on is null, take: count}
  since: {about: account, from: company_event, where: began_on >= account.signed_on, take: count}
  kinds: {about: account, from: company_event, take: top_share(kind)}
"""
    rules = show(measures, "events since kinds")
    found = judge(rules, facts).signals("show")
    assert [tuple(row["evidence"].values()) for row in found] == [(1, 2, 0.5), (1, 0, 0.5)]
    found = judge(rules, {**facts, "company_event": []}).signals("show")
    assert [tuple(row["evidence"].values()) for row in found] == [(0, 0, None), (0, 0, None)]


def test_measures_on_measures_of_other_types(judge: Any) -> None:
    facts = {
        "rep": [
            {"id": "m", "name": "M", "role": "manager", "left_on": date(2026, 1, 1)},
            {"id": "r", "name": "R", "role": "sales", "manager": "m"},
            {"id": "s", "name": "S", "role": "sales", "manager": "r"},
        ],
        "account": [{**A, "owner": "r"}, {**B, "owner": "s"}, {**C, "owner": "r"}],
        "order": ORDERS,
    }
    measures = """
  turnover: {about: account, from: order, take: sum(amount)}
  held: {about: rep, from: account, by: owner, take: sum(turnover)}
  accounts: {about: rep, from: account, by: owner, where: turnover > 0, take: count}
  company: {about: account, from: rep, take: sum(held)}
  share: {about: account, value: turnover / company}
  owner_share: {about: account, value: owner.held / company}
"""
    conclusions = judge(
        show(measures, "share owner_share owner.accounts owner.manager.left_on owner.manager.manager.name"), facts
    )
    rows = {row["subject"]: tuple(row["evidence"].values()) for row in conclusions.signals("show")}
    assert rows["a"] == (36 / 43, 36 / 43, 1, date(2026, 1, 1), None)
    assert rows["b"] == (7 / 43, 7 / 43, 1, None, "M")
    assert rows["c"] == (0.0, 36 / 43, 1, date(2026, 1, 1), None)


def test_the_owner_is_the_one_assigned(judge: Any) -> None:
    reps = [{"id": r, "name": r.upper(), "role": "sales"} for r in "rst"]
    day = timedelta(days=1)
    today = date(2026, 11, 22)
    assignments = [
        ("1", "a", "r", NOV, None),
        ("2", "a", "s", NOV + day, None),
        ("3", "a", "t", NOV + day, today),  # over
        ("4", "a", "t", today + day, None),  # not yet
        ("5", "b", "t", NOV, today + day),  # still in force
        ("6", "c", "t", NOV, today - day),  # over
    ]
    names = ("id", "account", "rep", "since", "until")
    facts = {
        "rep": reps,
        "account": [{**account, "owner": "r"} for account in (A, B, C)],
        "assignment": [dict(zip(names, row, strict=True)) for row in assignments],
    }
    rules = show("  unused: {about: account, value: 1}", "owner owner.name")
    assert judge(rules, facts).evidence("show", "owner.name") == {"a": "S", "b": "T", "c": "R"}
    assert judge(rules, facts, today=today + day).evidence("show", "owner") == {"a": "t", "b": "r", "c": "r"}
    without = {type: rows for type, rows in facts.items() if type != "assignment"}
    assert judge(rules, without).evidence("show", "owner") == {"a": "r", "b": "r", "c": "r"}


def test_what_a_ref_reaches_must_be_known(judge: Any) -> None:
    facts = {
        "rep": [{"id": "r", "name": "R", "role": "sales", "hired_on": date(2027, 1, 1)}],
        "account": [{**A, "owner": "r"}, {**B, "owner": "gone"}, C],
    }
    rules = show("  unused: {about: account, value: 1}", "owner.name owner.active")
    assert judge(rules, facts).evidence("show", "owner.name") == {"a": None, "b": None, "c": None}
    assert judge(rules, facts, today=date(2027, 1, 1)).evidence("show", "owner.name") == {
        "a": "R",
        "b": None,
        "c": None,
    }


def test_an_empty_table_says_that_there_are_none(judge: Any) -> None:
    measures = """
  n: {about: account, from: order, take: count}
  total: {about: account, from: order, take: sum(amount)}
  last: {about: account, from: order, take: max(ordered_on)}
  best: {about: account, from: order, take: top_share(product)}
  middle: {about: account, from: order, take: median_gap(ordered_on)}
"""
    found = judge(show(measures, "n total last best middle"), {"account": [A], "order": []}).signals("show")
    assert [tuple(row["evidence"].values()) for row in found] == [(0, 0, None, None, None)]
    assert judge(show(measures, "n total last best middle"), {"account": [], "order": ORDERS}).signals("show") == []
