"""What expressions give: missing values, boundary days, leap days, large numbers, hostile text."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import EngineError
from engine.reasoning.days import MondayToFriday


def rule(when: str, about: str = "account", let: str = "", **more: str) -> str:
    """The YAML of one signal called `test`; `let` is told in its text, and so is evidence."""
    names = " ".join(f"{{{{ {line.split(':')[0].strip()} }}}}" for line in let.split(";") if line)
    lets = "\n".join(f"      {line.strip()}" for line in let.split(";") if line)
    return f"""
signals:
  test:
    title: {{en: t, zh: t}}
    about: {about}
    let:
{lets or "      unused: 1"}
    when: >-
      {when}
    severity: {more.get("severity", "low")}
    weight: {more.get("weight", "1")}
    because: {{en: "t {names}", zh: "t {names}"}}
"""


ACCOUNTS: list[dict[str, Any]] = [
    {
        "id": "a",
        "name": "A",
        "city": "Hamburg",
        "relation_level": 1,
        "signed_on": date(2024, 2, 29),
        "controllable": True,
    },
    {"id": "b", "name": "B", "controllable": False},
    {"id": "c", "name": "客户'; drop table account; --", "city": "上海", "relation_level": 3},
]


@pytest.mark.parametrize(
    ("when", "subjects"),
    [
        ("city = 'Hamburg'", "a"),
        ("city <> 'Hamburg'", "c"),
        ("not city = 'Hamburg'", "bc"),
        ("not (city = 'Hamburg' or relation_level = 3)", "b"),
        ("not (city <> 'Hamburg' and relation_level > 1)", "ab"),
        ("city is null", "b"),
        ("city is not null", "ac"),
        ("not city is null", "ac"),
        ("city in ('Hamburg', '上海')", "ac"),
        ("city not in ('Hamburg')", "bc"),
        ("city like '%amb%'", "a"),
        ("city not like 'H%'", "bc"),
        ("name like '%drop table%'", "c"),
        ("name = '客户''; drop table account; --'", "c"),
        ("controllable", "a"),
        ("not controllable", "bc"),
        ("controllable = false", "b"),
        ("controllable is null", "c"),
        ("relation_level between 1 and 2", "a"),
        ("not relation_level between 1 and 2", "bc"),
        ("relation_level + 1 > 1", "ac"),
        ("relation_level / 0 is null", "abc"),
        ("(relation_level > 1) = false", "ab"),
        ("coalesce(relation_level, 0) < 1", "b"),
        ("least(relation_level, 2) = 2", "c"),
        ("greatest(relation_level, 2) is null", "b"),
        ("case when relation_level > 1 then true when city is null then true end", "bc"),
        ("not case when relation_level > 1 then true end", "ab"),
        ("signed_on = date '2024-02-29'", "a"),
        ("add_months(signed_on, 12) = date '2025-02-28'", "a"),
        ("add_months(signed_on, -1) = date '2024-01-29'", "a"),
        ("month_start(signed_on) = date '2024-02-01' and day(signed_on) = 29 and month(signed_on) = 2", "a"),
        ("year(signed_on) = 2024", "a"),
        ("signed_on + 366 = date '2025-03-01' and 366 + signed_on = date '2025-03-01'", "a"),
        ("today - signed_on = 997", "a"),
        ("signed_on + 99999999999 is null", "abc"),
        ("signed_on - 99999999999 is null", "abc"),
        ("signed_on + 7000 * 366 is null", "bc"),
        ("add_months(signed_on, 99999999) is null", "abc"),
        ("workdays(signed_on, date '2024-03-04') = 2", "a"),
        ("workdays(date '2024-03-04', signed_on) = -2", "a"),
        ("workdays(signed_on, signed_on) = 0", "a"),
        ("workdays(signed_on, date '1989-12-31') is null", "abc"),
        ("-relation_level = -3 and abs(-relation_level) = 3", "c"),
        ("floor(relation_level / 2) = 1 and ceil(relation_level / 2) = 2", "c"),
        ("floor(-relation_level / 2) = -2 and ceil(-relation_level / 2) = -1", "c"),
        ("floor(relation_level * 1000000000000.0) is null", "bc"),
        ("-(relation_level / 2) = -1.5 and abs(-(relation_level / 2)) > 1.4", "c"),
        ("true", "abc"),
        ("false or not true", ""),
    ],
)
def test_condition(judge: Any, when: str, subjects: str) -> None:
    assert judge(rule(when), {"account": ACCOUNTS}).subjects("test") == list(subjects)


def test_values_keep_their_kinds(judge: Any) -> None:
    let = (
        "days: today - signed_on; half: relation_level / 2; next_day: signed_on + 1; big: relation_level * 10000000000;"
        "is_high: relation_level > 2; where_is: city; share: 0.1 + 0.2"
    )
    found = judge(rule("true", let=let), {"account": ACCOUNTS}).signals("test")
    by_id = {row["subject"]: row["evidence"] for row in found}
    expected = {"days": 997, "half": 0.5, "next_day": date(2024, 3, 1), "big": 10**10, "is_high": False}
    assert by_id["a"].items() >= {**expected, "where_is": "Hamburg", "share": 0.1 + 0.2}.items()
    expected = {"days": None, "half": None, "next_day": None, "big": None, "is_high": False, "where_is": None}
    assert by_id["b"].items() >= expected.items()
    assert by_id["c"]["is_high"] is True


def test_products_of_whole_numbers_do_not_overflow(judge: Any) -> None:
    seen = {"rep": "r", "seen_on": date(2026, 1, 1)}
    conduct = [{"id": "x", "sign": 999_999_999_999, **seen}, {"id": "y", "sign": -999_999_999_999, **seen}]
    facts = {"rep": [{"id": "r", "name": "R", "role": "sales"}], "conduct": conduct}
    when = "sign * sign > 999999999999 and sign * sign * 3 - sign * sign > 0 and sign * 2 = sign + sign"
    assert judge(rule(when, "conduct"), facts).subjects("test") == ["x", "y"]


def test_a_product_that_is_still_too_large_is_said_by_rule(judge: Any) -> None:
    facts = {"account": [{"id": "a", "name": "A", "relation_level": 3}]}
    factor = " * ".join(["relation_level", *["999999999999"] * 4])
    with pytest.raises(EngineError, match=r"^test: a value grows too large"):
        judge(rule(f"{factor} > 0"), facts)


def test_evidence_beyond_64_bits_is_said_by_rule(judge: Any) -> None:
    facts = {"account": [{"id": "a", "name": "A", "relation_level": 3}]}
    with pytest.raises(EngineError, match=r"^test: a value grows too large"):
        judge(rule("true", let="big: relation_level * 999999999999 * 999999999999"), facts)


def test_money_is_exact_and_becomes_the_nearest_double(judge: Any) -> None:
    large = Decimal("99999999999999.9999")
    orders = [
        {"id": "x", "account": "a", "ordered_on": date(2026, 1, 1), "amount": large, "margin": Decimal("0.1")},
        {"id": "y", "account": "a", "ordered_on": date(2026, 1, 1), "amount": -large, "margin": None},
    ]
    let = (
        "twice: amount + amount; times: amount * 3; minus: amount - margin; half: amount / 2; share: amount * 0.1;"
        "or_one: coalesce(margin, 1); plus: amount + 1"
    )
    facts = {"account": [{"id": "a", "name": "A"}], "order": orders}
    rows = judge(rule("true", "order", let), facts).signals("test")
    found = rows[0]["evidence"]
    assert (found["twice"], found["times"], found["minus"]) == (2 * large, 3 * large, large - Decimal("0.1"))
    assert (found["half"], found["share"]) == (float(large) / 2, float(large) * 0.1)
    assert (found["or_one"], found["plus"]) == (Decimal("0.1"), large + 1)
    assert (rows[1]["evidence"]["or_one"], rows[1]["evidence"]["minus"]) == (Decimal(1), None)


def test_numbers_that_leave_the_doubles_are_missing(judge: Any) -> None:
    facts = {
        "account": [{"id": "a", "name": "A"}],
        "delivery": [{"id": "d", "account": "a", "promised_on": date(2026, 1, 1), "quantity": 1e308}],
    }
    assert judge(rule("quantity * 10 is null and quantity / 0.001 is null", "delivery"), facts).subjects("test") == [
        "d"
    ]


def test_dates_are_missing_until_their_day(judge: Any) -> None:
    facts = {
        "account": [{"id": "a", "name": "A"}],
        "promise": [
            {"id": "p", "account": "a", "kind": "gift", "made_on": date(2026, 11, 1), "due_on": date(2027, 1, 1),
             "kept_on": date(2026, 11, 23)},
            {"id": "q", "account": "a", "kind": "gift", "made_on": date(2026, 11, 23)},
            {"id": "r", "account": "a", "kind": "gift", "made_on": date(2026, 11, 22), "kept_on": date(2026, 11, 22)},
        ],
    }  # fmt: skip
    rules = rule("kept_on is null and due_on = date '2027-01-01'", "promise")
    assert judge(rules, facts).subjects("test") == ["p"]
    assert judge(rules, facts, today=date(2026, 11, 23)).subjects("test") == []
    assert judge(rule("true", "promise"), facts).subjects("test") == ["p", "r"]
    assert judge(rule("true", "promise"), facts, today=date(2026, 11, 23)).subjects("test") == ["p", "q", "r"]


def test_a_rep_has_left_on_the_last_day(judge: Any) -> None:
    left = date(2026, 11, 22)
    facts = {
        "rep": [
            {"id": "r", "name": "R", "role": "sales", "left_on": left},
            {"id": "s", "name": "S", "role": "sales"},
            {"id": "t", "name": "T", "role": "sales", "hired_on": date(2027, 1, 1)},
        ]
    }
    assert judge(rule("active", "rep"), facts).subjects("test") == ["s"]
    assert judge(rule("active", "rep"), facts, today=date(2026, 11, 21)).subjects("test") == ["r", "s"]


def test_who_is_an_active_customer(judge: Any) -> None:
    facts = {
        "account": [
            {"id": "a", "name": "A", "kind": "customer"},
            {"id": "b", "name": "B"},
            {"id": "c", "name": "C", "kind": "prospect"},
            {"id": "d", "name": "D", "lost_on": date(2026, 11, 22)},
            {"id": "e", "name": "E", "lost_on": date(2026, 11, 23)},
        ]
    }
    assert judge(rule("active"), facts).subjects("test") == ["a", "b", "e"]


def test_own_calendar(judge: Any) -> None:
    class NeverOnMonday(MondayToFriday):
        def workday_numbers(self, first: date, last: date) -> list[int]:
            return [n for n in super().workday_numbers(first, last) if n % 7 != 1]

    facts = {"account": [{"id": "a", "name": "A", "signed_on": date(2026, 11, 19)}]}  # a Thursday
    rules = rule("true", let="n: workdays(signed_on, date '2026-11-24')")
    assert judge(rules, facts).evidence("test", "n") == {"a": 3}
    assert judge(rules, facts, calendar=NeverOnMonday()).evidence("test", "n") == {"a": 2}


def test_the_ends_of_time(judge: Any) -> None:
    facts = {
        "account": [
            {"id": "a", "name": "A", "signed_on": date.min, "created_on": date.min},
        ],
        "promise": [{"id": "p", "account": "a", "kind": "gift", "made_on": date.min, "due_on": date.max}],
    }
    when = "account.signed_on - 1 is null and add_months(account.signed_on, -1) is null and due_on + 1 is null"
    let = "span: due_on - account.signed_on; first: month_start(account.signed_on)"
    found = judge(rule(when, "promise", let), facts).signals("test")[0]["evidence"]
    assert (found["span"], found["first"]) == (3652058, date.min)
