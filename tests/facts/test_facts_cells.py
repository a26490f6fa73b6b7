"""What a cell may hold, kind by kind."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from facts_help import listed, orders, told


def column(tmp_path: Path, name: str, cells: list[str]) -> list[object]:
    """The values one column reads as, in row order; what is set aside reads as 'reject'."""
    lines = "".join(f'o{n:04},"{cell}"\n' for n, cell in enumerate(cells))
    found = {row["id"]: row.get(name) for row in orders(tmp_path, f"id,{name}\n{lines}")}
    return [found.get(f"o{n:04}", "reject") for n in range(len(cells))]


DATES = [
    ("2026-11-22", dt.date(2026, 11, 22)),
    ("2026/11/22", dt.date(2026, 11, 22)),
    ("2026/1/2", dt.date(2026, 1, 2)),
    ("2026-1-2", dt.date(2026, 1, 2)),
    ("2026年11月22日", dt.date(2026, 11, 22)),
    ("2026年1月2日", dt.date(2026, 1, 2)),
    ("2026-11-22T23:59:59Z", dt.date(2026, 11, 22)),
    ("2026-11-22 10:05:00.123+08:00", dt.date(2026, 11, 22)),
    ("2026/1/2 0:00", dt.date(2026, 1, 2)),
    ("  2026-11-22\u3000", dt.date(2026, 11, 22)),
    ("0001-01-01", dt.date(1, 1, 1)),
    ("9999-12-31", dt.date(9999, 12, 31)),
    ("2024-02-29", dt.date(2024, 2, 29)),
    ("", None),
    ("   ", None),
    ("2026-02-30", "reject"),
    ("2023-02-29", "reject"),
    ("2026-13-01", "reject"),
    ("2026-00-10", "reject"),
    ("0000-01-01", "reject"),
    ("10000-01-01", "reject"),
    ("46000", "reject"),
    ("20261122", "reject"),
    ("22/11/2026", "reject"),
    ("11/22/26", "reject"),
    ("2026-11/22", "reject"),
    ("2026-11-22 25:00", "reject"),
    ("2026-11-22x", "reject"),
    ("infinity", "reject"),
    ("epoch", "reject"),
    ("today", "reject"),
    ("2026-11-22 (BC)", "reject"),
    ("-2026-11-22", "reject"),
    ("２０２６-11-22", "reject"),
]


def test_dates(tmp_path: Path) -> None:
    cells = [cell for cell, _ in DATES]
    assert dict(zip(cells, column(tmp_path, "ordered_on", cells), strict=True)) == dict(DATES)


MONEY = [
    ("12", "12"),
    ("-12.5", "-12.5"),
    ("+3", "3"),
    ("0.0001", "0.0001"),
    (".5", "0.5"),
    ("5.", "5"),
    ("1.50000", "1.5"),
    ("¥12.30", "12.3"),
    ("￥ 12", "12"),
    ("$-7", "-7"),
    ("-€7.25", "-7.25"),
    ("1,234.5", "1234.5"),
    ("1,234,567", "1234567"),
    ("¥1,234", "1234"),
    ("$1,234,567.89", "1234567.89"),
    ("99999999999999.9999", "99999999999999.9999"),
    ("0000000000000000000000001.5", "1.5"),
]


def test_money(tmp_path: Path) -> None:
    cells = [cell for cell, _ in MONEY]
    assert dict(zip(cells, column(tmp_path, "amount", cells), strict=True)) == {
        cell: Decimal(value) for cell, value in MONEY
    }


NO_MONEY = [
    ("1.23456", "more than 4 decimals"),
    ("$1.00001", "more than 4 decimals"),
    ("99999999999999.99999", "more than 4 decimals"),
    ("1,234", "thousands or a decimal comma"),
    ("€1,234", "thousands or a decimal comma"),
    ("100000000000000", "too large"),
    ("-100000000000000", "too large"),
    ("9" * 400, "too large"),
    ("999,999,999,999,999", "too large"),
    ("1e3", "exponent"),
    ("1.234,50", "not an amount"),
    ("12,34", "not an amount"),
    ("1,2345.6", "not an amount"),
    ("0,123.5", "not an amount"),
    ("1 234", "not an amount"),
    ("5%", "percent"),
    ("--5", "not an amount"),
    ("-¥-5", "not an amount"),
    ("¥", "not an amount"),
    ("NaN", "not an amount"),
    ("Infinity", "not an amount"),
    ("(5.00)", "not an amount"),
    ("0x10", "not an amount"),
    ("abc", "not an amount"),
]


def test_money_set_aside(tmp_path: Path) -> None:
    found = column(tmp_path, "amount", [cell for cell, _ in NO_MONEY])
    assert found == ["reject"] * len(NO_MONEY)
    for (cell, reason), (_, where, why) in zip(NO_MONEY, told(tmp_path), strict=True):
        assert where == "amount"
        assert reason in why, cell


NUMBERS = [
    ("1e3", 1000.0),
    ("1.5E-3", 0.0015),
    ("-.5", -0.5),
    ("1,234.5", 1234.5),
    ("1,234,567", 1234567.0),
    ("0.1", 0.1),
    ("4.9e-324", 5e-324),
    ("1,234", "reject"),
    ("1e999", "reject"),
    ("nan", "reject"),
    ("inf", "reject"),
    ("-Infinity", "reject"),
    ("15%", "reject"),
    ("$5", "reject"),
    ("1_000", "reject"),
    ("1e", "reject"),
    (".", "reject"),
    ("0x1p3", "reject"),
]


def test_numbers(tmp_path: Path) -> None:
    cells = [cell for cell, _ in NUMBERS]
    assert dict(zip(cells, column(tmp_path, "weight", cells), strict=True)) == dict(NUMBERS)


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    (found,) = column(tmp_path, "weight", ["-0.0"])
    assert str(found) == "0.0"


INTEGERS = [
    ("7", 7),
    ("-7", -7),
    ("+7", 7),
    ("007", 7),
    ("7.0", 7),
    ("1,234", 1234),
    ("999999999999", 10**12 - 1),
    ("-999999999999", 1 - 10**12),
    ("1000000000000", "reject"),
    ("9" * 50, "reject"),
    ("7.5", "reject"),
    ("1e3", "reject"),
    ("seven", "reject"),
    ("٣", "reject"),
]


def test_integers(tmp_path: Path) -> None:
    cells = [cell for cell, _ in INTEGERS]
    assert dict(zip(cells, column(tmp_path, "pieces", cells), strict=True)) == dict(INTEGERS)


def test_booleans(tmp_path: Path) -> None:
    cells = ["true", "FALSE", "1", "0", "Yes", "no", "是", "否", "", "t", "on", "2", "真"]
    expected = [True, False, True, False, True, False, True, False, None, *["reject"] * 4]
    assert column(tmp_path, "urgent", cells) == expected


def test_closed_lists(tmp_path: Path) -> None:
    assert column(tmp_path, "channel", ["visit", "VISIT", " Call ", "", "vist", "meal"]) == [
        "visit", "visit", "call", None, "reject", "reject",
    ]  # fmt: skip
    reasons = [each["reason"] for each in listed(tmp_path)]
    assert reasons == [
        "not one of visit, call, customer_visit; did you mean visit?",
        "not one of visit, call, customer_visit",
    ]


def test_text_is_trimmed_and_otherwise_kept(tmp_path: Path) -> None:
    cells = [
        "  a  b ",
        "\u3000\u00a0全角　空格\ufeff",
        "two\nlines",
        "tab\there",
        "''",
        "\\n",
        "NULL",
        "-",
        "😀",
        "\u200b",
    ]
    assert column(tmp_path, "note", cells) == [
        "a  b", "全角　空格", "two\nlines", "tab\there", "''", "\\n", "NULL", "-", "😀", None,
    ]  # fmt: skip


@pytest.mark.parametrize("bad", ["\x00", "\x01", "\x1a", "\x1f", "\x1d", "\x7f", "\u0085", "\x1aa\x1ab"])
def test_control_characters_are_refused(tmp_path: Path, bad: str) -> None:
    assert column(tmp_path, "note", ["fine", f"x{bad}y", f"{bad}y"]) == ["fine", "reject", "reject"]
    assert all("control characters" in reason for _, _, reason in told(tmp_path))
    shown = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert bad[0] not in shown


@pytest.mark.parametrize("bad", ["a\nb", "a\tb", "a\x00b", "1.23457E+17"])
def test_ids_are_stricter(tmp_path: Path, bad: str) -> None:
    assert orders(tmp_path, f'id,note\n"{bad}",x\nok,y\n') == [{"id": "ok", "note": "y"}]


def test_a_shortened_number_is_fine_in_a_note_but_not_in_a_ref(tmp_path: Path) -> None:
    found = orders(tmp_path, "id,account,note\no1,a1,1.23457E+17\no2,1.23457E+17,x\n")
    assert found == [{"id": "o1", "account": "a1", "note": "1.23457E+17"}]
    assert "Excel has shortened" in told(tmp_path)[0][2]


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    assert column(tmp_path, "note", ["x" * 100_000, "x" * 100_001, "x" * 10_000_000]) == [
        "x" * 100_000, "reject", "reject",
    ]  # fmt: skip
    assert all("longer than 100,000 characters" in reason for _, _, reason in told(tmp_path))
    assert all(len(each["value"]) <= 200 for each in listed(tmp_path))


def test_every_bad_cell_of_a_row_is_listed(tmp_path: Path) -> None:
    assert orders(tmp_path, "id,amount,ordered_on,pieces\no1,x,y,z\n") == []
    assert [column for _, column, _ in told(tmp_path)] == ["amount", "ordered_on", "pieces"]
