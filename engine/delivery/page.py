"""A report as one page: HTML that needs no network, prints on A4, and takes every name as text."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.delivery.charts import chart_svg, legend
from engine.delivery.phrases import phrase
from engine.delivery.report_view import RIGHT, cell, heading, said_as
from engine.errors import HoldfastError
from engine.policy.model import Words
from engine.reports.report import Chart, Part, Report
from engine.reports.table import Said, Table

PAGES = Path(__file__).parent / "pages"
_LEVELS = ("red", "amber")


def write_page(path: Path, report: Report, language: str, words: Mapping[str, Words]) -> None:
    """Write the page to a file. Raises HoldfastError where it cannot be written."""
    text = page(report, language, words)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise HoldfastError(
            f"{path} cannot be written: {error.strerror or error}", "name a file in a folder that is there"
        ) from error


def report_of(title: Said, tables: Sequence[Table]) -> Report:
    """Tables without charts as a report, for a page."""
    return Report(title, tuple(Part(table.title.phrase, table) for table in tables))


def page(report: Report, language: str, words: Mapping[str, Words]) -> str:
    """The whole page as text. `words` say closed-list values (the policy's)."""
    template = page_templates().get_template("report.html")
    return template.render(
        language=language,
        colon="：" if language == "zh" else ":",
        title=said_as(report.title, language),
        style=Markup((PAGES / "report.css").read_text(encoding="utf-8")),  # noqa: S704  our own file
        lead=[said_as(note, language, words) for note in report.notes],
        blocks=[_block(part, language, words) for part in report.parts],
        definitions=[said_as(each, language) for each in report.defined],
        definitions_heading=phrase("figures_definitions", language),
        none=phrase("no_report_rows", language),
    )


@lru_cache(maxsize=1)
def page_templates() -> Environment:
    """The templates of pages: every value put into them is escaped, and one that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _block(part: Part, language: str, words: Mapping[str, Words]) -> dict[str, Any]:
    table = part.table
    shown = _shown(table)
    columns = [(table.columns[n], table.columns[n].kind in RIGHT) for n in shown]
    notes = [said_as(note, language, words) for note in table.notes]
    if (left_out := (table.total or 0) - len(table.rows)) > 0:
        notes.insert(0, phrase("rows_left_out", language, count=left_out))
    return {
        "heading": said_as(table.title, language, words),
        "columns": [{"heading": heading(column, language), "right": right} for column, right in columns],
        "rows": [
            {
                "total": Said("column_total") in row[:2],
                "cells": [
                    {
                        "text": cell(value, column.kind, language, words),
                        "right": right,
                        "level": value if isinstance(value, str) and value in _LEVELS else "",
                    }
                    for value, (column, right) in zip((row[n] for n in shown), columns, strict=True)
                ],
            }
            for row in table.rows
        ],
        "notes": notes,
        "charts": [_drawn(chart, language, words) for chart in part.charts],
    }


def _shown(table: Table) -> list[int]:
    """The columns of a page: all but the ids whose names stand beside them."""
    names = {column.name for column in table.columns}
    return [n for n, c in enumerate(table.columns) if not (c.spare and f"{c.name}_name" in names)]


def _drawn(chart: Chart, language: str, words: Mapping[str, Words]) -> dict[str, Any]:
    return {
        "title": said_as(chart.title, language),
        "by": said_as(chart.by, language) if chart.by else "",
        "legend": legend(chart, language, words),
        "svg": Markup(chart_svg(chart, language, words)),  # noqa: S704  the library escapes what it draws
    }
