"""Task lists as workbooks, read back by other libraries."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from export_help import HOSTILE, ITEM, LATER, TASK, TODAY, hostile_item, person
from python_calamine import CalamineWorkbook

from engine.delivery.exports.people import Item, Person
from engine.delivery.exports.xlsx import MOST_SHEETS, sheet_names, workbook


def opened(people: Sequence[Person], language: str = "en") -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(people, TODAY, language)))


def read(people: Sequence[Person], language: str = "en") -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook(people, TODAY, language)))


def test_a_persons_sheet() -> None:
    book = opened([person(ITEM, LATER)])
    assert book.sheetnames == ["Li Wei"]
    sheet = book["Li Wei"]
    assert [cell.value for cell in sheet[1]] == [
        "Priority", "Due", "Account", "To do", "Why", "How", "State", "Who", "Id", "What to do",
    ]  # fmt: skip
    row = sheet[2]
    assert [cell.value for cell in row[:4]] == ["urgent", datetime(2026, 11, 20), "Wuxi Trading", "Call Wuxi Trading"]
    assert row[4].value == "Eight days late\nNot visited since June"
    assert row[1].number_format == "yyyy-mm-dd" and row[1].font.bold and not sheet[3][1].font.bold
    assert row[0].fill.fgColor.rgb == "FFA3162A"
    assert row[4].alignment.wrap_text and sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:J3"
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.paperSize == 9
    assert sheet.row_dimensions[2].height > 30


def test_everyone_has_an_overview_a_common_sheet_and_their_own() -> None:
    people = [person(ITEM), replace(person(LATER, name="王伟", language="zh", late=(ITEM,)), id="r2")]
    book = read(people)
    assert book.sheet_names == ["Overview", "All", "Li Wei", "王伟"]
    overview = book.get_sheet_by_name("Overview").to_python()
    assert overview[0] == ["Who", "Tasks", "Late", "Due in 7 days", "Earliest due", "Late, of others"]
    assert overview[1] == ["Li Wei", 1.0, 1.0, 0.0, date(2026, 11, 20), 0.0]
    assert overview[2] == ["王伟", 1.0, 0.0, 1.0, date(2026, 11, 24), 1.0]
    assert [row[3] for row in book.get_sheet_by_name("All").to_python()[1:]] == ["Call Wuxi Trading", "致电无锡商行"]
    own = book.get_sheet_by_name("王伟").to_python()
    assert own[0][0] == "优先级" and own[1][4] == "逾期 3 天" and len(own) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    data = workbook([person(hostile_item(text), name=text), person(ITEM)], TODAY, "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "d", "n") and not (cell.hyperlink and cell.hyperlink.target)
                if isinstance(cell.value, str) and cell.value.lstrip()[:1] in tuple("=+-@%"):
                    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)


def test_texts_come_back_as_they_were() -> None:
    texts = ["=1+1", "<b>&amp;", "王伟 👩‍👩‍👧", "_x0041_", 'a"b,c;d', "عربي", "one\ntwo"]
    people = [person(*(Item(replace(TASK, id=str(n), title=t), (t,)) for n, t in enumerate(texts)))]
    assert [row[3] for row in read(people).get_sheet_by_index(0).to_python()[1:]] == texts
    assert [row[4].value for row in list(opened(people).worksheets[0].rows)[1:]] == texts


def test_an_empty_list() -> None:
    assert read([person()]).get_sheet_by_index(0).to_python()[1][0] == "Nothing to do."
    assert read([], "zh").sheet_names == ["总览", "全部"]
    assert read([], "zh").get_sheet_by_index(0).to_python()[1][0] == "没有待办任务。"


def test_a_long_text_is_cut_where_a_cell_ends() -> None:
    item = Item(replace(TASK, body="长" * 40_000), ("y" * 40_000,))
    row = read([person(item)]).get_sheet_by_index(0).to_python()[1]
    assert len(str(row[4])) == 32_000 and str(row[9]).endswith("…")


def test_the_same_list_gives_the_same_bytes() -> None:
    assert workbook([person(ITEM)], TODAY, "en") == workbook([person(ITEM)], TODAY, "en")


def test_many_people_share_one_sheet() -> None:
    people = [replace(person(ITEM, name=f"P{n}"), id=f"r{n}") for n in range(MOST_SHEETS + 1)]
    book = read(people)
    assert book.sheet_names == ["Overview", "All"]
    assert len(book.get_sheet_by_name("All").to_python()) == MOST_SHEETS + 2


def test_a_huge_list() -> None:
    many = [Item(replace(TASK, id=f"t{n}"), ("why",)) for n in range(5_000)]
    assert len(read([person(*many)]).get_sheet_by_index(0).to_python()) == 5_001


def test_an_ended_task_says_why() -> None:
    ended = replace(TASK, status="closed", ended_why="condition_gone", ended_on=TODAY)
    row = read([person(Item(ended))]).get_sheet_by_index(0).to_python()[1]
    assert row[6] == "closed: the reason has gone"


def test_sheet_names_are_what_excel_takes() -> None:
    names = ["Li Wei", "LI WEI", "a/b:c*d?e[f]g\\h", "'quoted'", "History", "", "长" * 40, "长" * 40, "👩" * 20, "总览"]
    found = sheet_names(names, ["总览"])
    assert len({name.casefold() for name in found}) == len(names)
    for name in found:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\") and not name.startswith("'") and not name.endswith("'")
    assert found[:2] == ["Li Wei", "LI WEI (2)"] and found[4] == "History (2)"
