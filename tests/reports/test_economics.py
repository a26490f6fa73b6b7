"""`holdfast economics`: the documents' example to the last figure, and the same from facts."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from figure_facts import FACTS, account, contact, opened, order, policy
from hypothesis import given
from hypothesis import strategies as st
from reporting import DAY

from engine.errors import UsageError
from engine.reports.at_risk import own_economics
from engine.reports.economics import FACTORS, decimal, economics_of, factors, given_bases, loss, number
from engine.reports.period import last_days
from engine.reports.report import Report
from engine.reports.table import Said

EXAMPLE = {"customers": "64000", "loss_rate": "0.05", "revenue": "40000", "margin": "0.10"}


def part(report: Report, name: str) -> dict[Any, tuple[Any, ...]]:
    [found] = [part for part in report.parts if part.name == name]
    return {row[0]: row[1:] for row in (found.data or found.table).rows}


@pytest.mark.source("D3.econ.loss")
def test_the_documents_own_example() -> None:
    report = economics_of(given_bases(EXAMPLE), factors(policy().limits, {}))
    found = part(report, "loss")
    assert found == {
        "customers": (Decimal(64000),), "lost_customers": (Decimal(3200),), "lost_revenue": (Decimal(128000000),),
        "lost_profit": (Decimal(12800000),),
    }  # fmt: skip
    assert [str(value) for (value,) in found.values()] == ["64000", "3200", "128000000", "12800000"]


@pytest.mark.source("D1.econ.facts")
def test_what_follows_by_the_documents_figures() -> None:
    found = part(economics_of(given_bases(EXAMPLE), factors(policy().limits, {})), "follows")
    assert found["profit_now"] == (Decimal(256000000), None)
    assert found["loyalty"] == (Decimal(64000000), None)  # 5 % less loyalty: 25 % of the profit
    assert found["retention"] == (Decimal(64000000), Decimal(217600000))  # 25 to 85 %
    assert found["tries_new"] == (Decimal(21334), None)  # 3,200 / 15 %, rounded up
    assert found["tries_old"] == (Decimal(6400), None)
    assert found["referred"] == (Decimal(1920), None)
    assert found["told_bad"] == (Decimal(25600), Decimal(32000))
    assert found["told_good"] == (Decimal(121600), Decimal(182400))


@pytest.mark.source("D1.econ.facts", "D3.econ.cost")
def test_every_input_is_shown_with_its_source_and_can_be_changed() -> None:
    report = economics_of(given_bases(EXAMPLE), factors(policy().limits, {"econ_referral": "50%"}))
    found = part(report, "inputs")
    assert set(found) == {*EXAMPLE, *FACTORS}
    assert found["econ_referral"] == (Decimal("0.5"), Said("econ_by_option"))
    assert found["econ_replace_high"][0] == 10
    assert found["econ_replace_high"][1].values["entry"] == "D3.econ.cost"
    assert part(report, "follows")["referred"][0] == 1600
    assert set(FACTORS) <= set(policy().limits)


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**12), st.integers(0, 1000))
def test_nothing_is_rounded_on_the_way(customers: int, rate: int, revenue: int, margin: int) -> None:
    found = loss(Fraction(customers), Fraction(rate, 10**6), Fraction(revenue, 100), Fraction(margin, 1000))
    assert found.profit * 10**11 == customers * rate * revenue * margin
    assert found.customers * 10**6 == customers * rate


@given(st.decimals(0, 10**9, places=4))
def test_a_number_is_read_exactly(value: Decimal) -> None:
    assert number("revenue", f"{value:,}") == Fraction(value)
    assert Fraction(decimal(Fraction(value))) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("customers", "-1"), ("customers", "1.5"), ("loss_rate", "1.01"), ("loss_rate", "150%"), ("margin", "ten"),
        ("revenue", "nan"), ("revenue", "1e999999999"), ("revenue", ""), ("econ_sell_new", "0"),
        ("revenue", "Infinity"),
    ],
)  # fmt: skip
def test_what_is_no_input_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError):
        number(name, text)


def test_nothing_lost_costs_nothing() -> None:
    found = part(economics_of(given_bases(EXAMPLE | {"loss_rate": "0"}), factors({}, {})), "loss")
    assert found["lost_profit"] == (Decimal(0),)


@pytest.mark.source("D3.econ.loss")
def test_the_same_from_own_facts(tmp_path: Path) -> None:
    with opened(tmp_path, FACTS) as source:
        report = own_economics(source, last_days(DAY, 365), {}, factors(source.policy.limits, {}), None, None, 20)
    found = part(report, "loss")
    assert (found["customers"], found["lost_customers"]) == ((Decimal(5),), (Decimal(2),))
    assert found["lost_revenue"] == (Decimal("760.2"),)  # 1,900.5 / 5 customers x 2
    assert found["lost_profit"][0] == decimal(Fraction("760.2") * Fraction("280") / Fraction("1400.5"))


@pytest.mark.source("D3.econ.cost")
def test_value_at_risk_red_first_and_what_replacing_costs(tmp_path: Path) -> None:
    facts = {
        "rep": FACTS["rep"],
        "account": [account(f"a{n}", tier="C", owner="r1") for n in range(3)],
        "order": [
            order("o1", "a0", "2026-11-01", 1000, margin=250), order("o2", "a1", "2026-11-01", 4000),
            order("o3", "a2", "2026-11-02", 9000, margin=900),
        ],
        "interaction": [contact(f"i{n}", "a0", "r1", "2026-11-20") for n in range(6)],
        "benefit": [{"id": "b1", "account": "a1", "given_on": "2026-11-01", "amount": 300}],
        "complaint": [
            {"id": f"c{n}", "account": "a0", "opened_on": "2026-09-01", "kind": "quality", "severity": "high"}
            for n in range(3)
        ],
    }  # fmt: skip
    with opened(tmp_path, facts) as source:
        given = factors(source.policy.limits, {})
        report = own_economics(source, last_days(DAY, 365), {}, given, None, None, 20)
        green = own_economics(source, last_days(DAY, 365), {}, given, None, "green", 20)
        level = dict(source.rows("select account, level from account_risk"))
    assert level["a0"] == "red"
    [table] = [part.data for part in report.parts if part.name == "at_risk"]
    assert table is not None
    names = [column.name for column in table.columns]
    first = dict(zip(names, table.rows[0], strict=True))
    assert (first["account"], first["level"]) == ("a0", "red")
    assert (first["yearly_spend"], first["value_at_risk"]) == (1000, 250)
    # keeping a C customer cost (6 contacts x 100 + 300) / 3 = 300 a year; a new one 5 to 10 times that
    assert (first["replace_low"], first["replace_high"]) == (1500, 3000)
    assert {row[0] for row in table.rows} <= {"red", "amber"}
    everyone = {row[0]: row[1] for row in next(p.data for p in report.parts if p.name == "levels").rows}  # type: ignore[union-attr]
    assert sum(everyone.values()) == 3
    assert all(row[0] == "green" for row in next(p.data for p in green.parts if p.name == "at_risk").rows)  # type: ignore[union-attr]


def test_without_orders_it_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, {"rep": FACTS["rep"], "account": FACTS["account"]}) as source:
        report = own_economics(source, last_days(DAY, 365), {}, factors({}, {}), None, None, 20)
    assert [part.table.notes for part in report.parts] == [(Said("figures_absent", {"types": "order"}),)] * 2
