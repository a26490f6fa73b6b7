"""Commands for auditors: why, why-not, compare, history, verify."""

from datetime import date
from typing import Annotated

import typer

from engine.commands.options import DIFFERENT, TextOrJson, WorkspaceOption, day_of
from engine.terminal import console, print_json, watched
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
    from engine.inquiry import explain_task

    opened = open_workspace(workspace)
    explained = explain_task(opened, task)
    if form is TextOrJson.JSON:
        print_json(explained.as_json())
    else:
        console().print(why_view(explained.reason, explained.task, opened.language, explained.policy.words))


@app.command("why-not")
def why_not(
    account: Annotated[str, typer.Argument(help="The account's id.")],
    rule: Annotated[str, typer.Argument(help="A signal or a play, by its name.")],
    subject: Annotated[str | None, typer.Option("--subject", metavar="ID", help="One fact of the account.")] = None,
    on: Annotated[
        date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day; by default the last night's.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Say why a rule did not hold: the first condition that fails, every value, and what would make it hold.

    Example: holdfast why-not a12 promise-overdue
    """
    from engine.delivery.why_not_view import Head, why_not_view
    from engine.inquiry import explain_absence

    opened = open_workspace(workspace)
    explained = explain_absence(opened, account, rule, subject, on)
    if form is TextOrJson.JSON:
        print_json(explained.as_json())
    else:
        head = Head(account, explained.account_name, explained.on, explained.run.id, explained.outcomes)
        console().print(why_not_view(explained.absence, head, opened.language, explained.policy.words))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A run's id, its first letters, or 'last'.")],
    second: Annotated[str, typer.Argument(help="The other run.")] = "last",
    account: Annotated[str | None, typer.Option("--account", metavar="ID", help="Of this account alone.")] = None,
    most: Annotated[int, typer.Option("--most", min=0, help="How many differences to explain.")] = 20,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Compare two runs: what is new, gone or changed, and the facts or policy lines that made it so.

    Example: holdfast compare 2026-11-21 2026-11-22
    """
    from engine.delivery.compare_view import compare_view
    from engine.inquiry import compare_runs

    opened = open_workspace(workspace)
    found = compare_runs(opened, first, second, most, account)
    if form is TextOrJson.JSON:
        print_json(found.as_json())
    else:
        runs = (found.first.id, found.second.id)
        console().print(compare_view(found.comparison, runs, found.accounts, found.policy, opened.language))


@app.command()
def history(
    account: Annotated[str, typer.Argument(help="The account's id.")],
    since: Annotated[
        date | None, typer.Option("--since", parser=day_of, metavar="DATE", help="By default a quarter back.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", parser=day_of, metavar="DATE", help="By default the last night.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Show an account on a time line: facts, signals, risk, tasks, and what people said.

    Example: holdfast history a12 --since 2026-11-01
    """
    from engine.delivery.history_view import history_view
    from engine.inquiry import history_of

    opened = open_workspace(workspace)
    found = history_of(opened, account, since, until)
    if form is TextOrJson.JSON:
        print_json(found.as_json())
    else:
        title = (found.name, found.id, found.since, found.until)
        console().print(history_view(found.events, title, found.policy, opened.language))


@app.command()
def verify(
    run: Annotated[str, typer.Argument(help="A run's id, its first letters, or 'last'.")] = "last",
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="So many accounts; by default all.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Perform a run again with the other engine, account by account, and list what differs. Exit 3 if anything does.

    Example: holdfast verify last --sample 500
    """
    from engine.delivery.verify_view import verify_view
    from engine.inquiry import verify_run

    opened = open_workspace(workspace)
    with watched() as say:
        found, verified = verify_run(opened, run, sample, say)
    if form is TextOrJson.JSON:
        print_json({"run": found.id, **verified.as_json()})
    else:
        console().print(verify_view(verified, found.id, opened.language))
    if not verified.agreed:
        raise typer.Exit(DIFFERENT)
