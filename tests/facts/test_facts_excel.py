"""Excel workbooks."""

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from facts_help import listed, put, rows, take, told, workbook
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from engine.errors import FactsError
from engine.facts import readers_excel, workbook_process
from engine.facts.sources import Source

ACCOUNTS = [["id", "name"], ["a1", "Ann"]]


def found(tmp_path: Path, lines: list[list[object]]) -> list[dict[str, object]]:
    """The order rows that come of one sheet."""
    path = workbook(tmp_path / "facts.xlsx", {"account": ACCOUNTS, "order": lines})
    return rows(take(tmp_path, path).snapshot, "order")


def test_cells_of_every_kind(tmp_path: Path) -> None:
    day, moment = dt.date(2026, 11, 22), dt.datetime(2026, 11, 22, 10, 5)
    lines: list[list[object]] = [
        ["id", "Ordered_On ", "amount", "weight", "pieces", "urgent", "note"],
        [7, day, 12.5, 0.1, 3, True, "text"],
        [8.0, moment, "¥1,234.5", "1e3", 3.0, "是", 7],
        [9, 46000, 0.1 + 0.2, 1e-7, None, 1, day],
        [10, 46000.75, None, None, None, 0, "two\nlines"],
        [11, "2026年1月2日", 1e3, 1e20, "", None, True],
    ]
    assert found(tmp_path, lines) == [
        {"id": "10", "ordered_on": dt.date(2025, 12, 9), "urgent": False, "note": "two\nlines"},
        {"id": "11", "ordered_on": dt.date(2026, 1, 2), "amount": Decimal(1000), "weight": 1e20, "note": "true"},
        {"id": "7", "ordered_on": day, "amount": Decimal("12.5"), "weight": 0.1, "pieces": 3, "urgent": True}
        | {"note": "text"},
        {"id": "8", "ordered_on": day, "amount": Decimal("1234.5"), "weight": 1000.0, "pieces": 3, "urgent": True}
        | {"note": "7"},
        {"id": "9", "ordered_on": dt.date(2025, 12, 9), "amount": Decimal("0.3"), "weight": 1e-7, "urgent": True}
        | {"note": "2026-11-22"},
    ]


def test_what_does_not_fit(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["id", "ordered_on", "amount", "pieces"],
        ["o1", 60, None, None],
        ["o2", -1, None, None],
        ["o3", 2958466, None, None],
        ["o4", 1e300, None, None],
        ["o5", None, 33.333333, None],
        ["o6", None, None, 7.5],
        [123456789012345678, None, None, None],
        ["o8", True, None, None],
        ["o9", dt.time(10, 0), None, None],
    ]
    assert found(tmp_path, lines) == []
    assert [row for row, _, _ in told(tmp_path)] == [str(row) for row in range(2, 11)]
    assert "15 digits" in told(tmp_path)[6][2]


def test_the_first_days_of_excel(tmp_path: Path) -> None:
    lines: list[list[object]] = [["id", "ordered_on"], ["o1", 1], ["o2", 59], ["o3", 61]]
    assert [each["ordered_on"] for each in found(tmp_path, lines)] == [
        dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1),
    ]  # fmt: skip


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": ACCOUNTS, "order": [["id", "ordered_on"]]})
    book = load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book["order"].append(["o1", dt.date(2026, 11, 22)])
    book["order"].append(["o2", 44886])
    book.save(path)
    days = {each["id"]: each["ordered_on"] for each in rows(take(tmp_path, path).snapshot, "order")}
    assert days == {"o1": dt.date(2026, 11, 22), "o2": dt.date(2026, 11, 22)}


def test_rows_and_columns_that_start_late(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        [],
        [None, None, "id", None, "amount"],
        [],
        [None, None, "o1", None, 5],
        [None, None, "o2", "x", "y"],
        ["", "  "],
    ]
    assert found(tmp_path, lines) == [{"id": "o1", "amount": 5}]
    assert told(tmp_path) == [("5", "amount", "not an amount of money")]


def test_sheets_are_found_by_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "f.xlsx", {" Account ": ACCOUNTS, "ORDER": [["id"], [1]], "orders": [["id"]], "notes": [["x"]]}
    )
    done = take(tmp_path, path)
    assert done.snapshot.rows == {"account": 1, "order": 1}
    assert done.notices == (
        "f.xlsx: the sheet 'orders' is not read; did you mean order?",
        "f.xlsx: the sheet 'notes' is not read, no fact type of that name",
    )


def test_an_empty_sheet_says_there_were_none(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": ACCOUNTS, "order": [], "rep": [["id", "name"]]})
    assert take(tmp_path, path).snapshot.rows == {"account": 1, "order": 0, "rep": 0}


def test_a_workbook_in_a_folder_is_one_type(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {"~$rep.xlsx": b"x"})
    workbook(folder / "rep.xlsx", {"Sheet1": [["id", "name"], ["r1", "Rae"]]})
    workbook(folder / "everything.xlsx", {"order": [["id"]]})
    done = take(tmp_path, folder)
    assert rows(done.snapshot, "rep") == [{"id": "r1", "name": "Rae"}]
    assert "order" not in done.snapshot.present
    assert any("everything.xlsx is not read" in each for each in done.notices)


def test_a_sheet_named_for_a_source(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"客户": [["编号", "名称"], ["a1", "安"]], "单": [["id"], ["o1"]]})
    sources = [
        Source("account", path, "客户", {"id": "编号", "name": "名称"}),
        Source("order", path, "单"),
    ]
    done = take(tmp_path, sources)
    assert rows(done.snapshot, "account") == [{"id": "a1", "name": "安"}]
    with pytest.raises(FactsError, match="there is no sheet 'none'"):
        take(tmp_path, [Source("account", path, "none")])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an Excel workbook"),
        (b"hello", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted with a password"),
        (b"PK\x03\x04" + b"junk" * 50, "cannot be read"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(data)
    with pytest.raises(FactsError, match=reason):
        take(tmp_path, path)


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(FactsError, match=r"f\.xlsx cannot be read"):
        take(tmp_path, path)


def test_a_truncated_or_damaged_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": [["id", "name"], *([f"a{n}", f"n{n}"] for n in range(500))]})
    data = path.read_bytes()
    for bad in (data[: len(data) // 2], data[:2000] + b"\0" * 200 + data[2200:]):
        path.write_bytes(bad)
        with pytest.raises(FactsError, match=r"f\.xlsx"):
            take(tmp_path, path)


@pytest.mark.parametrize(
    ("size", "reason"), [(3 * 2**30, r"unpacked, the workbook would take 3\.0 GB"), (10, r"f\.xlsx cannot be read")]
)
def test_a_zip_bomb_and_one_that_lies_about_its_size(tmp_path: Path, size: int, reason: str) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": ACCOUNTS})
    with zipfile.ZipFile(path) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    assert true_size in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(true_size, size.to_bytes(4, "little")))
    with pytest.raises(FactsError, match=reason):
        take(tmp_path, path)


def test_a_stray_cell_in_the_last_corner_ends_the_reading_process_only(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "account"
    book.active.append(["id", "name"])
    book.active["XFD1048576"] = "x"
    path = tmp_path / "f.xlsx"
    book.save(path)
    with pytest.raises(FactsError, match="needs more than 4 GB of memory") as fault:
        take(tmp_path, path)
    assert "stray cell" in fault.value.hint


def test_reading_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers_excel, "WORKBOOK_SECONDS", 0.01)
    path = workbook(tmp_path / "f.xlsx", {"account": ACCOUNTS})
    with pytest.raises(FactsError, match="took longer"):
        take(tmp_path, path)


def test_cells_with_excel_errors_are_noticed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": [*ACCOUNTS, ["a2", "#N/A"], ["a3", "Bob"]]})
    done = take(tmp_path, path)
    assert done.notices == ("f.xlsx: 1 cells hold an Excel error (such as #N/A) and read as missing",)
    assert listed(tmp_path)[0]["reason"] == "required, but empty"


def test_no_sheet_of_a_known_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"Sheet1": ACCOUNTS})
    with pytest.raises(FactsError, match=r"no sheet bears a fact type's name \(sheets: Sheet1\)"):
        take(tmp_path, path)


def test_a_fault_in_one_sheet_names_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": [["id", "Nname"], ["a1", "x"]]})
    with pytest.raises(
        FactsError, match=r"f\.xlsx, sheet account: the required column 'name' is missing \(is it 'Nname'"
    ):
        take(tmp_path, path)


def test_the_reading_process_is_a_module_of_its_own() -> None:
    assert workbook_process.__name__ == "engine.facts.workbook_process"
