"""How a report of several tables is given out: on the terminal, as JSON or CSV, as a page."""

import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from engine.commands.options import ListFormat
from engine.delivery.phrases import phrase
from engine.errors import UsageError
from engine.policy.model import Words
from engine.reports.report import Part, Report
from engine.reports.table import Table
from engine.terminal import console


def show_report(
    report: Report,
    language: str,
    words: Mapping[str, Words],
    form: ListFormat,
    html: Path | None,
    table: str | None = None,
) -> None:
    """Print the report, or write it as a page where `html` names a file. `table` picks one of its tables.

    Raises UsageError for a table that is not in it, and for CSV of several tables.
    """
    from engine.delivery.report_view import report_csv

    report = _picked(report, table)
    if html is not None:
        from engine.delivery.page import write_page

        write_page(html, report, language, words)
        typer.echo(phrase("page_written", language, path=html))
    elif form is ListFormat.JSON:
        sys.stdout.write(_json(report) + "\n")
    elif form is ListFormat.CSV:
        if len(report.parts) > 1:
            names = ", ".join(part.name for part in report.parts)
            raise UsageError(
                "this report has several tables, and a CSV file holds one", f"add --table with one of {names}"
            )
        sys.stdout.write(report_csv(_data(report.parts[0])))
    else:
        _print(report, language, words)


def _picked(report: Report, table: str | None) -> Report:
    if table is None:
        return report
    from dataclasses import replace

    from engine.policy.faults import nearest

    names = [part.name for part in report.parts]
    if table not in names:
        raise UsageError(
            f"there is no table '{table}' in it", nearest(table, names) or f"choose from {', '.join(names)}"
        )
    return replace(report, parts=tuple(part for part in report.parts if part.name == table))


def _data(part: Part) -> Table:
    return part.data or part.table


def _json(report: Report) -> str:
    import json

    from engine.delivery.report_view import report_json

    found = {part.name: json.loads(report_json(_data(part))) for part in report.parts}
    whole = next(iter(found.values())) if len(found) == 1 else found
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _print(report: Report, language: str, words: Mapping[str, Words]) -> None:
    from engine.delivery.report_view import report_table, said_as

    out = console()
    for n, part in enumerate(report.parts):
        if n:
            out.print()
        out.print(report_table(part.table, language, words))
    if report.defined:
        out.print()
        for each in report.defined:
            out.print(said_as(each, language), style="dim", markup=False)
    for note in report.notes:
        out.print(said_as(note, language), style="dim", markup=False)
