"""The cadence as a plan, worked out by hand. November 2026 has 21 workdays, 15 of them before Sunday the 22nd."""

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from outlooks import DAY, REPS, RULES, account, appointment, contact, days, plan_of, rows

from engine.errors import UsageError
from engine.policy.spans import read_rhythm
from engine.reports.cadence_periods import anchor, own_period

SALES_VISIT = ("sales", "visit")


@pytest.mark.parametrize(
    ("text", "day", "since", "until", "label", "least", "most"),
    [
        ("3 per month", "2028-02-29", "2028-02-01", "2028-02-29", "2028-02", 3, 3),
        ("2..3 per month", "2026-11-30", "2026-11-01", "2026-11-30", "2026-11", 2, 3),
        ("every 1..2 months", "2026-11-22", "2026-11-01", "2026-12-31", "2026-11…12", 1, 2),
        ("every 2..3 months", "2026-12-31", "2026-10-01", "2026-12-31", "2026-Q4", 1, 2),
        ("every quarter", "2026-01-01", "2026-01-01", "2026-03-31", "2026-Q1", 1, 1),
        ("every 6 months", "2026-07-01", "2026-07-01", "2026-12-31", "2026-H2", 1, 1),
        ("every 6..12 months", "2026-06-30", "2026-01-01", "2026-12-31", "2026", 1, 2),
        ("2 per year", "2026-06-30", "2026-01-01", "2026-12-31", "2026", 2, 2),
        ("every 24 months", "2026-06-30", "2026-01-01", "2027-12-31", "2026…2027", 1, 1),
        ("every 5 months", "2026-11-22", "2026-09-01", "2027-01-31", "2026-09…2027-01", 1, 1),
        ("2 per week", "2026-11-22", "2026-11-16", "2026-11-22", "2026-W47", 2, 2),
        ("every 2 weeks", "2026-11-22", "2026-11-09", "2026-11-22", "11-09…11-22", 1, 1),
        ("every 1 day", "2026-11-22", "2026-11-22", "2026-11-22", "2026-11-22", 1, 1),
    ],
)
def test_a_line_counts_in_the_period_that_it_names(
    text: str, day: str, since: str, until: str, label: str, least: int, most: int
) -> None:
    rhythm = read_rhythm(text)
    assert rhythm is not None
    assert (rhythm.least, rhythm.most) == (least, most)
    found = own_period(rhythm, date.fromisoformat(day))
    assert (found.since.isoformat(), found.until.isoformat(), found.label) == (since, until, label)


def test_another_month_is_planned_from_its_nearest_day() -> None:
    assert anchor(None, DAY) == DAY
    assert anchor("2026-11", DAY) == DAY
    assert anchor("2026-12", DAY) == date(2026, 12, 1)
    assert anchor("2026-02", DAY) == date(2026, 2, 28)
    for text in ("2026", "2026-13", "2026-Q4", "november", "90d", ""):
        with pytest.raises(UsageError):
            anchor(text, DAY)


FACTS: dict[str, list[dict[str, Any]]] = {
    "rep": REPS,
    "order": [{"id": f"o{n}", "account": "rising", "ordered_on": "2026-01-01", "amount": 1} for n in range(4)],
    "account": [
        account("in-time", "A"),
        account("ahead", "A"),
        account("behind", "A"),
        account("overdue", "B"),
        account("uneven", "B"),
        account("rising", "B"),
        account("new", "C", signed_on="2026-11-16"),  # 11 of 21 workdays are left
        account("newer", "C", signed_on="2026-11-17"),  # 10 of 21: less than half of one visit
        account("prospect", "A", kind="prospect", signed_on=None),
        account("gone", "A", lost_on="2026-11-22"),
        account("nobodys", "C", owner=None, department="north"),
    ],
    "interaction": [
        contact("in-time", "2026-11-03"),
        contact("in-time", "2026-11-12"),
        contact("in-time", "2026-10-31"),  # the month before
        contact("in-time", "2026-11-13", rep="m1"),  # a manager's visit is not a sales visit
        contact("in-time", "2026-11-13", "call"),
        contact("ahead", "2026-11-02"),
        contact("ahead", "2026-11-12"),
        contact("ahead", "2026-11-22"),  # today
        contact("ahead", "2026-11-02", "call"),
        contact("ahead", "2026-11-20", "call"),
        contact("behind", "2026-11-19"),
        contact("overdue", "2026-11-02"),
        contact("uneven", "2026-11-02"),
        contact("uneven", "2026-11-03"),
    ],
    "appointment": [
        appointment("ahead", "2026-11-22"),  # today's, which has taken place
        appointment("behind", "2026-11-24", channel=None),
        appointment("behind", "2026-11-25", cancelled_on="2026-11-20"),
        appointment("behind", "2026-12-01"),
        appointment("behind", "2026-11-26", rep="m1"),  # the manager's
        appointment("behind", "2026-11-21"),  # yesterday's
        appointment("behind", "2026-11-27", made_on="2026-11-23"),  # not yet known
    ],
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return plan_of(tmp_path_factory.mktemp("plan"), FACTS)


def figures(found: Any, *key: str) -> tuple[Any, ...]:
    row = rows(found)[key]  # type: ignore[index]
    return tuple(row[name] for name in ("goal", "done", "planned", "remaining", "pace", "due_by", "overdue"))


@pytest.mark.source("D1.cadence.A", "D1.cadence.B", "D1.cadence.C")
def test_goal_done_planned_remaining_and_pace(found: Any) -> None:
    # two of three are due by yesterday; the third by the 22nd, the last day before the signal holds
    assert figures(found, "in-time", *SALES_VISIT) == (3, 2, 0, 1, "on", date(2026, 11, 22), False)
    assert figures(found, "ahead", *SALES_VISIT) == (3, 3, 0, 0, "ahead", None, False)
    # one is left to arrange: of six workdays the third
    assert figures(found, "behind", *SALES_VISIT) == (3, 1, 1, 1, "behind", date(2026, 11, 25), False)
    assert rows(found)["behind", "sales", "visit"]["planned_on"] == date(2026, 11, 24)
    assert figures(found, "in-time", "manager", "visit")[:5] == (1, 1, 0, 0, "ahead")


def test_an_overdue_signal_is_behind_unless_the_goal_is_reached(found: Any) -> None:
    assert figures(found, "overdue", *SALES_VISIT) == (2, 1, 0, 1, "behind", date(2026, 11, 25), True)
    assert figures(found, "uneven", *SALES_VISIT) == (2, 2, 0, 0, "ahead", None, True)


def test_of_a_range_the_looser_end_is_the_goal(found: Any) -> None:
    row = rows(found)["ahead", "sales", "call"]
    assert (row["goal"], row["target"], row["done"], row["pace"], row["remaining"]) == (2, 3, 2, "ahead", 0)
    assert row["of_goal"].values == {"done": 2, "goal": "2–3"}


def test_who_signed_within_the_period_has_its_part(found: Any) -> None:
    assert figures(found, "new", *SALES_VISIT) == (1, 0, 0, 1, "on", date(2026, 11, 30), False)
    assert figures(found, "newer", *SALES_VISIT)[:5] == (0, 0, 0, 0, "on")


def test_who_has_no_plan_and_whose_it_is(found: Any) -> None:
    assert not {key[0] for key in rows(found)} & {"prospect", "gone"}
    assert [key for key in rows(found) if key[1] == "gm"] == [("rising", "gm", "visit")]
    nobodys = rows(found)["nobodys", "sales", "visit"]
    assert (nobodys["rep"], nobodys["rep_name"]) == (None, "north")
    assert nobodys["remaining"] == 1 and nobodys["suggested_on"] is None
    people = {row[0]: row[2:6] for row in found.summary}
    assert people["m1"] == (3, 2, 0, 1)
    assert people["g1"] == (1, 1, 0, 0)  # never seen since 2020: the signal holds
    assert people["r1"] == (8, 3, 3, 2)
    assert found.total[2] == 9


def test_filters(tmp_path: Path) -> None:
    assert {key[0] for key in rows(plan_of(tmp_path / "1", FACTS, account="new"))} == {"new"}
    assert {row["pace"] for row in rows(plan_of(tmp_path / "2", FACTS, behind=True)).values()} == {"behind"}
    mine = plan_of(tmp_path / "3", FACTS, rep="m1", tier="A")
    assert {key[1] for key in rows(mine)} == {"manager"} and len(mine.summary) == 1
    with pytest.raises(UsageError):
        plan_of(tmp_path / "4", FACTS, tier="D")


def test_other_months(tmp_path: Path) -> None:
    past = plan_of(tmp_path / "past", FACTS, month="2026-10")
    assert figures(past, "in-time", *SALES_VISIT) == (3, 1, 0, 2, "behind", None, False)
    assert ("new", "sales", "visit") not in rows(past)
    ahead = plan_of(tmp_path / "ahead", FACTS, month="2026-12")
    assert figures(ahead, "behind", *SALES_VISIT)[:5] == (3, 0, 1, 2, "on")
    assert all(day["day"] >= date(2026, 12, 1) for day in days(ahead) if day["channel"] == "visit")


def test_without_appointments_and_without_contacts(tmp_path: Path) -> None:
    some = {type: rows for type, rows in FACTS.items() if type != "appointment"}
    found = plan_of(tmp_path / "1", some)
    assert rows(found)["behind", "sales", "visit"]["planned"] is None
    assert rows(found)["behind", "sales", "visit"]["remaining"] == 2
    assert "plan_no_appointments" in [note.phrase for note in found.notes]
    none = plan_of(tmp_path / "2", {"rep": REPS, "account": FACTS["account"]})
    assert none.rows == () and "figures_absent" in [note.phrase for note in none.notes]
    empty = plan_of(tmp_path / "3", {"rep": REPS, "account": FACTS["account"], "interaction": []})
    assert rows(empty)["behind", "sales", "visit"]["done"] == 0
    # the gm's line asks of orders, of which there are no facts
    assert "cadence_unjudged" in [note.phrase for note in empty.notes]


def test_a_policy_without_a_cadence_has_no_plan(tmp_path: Path) -> None:
    found = plan_of(tmp_path, FACTS, rules=RULES[: RULES.index("cadence:")])
    assert found.rows == () and "cadence_empty" in [note.phrase for note in found.notes]


def test_who_is_away_has_no_day_left(tmp_path: Path) -> None:
    away = {"id": "x", "rep": "r1", "told_on": "2026-11-01", "since": "2026-11-20", "until": "2026-11-30"}
    found = plan_of(tmp_path, {**FACTS, "absence": [away]}, rep="r1")
    assert found.days == ()
    assert [note.values["count"] for note in found.notes if note.phrase == "plan_no_day"] == [found.total[8]]
    assert rows(found)["behind", "sales", "visit"]["due_by"] == date(2026, 11, 25)


def test_on_the_last_weekend_of_a_month_nothing_can_be_done_any_more(tmp_path: Path) -> None:
    facts = {"rep": REPS, "account": [account("a", "C")], "interaction": []}
    found = plan_of(tmp_path, facts, date(2026, 10, 31))
    assert figures(found, "a", *SALES_VISIT) == (1, 0, None, 1, "behind", date(2026, 10, 31), True)
    assert found.days == ()


def test_days_are_spread_and_cities_kept_together(tmp_path: Path) -> None:
    cities = ("Ulm", "Bonn", "Jena", None)
    firms = [account(f"c{n:02}", "C", city=cities[n * 7 % 4]) for n in range(24)]
    visited = [contact(firm["id"], "2026-10-30") for firm in firms]
    off = [{"id": "x", "rep": "r1", "told_on": "2026-10-01", "since": "2026-11-11", "until": "2026-11-11"}]
    facts = {"rep": REPS, "account": firms, "interaction": visited, "absence": off}
    found = days(plan_of(tmp_path, facts, date(2026, 11, 1)))
    assert len(found) == 24
    per_day = {day: len(list(some)) for day, some in groupby(found, key=lambda row: row["day"])}
    assert max(per_day.values()) <= 2
    for row in found:
        assert row["day"] <= row["due_by"] and row["day"].weekday() < 5 and row["day"] != date(2026, 11, 11)
    for _, week in groupby(found, key=lambda row: row["day"] - timedelta(row["day"].weekday())):
        order = [city for city, _ in groupby(row["city"] for row in week)]
        assert len(order) <= len(set(order)) + 1  # a city begun is finished, but for a visit that is due before
