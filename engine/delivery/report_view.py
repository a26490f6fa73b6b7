"""A report table for the terminal, as CSV and as JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from engine.delivery.listing import safe_cell
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.render import MISSING, clean, render
from engine.policy.model import Words
from engine.reports.table import As, Column, Said, SaidWord, Table

RIGHT = (As.INTEGER, As.NUMBER, As.MONEY, As.PERCENT, As.DAYS)
_FILTERS = {As.NUMBER: "round(1)", As.MONEY: "money", As.PERCENT: "percent", As.DAYS: "days"}


def report_table(table: Table, language: str, words: Mapping[str, Words]) -> RenderableType:
    """The table for a terminal: title, rows, how many were left out, notes."""
    parts: list[RenderableType] = [Text(said_as(table.title, language, words), "bold")]
    if table.rows:
        parts.append(grid(table, language, words))
        left_out = (table.total or 0) - len(table.rows)
        if left_out > 0:
            parts.append(Text(phrase("rows_left_out", language, count=left_out), "dim"))
    else:
        parts.append(Text(phrase("no_report_rows", language)))
    parts += (Text(said_as(note, language, words), "dim") for note in table.notes)
    return Group(*parts)


def limited(table: Table, most: int) -> Table:
    """The table with at most so many rows, all where 0; `total` then says how many there are."""
    if not most or len(table.rows) <= most:
        return table
    return replace(table, rows=table.rows[:most], total=len(table.rows))


def grid(table: Table, language: str, words: Mapping[str, Words]) -> Grid:
    """The rows of a table under their headings; numbers to the right and never broken."""
    shown = [n for n, column in enumerate(table.columns) if not column.spare]
    drawn = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for n in shown:
        column = table.columns[n]
        right = column.kind in RIGHT
        drawn.add_column(
            heading(column, language), justify="right" if right else "left",
            no_wrap=column.kind not in (As.TEXT, As.WORD), overflow="fold",
        )  # fmt: skip
    for row in table.rows:
        drawn.add_row(*(Text(cell(row[n], table.columns[n].kind, language, words)) for n in shown))
    return drawn


def report_csv(table: Table) -> str:
    """The table as CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that works as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return "\ufeff" + out.getvalue()


def report_json(table: Table) -> str:
    """The rows as a JSON list of objects, keyed by the columns' names; money as a number, dates as text."""
    return json.dumps(list(_objects(table)), ensure_ascii=False, indent=2)


def heading(column: Column, language: str) -> str:
    """What stands above a column."""
    if column.heading is not None:
        return clean(column.heading)
    name = f"column_{column.name}"
    return phrase(name, language) if name in PHRASES else column.name.replace("_", " ")


def cell(value: Any, kind: As, language: str, words: Mapping[str, Words]) -> str:
    """A value as people read it. Dates in tables are short, the same in both languages."""
    match value:
        case None:
            return MISSING
        case Said():
            return said_as(value, language, words)
        case date():
            return value.isoformat()
        case str() if kind is As.WORD:
            return word(value, language, words)
        case str():
            return clean(value)
        case float() if kind is As.DAYS:
            value = round(value)
    shown = f"{{{{ x | {_FILTERS[kind]} }}}}" if kind in _FILTERS else "{{ x }}"
    return render(shown, {"x": value}, language, {})


def word(value: str, language: str, words: Mapping[str, Words]) -> str:
    """A closed-list value in the language: by the policy's words, else by our own, else as it is."""
    own = f"state_{value}"
    return words.get(value, {}).get(language) or (phrase(own, language) if own in PHRASES else clean(value))


def said_as(said: Said, language: str, words: Mapping[str, Words] = MappingProxyType({})) -> str:
    """A phrase with its values: dates as dates, other phrases in the same language, closed-list values by `words`."""
    values = {name: _part(value, language, words) for name, value in said.values.items()}
    return clean(phrase(said.phrase, language, **values))


def _part(value: Any, language: str, words: Mapping[str, Words]) -> Any:
    match value:
        case Said():
            return said_as(value, language, words)
        case SaidWord():
            return word(value.value, language, words)
        case date():
            return value.isoformat()
        case Decimal():
            return cell(value, As.MONEY, language, words)
    return value


def json_value(value: Any) -> Any:
    """A cell's value for JSON."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():
            return value.isoformat()
        case float():
            return round(value, 6)
        case Said():
            return said_as(value, "en")
    return value


def _objects(table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    for row in table.rows:
        yield {name: json_value(value) for name, value in zip(names, row, strict=True)}


def _csv_cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case str():
            return safe_cell(value)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case Said():
            return safe_cell(said_as(value, "en"))
    return value
