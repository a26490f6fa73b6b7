"""Commands that look back: backtest, silent."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, WorkspaceOption, day_of
from engine.errors import UsageError
from engine.terminal import print_json, watched
from engine.workspace import open_workspace

app = typer.Typer()
_UNKNOWN = date.max  # until the last night's day is read from the store


@app.command()
def backtest(
    workspace: WorkspaceOption = None,
    since: Annotated[
        date | None, typer.Option("--since", parser=day_of, metavar="DATE", help="The first day; else a year back.")
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day_of, metavar="DATE", help="The last day; else the last with a full horizon."),
    ] = None,
    every: Annotated[int, typer.Option("--every", min=1, max=366, help="Days from one look to the next.")] = 7,
    horizon: Annotated[
        int | None,
        typer.Option("--horizon", min=1, max=3660, metavar="DAYS", help="A loss so soon counts; else by policy."),
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="NAME", help="This signal alone; may be repeated.")
    ] = None,
    tune: Annotated[
        str | None, typer.Option("--tune", metavar="LIMIT", help="Try other values of a limit: cycle_multiple.")
    ] = None,
    values: Annotated[
        str | None, typer.Option("--values", metavar="LIST", help="Which: 1.2,1.5,2 or as factors x0.5,x2.")
    ] = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page that prints well.")] = None,
) -> None:
    """Hold signals and risk against the customers later lost: precision, recall, lift, lead time, false alarms.

    Example: holdfast backtest --tune cycle_multiple --values 1.2,1.5,2 --html tuned.html
    """
    from engine.audit.backtest.looking import Asked
    from engine.commands.showing import show_report
    from engine.delivery.backtest_view import (
        backtest_csv,
        backtest_json,
        backtest_report,
        sweep_csv,
        sweep_json,
        sweep_report,
    )
    from engine.delivery.report_view import report_csv
    from engine.hindsight import backtest_of, sweep_of

    if values is not None and tune is None:
        raise UsageError("--values names the values of a limit", "name it with --tune")
    opened = open_workspace(workspace)
    asked = Asked(_UNKNOWN, since, until, every, horizon, tuple(rule or ()))
    with watched() as say:
        if tune is not None:
            swept, policy = sweep_of(opened, asked, tune, values, say)
            given = (lambda: sweep_report(swept), lambda: sweep_json(swept), lambda: sweep_csv(swept))
        else:
            found, policy = backtest_of(opened, asked, say)
            given = (
                lambda: backtest_report(found, rule or ()),
                lambda: backtest_json(found),
                lambda: backtest_csv(found),
            )
    if html is None and form is ListFormat.JSON:
        print_json(given[1]())
    elif html is None and form is ListFormat.CSV:
        sys.stdout.write(report_csv(given[2]()))
    else:
        show_report(given[0](), opened.language, policy.words, form, html)


@app.command()
def silent(
    workspace: WorkspaceOption = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """List rules that matched nobody for many nights, can match nobody, or match nearly everybody.

    Example: holdfast silent
    """
    from engine.commands.showing import show_report
    from engine.delivery.silent_view import silent_report
    from engine.hindsight import silent_rules_of

    opened = open_workspace(workspace)
    found, policy = silent_rules_of(opened)
    show_report(silent_report(found), opened.language, policy.words, form, None)
