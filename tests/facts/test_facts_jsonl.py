"""JSON lines."""

from decimal import Decimal
from pathlib import Path

import pytest
from facts_help import listed, orders, rows, take, told

from engine.errors import FactsError
from engine.facts.readers_json import plain_number


@pytest.mark.parametrize("name", ["order.jsonl", "order.ndjson", "ORDER.JSONL"])
def test_values_of_every_kind(tmp_path: Path, name: str) -> None:
    (found,) = orders(
        tmp_path,
        '{"id": 7, "account": "a1", "amount": 1.5, "weight": 1e3, "pieces": 3, "urgent": true, "note": null}\n',
        name,
    )
    assert found == {
        "id": "7", "account": "a1", "amount": Decimal("1.5"), "weight": 1000.0, "pieces": 3, "urgent": True,
    }  # fmt: skip


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    text = '{"id": 123456789012345678901234567890, "amount": 99999999999999.1234}\n{"id": 7.0, "amount": 1e3}\n'
    assert [(each["id"], each["amount"]) for each in orders(tmp_path, text, "order.jsonl")] == [
        ("123456789012345678901234567890", Decimal("99999999999999.1234")),
        ("7", Decimal(1000)),
    ]


def test_lines_that_do_not_fit_are_set_aside_one_by_one(tmp_path: Path) -> None:
    lines = [
        '{"id": "o1"}',
        '{"id": "o2", ',
        "[1, 2]",
        '"text"',
        "5",
        "",
        '{"id": "o3", "id": "o4"}',
        '{"id": "o5", "ID": "o6"}',
        "[" * 200_000,
        '{"id": "o7", "note": ["a"]}',
        '{"id": "o8", "note": {"a": 1}}',
        '{"id": "o9", "weight": NaN}',
        '{"id": "o10", "note": "\\ud800"}',
        '{"id": "o11", "note": "\\u0000"}',
        '{"id": ["x"]}',
        '{"id": null}',
        "{}",
        '{"id": "last", "note": "a\\nb"}',
    ]
    found = orders(tmp_path, "\n".join(lines), "order.jsonl")
    assert [each["id"] for each in found] == ["last", "o1"]
    by_row = {int(row): (column, reason) for row, column, reason in told(tmp_path)}
    assert by_row[2][1].startswith("not JSON")
    assert by_row[3][1] == by_row[4][1] == by_row[5][1] == "not a JSON object"
    assert by_row[7][1] == "the key 'id' stands twice"
    assert by_row[8][1] == "two keys for the field id"
    assert "deep" in by_row[9][1] or "not JSON" in by_row[9][1]
    assert by_row[10] == ("note", "a list where one value is expected")
    assert by_row[11] == ("note", "an object where one value is expected")
    assert by_row[12][0] == "weight"
    assert "control" in by_row[13][1]
    assert "control" in by_row[14][1]
    assert by_row[16] == by_row[17] == ("id", "required, but empty")
    assert all(len(each["value"]) <= 200 for each in listed(tmp_path))


def test_a_required_key_that_no_line_has(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"account\.jsonl: the required column 'name' is missing"):
        take(tmp_path, {"account.jsonl": '{"id": "a1", "Nam": "x"}\n'})


def test_keys_may_come_late_and_unknown_ones_are_noticed(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.jsonl": '{"id": "o1", "nots": 1}\n{"ID ": "o2", "Note": "x", "other": {"a": 1}}\n'})
    assert [each.get("note") for each in rows(done.snapshot, "order")] == [None, "x"]
    assert done.notices == (
        "order.jsonl: the column 'nots' is not read; did you mean note?",
        "order.jsonl: columns not read: other",
    ) or done.notices == ("order.jsonl: columns not read: nots, other",)


def test_very_many_different_keys(tmp_path: Path) -> None:
    text = "".join(f'{{"id": "o{n}", "k{n}": 1}}\n' for n in range(5000))
    assert len(orders(tmp_path, text, "order.jsonl")) == 5000


@pytest.mark.parametrize("data", [b"", b"\n", "\ufeff".encode(), b" \n \n"])
def test_empty(tmp_path: Path, data: bytes) -> None:
    done = take(tmp_path, {"order.jsonl": data})
    assert done.snapshot.rows["order"] == 0


def test_only_broken_lines(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.jsonl": "x\ny\n"})
    assert (done.rejected, done.snapshot.rows["order"]) == (2, 0)


def test_plain_numbers() -> None:
    written = ["7.0", "1.50", "1e3", "-0.0", "12", "-12", "0.10", "1e-7", "1e500", "100"]
    plain = ["7", "1.5", "1000", "0", "12", "-12", "0.1", "0.0000001", "1e500", "100"]
    assert [plain_number(each) for each in written] == plain
