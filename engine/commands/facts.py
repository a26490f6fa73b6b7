"""Commands for telling facts: tell, told."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, TextOrJson, TodayOption, WorkspaceOption
from engine.errors import UsageError
from engine.terminal import console, print_json
from engine.workspace import open_workspace

app = typer.Typer()


@app.command()
def tell(
    type: Annotated[str | None, typer.Argument(metavar="TYPE", help="The type of fact, such as complaint.")] = None,
    fields: Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE…", help="What is told.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="Who tells it: an id or a name.")] = None,
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="ID", help="Take back what was told under a number or a fact's id.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List what was told, as `holdfast told` does.")] = False,
    today: TodayOption = None,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Record a fact now and see at once what follows: signals, risk, the next night's tasks.

    With the id of a fact that is known, the named fields of it change; an empty value clears a field.

    Example: holdfast tell complaint account=a12 kind=quality severity=high --by s03
    """
    if listed:
        if type or undo:
            raise UsageError("--list goes with nothing else", "use `holdfast told`")
        _list(workspace, None, None, False, ListFormat.JSON if form is TextOrJson.JSON else ListFormat.TABLE)
        return
    if (type is None) == (undo is None):
        raise UsageError("say what to tell", "such as: holdfast tell complaint account=a12 kind=quality --by s03")
    from engine.delivery.tell_view import told_json, told_view
    from engine.job import tell_fact, undo_fact

    opened = open_workspace(workspace)
    day, now = today or date.today(), datetime.now().astimezone()
    if undo is not None:
        followed = undo_fact(opened, undo, by or "", day, now)
    else:
        followed = tell_fact(opened, type or "", fields or [], by or "", day, now)
    if form is TextOrJson.JSON:
        print_json(told_json(followed, undone=undo is not None))
    else:
        console().print(told_view(followed, opened.language, undone=undo is not None))


@app.command()
def told(
    workspace: WorkspaceOption = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="Only what this person told.")] = None,
    type: Annotated[str | None, typer.Option("--type", help="Only facts of this type.")] = None,
    standing: Annotated[bool, typer.Option("--standing", help="Only what was not taken back.")] = False,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """List what was told, by whom and when, and whether it was taken back.

    Example: holdfast told --by s03
    """
    _list(workspace, by, type, standing, form)


def _list(workspace: Path | None, by: str | None, type: str | None, standing: bool, form: ListFormat) -> None:
    from engine.delivery.tell_view import telling_json, tellings_csv, tellings_table
    from engine.store.opening import open_store
    from engine.store.tellings import list_told

    opened = open_workspace(workspace)
    with open_store(opened.store, create=True) as store:
        found = list_told(store, who=by, type=type, live=standing)
    if form is ListFormat.TABLE:
        console().print(tellings_table(found, opened.language))
    elif form is ListFormat.JSON:
        print_json([telling_json(each) for each in found])
    else:
        sys.stdout.write(tellings_csv(found))
