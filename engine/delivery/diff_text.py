"""What a candidate policy would do, on the terminal: the same report, its long texts in lines of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.report_view import cell, report_table, said_as
from engine.policy.model import Words
from engine.reports.report import Part, Report

_IN_LINES = {"changes", "tasks", "reasons"}  # tables whose cells are too long for columns


def diff_text(report: Report, language: str, words: Mapping[str, Words]) -> RenderableType:
    """The report of `diff_report` for people."""
    parts: list[RenderableType] = [Text(said_as(report.title, language), "bold")]
    parts += (Text(said_as(note, language), "dim") for note in report.notes)
    for part in report.parts:
        parts.append(Text())
        parts.append(
            Group(*_lines(part, language)) if part.name in _IN_LINES else report_table(part.table, language, words)
        )
    return Group(*parts)


def _lines(part: Part, language: str) -> Iterator[Text]:
    yield Text(said_as(part.table.title, language), "bold")
    for row in part.table.rows:
        cells = [
            cell(value, column.kind, language, {}) if value else ""
            for value, column in zip(row, part.table.columns, strict=True)
        ]
        head, *below = _change(row, cells, language) if part.name == "changes" else _example(cells, language)
        yield Text(f"  {head}")
        yield from (Text(f"      {line}", "dim") for line in below if line)
    for note in part.table.notes:
        yield Text(said_as(note, language), "dim")


def _change(row: tuple[Any, ...], cells: list[str], language: str) -> list[str]:
    """A change of the policy, and below it what it did."""
    name, detail, place = cells[:3]
    added, removed, changed, hours = row[3:]
    did = phrase("diff_none_by_it", language)
    if added or removed or changed:
        did = phrase("diff_did", language, added=added, removed=removed, changed=changed, hours=f"{hours:+,.4g}")
    return ["  ".join(filter(None, (name, detail))), "  ".join(filter(None, (did, place)))]


def _example(cells: list[str], language: str) -> list[str]:
    """Something that differs: what it is, and below it how and why."""
    how, what, account, *below, causes = cells
    lines = ["  ".join(filter(None, (how, what, account if account not in what else ""))), *below]
    return [*lines, phrase("diff_caused", language, names=causes) if causes else ""]
