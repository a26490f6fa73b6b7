"""Commands for reports on single customers and for the named lists: account, remind."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, TextOrJson, WorkspaceOption, day_of
from engine.delivery.phrases import phrase
from engine.errors import UsageError
from engine.terminal import console, print_json
from engine.workspace import open_workspace

app = typer.Typer()
DayOption = Annotated[
    date | None,
    typer.Option(
        "--today", parser=day_of, metavar="DATE", help="As things stood on a past day; by default the last night's."
    ),
]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page that prints well instead.")
]
SCREEN = 40  # rows of a list in the terminal, unless --limit says otherwise

LISTS = "today, week, overdue, ordered, purchase-overdue, lost, new, updated, lost-orders, signed, prospects, orphans"


@app.command()
def account(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its id, or a name that only one has.")],
    workspace: WorkspaceOption = None,
    today: DayOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
    html: HtmlOption = None,
) -> None:
    """Show the whole file of one customer: standing, contacts, trade, promises, and what is missing in it.

    Example: holdfast account a42
    """
    from engine.delivery.account_view import account_json, account_report, account_view
    from engine.delivery.render import render
    from engine.reports.account import account
    from engine.reports.file_parts import MOST
    from engine.reports.source import open_night

    opened = open_workspace(workspace)
    language = opened.language
    with open_night(opened.store, today, opened.calendar) as source:
        most = None if form is TextOrJson.JSON else MOST
        dossier = account(source, name, language, render, most)
        words = source.policy.words
    if html is not None:
        from engine.delivery.page import write_page

        write_page(html, account_report(dossier, language, words), language, words)
        typer.echo(phrase("page_written", language, path=html))
    elif form is TextOrJson.JSON:
        print_json(account_json(dossier, language, words))
    else:
        console().print(account_view(dossier, language, words))


@app.command()
def remind(
    name: Annotated[str | None, typer.Argument(metavar="LIST", help=f"{LISTS}; without one, all with counts.")] = None,
    workspace: WorkspaceOption = None,
    rep: Annotated[str | None, typer.Option("--rep", help="Whose: an id or a name.")] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=36500, help="How many days count as recent; else by policy.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", help="For signed: this-month, last-month, or the same with quarter and year."),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", min=1, max=9999, help="For lost: one year alone.")] = None,
    today: DayOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="At most so many rows; 0 for all.")] = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
    html: HtmlOption = None,
) -> None:
    """List customers to contact, with orders due, lost, new and so on, from the last night.

    Example: holdfast remind overdue --rep s03
    """
    from engine.delivery.report_view import limited, report_csv, report_json, report_table
    from engine.reports.remind import overview, remind
    from engine.reports.source import open_night

    if name is None and (period is not None or year is not None):
        raise UsageError("--period and --year go with one list", "name it: signed has periods, lost has years")
    opened = open_workspace(workspace)
    with open_night(opened.store, today, opened.calendar) as source:
        if name is None:
            table = overview(source, rep, days)
        else:
            table = remind(source, name, rep=rep, days=days, period=period, year=year)
        words = source.policy.words
    most = (SCREEN if form is ListFormat.TABLE and html is None else 0) if limit is None else limit
    table = limited(table, most)
    language = opened.language_of(rep) if rep else opened.language
    if html is not None:
        from engine.delivery.page import report_of, write_page

        write_page(html, report_of(table.title, [table]), language, words)
        typer.echo(phrase("page_written", language, path=html))
    elif form is ListFormat.TABLE:
        console().print(report_table(table, language, words))
    else:
        sys.stdout.write(report_json(table) + "\n" if form is ListFormat.JSON else report_csv(table))
