"""Report tables and the customer file as people and programs get them."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from engine.delivery.account_view import account_json, account_report, account_view
from engine.delivery.page import page
from engine.delivery.report_view import limited, report_csv, report_json, report_table, said_as
from engine.reports.dossier import Dossier, Fact, Section
from engine.reports.table import As, Column, Said, SaidWord, Table

WORDS = {"visit": {"en": "visit", "zh": "拜访"}}
TABLE = Table(
    Said("remind_ordered", {"days": 30}),
    (
        Column("name"), Column("channel", As.WORD), Column("amount", As.MONEY), Column("due_on", As.DATE),
        Column("silent", As.FLAG), Column("who", spare=True),
    ),
    (
        ("海天", "visit", Decimal("1234567.5000"), date(2024, 2, 29), True, "r1"),
        ("=cmd|' /C calc'!A0", None, None, None, None, "@x"),
    ),
    (Said("as_of_night", {"day": date(2026, 11, 22)}),),
)  # fmt: skip


def shown(what: Any) -> list[str]:
    console = Console(width=80, file=io.StringIO(), highlight=False)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_table_in_both_languages() -> None:
    assert shown(report_table(TABLE, "en", WORDS)) == [
        "Ordered in the last 30 days",
        "name                how          amount  due         silent",
        "海天                visit  1,234,567.50  2024-02-29  yes",
        "=cmd|' /C calc'!A0  —                 —  —           —",
        "From the night of 2026-11-22.",
    ]
    chinese = shown(report_table(TABLE, "zh", WORDS))
    assert chinese[0] == "最近 30 天订过货的客户"
    assert "拜访" in chinese[2] and "是" in chinese[2]


def test_a_cut_table_says_how_much_is_left_out() -> None:
    cut = limited(TABLE, 1)
    assert len(cut.rows) == 1
    assert "… and 1 more; --limit 0 shows all." in shown(report_table(cut, "en", WORDS))
    assert limited(TABLE, 0) == limited(TABLE, 2) == TABLE


def test_an_empty_table_says_so() -> None:
    assert shown(report_table(Table(Said("remind_new", {"days": 1}), (Column("name"),), ()), "en", {}))[1] == "None."


def test_csv_has_all_columns_and_no_formula() -> None:
    text = report_csv(TABLE)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [
        ["name", "channel", "amount", "due_on", "silent", "who"],
        ["海天", "visit", "1234567.5", "2024-02-29", "true", "r1"],
        ["'=cmd|' /C calc'!A0", "", "", "", "", "'@x"],
    ]


def test_json_keeps_numbers_and_missing_values() -> None:
    first, second = json.loads(report_json(TABLE))
    assert first == {
        "name": "海天", "channel": "visit", "amount": 1234567.5, "due_on": "2024-02-29", "silent": True, "who": "r1",
    }  # fmt: skip
    assert second["amount"] is None


def test_phrases_take_words_dates_and_money() -> None:
    said = Said(
        "tier_by_rank", {"place": 2, "count": 1000, "value": Decimal("5000.0000"), "measure": SaidWord("spend")}
    )
    assert said_as(said, "en") == "place 2 of 1,000 by yearly orders: 5,000"
    assert said_as(said, "zh") == "按 年订货额 排第 2，共 1,000 家：5,000"


HOSTILE = "<script>alert(1)</script>[bold]\x1b[31m"
FILE = Dossier(
    "a1",
    HOSTILE,
    date(2026, 11, 22),
    "2026-11-22-0123456789",
    (
        Section("base", (Fact("city", HOSTILE), Fact("type", None), Fact("signed_on", date(2024, 2, 29), As.DATE))),
        Section("quotes"),
        Section(
            "risk",
            (Fact("risk", "red", As.WORD), Fact("score", 65.0, As.NUMBER)),
            Table(
                Said("section_risk"),
                tuple(Column(n) for n in ("severity", "signal", "because")),
                (("high", "S", HOSTILE),),
            ),
        ),
    ),
    (Said("gap_empty", {"part": Said("section_log")}), HOSTILE),
    (Said("as_of_night", {"day": date(2026, 11, 22)}),),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_customer_file_takes_names_as_text(language: str) -> None:
    lines = shown(account_view(FILE, language, {}))
    assert any("<script>alert(1)</script>[bold]" in line for line in lines)
    assert not any("\x1b" in line for line in lines)
    assert not any("Quotes" in line or "报价" in line for line in lines)
    text = page(account_report(FILE, language, {}), language, {})
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


@pytest.mark.source("D0.file.complete")
def test_the_customer_file_as_json() -> None:
    found = account_json(FILE, "en", {})
    assert found["base"] == {"city": HOSTILE, "type": None, "signed_on": "2024-02-29"}
    assert found["risk"]["signals"] == [{"severity": "high", "signal": "S", "because": HOSTILE}]
    assert found["gaps"][0] == "Contact log: nothing on record."
