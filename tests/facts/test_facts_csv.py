"""CSV files as they come: encodings, delimiters, quotation marks, ragged rows, junk."""

import codecs
import csv
import io
import random
from pathlib import Path

import pytest
from facts_help import ACCOUNTS, listed, orders, put, rows, take, told

from engine.errors import FactsError

CHINESE = "id,name,tier\na1,上海某某有限公司,A\na2,“引号”公司,B\n"


def names(tmp_path: Path, data: bytes) -> list[str]:
    """The account names one file gives."""
    return [str(each["name"]) for each in rows(take(tmp_path, {"account.csv": data}).snapshot, "account")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    assert names(tmp_path, CHINESE.encode(encoding)) == ["上海某某有限公司", "“引号”公司"]


def test_utf_16_big_endian(tmp_path: Path) -> None:
    assert len(names(tmp_path, codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"))) == 2


def test_gb18030_is_said(tmp_path: Path) -> None:
    done = take(tmp_path, {"account.csv": CHINESE.encode("gb18030")})
    assert done.notices == ("account.csv is not UTF-8; it was read as GB18030",)


def test_a_late_foreign_byte_is_found_beyond_the_first_chunk(tmp_path: Path) -> None:
    many = "".join(f"a{n},name {n}\n" for n in range(60_000))
    found = names(tmp_path, ("id,name\n" + many + "zz,最后\n").encode("gb18030"))
    assert len(found) == 60_001
    assert found[-1] == "最后"


def test_a_multibyte_character_across_chunks(tmp_path: Path) -> None:
    for shift in range(3):
        filler = "x" * (2**19 - len("id,name\na,") - shift)
        text = f"id,name\na,{filler[:90_000]}\n" + "".join(f"b{n},中文中文中文{shift}\n" for n in range(30_000))
        assert len(names(tmp_path, text.encode())) == 30_001


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + b"id,name\na1,\xff\xfe\n",
        codecs.BOM_UTF16_LE + b"i\x00d\x00\n",
        b"id,name\na1,\xff\n",
        b"id,name\na1,\x80\x80\n",
        "id,name\na1,x\n".encode("utf-16-le"),
        bytes(range(256)) * 40,
        b"PK\x03\x04" + b"x" * 100,
        b"PAR1" + b"x" * 100,
        b"\x1f\x8b\x08" + b"x" * 100,
        b"\xd0\xcf\x11\xe0" + b"\0" * 1000,
        random.Random(1).randbytes(50_000),
    ],
)
def test_what_is_no_text_is_a_plain_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FactsError, match=r"account\.csv"):
        take(tmp_path, {"account.csv": data})


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_after_a_good_header(tmp_path: Path, seed: int) -> None:
    junk = random.Random(seed).randbytes(3000)
    try:
        take(tmp_path, {"order.csv": b"id,note,amount\n" + junk})
    except FactsError as fault:
        assert "order.csv" in fault.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(each) for each in [["id", "note", "amount"], ["o1", "a b", "1.5"], ["o2", "", "2"]])
    found = orders(tmp_path, text + end)
    assert [each["id"] for each in found] == ["o1", "o2"]
    assert "note" not in found[1]


def test_the_delimiter_is_the_one_under_which_the_header_makes_sense(tmp_path: Path) -> None:
    assert orders(tmp_path, "id;note, long;amount\no1;a,b,c;5\n")[0]["amount"] == 5


def test_mixed_line_ends_and_no_last_one(tmp_path: Path) -> None:
    assert [each["id"] for each in orders(tmp_path, "id,note\r\no1,a\no2,b\ro3,c\r\no4,d")] == ["o1", "o2", "o3", "o4"]


def test_quotation_marks(tmp_path: Path) -> None:
    text = 'id,note\no1,"a, ""b"" c"\no2,"two\r\nlines"\n"o3","x"\no4,a"b\n'
    assert [each.get("note") for each in orders(tmp_path, text)] == ['a, "b" c', "two\r\nlines", "x", 'a"b']


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    orders(tmp_path, 'id,note,amount\no1,"two\nlines",x\n\no3,,x\n')
    assert [(row, column) for row, column, _ in told(tmp_path)] == [("2", "amount"), ("4", "amount")]


def test_rows_of_a_plain_file_are_counted_too(tmp_path: Path) -> None:
    text = "id,amount\n" + "".join(f"o{n},{'x' if n % 7000 == 0 else n}\n" for n in range(2, 50_000))
    orders(tmp_path, text)
    assert [row for row, _, _ in told(tmp_path)] == [str(n) for n in range(7000, 50_000, 7000)]


def test_ragged_rows_are_set_aside(tmp_path: Path) -> None:
    found = orders(tmp_path, "id,note,amount\no1,a,1\no2,b\no3,c,3,4\no4\no5,e,5\n")
    assert [each["id"] for each in found] == ["o1", "o5"]
    assert told(tmp_path) == [
        ("3", "", "2 cells where the header has 3"),
        ("4", "", "4 cells where the header has 3"),
        ("5", "", "1 cells where the header has 3"),
    ]
    assert listed(tmp_path)[0]["value"] == "o2,b"


def test_empty_cells_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    assert len(orders(tmp_path, "id,note\no1,a,\no2,b,,,\n")) == 2


def test_a_ragged_row_tells_its_line_where_it_differs(tmp_path: Path) -> None:
    orders(tmp_path, 'id,note\no1,"a\nb"\no2\n')
    assert told(tmp_path) == [("3", "", "1 cells where the header has 2 (line 4 of the file)")]


def test_empty_rows_are_no_rows(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "\n\nid,note,amount\n\n,,\no1,a,\n  , ,\n\n,,"})
    assert done.rejected == 0
    assert done.snapshot.rows["order"] == 1


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_an_empty_row_at_the_end_of_a_plain_file(tmp_path: Path, end: str) -> None:
    newline = "\r\n" if end == "\r\n" else "\n"
    done = take(tmp_path, {"order.csv": newline.join(["id,note", "o1,a", ","]) + end})
    assert (done.rejected, done.snapshot.rows["order"]) == (0, 1)


def test_an_unclosed_quotation_mark(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"order\.csv: a quotation mark opens in row 3 \(line 3\) and does not close"):
        orders(tmp_path, 'id,note\no1,a\no2,"b\no3,c\n')


def test_an_unclosed_quotation_mark_in_the_header(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"order\.csv"):
        orders(tmp_path, '"id,note\no1,a\n')


def test_an_unclosed_quotation_mark_swallows_only_up_to_the_next(tmp_path: Path) -> None:
    found = orders(tmp_path, 'id,note\no1,"a\no2,"b"\no3,c\n')
    assert [each["id"] for each in found] == ["o3"]
    assert "quotation marks do not match (lines 2 to 3 of the file)" in told(tmp_path)[0][2]


def test_text_after_a_closing_quotation_mark(tmp_path: Path) -> None:
    assert [each["id"] for each in orders(tmp_path, 'id,note\no1,"a"b\no2,c\n')] == ["o2"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b" ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\r\n\r\n"])
def test_an_empty_file_says_there_were_none(tmp_path: Path, data: bytes) -> None:
    done = take(tmp_path, {"order.csv": data})
    assert "order" in done.snapshot.present
    assert rows(done.snapshot, "order") == []


def test_a_header_alone_says_the_same(tmp_path: Path) -> None:
    one = take(tmp_path / "1", {"order.csv": "id,note"})
    other = take(tmp_path / "2", {"order.csv": b""})
    none = take(tmp_path / "3", {})
    assert one.snapshot.hash == other.snapshot.hash != none.snapshot.hash


def test_a_line_without_end(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="longer than 64 MB"):
        take(tmp_path, {"order.csv": b"id,note\no1," + b"x" * (65 * 2**20)})


def test_a_wide_file(tmp_path: Path) -> None:
    header = ",".join(["id", *(f"c{n}" for n in range(3000)), "amount"])
    row = ",".join(["o1", *("x" for _ in range(3000)), "5"])
    assert orders(tmp_path, f"{header}\n{row}\n") == [{"id": "o1", "amount": 5}]


def test_names_that_look_like_patterns_or_partitions(tmp_path: Path) -> None:
    folder = tmp_path / "year=2026" / "o[1]*{a,b}?'\""
    put(folder, {"order.csv": "id,amount\no1,5\n", "orders.bak": "x"})
    (folder.parent / "o1x").mkdir()
    put(folder.parent / "o1x", {"order.csv": "id,amount\nwrong,5\n"})
    assert rows(take(tmp_path, folder).snapshot, "order") == [{"id": "o1", "amount": 5}]


def test_the_field_size_of_the_csv_module_stays_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    orders(tmp_path, 'id,note\no1,"a\nb"\n')
    assert csv.field_size_limit() == before


def test_a_plain_and_a_quoted_file_read_alike(tmp_path: Path) -> None:
    table = [[f"o{n}", f"note {n}", f"{n}.25", "2026-01-02"] for n in range(3000)]
    plain, quoted = io.StringIO(), io.StringIO()
    for file, style in ((plain, csv.QUOTE_MINIMAL), (quoted, csv.QUOTE_ALL)):
        csv.writer(file, quoting=style).writerows([["id", "note", "amount", "ordered_on"], *table])
    one = take(tmp_path / "1", {"order.csv": plain.getvalue(), "account.csv": ACCOUNTS})
    other = take(tmp_path / "2", {"order.csv": quoted.getvalue(), "account.csv": ACCOUNTS})
    assert one.snapshot.hash == other.snapshot.hash
