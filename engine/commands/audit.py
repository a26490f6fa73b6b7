"""Commands for auditors: why."""

from typing import Annotated

import typer

from engine.commands.options import TextOrJson, WorkspaceOption
from engine.terminal import console, print_json
from engine.workspace import open_workspace

app = typer.Typer()


@app.command()
def why(
    task: Annotated[str, typer.Argument(help="A task's id, or its first letters.")],
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Say why a task came: play, signals, values against limits, fact rows, policy lines.

    Example: holdfast why k7m2q
    """
    from engine.delivery.why_view import why_view
    from engine.job import explain_task

    opened = open_workspace(workspace)
    explained = explain_task(opened, task)
    if form is TextOrJson.JSON:
        print_json(explained.as_json())
    else:
        console().print(why_view(explained.reason, explained.task, opened.language, explained.policy.words))
