"""`holdfast stats`: every figure worked out by hand on a few facts."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from figure_facts import ACCOUNTS, FACTS, REPS, account, opened, order

from engine.delivery.phrases import PHRASES
from engine.errors import UsageError
from engine.reports.dimensions import DIMENSIONS, fits
from engine.reports.index import stats_index
from engine.reports.measures import NAMES
from engine.reports.period import Period, read_period
from engine.reports.report import Form, Report
from engine.reports.source import ReportSource
from engine.reports.stats import default_period, stats
from engine.reports.table import Said

YEAR = Period(date(2026, 1, 1), date(2026, 11, 22))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportSource]:
    with opened(tmp_path_factory.mktemp("stats"), FACTS) as found:
        yield found


def rows(report: Report, part: int = 0) -> dict[Any, dict[str, Any]]:
    """What programs get, by the first column."""
    table = report.parts[part].data or report.parts[part].table
    names = [column.name for column in table.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in table.rows}


def pairs(report: Report, figure: str) -> dict[tuple[Any, Any], Any]:
    table = report.parts[0].data
    assert table is not None
    at = [column.name for column in table.columns].index(figure)
    return {(row[0], row[1]): row[at] for row in table.rows}


@pytest.mark.source("D0.stat.class")
def test_sales_by_province_of_the_last_365_days(source: ReportSource) -> None:
    report = stats(source, "province", "spend", default_period(source, "province"))
    found = rows(report)
    assert list(found) == ["江苏", "浙江"]
    assert found["江苏"]["spend"] == Decimal("1800.5")
    assert found["江苏"]["orders"] == 3
    assert found["江苏"]["share"] == pytest.approx(1800.5 / 1900.5)
    assert found["江苏"]["mean_order"] == Decimal("600.1667")
    assert (found["浙江"]["spend"], found["浙江"]["orders"]) == (Decimal(100), 1)
    assert report.parts[0].table.rows[-1][:2] == (Said("column_total"), Decimal("1900.5"))
    [chart] = report.parts[0].charts
    assert (chart.form, chart.labels) == (Form.BARS, ("江苏", "浙江"))
    assert chart.series[0].values == (Decimal("1800.5"), Decimal(100))


@pytest.mark.source("D0.stat.class")
def test_margin_counts_only_orders_with_one(source: ReportSource) -> None:
    found = rows(stats(source, "province", "margin", default_period(source)))
    assert found["江苏"]["margin"] == Decimal(230)
    assert found["江苏"]["margin_rate"] == pytest.approx(230 / 1300.5)
    assert found["浙江"]["margin_rate"] == 0.5


def test_a_rate_over_nothing_is_missing(source: ReportSource) -> None:
    found = rows(stats(source, "quarter", "margin", read_period("2026-Q3", source.today)))
    assert found["2026-Q3"]["margin"] == 0
    assert found["2026-Q3"]["margin_rate"] is None  # the one order of the quarter has no margin


def test_quarters_end_on_their_last_day_and_empty_ones_stand(source: ReportSource) -> None:
    found = rows(stats(source, "quarter", "spend", YEAR))
    assert {key: row["spend"] for key, row in found.items()} == {
        "2026-Q1": 0, "2026-Q2": 0, "2026-Q3": Decimal(500), "2026-Q4": Decimal("1300.5"),
    }  # fmt: skip


def test_two_people_of_one_name_are_told_apart_and_the_carer_stands_in(source: ReportSource) -> None:
    found = rows(stats(source, "rep", "spend", default_period(source)))
    assert {key: row["spend"] for key, row in found.items()} == {
        "王磊 (r1)": Decimal(1500), "王磊 (r2)": Decimal("400.5"),
    }  # fmt: skip


def test_the_department_is_the_customers_else_the_reps(source: ReportSource) -> None:
    found = rows(stats(source, "department", "spend", default_period(source)))
    assert {key: row["spend"] for key, row in found.items()} == {
        "key": Decimal(1500), "south": Decimal("400.5"),
    }  # fmt: skip


def test_what_is_not_recorded_comes_last_and_is_not_lost(source: ReportSource) -> None:
    found = rows(stats(source, "city", "spend", default_period(source)))
    assert list(found) == ["无锡", "苏州", None]
    assert found[None]["spend"] == Decimal(100)


@pytest.mark.source("D1.churn.quarterly")
def test_churn_by_quarter_and_tier(source: ReportSource) -> None:
    report = stats(source, "quarter", "churn", YEAR)
    lost = pairs(report, "lost")
    assert {key: value for key, value in lost.items() if value} == {("2026-Q2", "B"): 1, ("2026-Q3", "C"): 1}
    assert [chart.form for chart in report.parts[0].charts] == [Form.STACKED]
    assert [series.name for series in report.parts[0].charts[0].series] == ["A", "B", "C"]
    turned = stats(source, "tier", "churn", YEAR, second="quarter")
    assert pairs(turned, "lost") == lost


@pytest.mark.source("D1.churn.quarterly")
def test_a_lost_customer_counts_in_the_tier_it_had_then(tmp_path: Path) -> None:
    facts = {
        "rep": REPS,
        "account": [account("big", lost_on="2026-05-05"), *(account(f"c{n}") for n in range(9))],
        "order": [order("o1", "big", "2026-02-01", 5000), order("o2", "c1", "2026-10-01", 1)],
    }
    with opened(tmp_path, facts) as source:
        assert source.rows("select tier from account where id = 'big'") == [("C",)]
        lost = pairs(stats(source, "quarter", "churn", YEAR), "lost")
    assert {key: value for key, value in lost.items() if value} == {("2026-Q2", "A"): 1}


@pytest.mark.source("D1.kind.active-passive")
def test_churn_by_kind_and_controllable(source: ReportSource) -> None:
    found = pairs(stats(source, "kind", "churn", YEAR, second="controllable"), "lost")
    assert {key: value for key, value in found.items() if value} == {("active", True): 1, ("passive", False): 1}
    assert {key: row["lost"] for key, row in rows(stats(source, "cause", "churn", YEAR)).items()} == {
        "price": 1, "bad debt": 1,
    }  # fmt: skip


def test_the_churn_rate_is_of_the_customers_at_the_start(source: ReportSource) -> None:
    found = rows(stats(source, "province", "churn", YEAR))
    assert found["江苏"] == {
        "province": "江苏",
        "lost": 1,
        "share": 0.5,
        "at_start": 3,
        "churn_rate": pytest.approx(1 / 3),
    }
    assert found["浙江"]["at_start"] == 2  # the prospect is none


def test_customers_at_the_end_of_each_quarter(source: ReportSource) -> None:
    found = rows(stats(source, "quarter", "accounts", YEAR))
    assert {key: row["accounts"] for key, row in found.items()} == {
        "2026-Q1": 5, "2026-Q2": 4, "2026-Q3": 3, "2026-Q4": 3,
    }  # fmt: skip


def test_the_29th_of_february_is_in_its_quarter(tmp_path: Path) -> None:
    facts = {
        "rep": REPS,
        "account": [account("a1", tier="A", lost_on="2028-02-29"), account("a2", tier="C", lost_on="2028-04-01")],
    }
    with opened(tmp_path, facts, date(2028, 4, 2)) as source:
        lost = pairs(stats(source, "month", "churn", read_period("2028", source.today)), "lost")
        assert source.today == date(2028, 4, 2)
        assert len(rows(stats(source, "quarter", "churn", read_period("2y", source.today)))) == 6
    assert {key: value for key, value in lost.items() if value} == {("2028-02", "A"): 1, ("2028-04", "C"): 1}


@pytest.mark.source("D0.cause.small")
def test_contact_and_promotion_shares_by_tier(tmp_path: Path) -> None:
    facts = {
        **FACTS,
        "interaction": [
            {"id": f"i{n}", "account": "a1" if n < 3 else "a2", "happened_on": "2026-11-01", "channel": "call"}
            for n in range(4)
        ],
        "benefit": [{"id": "b1", "account": "a1", "given_on": "2026-11-01", "amount": 10}],
    }
    with opened(tmp_path, facts) as source:
        report = stats(source, "tier", "shares", default_period(source))
    found = rows(report)
    assert found["A"] == {
        "tier": "A", "accounts_share": pytest.approx(1 / 3), "contacts_share": 0.75, "promotions_share": 1.0,
        "spend_share": pytest.approx(1500 / 1900.5), "margin_share": pytest.approx(200 / 280),
    }  # fmt: skip
    assert (found["C"]["contacts_share"], found["C"]["promotions_share"]) == (0.25, 0.0)


def test_a_share_without_facts_is_missing_and_said(source: ReportSource) -> None:
    report = stats(source, "tier", "shares", default_period(source))
    assert rows(report)["A"]["contacts_share"] is None
    assert Said("figures_absent", {"types": "benefit, interaction"}) in report.parts[0].table.notes


def test_without_facts_a_measure_is_not_judged(source: ReportSource) -> None:
    report = stats(source, "province", "contacts", default_period(source))
    assert report.parts[0].table.rows == ()
    assert report.parts[0].table.notes == (Said("figures_absent", {"types": "interaction"}),)


def test_an_empty_file_is_judged(tmp_path: Path) -> None:
    with opened(tmp_path, {"rep": REPS, "account": ACCOUNTS, "order": []}) as source:
        report = stats(source, "province", "spend", default_period(source))
        assert (report.parts[0].table.rows, report.parts[0].charts) == ((), ())
        assert "figures_absent" not in [note.phrase for note in report.parts[0].table.notes]
        assert rows(stats(source, "quarter", "spend", YEAR))["2026-Q1"]["mean_order"] is None


def test_many_categories_are_folded_for_people_only(tmp_path: Path) -> None:
    accounts = [account(f"a{n}", city=f"city {n:03}", tier="C") for n in range(40)]
    orders = [order(f"o{n}", f"a{n}", "2026-10-01", 100 - n) for n in range(40)]
    with opened(tmp_path, {"rep": REPS, "account": accounts, "order": orders}) as source:
        report = stats(source, "city", "spend", default_period(source), shown=5)
    [part] = report.parts
    assert part.data is not None
    assert len(part.data.rows) == 40
    assert [row[0] for row in part.table.rows] == [
        "city 000", "city 001", "city 002", "city 003", Said("column_others"), Said("column_total"),
    ]  # fmt: skip
    assert part.table.rows[4][1] == sum(100 - n for n in range(4, 40))
    assert len(part.charts[0].labels) == 12


LEAVERS = [
    *REPS,
    {"id": "n1", "name": "新人", "role": "sales", "hired_on": "2026-02-01", "left_on": "2026-04-02"},  # 60 days
    {"id": "y1", "name": "李航", "role": "sales", "hired_on": "2026-02-01", "left_on": "2026-04-03"},  # 61
    {
        "id": "b1",
        "name": "钱凯",
        "role": "sales",
        "hired_on": "2024-09-01",
        "left_on": "2025-09-01",
        "notice_on": "2025-08-01",
    },
    {"id": "s1", "name": "去", "role": "sales", "hired_on": "2020-01-01", "left_on": "2026-12-31"},  # not yet
]


@pytest.mark.source("D1.staff.turnover")
def test_leavers_by_length_of_service_and_churn_after_them(tmp_path: Path) -> None:
    facts = {
        "rep": LEAVERS,
        "account": [
            account("a1", owner="n1", lost_on="2026-07-01"),  # 90 days after the last day
            account("a2", owner="n1", lost_on="2026-07-02"),  # 91
            account("a3", owner="y1", lost_on="2026-09-30"),  # 180
            account("a4", owner="y1", lost_on="2026-10-01"),  # 181
            account("a5", owner="r1"),
            account("a6", owner="r1", lost_on="2025-07-31"),  # before the notice
        ],
        "assignment": [
            {"id": "g1", "account": "a5", "rep": "b1", "since": "2025-01-01", "until": "2025-08-15"},
            {"id": "g2", "account": "a5", "rep": "r1", "since": "2025-08-15"},
            {"id": "g3", "account": "a6", "rep": "b1", "since": "2025-01-01"},
        ],
    }
    with opened(tmp_path, facts) as source:
        found = rows(stats(source, "service", "leavers", read_period("2y", source.today)))
    assert {key: row["leavers"] for key, row in found.items()} == {"new": 1, "year": 1, "backbone": 1}
    assert (found["new"]["held"], found["new"]["lost_90"], found["new"]["rate_90"]) == (2, 1, 0.5)
    assert (found["year"]["lost_90"], found["year"]["lost_180"], found["year"]["rate_180"]) == (0, 1, 0.5)
    assert (found["backbone"]["held"], found["backbone"]["lost_180"]) == (1, 0)


def test_a_rate_waits_until_the_days_are_over(tmp_path: Path) -> None:
    facts = {
        "rep": [{"id": "x", "name": "x", "role": "sales", "hired_on": "2020-01-01", "left_on": "2026-08-24"}],
        "account": [account("a1", owner="x", lost_on="2026-09-01")],
    }
    with opened(tmp_path, facts) as source:  # 90 days are over today
        found = rows(stats(source, "service", "leavers", YEAR))["backbone"]
    assert (found["lost_90"], found["rate_90"]) == (1, 1.0)
    assert (found["lost_180"], found["rate_180"]) == (1, None)


@pytest.mark.source("D0.stat.class")
def test_every_dimension_goes_with_every_measure(source: ReportSource) -> None:
    for each in DIMENSIONS.values():
        for name in NAMES:
            if fits(each, name):
                report = stats(source, each.name, name, YEAR)
                assert report.definitions, (each.name, name)
                for said in [*report.definitions, *(note for part in report.parts for note in part.table.notes)]:
                    assert said.phrase in PHRASES


@pytest.mark.parametrize(
    ("names", "second", "hint"),
    [
        (("provinse", "spend"), None, "province"),
        (("province", "spent"), None, "spend"),
        (("kind", "spend"), None, "province"),
        (("province", "leavers"), None, "service"),
        (("province", "spend"), "province", "two different"),
        (("quarter", "spend"), "month", "two different"),
        (("tier", "shares"), "city", "--by"),
    ],
)
def test_wrong_names_are_answered_with_right_ones(
    source: ReportSource, names: tuple[str, str], second: str | None, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        stats(source, *names, YEAR, second=second)
    assert hint in caught.value.hint


def test_the_index_names_all() -> None:
    measures, dimensions = stats_index().parts
    assert [row[0] for row in measures.table.rows] == list(NAMES)
    assert [row[0] for row in dimensions.table.rows] == list(DIMENSIONS)
