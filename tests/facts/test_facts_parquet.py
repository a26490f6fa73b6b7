"""Parquet files."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from facts_help import listed, put, rows, take, told

from engine.errors import FactsError


def written(tmp_path: Path, query: str, name: str = "order.parquet") -> Path:
    """A folder with one Parquet file made by a query."""
    folder = put(tmp_path / "facts", {})
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'Asia/Shanghai'")
        con.execute(f"copy ({query}) to '{folder / name}' (format parquet)")
    return folder


def found(tmp_path: Path, query: str) -> list[dict[str, object]]:
    """The order rows that come of a query."""
    return rows(take(tmp_path, written(tmp_path, query)).snapshot, "order")


def test_types_that_are_right_already(tmp_path: Path) -> None:
    (row,) = found(
        tmp_path,
        """select 'o1' as id, 'a1' as account, date '2026-11-22' as ordered_on, 12.3400::decimal(18,4) as amount,
                  0.1::double as weight, 7::bigint as pieces, true as urgent, 'visit' as channel, ' x ' as note""",
    )
    assert row == {
        "id": "o1", "account": "a1", "ordered_on": dt.date(2026, 11, 22), "amount": Decimal("12.34"), "weight": 0.1,
        "pieces": 7, "urgent": True, "channel": "visit", "note": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", "7::bigint", "7"),
        ("id", "7.0::double", "7"),
        ("id", "7::utinyint", "7"),
        ("note", "1.5::double", "1.5"),
        ("note", "1e300::double", "1e+300"),
        ("note", "date '2026-01-02'", "2026-01-02"),
        ("note", "'x'::enum('x', 'y')", "x"),
        ("note", "null::int", None),
        ("amount", "5::hugeint", Decimal(5)),
        ("amount", "0.3::double", Decimal("0.3")),
        ("amount", "(0.1::double + 0.2::double)", Decimal("0.3")),
        ("amount", "1.5::float", Decimal("1.5")),
        ("amount", "1.25::decimal(5,2)", Decimal("1.25")),
        ("amount", "1.25::decimal(38,10)", Decimal("1.25")),
        ("amount", "'¥1,234.5'", Decimal("1234.5")),
        ("weight", "0.1::float", 0.1),
        ("weight", "3::smallint", 3.0),
        ("weight", "1.25::decimal(9,2)", 1.25),
        ("weight", "'-0.0'::double", 0.0),
        ("pieces", "7::double", 7),
        ("pieces", "7.00::decimal(9,2)", 7),
        ("pieces", "7::uhugeint", 7),
        ("urgent", "1::int", True),
        ("urgent", "'是'", True),
        ("ordered_on", "timestamp '2026-11-22 23:59:59'", dt.date(2026, 11, 22)),
        ("ordered_on", "timestamptz '2026-11-22 07:00:00+08'", dt.date(2026, 11, 21)),
        ("ordered_on", "'2026年1月2日'", dt.date(2026, 1, 2)),
        ("channel", "'VISIT'", "visit"),
    ],
)
def test_other_types_that_fit(tmp_path: Path, field: str, value: str, expected: object) -> None:
    id_too = "" if field == "id" else ", 'o1' as id"
    (row,) = found(tmp_path, f"select {value} as {field}{id_too}")
    assert row.get(field) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1.00005::double"),
        ("amount", "1e14::double"),
        ("amount", "'nan'::double"),
        ("amount", "100000000000000::bigint"),
        ("amount", "1.00005::decimal(18,5)"),
        ("weight", "'inf'::double"),
        ("weight", "'nan'::double"),
        ("pieces", "7.5::double"),
        ("pieces", "1000000000000::bigint"),
        ("pieces", "1e300::double"),
        ("pieces", "true"),
        ("ordered_on", "20261122::int"),
        ("ordered_on", "'infinity'::date"),
        ("ordered_on", "'0044-03-15 (BC)'::date"),
        ("ordered_on", "'12000-01-01'::date"),
        ("ordered_on", "time '10:00'"),
        ("urgent", "2::int"),
        ("channel", "5::int"),
        ("note", "'a' || chr(0) || 'b'"),
        ("note", "repeat('x', 200000)"),
        ("id", "null::varchar"),
        ("id", "''"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, field: str, value: str) -> None:
    id_too = "" if field == "id" else ", 'o1' as id"
    assert found(tmp_path, f"select {value} as {field}{id_too}") == []
    ((row, column, reason),) = told(tmp_path)
    assert (row, column) == ("2", field)
    assert reason
    assert len(listed(tmp_path)[0]["value"]) <= 200


def test_rows_are_counted_from_two_across_row_groups(tmp_path: Path) -> None:
    found(
        tmp_path,
        "select 'o' || i as id, case when i % 100000 = 0 then 'x' else '1' end as amount from range(300001) t(i)",
    )
    assert [row for row, _, _ in told(tmp_path)] == ["2", "100002", "200002", "300002"]


@pytest.mark.parametrize("value", ["[1]", "{'a': 1}", "map {'a': 1}", "'x'::blob", "[['a']]"])
def test_nested_columns_are_refused_where_they_are_wanted(tmp_path: Path, value: str) -> None:
    with pytest.raises(FactsError, match=r"order\.parquet: the column 'note' holds"):
        found(tmp_path, f"select 'o1' as id, {value} as note")
    assert found(tmp_path, f"select 'o1' as id, {value} as something") == [{"id": "o1"}]


@pytest.mark.parametrize("keep", [0, 1, 3, 50, -1, -20])
def test_truncated(tmp_path: Path, keep: int) -> None:
    folder = written(tmp_path, "select 'o1' as id, 'x' as note")
    path = folder / "order.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FactsError, match=r"order\.parquet"):
        take(tmp_path, folder)


def test_broken_in_the_middle(tmp_path: Path) -> None:
    folder = written(tmp_path, "select 'o' || i as id, md5(i::varchar) as note from range(20000) t(i)")
    path = folder / "order.parquet"
    data = bytearray(path.read_bytes())
    data[100:5000] = b"\xaa" * 4900
    path.write_bytes(bytes(data))
    with pytest.raises(FactsError, match=r"order\.parquet cannot be read"):
        take(tmp_path, folder)


def test_no_rows(tmp_path: Path) -> None:
    assert found(tmp_path, "select 'o1' as id where false") == []
    assert not listed(tmp_path)
