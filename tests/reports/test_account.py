"""The file of one customer, worked out by hand; 2026-11-22 is a Sunday."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from reporting import DAY, night
from test_remind import REPS, account, contact, order

from engine.delivery.render import render
from engine.errors import UsageError
from engine.policy.kinds import Kind
from engine.reports.account import account as account_file
from engine.reports.dossier import Dossier
from engine.reports.relation import criteria_state
from engine.reports.source import ReportSource, open_night
from engine.reports.table import Said, SaidWord

LONG_AGO = [account(f"x{n}", kind="customer", signed_on="2019-01-01") for n in range(18)]
FACTS: dict[str, list[dict[str, Any]]] = {
    "rep": REPS,
    "account": [
        account("a1", name="海天贸易", second="r2", province="江澜", industry="trade", relation_level=3),
        account("a2", name="Twin"),
        account("a3", name="Twin", tier="A"),
        account("a4", kind="prospect", name="Prospect", stage="offer", grade="A", signed_on=None),
        account("a5", name="Gone", lost_on="2026-02-28", lost_kind="active", lost_cause="price", owner="r3"),
        *LONG_AGO,
    ],
    "contact": [
        {"id": "k1", "account": "a1", "name": "高杰", "level": "executive", "department": "board", "influence": "true"},
        {"id": "k2", "account": "a1", "name": "吴伟", "level": "staff", "department": "it", "met_on": "2024-02-29"},
        {"id": "k3", "account": "a1", "name": "left", "level": "manager", "left_on": "2026-01-01"},
    ],
    "interaction": [
        {**contact("i1", "a1", "r1", "2026-11-20"), "contact": "k1", "outcome": "valuable"},
        contact("i2", "a1", "r1", "2026-11-02", "call"),
        contact("i3", "a1", "m1", "2026-06-01"),
        contact("i4", "a2", "r1", "2026-11-21", "call"),
    ],
    "appointment": [{"id": "n1", "account": "a1", "rep": "r1", "made_on": "2026-11-20", "planned_on": "2026-11-30"}],
    "order": [
        order("o1", "a1", "2024-02-29", 1000, margin=100),
        order("o2", "a1", "2026-09-13", 2000, margin=300),
        order("o3", "a1", "2026-10-13", 4000),
        order("o4", "a1", "2026-11-01", 9999, cancelled_on="2026-11-02"),
        order("o5", "a2", "2026-10-01", 5000),
    ],
    "quote": [
        {"id": "q1", "account": "a1", "quoted_on": "2026-11-01", "amount": 700},
        {"id": "q2", "account": "a1", "quoted_on": "2026-10-01", "amount": 800, "lost_on": "2026-10-05",
         "lost_to": "Rival"},
    ],
    "invoice": [
        {"id": "v1", "account": "a1", "issued_on": "2026-09-13", "due_on": "2026-10-13", "amount": 2000,
         "paid_amount": 500},
        {"id": "v2", "account": "a1", "issued_on": "2026-10-13", "due_on": "2026-12-12", "amount": 4000},
        {"id": "v3", "account": "a1", "issued_on": "2024-02-29", "due_on": "2024-03-29", "amount": 1000,
         "paid_on": "2024-03-01"},
    ],
    "promise": [
        {"id": "p1", "account": "a1", "rep": "r1", "kind": "delivery", "made_on": "2026-10-01", "due_on": "2026-11-01"},
        {"id": "p2", "account": "a1", "kind": "gift", "made_on": "2026-10-01", "due_on": "2026-12-01"},
        {"id": "p3", "account": "a1", "kind": "other", "made_on": "2026-01-01", "due_on": "2026-02-01",
         "kept_on": "2026-02-01"},
        {"id": "p4", "account": "a1", "kind": "other", "made_on": "2026-01-01", "due_on": "2026-02-01",
         "kept_on": "2026-02-02"},
        {"id": "p5", "account": "a1", "kind": "other", "made_on": "2026-01-01", "due_on": "2026-02-01",
         "withdrawn_on": "2026-01-02"},
        {"id": "p6", "account": "a1", "kind": "rebate", "made_on": "2026-10-20", "condition_amount": 100000},
    ],
    "complaint": [
        {"id": "c1", "account": "a1", "opened_on": "2026-11-20", "kind": "quality", "severity": "high"},
        {"id": "c2", "account": "a1", "opened_on": "2026-10-01", "answered_on": "2026-10-01",
         "resolved_on": "2026-10-03"},
        {"id": "c3", "account": "a1", "opened_on": "2026-09-01", "answered_on": "2026-09-01",
         "resolved_on": "2026-09-03",
         "reopened_on": "2026-11-01"},
    ],
    "subscription": [
        {"id": "s1", "account": "a1", "product": "care", "started_on": "2026-01-01", "ends_on": "2026-12-31"},
        {"id": "s2", "account": "a1", "product": "old", "started_on": "2025-01-01", "ends_on": "2025-12-31",
         "renewed_on": "2025-12-01"},
    ],
    "survey": [
        {"id": "u1", "account": "a1", "asked_on": "2026-03-01", "answered_on": "2026-03-02",
         "satisfaction": "delighted"},
        {"id": "u2", "account": "a1", "asked_on": "2026-10-01", "answered_on": "2026-10-04", "satisfaction": "neutral"},
        {"id": "u3", "account": "a1", "asked_on": "2026-11-01"},
    ],
    "criteria": [
        {"id": "e1", "account": "a1", "assessed_on": "2026-06-01", "we_fit": "true", "rival_fits": "false"},
        {"id": "e2", "account": "a1", "assessed_on": "2026-09-01", "we_fit": "true", "rival_fits": "true"},
    ],
    "fee": [
        {"id": "f1", "account": "a1", "charged_on": "2026-05-01", "amount": 60},
        {"id": "f2", "account": "a1", "charged_on": "2025-05-01", "amount": 40},
    ],
    "benefit": [{"id": "b1", "account": "a1", "given_on": "2026-05-01", "amount": 20}],
    "hosting": [{"id": "h1", "account": "a1", "host": "r1", "planned_on": "2026-10-01",
                 "held_on": "2026-10-01", "budget": 900}],
    "alliance": [],
    "rival_move": [{"id": "m1", "account": "a1", "rival": "Rival", "kind": "price", "seen_on": "2026-10-01"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return night(tmp_path_factory.mktemp("account"), FACTS)


@pytest.fixture
def source(store: Path) -> Iterator[ReportSource]:
    with open_night(store) as opened:
        yield opened


@pytest.fixture(scope="module")
def a1(store: Path) -> Dossier:
    with open_night(store) as opened:
        return filed(opened, "海天贸易")


def filed(source: ReportSource, wanted: str, **options: Any) -> Dossier:
    return account_file(source, wanted, "en", render, **options)


def facts(dossier: Dossier, section: str) -> dict[str, Any]:
    [found] = [each for each in dossier.sections if each.name == section]
    return {fact.name: fact.value for fact in found.facts if fact.value is not None}


def notes(dossier: Dossier, section: str) -> dict[str, Said]:
    [found] = [each for each in dossier.sections if each.name == section]
    return {fact.name: fact.note for fact in found.facts if fact.note is not None and fact.value is not None}


def rows(dossier: Dossier, section: str, *names: str) -> list[tuple[Any, ...]]:
    [found] = [each for each in dossier.sections if each.name == section]
    assert found.rows is not None
    places = [[column.name for column in found.rows.columns].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in found.rows.rows]


@pytest.mark.source("D0.file.complete")
def test_base_data_and_people(a1: Dossier) -> None:
    found = facts(a1, "base")
    assert found["owner"] == "王磊 (r1)"
    assert found["second"] == "王磊 (r2)"
    assert (found["province"], found["industry"], found["signed_on"]) == ("江澜", "trade", date(2020, 1, 1))


@pytest.mark.source("D0.file.complete")
def test_trade_counts_what_was_not_cancelled(a1: Dossier) -> None:
    assert facts(a1, "trade") == {
        "first_order_on": date(2024, 2, 29),
        "last_order_on": date(2026, 10, 13),
        "orders": 3,
        "total_sales": Decimal(7000),
        "total_margin": Decimal(400),
        "spend": Decimal(6000),
        "margin_rate": 0.15,  # 300 of the 2,000 whose margin is known, within the year
        "order_cycle": 478.5,  # 957 days between the first and the last of three order days
        "expected_order_on": date(2028, 2, 4),
    }
    assert rows(a1, "orders", "id") == [("o3",), ("o2",), ("o1",)]
    assert rows(a1, "quotes", "id", "state") == [("q1", "undecided"), ("q2", "lost")]
    assert rows(a1, "receivables", "id", "open_amount", "days_late") == [("v1", 1500, 40), ("v2", 4000, None)]
    assert rows(a1, "expenses", "expense", "in_year", "in_all", "count") == [
        ("benefits", 20, 20, 1), ("fees", 60, 100, 2), ("hosting", 900, 900, 1),
    ]  # fmt: skip


@pytest.mark.source("D1.tier.abc")
def test_tier_by_rank_names_place_and_ends(a1: Dossier) -> None:
    """21 active customers: one A that is set by hand, place 1 and 2 by spend make A, up to place 5 make B."""
    assert facts(a1, "standing") == {"tier": "A", "tier_A_ends": Decimal(5000), "tier_B_ends": Decimal(0)}
    assert notes(a1, "standing")["tier"].values == {
        "place": 1, "count": 21, "value": Decimal(6000), "measure": SaidWord("spend"),
    }  # fmt: skip


@pytest.mark.source("D1.tier.abc")
def test_tier_by_hand_and_none_for_others(store: Path) -> None:
    for id, expected in (("a3", {"tier": "A"}), ("a4", {}), ("a5", {})):
        with open_night(store) as source:
            assert facts(filed(source, id), "standing") == expected


@pytest.mark.source("D0.file.complete")
def test_last_and_next_contact_by_role(a1: Dossier) -> None:
    assert facts(a1, "next") == {
        "last_visit": date(2026, 11, 20), "last_call": date(2026, 11, 2), "last_contact": date(2026, 11, 20),
    }  # fmt: skip
    names = ("role", "channel", "last_on", "due_on", "days_late", "who_name")
    assert rows(a1, "next", *names) == [
        ("director", "visit", None, date(2020, 6, 29), 2337, "顾海伦"),
        ("gm", "visit", None, date(2020, 12, 31), 2152, "沈怀瑾"),
        ("manager", "visit", date(2026, 6, 1), date(2026, 7, 31), 114, "陆明远"),
        ("sales", "call", date(2026, 11, 2), date(2026, 11, 17), 5, "王磊"),
        ("sales", "visit", date(2026, 11, 20), date(2026, 11, 30), None, "王磊"),
    ]
    assert rows(a1, "appointments", "planned_on") == [(date(2026, 11, 30),)]


@pytest.mark.source("D2.level.3", "D2.weapon.01", "D1.satisfaction.levels", "D2.criteria.caution")
def test_relation_network_satisfaction_and_criteria(a1: Dossier) -> None:
    found = facts(a1, "relation")
    assert (found["relation_level"], found["contacts_known"], found["employees_met"]) == (3, 2, 2)
    assert (found["satisfaction"], found["criteria"]) == ("neutral", "caution")
    assert notes(a1, "relation")["relation_level"] == Said("level_by_hand")
    assert notes(a1, "relation")["satisfaction"].phrase == "answered_after"
    assert rows(a1, "relation", "contact_level", "department", "count", "last_on") == [
        ("executive", "board", 1, date(2026, 11, 20)), ("staff", "it", 1, None),
    ]  # fmt: skip
    assert rows(a1, "contacts", "contact") == [("高杰",), ("吴伟",)]


@pytest.mark.source("D2.level.1", "D2.level.2")
def test_without_a_hand_the_level_is_the_policys(store: Path) -> None:
    with open_night(store) as source:
        table = source.measured("account", {"level_now": Kind.INTEGER}, "levels")
        [(level,)] = source.rows(f'select level_now from "{table}" where id = $1', ["a2"])
    with open_night(store) as source:
        dossier = filed(source, "a2")
    assert facts(dossier, "relation")["relation_level"] == level == 1
    assert notes(dossier, "relation")["relation_level"] == Said("level_by_facts")


@pytest.mark.source("D2.criteria.safe", "D2.criteria.caution", "D2.criteria.alarm")
def test_the_states_of_the_buying_criteria() -> None:
    assert [criteria_state(*fits) for fits in ((True, False), (True, True), (False, True), (False, False))] == [
        "safe", "caution", "alarm", "unmet",
    ]  # fmt: skip
    assert criteria_state(None, True) is criteria_state(True, None) is None


@pytest.mark.source("D3.promise.register")
def test_promises_with_their_states(a1: Dossier) -> None:
    assert dict(rows(a1, "promises", "id", "state")) == {
        "p1": "late", "p2": "pending", "p3": "kept", "p4": "kept_late", "p5": "withdrawn", "p6": "conditional",
    }  # fmt: skip
    assert [id for (id,) in rows(a1, "promises", "id")][:3] == ["p2", "p1", "p6"]


@pytest.mark.source("D0.file.complete")
def test_complaints_renewals_and_rivals(a1: Dossier) -> None:
    assert rows(a1, "complaints", "id", "state") == [
        ("c1", "unanswered"), ("c3", "reopened"), ("c2", "solved"),
    ]  # fmt: skip
    assert rows(a1, "renewals", "id", "state") == [("s1", "running"), ("s2", "renewed")]
    assert rows(a1, "rivals", "rival", "kind") == [("Rival", "price")]


@pytest.mark.source("D0.file.complete")
def test_risk_says_why_and_tasks_are_those_of_the_store(source: ReportSource) -> None:
    dossier = filed(source, "a1")
    rules = dict(rows(dossier, "risk", "rule", "because"))
    assert rules["manager-visit-overdue"].startswith("Last visit by a manager 2026-06-01")
    assert facts(dossier, "risk")["risk"] == "red"
    tasks = source.store.rows(
        "select t.id from task t join episode e on e.id = t.episode"
        " where e.account = 'a1' and t.status = 'open' and t.joined is null"
    )
    assert sorted(rows(dossier, "tasks", "id")) == sorted(tasks) != []


@pytest.mark.source("D0.file.complete")
def test_gaps_are_named(store: Path) -> None:
    with open_night(store) as source:
        poor = filed(source, "x1")
    said = [gap.phrase if isinstance(gap, Said) else gap for gap in poor.gaps]
    assert any(str(gap).startswith("Missing in the file: place; trade; type") for gap in said)
    assert said.count("gap_empty") == 3  # no contact persons, no contact log, no orders
    with open_night(store) as source:
        lost = filed(source, "a5")
    assert [gap.values["part"].phrase for gap in lost.gaps if isinstance(gap, Said) and gap.phrase == "gap_empty"] == [
        "section_contacts", "section_log",
    ]  # fmt: skip


def test_rows_are_limited_and_counted(source: ReportSource) -> None:
    [section] = [each for each in filed(source, "a1", most=1).sections if each.name == "promises"]
    assert section.rows is not None
    assert (len(section.rows.rows), section.rows.total) == (1, 6)


def test_unknown_and_shared_names(source: ReportSource) -> None:
    with pytest.raises(UsageError, match="there is no account '海天'") as error:
        filed(source, "海天")
    assert error.value.hint == "did you mean 海天贸易 (a1)?"
    with pytest.raises(UsageError, match="2 accounts are called Twin: a2, a3"):
        filed(source, "Twin")
    with pytest.raises(UsageError, match="there is no account"):
        filed(source, "' or 1=1 --")


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 10, 1)])
def test_a_past_day_knows_only_what_was_known(store: Path, day: date) -> None:
    with open_night(store, day) as source:
        dossier = filed(source, "a1")
    assert facts(dossier, "trade")["orders"] == (1 if day.year == 2024 else 2)
    assert "tasks" not in {section.name for section in dossier.sections}
    assert dossier.notes == (Said("as_of", {"day": day, "run_day": DAY}),)


def test_accounts_alone_make_a_file_with_gaps(tmp_path: Path) -> None:
    store = night(tmp_path, {"account": FACTS["account"]})
    with open_night(store) as source:
        dossier = filed(source, "a1")
    assert {section.name for section in dossier.shown()} <= {"base", "standing", "relation", "risk", "tasks"}
    assert {gap.values["types"] for gap in dossier.gaps if isinstance(gap, Said)} >= {"order", "interaction", "contact"}


def test_one_accounts_rows_give_what_all_give(example: Path) -> None:
    """Narrowed to one customer, the policy's measures are what the whole night has."""
    with open_night(example) as source:
        wanted = {name: m.kind for (about, name), m in source.policy.measures.items() if about == "account"}
        source.measured("account", wanted, "whole")
        whole = {row[0]: row for row in source.rows("select * from whole")}
    for id in ("a5", "a42", "a211"):
        with open_night(example) as source:
            source.asked.narrow(id)
            source.measured("account", wanted, "own")
            assert source.rows("select * from own") == [whole[id]]
