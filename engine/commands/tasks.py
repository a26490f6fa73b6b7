"""Commands for tasks: the list, and what people say of them."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, TodayOption, WorkspaceOption, day_of
from engine.delivery.phrases import phrase
from engine.terminal import console
from engine.workspace import open_workspace

app = typer.Typer()
task_app = typer.Typer(no_args_is_help=True, help="Say what became of a task: start, done, note.")
app.add_typer(task_app, name="task")


@app.command()
def tasks(
    workspace: WorkspaceOption = None,
    rep: Annotated[str | None, typer.Option("--rep", help="Whose: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="About which account: its id.")] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="open, started, done or closed; may be repeated.")
    ] = None,
    due_by: Annotated[
        date | None, typer.Option("--due-by", parser=day_of, metavar="DATE", help="Due on this day or before.")
    ] = None,
    today: TodayOption = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """List tasks, the most urgent first.

    Example: holdfast tasks --rep s03 --due-by 2026-11-27
    """
    from engine.delivery.listing import as_csv, as_json, print_table
    from engine.store.opening import read_store
    from engine.store.tasks import TaskFilter, last_day, list_tasks

    opened = open_workspace(workspace)
    with read_store(opened.store) as store:
        wanted = TaskFilter(rep, account, tuple(status or ("open", "started")), due_by)
        found = list_tasks(store, wanted)
        language = opened.language_of(rep) if rep else opened.language
        day = today or last_day(store)
    if form is ListFormat.TABLE:
        print_table(found, day, language, console(), who=rep is None)
    else:
        sys.stdout.write(as_json(found) + "\n" if form is ListFormat.JSON else as_csv(found))


WordOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says it.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="What is to be remembered.")]
TaskArgument = Annotated[str, typer.Argument(help="A task's id, or its first letters.")]


@task_app.command("show")
def task_show(task: TaskArgument, workspace: WorkspaceOption = None) -> None:
    """Show a task's whole text.

    Example: holdfast task show k7m2q
    """
    from engine.delivery.listing import as_text
    from engine.store.opening import read_store
    from engine.store.tasks import get_task

    opened = open_workspace(workspace)
    with read_store(opened.store) as store:
        console().print(as_text(get_task(store, task), opened.language))


@task_app.command("start")
def task_start(task: TaskArgument, by: WordOption, note: NoteOption = None, workspace: WorkspaceOption = None) -> None:
    """Say that somebody has begun a task.

    Example: holdfast task start k7m2q --by s03
    """
    _word("start", task, by, note, workspace)


@task_app.command("done")
def task_done(task: TaskArgument, by: WordOption, note: NoteOption = None, workspace: WorkspaceOption = None) -> None:
    """Say that a task is done.

    Example: holdfast task done k7m2q --by s03 --note "delivered this morning"
    """
    _word("done", task, by, note, workspace)


@task_app.command("note")
def task_note(
    task: TaskArgument,
    note: Annotated[str, typer.Argument(help="The note.")],
    by: WordOption,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a note to a task.

    Example: holdfast task note k7m2q "asked for a call on Monday" --by s03
    """
    _word("note", task, by, note, workspace)


def _word(what: str, task: str, by: str, note: str | None, workspace: Path | None) -> None:
    from engine.action import words
    from engine.store import open_store

    opened = open_workspace(workspace)
    say = {"start": words.start, "done": words.done, "note": words.note}[what]
    with open_store(opened.store) as store:
        id = say(store, task, words.Word(by, datetime.now().astimezone(), note))
    typer.echo(phrase(f"word_{what}", opened.language, task=id))
