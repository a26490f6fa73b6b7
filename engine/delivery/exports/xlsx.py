"""Task lists as an Excel workbook: an overview, a sheet with all tasks, one for each person. No cell is a formula."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from rich.cells import cell_len
from xlsxwriter import Workbook

from engine.delivery.exports.people import (
    UNFINISHED,
    Item,
    Person,
    account_text,
    contact_text,
    count_late,
    holder_text,
    is_late,
    priority_text,
    status_text,
    what_text,
)  # fmt: skip
from engine.delivery.phrases import phrase

MOST_SHEETS = 60  # people with a sheet of their own; where there are more, one sheet with a filter has all tasks
LONGEST_CELL = 32_000  # Excel takes 32,767 characters
_A4 = 9
_FIRST_DAY = date(1900, 3, 1)  # before it programs count days differently
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%']|\t")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f]+")
_COLOURS = {1: ("#A3162A", "#FFFFFF"), 2: ("#FBE3E4", "#86111F"), 3: ("#FDF0D2", "#6D4700")}
_LINE, _HIGHEST = 15, 409  # points: of a line, of the highest row there is
_LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#E8ECF1", "bottom_color": "#1F2429", "valign": "vcenter"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "late": {"font_color": "#A3162A", "bold": True},
    "ended": {"font_color": "#7A838C"},
    "guarded": {"quote_prefix": True},
    "right": {"align": "right"},
    "link": {"font_color": "#2B6CA3", "underline": 1},
}
_SOON = timedelta(days=7)
_Value = Callable[[Item, date, str], str | date]
_COLUMNS: tuple[tuple[str, int, _Value], ...] = (
    ("export_priority", 12, lambda item, _, language: priority_text(item.task, language)),
    ("export_due", 12, lambda item, *_: item.task.due_on),
    ("export_account", 22, lambda item, *_: account_text(item.task)),
    ("export_task", 42, lambda item, *_: item.task.title),
    ("export_why", 58, lambda item, *_: "\n".join(item.because)),
    ("export_contact", 10, lambda item, _, language: contact_text(item.task, language)),
    ("export_status", 14, lambda item, today, language: _state(item, today, language)),
    ("export_who", 16, lambda item, *_: holder_text(item.task)),
    ("export_id", 13, lambda item, *_: item.task.id),
    ("export_what", 60, lambda item, *_: what_text(item)),
)
_PRINTED = len(_COLUMNS) - 1  # all but the long texts
_COUNTS = ("export_who", "export_tasks", "export_late", "export_soon", "export_first", "export_from_others")


def workbook(people: Sequence[Person], today: date, language: str) -> bytes:
    """The lists of people as a workbook; the overview and the sheet of all tasks are in `language`.

    One person's list is a single sheet. The same lists on the same day give the same bytes.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({
            "title": phrase("export_title_all", language),
            "comments": phrase("export_as_of", language, day=today),
            "created": datetime(today.year, today.month, today.day),
        })  # fmt: skip
        style = _styles(book)
        if len(people) == 1:
            _list_sheet(book, style, sheet_names([people[0].name], ())[0], people[0].name, people[0], today)
        else:
            _several(book, style, people, today, language)
    return out.getvalue()


def _several(book: Any, style: Any, people: Sequence[Person], today: date, language: str) -> None:
    fixed = [phrase(name, language) for name in ("export_overview", "export_all")]
    names = sheet_names([person.name for person in people], fixed) if len(people) <= MOST_SHEETS else []
    _overview(book, style, fixed[0], people, names, today, language)
    items = sorted((item for person in people for item in person.items), key=lambda item: item.task.order)
    _list_sheet(book, style, fixed[1], fixed[1], Person("", fixed[1], language, tuple(items)), today)
    for person, name in zip(people, names, strict=False):
        _list_sheet(book, style, name, person.name, person, today)


def _list_sheet(book: Any, style: Any, name: str, title: str, person: Person, today: date) -> None:
    sheet = book.add_worksheet(name)
    language = person.language
    headings = [phrase(heading, language) for heading, *_ in _COLUMNS]
    for column, (heading, (_, width, _value)) in enumerate(zip(headings, _COLUMNS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, style(head=True))
    items = (*person.items, *person.late)
    for row, item in enumerate(items, 1):
        lines = 1
        late, ended = is_late(item.task, today), item.task.status not in UNFINISHED
        for column, (heading, width, value) in enumerate(_COLUMNS):
            said = value(item, today, language)
            lines = max(lines, _lines(str(said), width) if heading != "export_what" else 1)
            _cell(
                sheet, style, row, column, said, ended=ended,
                late=late and heading == "export_due",
                priority=min(item.task.priority, 4) if heading == "export_priority" and not ended else 4,
                wrap=heading != "export_what",
            )  # fmt: skip
        sheet.set_row(row, min(_LINE * lines + 4, _HIGHEST))
    if not items:
        sheet.write_string(1, 0, phrase("export_none", language), style())
    sheet.autofilter(0, 0, max(len(items), 1), len(_COLUMNS) - 1)
    sheet.freeze_panes(1, 0)
    _printed(sheet, title, today, language, rows=max(len(items), 1), columns=_PRINTED)


def _overview(
    book: Any, style: Any, name: str, people: Sequence[Person], sheets: Sequence[str], today: date, language: str
) -> None:
    sheet = book.add_worksheet(name)
    for column, heading in enumerate(_COUNTS):
        sheet.set_column(column, column, 26 if column == 0 else 15)
        sheet.write_string(0, column, phrase(heading, language), style(head=True, right=column > 0))
    for row, person in enumerate(people, 1):
        due = [item.task.due_on for item in person.items if item.task.status in UNFINISHED]
        late = count_late(person.items, today)
        if row <= len(sheets):
            place = sheets[row - 1].replace("'", "''")
            named = _plain(person.name) or place
            look = style(link=True, guarded=bool(_FORMULA.match(named)))
            sheet.write_url(row, 0, f"internal:'{place}'!A1", look, named)
        else:
            _cell(sheet, style, row, 0, person.name)
        sheet.write_number(row, 1, len(person.items), style())
        sheet.write_number(row, 2, late, style(late=late > 0))
        sheet.write_number(row, 3, sum(today <= day <= today + _SOON for day in due), style())
        if due:
            _cell(sheet, style, row, 4, min(due), late=min(due) < today, right=True)
        sheet.write_number(row, 5, len(person.late), style())
    if not people:
        sheet.write_string(1, 0, phrase("export_none", language), style())
    sheet.autofilter(0, 0, max(len(people), 1), len(_COUNTS) - 1)
    sheet.freeze_panes(1, 0)
    _printed(sheet, name, today, language, rows=max(len(people), 1), columns=len(_COUNTS))


def _printed(sheet: Any, title: str, today: date, language: str, *, rows: int, columns: int) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, rows, columns - 1)
    named = _plain(title)[:60].replace("&", "&&")
    sheet.set_header(f"&L{named}&R{phrase('export_as_of', language, day=today)}")
    sheet.set_footer("&R&P / &N")


def _cell(sheet: Any, style: Any, row: int, column: int, value: str | date, **look: Any) -> None:
    if isinstance(value, date) and value >= _FIRST_DAY:
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style(day=True, **look))
        return
    text = _plain(str(value))
    sheet.write_string(row, column, text, style(guarded=bool(_FORMULA.match(text)), **look))


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes in a column of so many characters; Chinese ones count double."""
    return sum(max(1, -(-cell_len(line) * 21 // (20 * width))) for line in text.split("\n"))


def _plain(text: str) -> str:
    """The text as a cell can hold it: without control characters, cut where it is too long."""
    text = _CONTROL.sub(" ", text)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _state(item: Item, today: date, language: str) -> str:
    return status_text(item.task, today, language) or phrase("status_open", language)


def _styles(book: Any) -> Callable[..., Any]:
    """What gives the format of a cell by its look; `guarded` text stays text when somebody edits the cell."""
    return partial(_format, book, {})


def _format(
    book: Any, made: dict[tuple[Any, ...], Any], *, priority: int = 4, wrap: bool = True, **given: bool
) -> Any:  # fmt: skip
    names = [name for name in _LOOKS if given.get(name)]
    key = (priority, wrap, *names)
    if key not in made:
        look: dict[str, Any] = {"valign": "top", "text_wrap": wrap, "bottom": 1, "bottom_color": "#D9DDE2"}
        if priority in _COLOURS:
            look |= {"bg_color": _COLOURS[priority][0], "font_color": _COLOURS[priority][1]}
        for name in names:
            look |= _LOOKS[name]
        made[key] = book.add_format(look)
    return made[key]


def sheet_names(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """A name for each sheet as Excel takes them: at most 31 characters, some not allowed, no two alike."""
    used = {name.casefold() for name in (*taken, "history")}
    found = []
    for name in names:
        plain = _NOT_IN_NAMES.sub(" ", _CONTROL.sub(" ", name)).strip(" '") or "?"
        plain = "_" if plain == "?" else plain
        wanted, number = _short(plain, 31), 1
        while wanted.casefold() in used:
            number += 1
            wanted = f"{_short(plain, 25)} ({number})"
        used.add(wanted.casefold())
        found.append(wanted)
    return found


def _short(text: str, units: int) -> str:
    """The beginning of a text, by the UTF-16 units that Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text.rstrip(" '")
