"""Commands for tasks: the list, and what people say of them."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ENDED_DAYS, CalendarKind, TaskFormat, TodayOption, WorkspaceOption, day_of
from engine.commands.words import task_app
from engine.terminal import console
from engine.workspace import open_workspace

app = typer.Typer()
app.add_typer(task_app, name="task")


@app.command()
def tasks(
    workspace: WorkspaceOption = None,
    rep: Annotated[str | None, typer.Option("--rep", help="Whose: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="About which account: its id.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="open, started, done, closed, snoozed or waiting; may be repeated."),
    ] = None,
    due_by: Annotated[
        date | None, typer.Option("--due-by", parser=day_of, metavar="DATE", help="Due on this day or before.")
    ] = None,
    today: TodayOption = None,
    form: Annotated[
        TaskFormat, typer.Option("--format", help="table, json, csv, xlsx, ics, md or html")
    ] = TaskFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PATH", help="Into this file; html also into a folder, a page a person."
        ),
    ] = None,
    kind: Annotated[
        CalendarKind, typer.Option("--as", help="In a calendar: event (on the due day) or todo.")
    ] = CalendarKind.EVENT,
    ended_days: Annotated[
        int, typer.Option("--ended-days", min=0, max=3650, help="For so long a calendar says that a task has ended.")
    ] = ENDED_DAYS,
) -> None:
    """List tasks, the most urgent first; in the terminal, as a workbook, a calendar, text or pages to print.

    Example: holdfast tasks --rep s03 --format ics --output s03.ics
    """
    from engine.commands.exporting import export, reader, resolved
    from engine.commands.waiting import WAITING, print_room, print_waiting
    from engine.delivery.listing import print_table
    from engine.store.opening import read_store
    from engine.store.tasks import TaskFilter, last_day, list_tasks

    opened = open_workspace(workspace)
    with read_store(opened.store) as store:
        day = today or last_day(store)
        if status and WAITING in status:
            print_waiting(opened, store, status, resolved(store, rep), account, day, form, output)
            return
        wanted = TaskFilter(resolved(store, rep), account, tuple(status or ("open", "started")), due_by, day)
        if form is TaskFormat.TABLE and output is None:
            print_table(list_tasks(store, wanted), day, reader(opened, wanted.rep), console(), who=rep is None)
            print_room(opened, store, wanted)
            return
        said = export(opened, store, wanted, form, output, todo=kind is CalendarKind.TODO, ended_days=ended_days)
    if said:
        typer.echo(said)
