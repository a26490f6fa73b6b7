"""Whether the cadence can be met, worked out by hand: an A customer takes 7 x 1.5/10 + 7 x 0.25/15 hours a week."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from outlooks import DAY, REPS, RULES, Facts, account, outlook

from engine.reports.capacity import capacity
from engine.reports.report import Report

A, B, C = 7 * 1.5 / 10 + 7 * 0.25 / 15, 7 * 1.5 / 15, 7 * 1.5 / 30
FACTS: dict[str, list[dict[str, Any]]] = {
    "rep": [*REPS, {"id": "r3", "name": "Rosa", "role": "sales", "manager": "m1", "weekly_hours": 40}],
    "account": [
        *(account(f"a{n:02}", "A") for n in range(16)),
        *(account(f"b{n:02}", "B") for n in range(4)),
        account("c1", "C", owner="r2"),
        account("lost", "A", lost_on="2026-01-01"),
        account("prospect", "A", kind="prospect"),
        account("alone", "C", owner=None, department="north"),
    ],
}


def report(folder: Path, facts: Facts = FACTS, rep: str | None = None, weeks: int = 4, rules: str = RULES) -> Report:
    with outlook(folder, facts, DAY, rules) as (source, made):
        return capacity(source, rep, weeks, made.calendar)


def table(found: Report, part: str) -> dict[Any, dict[str, Any]]:
    """The rows of a part by their first value."""
    data = next(each.data or each.table for each in found.parts if each.name == part)
    names = [column.name for column in data.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in data.rows}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return report(tmp_path_factory.mktemp("capacity"))


def notes(found: Report, part: str | None = None) -> list[str]:
    said = found.notes if part is None else next(each.table.notes for each in found.parts if each.name == part)
    return [note.phrase for note in said]


@pytest.mark.source("D1.cadence.A", "D1.cadence.B", "D1.cadence.C", "D1.staff.care")
def test_by_person(found: Report) -> None:
    people = table(found, "people")
    rita = people["r1"]
    assert (rita["customers_a"], rita["customers_b"], rita["customers_c"]) == (16, 4, 0)
    assert rita["demand"] == pytest.approx(16 * A + 4 * B)
    assert rita["hours"] == pytest.approx(20)
    assert (rita["filled"], rita["verdict"]) == (pytest.approx((16 * A + 4 * B) / 20), "cannot_be_met")
    assert rita["wish"] == pytest.approx(16 * (7 * 1.5 / 10 + 7 * 0.25 / 10) + 4 * B)
    assert people["m1"]["demand"] == pytest.approx(16 * 7 * 1.5 / 60)  # the manager sees the A customers
    assert people["m1"]["verdict"] == "fits"
    assert (people["r3"]["demand"], people["r3"]["verdict"]) == (0, "fits")


def test_who_has_no_recorded_hours_is_said_and_not_judged(found: Report) -> None:
    ralf = table(found, "people")["r2"]
    assert (ralf["demand"], ralf["hours"], ralf["filled"], ralf["verdict"]) == (
        pytest.approx(C), None, None, "hours_unknown",
    )  # fmt: skip
    assert "capacity_unknown" in notes(found, "people")
    assert "g1" not in table(found, "people")  # neither hours nor customers


def test_what_would_make_it_fit(found: Report) -> None:
    [(_, fit)] = table(found, "fit").items()
    short = 16 * A + 4 * B - 20
    assert fit["short"] == pytest.approx(short)
    assert (fit["fewer_a"], fit["fewer_b"], fit["fewer_c"]) == (2, 3, None)
    assert fit["more_people"] == pytest.approx(short / 30)  # the mean of those who sell and have hours
    assert (fit["fewer_a"] - 1) * A < short <= fit["fewer_a"] * A


def test_by_tier_and_the_whole(found: Report) -> None:
    tiers = table(found, "tiers")
    assert {tier: row["customers"] for tier, row in tiers.items()} == {"A": 16, "B": 4, "C": 2}
    assert tiers["A"]["demand"] == pytest.approx(16 * (A + 7 * 1.5 / 60))
    assert sum(row["share"] for row in tiers.values()) == pytest.approx(1)
    roles = table(found, "company")
    assert (roles["sales"]["people"], roles["sales"]["people_unknown"]) == (3, 1)
    assert roles["sales"]["verdict"] == "fits_if_moved"
    assert notes(found, "company") == ["capacity_move", "capacity_nobody_hours"]
    assert "capacity_no_night" in notes(found, "work")


def test_days_off_and_a_last_day_lower_the_hours(tmp_path: Path) -> None:
    away = [
        {"id": "x1", "rep": "m1", "told_on": "2026-11-01", "since": "2026-11-23", "until": "2026-12-04"},
        {"id": "x2", "rep": "r3", "told_on": "2026-11-01", "since": "2026-11-01", "until": "2027-01-31"},
    ]
    facts = {**FACTS, "absence": away}
    facts["rep"] = [{**rep, "left_on": "2026-11-30" if rep["id"] == "r1" else None} for rep in FACTS["rep"]]
    people = table(report(tmp_path, facts), "people")
    assert (people["m1"]["hours"], people["m1"]["days_off"]) == (pytest.approx(5), 10)
    assert people["r1"]["hours"] == pytest.approx(20 / 5 * 5 / 4)  # here for five of twenty workdays
    assert (people["r3"]["hours"], people["r3"]["verdict"]) == (0, "fits")


def test_who_is_away_all_the_time_cannot_meet_anything(tmp_path: Path) -> None:
    away = [{"id": "x", "rep": "r1", "told_on": "2026-11-01", "since": "2026-11-01"}]
    rita = table(report(tmp_path, {**FACTS, "absence": away}), "people")["r1"]
    assert (rita["hours"], rita["filled"], rita["verdict"]) == (0, None, "cannot_be_met")


def test_tight_begins_at_the_policys_share(tmp_path: Path) -> None:
    few = {"rep": REPS, "account": [account(f"b{n:02}", "B") for n in range(25)]}  # 17.5 of 20 hours: 87.5 %
    assert table(report(tmp_path / "1", few), "people")["r1"]["verdict"] == "tight"
    later = RULES.replace("0.85", "0.9")
    assert table(report(tmp_path / "2", few, rules=later), "people")["r1"]["verdict"] == "fits"


def test_when_all_together_are_too_few_it_cannot_be_met(tmp_path: Path) -> None:
    facts = {"rep": REPS, "account": [account(f"a{n:02}", "A") for n in range(40)]}
    found = report(tmp_path, facts)
    company = table(found, "company")
    assert company["sales"]["verdict"] == "cannot_be_met"
    assert company["sales"]["more_people"] == pytest.approx((40 * A - 20) / 20)
    assert notes(found, "company") == ["capacity_cannot"]


def test_a_team_and_one_person(tmp_path: Path) -> None:
    team = report(tmp_path / "1", rep="m1")
    assert set(table(team, "people")) == {"m1", "r1", "r2", "r3"}
    assert "company" not in [part.name for part in team.parts]
    assert set(table(report(tmp_path / "2", rep="r2"), "people")) == {"r2"}


@pytest.mark.parametrize(
    ("facts", "rules", "said"),
    [
        ({"account": FACTS["account"]}, RULES, "figures_absent"),
        (FACTS, RULES[: RULES.index("cadence:")], "cadence_empty"),
        (FACTS, RULES, "cadence_unjudged"),
        (FACTS, RULES.replace("rank_by: one", "rank_by: orders"), "cadence_unranked"),
    ],
)
def test_what_the_facts_cannot_answer_is_said(tmp_path: Path, facts: Facts, rules: str, said: str) -> None:
    assert said in notes(report(tmp_path, facts, rules=rules))


def test_holidays_of_the_calendar_count(tmp_path: Path) -> None:
    with outlook(tmp_path, FACTS, date(2026, 12, 20)) as (source, made):
        settings = made.root / "holdfast.yaml"
        text = "language: en\nsources: [facts]\ncalendar: {extra_holidays: [2026-12-25, 2027-01-01]}\n"
        settings.write_text(text, encoding="utf-8")
        from engine.workspace import open_workspace

        found = capacity(source, None, 2, open_workspace(made.root).calendar)
    assert table(found, "people")["r1"]["hours"] == pytest.approx(20 * 8 / 10)
