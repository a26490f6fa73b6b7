"""The lists of `holdfast remind`, worked out by hand; 2026-11-22 is a Sunday."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from reporting import DAY, night, shipped

from engine.errors import StoreError, UsageError
from engine.reports.lists import PERIODS, period_of, signed_counts
from engine.reports.remind import NAMES, overview, remind
from engine.reports.source import ReportSource, open_night
from engine.reports.table import Table


def account(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": f"name of {id}", "owner": "r1", "signed_on": "2020-01-01", "kind": "customer", **fields}


def contact(id: str, account: str, rep: str, day: str, channel: str = "visit") -> dict[str, Any]:
    return {"id": id, "account": account, "rep": rep, "happened_on": day, "channel": channel}


def order(id: str, account: str, day: str, amount: int, **fields: Any) -> dict[str, Any]:
    return {"id": id, "account": account, "rep": "r1", "ordered_on": day, "amount": amount, **fields}


REPS = [
    {"id": "r1", "name": "王磊", "role": "sales", "manager": "m1", "department": "north"},
    {"id": "r2", "name": "王磊", "role": "sales", "manager": "m1", "department": "north"},
    {"id": "r3", "name": "李航", "role": "sales", "manager": "m1", "left_on": "2026-10-30"},
    {"id": "m1", "name": "陆明远", "role": "manager", "department": "north"},
    {"id": "d1", "name": "顾海伦", "role": "director"},
    {"id": "g1", "name": "沈怀瑾", "role": "gm"},
]
FACTS: dict[str, list[dict[str, Any]]] = {
    "rep": REPS,
    "account": [
        account("a1", name="海天", tier="A", updated_on="2026-10-24"),
        account("a2", name="海天", tier="C", owner="r2", signed_on="2026-11-20", created_on="2026-11-18"),
        account("a3", tier="C", owner="r3", updated_on="2026-10-23", created_on="2026-10-23"),
        account("a4", tier="C", lost_on="2025-12-31", lost_kind="passive", lost_cause="bad debt", controllable="false"),
        account("a5", kind="prospect", grade="A", stage="offer", signed_on=None, created_on="2026-10-24"),
        account("a6", kind="prospect", grade="B", stage="first", signed_on=None, created_on="2026-01-01"),
        account("a7", tier="C", lost_on="2026-12-01", signed_on="2026-11-01"),
        account("a8", tier="C", signed_on="2026-10-01"),
        account("a9", tier="C", signed_on="2026-09-30"),
        account("a10", tier="C", signed_on="2025-12-31"),
        account("a11", kind="prospect", lost_on="2026-05-05"),
        account("a12", tier="C", lost_on="2026-11-22", signed_on="2026-01-01", owner=None),
    ],
    "interaction": [
        contact("i1", "a1", "r1", "2026-11-12"),  # visit every 10 days: due today
        contact("i2", "a1", "r1", "2026-11-06", "call"),  # every 15 days: due yesterday
        contact("i3", "a1", "m1", "2026-09-24"),  # every 60 days: due tomorrow
        contact("i4", "a1", "g1", "2026-01-01"),  # every 365 days: due next year
        contact("i5", "a3", "r3", "2024-02-29"),  # every 30 days: due 2024-03-30
        contact("i6", "a5", "r1", "2026-11-20", "call"),
        contact("i7", "a1", "d1", "2026-12-01"),  # not yet known
    ],
    "appointment": [
        {"id": "n1", "account": "a1", "rep": "r2", "made_on": "2026-11-01", "planned_on": "2026-11-22",
         "channel": "call"},
        {"id": "n2", "account": "a2", "made_on": "2026-11-01", "planned_on": "2026-11-29", "channel": "visit"},
        {"id": "n3", "account": "a2", "made_on": "2026-11-01", "planned_on": "2026-11-30", "channel": "visit"},
        {"id": "n4", "account": "a2", "made_on": "2026-11-01", "planned_on": "2026-11-23",
         "cancelled_on": "2026-11-20"},
        {"id": "n5", "account": "a4", "made_on": "2025-11-01", "planned_on": "2026-11-23"},
        {"id": "n6", "account": "a2", "made_on": "2026-11-23", "planned_on": "2026-11-24"},
    ],
    "order": [
        order("o1", "a1", "2026-10-24", 100),
        order("o2", "a1", "2026-11-22", 50, margin=5),
        order("o3", "a1", "2026-10-23", 1000),
        order("o4", "a1", "2026-11-10", 1000, cancelled_on="2026-11-12"),
        order("o5", "a1", "2026-12-01", 1000),
        # every 30 days, so the next was expected on 2026-10-24; beyond one and a half cycles since 2026-11-08
        *(order(f"o8{day}", "a8", day, 10) for day in ("2026-06-26", "2026-07-26", "2026-08-25", "2026-09-24")),
    ],
    "quote": [
        {"id": "q1", "account": "a1", "rep": "r2", "quoted_on": "2026-10-01", "amount": 900, "lost_on": "2026-10-24",
         "lost_to": "Rival", "lost_reason": "price"},
        {"id": "q2", "account": "a1", "quoted_on": "2026-10-01", "amount": 900, "lost_on": "2026-10-23"},
        {"id": "q3", "account": "a1", "quoted_on": "2026-10-01", "amount": 900, "won_on": "2026-11-01"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return night(tmp_path_factory.mktemp("remind"), FACTS)


@pytest.fixture(scope="module")
def source(store: Path) -> Iterator[ReportSource]:
    with open_night(store) as opened:
        yield opened


def rows(table: Table, *names: str) -> list[tuple[Any, ...]]:
    """The rows with only these columns."""
    places = [[column.name for column in table.columns].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in table.rows]


WHO = ("account", "role", "channel", "due_on", "who")


@pytest.mark.source("D0.remind.today")
def test_today_has_what_falls_due_and_what_is_arranged(source: ReportSource) -> None:
    assert rows(remind(source, "today"), *WHO) == [
        ("a1", "appointment", "call", DAY, "r2"),
        ("a1", "sales", "visit", DAY, "r1"),
    ]


@pytest.mark.source("D0.remind.week")
def test_the_week_of_a_sunday_is_the_one_to_come(source: ReportSource) -> None:
    assert rows(remind(source, "week"), *WHO) == [
        ("a1", "manager", "visit", date(2026, 11, 23), "m1"),
        ("a2", "appointment", "visit", date(2026, 11, 29), "r2"),
    ]


@pytest.mark.source("D0.remind.week")
def test_the_week_of_another_day_ends_on_its_sunday(store: Path) -> None:
    with open_night(store, date(2026, 11, 18)) as source:  # a Wednesday: Thursday to Sunday
        assert rows(remind(source, "week"), *WHO[:4]) == [
            ("a1", "sales", "call", date(2026, 11, 21)),
            ("a1", "appointment", "call", DAY),
            ("a1", "sales", "visit", DAY),
        ]


@pytest.mark.source("D0.remind.overdue")
def test_overdue_counts_from_the_last_contact_else_from_signing(source: ReportSource) -> None:
    table = remind(source, "overdue")
    found = {row[:3]: row[3:] for row in rows(table, "account", "role", "channel", "due_on", "days_late", "who")}
    assert found["a1", "sales", "call"] == (date(2026, 11, 21), 1, "r1")
    assert found["a1", "director", "visit"] == (date(2020, 6, 29), 2337, "d1")
    assert found["a3", "sales", "visit"] == (date(2024, 3, 30), 967, "m1")  # its carer has left
    assert ("a2", "sales", "visit") not in found  # signed two days ago
    assert not {"a4", "a5", "a6", "a11", "a12"} & {account for account, _, _ in found}


@pytest.mark.source("D0.remind.overdue", "D1.cadence.A")
def test_overdue_is_what_the_cadence_signals_say(source: ReportSource) -> None:
    said = source.rows("select account, rule from signals where rule like '%-%-overdue%' and rule not like 'purchase%'")
    table = remind(source, "overdue")
    assert sorted(rows(table, "account", "because")) == sorted(set(said))
    assert len(said) == len(table.rows) > 5


@pytest.mark.source("D0.remind.today", "D0.remind.week", "D0.remind.overdue")
def test_the_week_foretells_today_and_today_becomes_overdue(store: Path) -> None:
    call = ("a1", "sales", "call", date(2026, 11, 21))
    for day, name in ((18, "week"), (20, "week"), (21, "today"), (22, "overdue")):
        with open_night(store, date(2026, 11, day)) as source:
            holding = [each for each in ("today", "week", "overdue") if call in rows(remind(source, each), *WHO[:4])]
        assert holding == [name], day


@pytest.mark.source("D0.remind.today", "D0.remind.week", "D0.remind.overdue", "D1.cadence.B", "D1.cadence.C")
def test_every_distance_to_the_last_visit(tmp_path: Path) -> None:
    """Customers of each tier last visited 0 to 40 days ago, held against plain arithmetic."""
    duty = {"A": 10, "B": 15, "C": 30}
    last = {f"{tier}{n}": DAY - timedelta(days=n) for tier in duty for n in range(41)}
    facts = {
        "rep": REPS,
        "account": [account(id, tier=id[0]) for id in last],
        "interaction": [contact(f"i{id}", id, "r1", day.isoformat()) for id, day in last.items()],
    }
    due = {id: day + timedelta(days=duty[id[0]]) for id, day in last.items()}
    expected = {
        "today": {id for id, day in due.items() if day == DAY},
        "week": {id for id, day in due.items() if DAY < day <= DAY + timedelta(days=7)},
        "overdue": {id for id, day in due.items() if day < DAY},
    }
    with open_night(night(tmp_path, facts)) as source:
        for name, wanted in expected.items():
            visits = [row for row in rows(remind(source, name), *WHO[:4]) if row[1:3] == ("sales", "visit")]
            assert {row[0] for row in visits} == wanted
            assert all(row[3] == due[row[0]] for row in visits)


@pytest.mark.source("D0.remind.ordered")
def test_ordered_leaves_out_the_cancelled_and_the_old(source: ReportSource) -> None:
    table = remind(source, "ordered")
    assert rows(table, "account", "ordered_on", "orders", "amount", "margin") == [("a1", DAY, 2, 150, 5)]
    assert rows(remind(source, "ordered", days=1), "orders") == [(1,)]
    assert rows(remind(source, "ordered", days=31), "orders", "amount") == [(3, 1150)]


@pytest.mark.source("D0.remind.purchase-overdue")
def test_purchase_overdue_is_the_signal_with_the_expected_day(source: ReportSource) -> None:
    table = remind(source, "purchase-overdue")
    assert rows(table, "account", "last_order_on", "expected_order_on", "days_past", "order_cycle") == [
        ("a8", date(2026, 9, 24), date(2026, 10, 24), 29, 30.0)
    ]


@pytest.mark.source("D0.remind.lost", "D1.kind.active-passive")
def test_lost_by_year_with_how_and_why(source: ReportSource) -> None:
    table = remind(source, "lost")
    names = ("year", "account", "lost_on", "lost_kind", "lost_cause", "controllable")
    assert rows(table, *names) == [
        ("2026", "a12", DAY, None, None, None),
        ("2025", "a4", date(2025, 12, 31), "passive", "bad debt", False),
    ]  # a7 will be lost, which nobody knows yet; a11 was a prospect
    assert rows(remind(source, "lost", year=2025), "account") == [("a4",)]
    assert remind(source, "lost", year=2024).rows == ()


@pytest.mark.source("D0.remind.new", "D0.remind.updated")
def test_new_and_updated_by_the_policys_days(source: ReportSource) -> None:
    assert rows(remind(source, "new"), "account", "tier") == [("a2", "C"), ("a5", None)]
    assert rows(remind(source, "updated"), "account") == [("a1",)]
    assert rows(remind(source, "updated", days=31), "account") == [("a1",), ("a3",)]


@pytest.mark.source("D0.remind.lost-order")
def test_lost_orders_with_whom_they_went_to(source: ReportSource) -> None:
    table = remind(source, "lost-orders")
    assert rows(table, "quote", "account", "amount", "lost_to", "who") == [("q1", "a1", 900, "Rival", "r2")]
    assert remind(source, "lost-orders", rep="r1").rows == ()


@pytest.mark.source("D0.remind.signed")
@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("this-month", ["a2", "a7"]),
        ("last-month", ["a8"]),
        ("this-quarter", ["a2", "a7", "a8"]),
        ("last-quarter", ["a9"]),
        ("this-year", ["a2", "a7", "a8", "a9", "a12"]),
        ("last-year", ["a10"]),
    ],
)
def test_signed_in_the_six_periods(source: ReportSource, period: str, expected: list[str]) -> None:
    assert [id for (id,) in rows(remind(source, "signed", period=period), "account")] == expected
    assert signed_counts(source, None)[period] == len(expected)


@pytest.mark.source("D0.remind.signed")
def test_the_periods_of_a_first_of_january_and_of_a_leap_day() -> None:
    def days(name: str, today: date) -> tuple[date, date]:
        period = period_of(name, today)
        return period.since, period.until

    new_year = date(2027, 1, 1)
    assert days("last-month", new_year) == (date(2026, 12, 1), date(2026, 12, 31))
    assert days("last-quarter", new_year) == (date(2026, 10, 1), date(2026, 12, 31))
    assert days("last-year", new_year) == (date(2026, 1, 1), date(2026, 12, 31))
    assert days("this-month", date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert len(PERIODS) == 6


@pytest.mark.source("D0.prospect")
def test_prospects_by_grade_with_the_last_contact(source: ReportSource) -> None:
    table = remind(source, "prospects")
    assert rows(table, "grade", "stage", "account", "last_contact_on", "days_since_contact", "silent") == [
        ("A", "offer", "a5", date(2026, 11, 20), 2, False),
        ("B", "first", "a6", None, None, True),
    ]


@pytest.mark.source("D1.cause.orphan")
def test_orphans_with_who_left_them(source: ReportSource) -> None:
    assert rows(remind(source, "orphans"), "account", "last_owner", "left_on") == [("a3", "李航", date(2026, 10, 30))]


def test_one_persons_list_holds_only_what_falls_to_them(source: ReportSource) -> None:
    assert rows(remind(source, "today", rep="r2"), "role") == [("appointment",)]
    assert rows(remind(source, "week", rep="陆明远"), "account", "role") == [("a1", "manager")]
    with pytest.raises(UsageError, match="2 people are called 王磊: r1, r2"):
        remind(source, "today", rep="王磊")
    with pytest.raises(UsageError, match="nobody is called '陆明'") as error:
        remind(source, "today", rep="陆明")
    assert error.value.hint == "did you mean 陆明远 (m1)?"


def test_wrong_lists_and_options_are_refused(source: ReportSource) -> None:
    with pytest.raises(UsageError) as error:
        remind(source, "overdu")
    assert error.value.hint == "did you mean 'overdue'?"
    with pytest.raises(UsageError, match="--days has no meaning for the list today"):
        remind(source, "today", days=3)
    with pytest.raises(UsageError, match="there is no period 'this-week'"):
        remind(source, "signed", period="this-week")


def test_the_overview_counts_every_list(source: ReportSource) -> None:
    counts = dict(rows(overview(source), "list", "count"))
    assert list(counts) == list(NAMES)
    assert all(counts[name] == len(remind(source, name).rows) for name in NAMES)
    assert dict(rows(overview(source, rep="m1"), "list", "count"))["week"] == 1


def test_of_tomorrow_nothing_is_known(store: Path) -> None:
    with pytest.raises(UsageError, match="nothing is known yet"), open_night(store, DAY + timedelta(days=1)):
        pass


def test_before_any_night_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error, open_night(tmp_path):
        pass
    assert "holdfast run" in (error.value.hint or "")


@pytest.mark.parametrize("kept", [("account",), ()], ids=["accounts", "nothing"])
def test_every_list_stands_without_facts(tmp_path: Path, kept: tuple[str, ...]) -> None:
    """Absent types are said, not guessed; an empty company has empty lists."""
    facts = {type: FACTS[type] for type in kept} or {type: [] for type in shipped().contract}
    with open_night(night(tmp_path, facts)) as source:
        tables = {name: remind(source, name) for name in NAMES}
    assert tables["today"].rows == tables["overdue"].rows == tables["ordered"].rows == ()
    said = [note.phrase for note in tables["overdue"].notes]
    assert ("needs_facts" in said) is bool(kept)


@pytest.mark.source("D0.remind.overdue", "D0.remind.purchase-overdue")
def test_the_example_companys_lists_are_its_signals(example: Path) -> None:
    with open_night(example) as source:
        overdue = sorted(rows(remind(source, "overdue"), "account", "because"))
        generated = [name for name, signal in source.policy.signals.items() if signal.generated]
        said = source.rows("select account, rule from signals where list_contains($1, rule)", [generated])
        assert overdue == sorted(said)
        bought = [id for (id,) in rows(remind(source, "purchase-overdue"), "account")]
        assert sorted(bought) == sorted(
            id for (id,) in source.rows("select account from signals where rule = 'purchase-overdue'")
        )
        days = [set(rows(remind(source, name), *WHO[:4])) for name in ("today", "week", "overdue")]
        assert not days[0] & days[1] and not days[1] & days[2] and not days[0] & days[2]
