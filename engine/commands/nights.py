"""Commands for nights: demo, run."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import Engine, Language, TodayOption, WorkspaceOption, system_language
from engine.terminal import console, print_json, watched
from engine.workspace import open_workspace

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the example workspace.")] = Path("holdfast-demo"),
    lang: Annotated[Language | None, typer.Option("--lang", help="The language of task texts.")] = None,
) -> None:
    """Run the main job on the shipped example company: a week of nights, one person's tasks, one task's reasons.

    Example: holdfast demo --lang zh
    """
    from engine.demo import run_demo

    with watched() as say:
        run_demo(folder, (lang or system_language()).value, console(), say)


@app.command()
def run(
    workspace: WorkspaceOption = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", help="A folder or an Excel workbook of facts, instead of the workspace's own."),
    ] = None,
    today: TodayOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come, write nothing.")] = False,
    engine: Annotated[Engine, typer.Option("--engine", help="Which engine reasons.")] = Engine.COLUMNAR,
    as_json: Annotated[bool, typer.Option("--json", help="Print signals, risks and tasks as one JSON object.")] = False,
    deliver: Annotated[bool, typer.Option("--deliver", help="Then send the digests that wait.")] = False,
) -> None:
    """Run a night: import the facts, hold the policy against them, make and close tasks.

    Example: holdfast run --today 2026-11-22
    """
    from engine.delivery.night_view import night_view
    from engine.job import night_of

    opened = open_workspace(workspace)
    day = today or date.today()
    with (
        watched() as say,
        night_of(opened, day, facts=facts, engine=engine.value, dry_run=dry_run, progress=say) as done,
    ):
        if as_json:
            print_json(done.as_dict())
        else:
            console().print(night_view(done.imported, done.night))
    if deliver and not dry_run:
        from engine.commands.delivering import send

        send(opened, quiet=as_json)
