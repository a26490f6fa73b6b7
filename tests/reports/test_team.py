"""`holdfast team`: a week of work reckoned by hand, from Monday 2026-10-12 to Friday 2026-10-16."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from figure_facts import FACTS, WEEK, opened, policy
from reporting import night

from engine.reports.digest import digest
from engine.reports.period import Period, read_period
from engine.reports.report import Report
from engine.reports.source import ReportSource, open_night
from engine.reports.table import Said
from engine.reports.team import team
from engine.reports.team_days import team_days

WORKED = Period(date(2026, 10, 12), date(2026, 10, 16))
WEEKLY = policy().limits["workload_sales"].values[None]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportSource]:
    with opened(tmp_path_factory.mktemp("team"), WEEK) as found:
        yield found


def rows(report: Report, name: str) -> dict[Any, dict[str, Any]]:
    [part] = [part for part in report.parts if part.name == name]
    table = part.data or part.table
    names = [column.name for column in table.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in table.rows}


@pytest.mark.source("D0.team.quantity")
def test_contacts_against_the_target_of_the_days_somebody_was_there(source: ReportSource) -> None:
    found = rows(team(source, WORKED, "rep", None, None), "quantity")
    one, two = found["r1"], found["r2"]
    assert (one["contacts"], one["visits"], one["calls"], one["workdays"]) == (4, 1, 3, 5)
    assert one["target"] == Decimal(WEEKLY)
    assert one["attained"] == pytest.approx(4 / WEEKLY)
    assert (two["contacts"], two["workdays"], two["target"]) == (1, 3, Decimal(WEEKLY) * 3 / 5)
    assert (one["rep_name"], two["rep_name"]) == ("王磊 (r1)", "王磊 (r2)")


@pytest.mark.source("D0.team.quality")
def test_the_five_figures_of_quality(source: ReportSource) -> None:
    report = team(source, WORKED, "rep", None, None)
    one = rows(report, "quality")["r1"]
    assert (one["effective"], one["valuable"], one["unsuccessful"]) == (1, 1, 1)
    assert one["success_rate"] == pytest.approx(2 / 3)
    assert (one["quotes_won"], one["quotes_lost"], one["lost_order_rate"]) == (1, 1, 0.5)
    assert rows(report, "quality")["r2"]["lost_order_rate"] is None
    [part] = [part for part in report.parts if part.name == "quality"]
    defined = {each.phrase for each in part.definitions}
    assert {
        f"define_{name}" for name in ("effective", "valuable", "unsuccessful", "success_rate", "lost_order_rate")
    } <= defined


@pytest.mark.source("D0.team.quality")
def test_the_figures_of_a_team_are_those_of_its_people_together(source: ReportSource) -> None:
    found = rows(team(source, WORKED, "team", None, None), "quality")
    assert found["陆明远"]["unsuccessful"] == 2
    assert found["陆明远"]["success_rate"] == 0.5
    by_role = rows(team(source, WORKED, "role", None, None), "quantity")
    assert by_role["sales"]["contacts"] == 5


@pytest.mark.source("D3.over-promise")
def test_promises_kept_on_their_day_are_on_time(source: ReportSource) -> None:
    found = rows(team(source, WORKED, "rep", None, None), "promises")
    assert {name: found["r1"][name] for name in ("promises_due", "kept_on_time", "kept_late", "broken")} == {
        "promises_due": 3, "kept_on_time": 1, "kept_late": 1, "broken": 1,
    }  # fmt: skip
    assert found["r1"]["on_time_rate"] == pytest.approx(1 / 3)
    assert found["r2"]["on_time_rate"] == 1.0


@pytest.mark.source("D1.role.executive")
def test_a_lost_customer_counts_for_the_carer_of_the_day_before(source: ReportSource) -> None:
    report = team(source, Period(date(2026, 1, 1), date(2026, 11, 22)), "rep", None, None)
    found = rows(report, "retention")
    assert (found["r1"]["customers_held"], found["r1"]["lost"], found["r1"]["retention"]) == (2, 0, 1.0)
    assert (found["r2"]["customers_held"], found["r2"]["lost"]) == (3, 2)
    assert found["r2"]["retention"] == pytest.approx(1 / 3)


def test_one_manager_shows_the_team(source: ReportSource) -> None:
    assert set(rows(team(source, WORKED, "rep", "m1", None), "quality")) == {"r1", "r2"}
    assert set(rows(team(source, WORKED, "rep", "r2", None), "quality")) == {"r2"}


@pytest.mark.source("D0.team.quantity")
def test_day_by_day_with_empty_workdays(source: ReportSource) -> None:
    report = team_days(source, WORKED, "r1", None, None, 40)
    [days, log] = report.parts
    assert days.data is not None
    found = [(row[0].day, row[3], row[6]) for row in days.data.rows]
    assert found == [(16, 1, 1), (15, 0, 0), (14, 0, 0), (13, 1, 1), (12, 2, 2)]
    assert days.data.rows[0][7] == Decimal(WEEKLY) / 5
    assert log.data is not None
    assert [row[0].day for row in log.data.rows] == [16, 13, 12, 12]


@pytest.mark.source("D0.team.quantity")
def test_the_log_of_one_customer(source: ReportSource) -> None:
    [log] = team_days(source, WORKED, None, "a3", None, 40).parts
    assert log.data is not None
    assert [row[1:4] for row in log.data.rows] == [("a3", "name of a3", None)]


def test_without_contacts_nothing_is_judged(tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(tmp_path_factory.mktemp("none"), FACTS) as source:
        report = team(source, WORKED, "rep", None, None)
        assert team_days(source, WORKED, None, None, None, 40).parts[0].table.rows == ()
    notes = {part.name: part.table.notes for part in report.parts}
    assert notes["quantity"] == (Said("figures_absent", {"types": "interaction"}),)
    assert notes["promises"] == (Said("figures_absent", {"types": "promise"}),)
    assert rows(report, "retention")


@pytest.mark.source("D1.role.executive")
def test_the_digest_of_a_month(tmp_path_factory: pytest.TempPathFactory) -> None:
    facts = {
        **WEEK,
        "rep": [*WEEK["rep"], {
            "id": "r9", "name": "走", "role": "sales", "manager": "m1", "hired_on": "2026-05-01",
            "notice_on": "2026-05-20", "left_on": "2026-06-10",
        }],
    }  # fmt: skip
    store = night(tmp_path_factory.mktemp("digest"), facts, policy=policy())
    with open_night(store, date(2026, 6, 30)) as source:
        report = digest(source, read_period("2026-06", source.today), None, 20)
    found = {part.name: part for part in report.parts}
    assert {
        "churn",
        "lost",
        "causes",
        "course",
        "levels",
        "at_risk",
        "leavers",
        "retention_by_team",
        "retention_by_rep",
    } == (found.keys())
    churn = rows(report, "churn")
    assert (churn["B"]["at_start"], churn["B"]["lost"], churn["B"]["churn_rate"]) == (1, 1, 1.0)
    assert [row[1] for row in found["lost"].table.rows] == ["a5"]
    assert found["lost"].table.rows[0][4] == "王磊 (r2)"
    assert found["causes"].table.rows == (("price", "active", True, 1, Decimal(0)),)
    assert [(row[0], row[6]) for row in found["leavers"].table.rows] == [("r9", 40)]
    assert rows(report, "retention_by_team")["陆明远"]["lost"] == 1
