"""Small facts for the tests of figures, each chosen to fall on one side of a border. The night is 2026-11-22."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import reporting

from engine.policy.load import check, read_texts
from engine.policy.model import Policy
from engine.reports.source import ReportSource, open_night
from engine.shipped import shipped_root

Row = dict[str, Any]
KEPT = ("rules/facts.yaml", "rules/limits.yaml", "rules/words.yaml")
RULES = """
tiers: {by: rank, rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend:
    about: account
    from: order
    where: cancelled_on is null and ordered_on > today - limit.spend_days
    take: sum(amount)
signals:
  complained:
    title: {en: c, zh: c}
    about: complaint
    when: resolved_on is null
    severity: high
    weight: 60
    because: {en: c, zh: c}
risk: {red: score >= 60, amber: signals.any >= 1}
"""


@lru_cache
def policy() -> Policy:
    """The shipped facts, limits and words with hardly a rule: nights by it are quick."""
    texts = {name: text for name, text in read_texts(shipped_root()).items() if name in KEPT}
    found = check({**texts, "rules/few.yaml": RULES}).policy
    assert found is not None
    return found


def opened(
    folder: Path, facts: Mapping[str, list[Row]], day: date = reporting.DAY
) -> AbstractContextManager[ReportSource]:
    """The night of these facts, to be asked."""
    return open_night(reporting.night(folder, facts, day, policy()))


def account(id: str, **fields: Any) -> Row:
    return {"id": id, "name": f"name of {id}", "kind": "customer", "signed_on": "2020-01-01", **fields}


REPS: list[Row] = [
    {"id": "m1", "name": "陆明远", "role": "manager", "department": "north", "hired_on": "2015-01-01"},
    {"id": "r1", "name": "王磊", "role": "sales", "manager": "m1", "department": "north", "hired_on": "2018-01-01"},
    {"id": "r2", "name": "王磊", "role": "sales", "manager": "m1", "department": "south", "hired_on": "2018-01-01"},
]
ACCOUNTS: list[Row] = [
    account("a1", province="江苏", city="无锡", tier="A", owner="r1", department="key"),
    account("a2", province="江苏", city="苏州", tier="C", owner="r2"),
    account("a3", province="浙江", tier="C", owner="r1"),
    account("a4", province="浙江", kind="prospect", owner="r1"),
    account(
        "a5", province="浙江", tier="B", owner="r1", lost_on="2026-06-30", lost_cause="price", lost_kind="active",
        controllable="true",
    ),
    account(
        "a6", province="江苏", tier="C", owner="r2", lost_on="2026-07-01", lost_cause="bad debt", lost_kind="passive",
        controllable="false",
    ),
    account("a7", kind="prospect", lost_on="2026-07-02"),
]  # fmt: skip


def order(id: str, account: str, day: str, amount: float, **fields: Any) -> Row:
    return {"id": id, "account": account, "ordered_on": day, "amount": amount, **fields}


ORDERS: list[Row] = [
    order("o1", "a1", "2026-10-01", 1000, rep="r1", margin=200),
    order("o2", "a1", "2026-09-30", 500),  # nobody took it: the carer r1; no margin recorded
    order("o3", "a2", "2026-10-05", 300.5, rep="r2", margin=30),
    order("o4", "a3", "2026-10-05", 200, rep="r1", margin=200, cancelled_on="2026-10-06"),
    order("o5", "a3", "2025-11-22", 100, rep="r2", margin=50),  # the day before the 365 days
    order("o6", "a3", "2025-11-23", 100, rep="r2", margin=50),  # the first of them
    order("o7", "a1", "2026-11-23", 9999, rep="r1"),  # tomorrow
]
FACTS: dict[str, list[Row]] = {"rep": REPS, "account": ACCOUNTS, "order": ORDERS}


def contact(id: str, account: str, rep: str | None, day: str, **fields: Any) -> Row:
    return {"id": id, "account": account, "rep": rep, "happened_on": day, "channel": "call", **fields}


def promise(id: str, due: str, **fields: Any) -> Row:
    return {"id": id, "account": "a1", "rep": "r1", "kind": "other", "made_on": "2026-10-01", "due_on": due, **fields}


# A week of work, Monday 2026-10-12 to Friday 2026-10-16.
WEEK: dict[str, list[Row]] = {
    **FACTS,
    "interaction": [
        contact("i1", "a1", "r1", "2026-10-12", channel="visit", outcome="effective"),
        contact("i2", "a2", "r1", "2026-10-12", outcome="valuable"),
        contact("i3", "a1", "r1", "2026-10-13", outcome="unsuccessful"),
        contact("i4", "a1", "r1", "2026-10-16"),  # no outcome
        contact("i5", "a1", "r1", "2026-10-17", outcome="effective"),  # Saturday: after the week
        contact("i6", "a1", "r1", "2026-10-11", outcome="effective"),  # Sunday: before it
        contact("i7", "a2", "r2", "2026-10-16", outcome="unsuccessful"),
        contact("i8", "a3", None, "2026-10-14", outcome="effective"),  # nobody's
    ],
    "absence": [{"id": "x1", "rep": "r2", "told_on": "2026-10-01", "since": "2026-10-14", "until": "2026-10-15"}],
    "quote": [
        {"id": "q1", "account": "a1", "rep": "r1", "quoted_on": "2026-10-01", "amount": 10, "won_on": "2026-10-13"},
        {"id": "q2", "account": "a1", "rep": "r1", "quoted_on": "2026-10-01", "amount": 20, "lost_on": "2026-10-16"},
        {"id": "q3", "account": "a1", "rep": "r1", "quoted_on": "2026-10-01", "amount": 30, "lost_on": "2026-10-17"},
        {"id": "q4", "account": "a1", "rep": "r1", "quoted_on": "2026-10-01", "amount": 40},
    ],
    "promise": [
        promise("p1", "2026-10-12", kept_on="2026-10-12"),
        promise("p2", "2026-10-13", kept_on="2026-10-14"),
        promise("p3", "2026-10-14"),
        promise("p4", "2026-10-15", withdrawn_on="2026-10-10"),
        promise("p5", "2026-10-17"),
        promise("p6", "2026-10-16", rep="r2", kept_on="2026-10-01"),
    ],
    "assignment": [
        {"id": "g1", "account": "a5", "rep": "r1", "since": "2020-01-01", "until": "2026-06-29"},
        {"id": "g2", "account": "a5", "rep": "r2", "since": "2026-06-29", "until": "2026-06-30"},
    ],
}
