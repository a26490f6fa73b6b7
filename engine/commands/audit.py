"""Commands for auditors: why, why-not, compare, history, verify."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.commands.giving import Explained, give
from engine.commands.options import DIFFERENT, TextOrJson, WorkspaceOption, day_of
from engine.terminal import console, print_json, watched
from engine.workspace import open_workspace

if TYPE_CHECKING:
    from engine.delivery.document import Document

app = typer.Typer()


FormOption = Annotated[Explained, typer.Option("--format", help="text, json, or html: a page for the file")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Into this file.")]
OnOption = Annotated[
    date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The last night on this day or before.")
]


@app.command()
def why(
    what: Annotated[str, typer.Argument(metavar="ID", help="A task (its first letters do), an account, a person.")],
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="One signal or play of it, by its name.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="ID", help="One fact of the account.")] = None,
    on: OnOption = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="This run: its id, its first letters, or 'last'.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--as", metavar="KIND", help="What ID or RULE is: task, account, rep …; signal or play."),
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormOption = Explained.TEXT,
    output: OutputOption = None,
) -> None:
    """Say why: of a task, an account's risk, one signal, or what was held back and until when.

    Example: holdfast why k7m2q

    Example: holdfast why a12

    Example: holdfast why a12 keep-the-promise
    """
    from engine.asking import Question, explain
    from engine.audit.explaining import TaskWhy
    from engine.delivery.why_view import about_document, task_document

    opened = open_workspace(workspace)
    found = explain(opened, Question(what, rule, subject, kind, on, run))
    whole = form is Explained.HTML

    def document() -> "Document":
        if isinstance(found, TaskWhy):
            return task_document(found, opened.language, whole=whole)
        return about_document(found, opened.language, whole=whole)

    give(found.as_json, document, form, output, opened.language)


@app.command("why-not")
def why_not(
    account: Annotated[str, typer.Argument(help="The account's id.")],
    rule: Annotated[str, typer.Argument(help="A signal or a play, by its name.")],
    subject: Annotated[str | None, typer.Option("--subject", metavar="ID", help="One fact of the account.")] = None,
    on: Annotated[
        date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day; by default the last night's.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormOption = Explained.TEXT,
    output: OutputOption = None,
) -> None:
    """Say why a rule did not hold: the first condition that fails, every value, and what would make it hold.

    Example: holdfast why-not a12 promise-overdue
    """
    from engine.delivery.why_not_view import Head, why_not_document
    from engine.inquiry import explain_absence

    opened = open_workspace(workspace)
    found = explain_absence(opened, account, rule, subject, on)

    def document() -> "Document":
        head = Head(account, found.account_name, found.on, found.run, found.outcomes, found.notes)
        words, whole = found.policy.words, form is Explained.HTML
        return why_not_document(found.absence, head, opened.language, words, whole=whole)

    give(found.as_json, document, form, output, opened.language)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A run's id, its first letters, or 'last'.")],
    second: Annotated[str, typer.Argument(help="The other run.")] = "last",
    account: Annotated[str | None, typer.Option("--account", metavar="ID", help="Of this account alone.")] = None,
    most: Annotated[int, typer.Option("--most", min=0, help="How many differences to explain.")] = 20,
    workspace: WorkspaceOption = None,
    form: FormOption = Explained.TEXT,
    output: OutputOption = None,
) -> None:
    """Compare two runs: what is new, gone or changed, and the facts or policy lines that made it so.

    Example: holdfast compare 2026-11-21 2026-11-22
    """
    from engine.delivery.compare_view import compare_document
    from engine.inquiry import compare_runs

    opened = open_workspace(workspace)
    found = compare_runs(opened, first, second, most, account)

    def document() -> "Document":
        runs = (found.first, found.second)
        return compare_document(found.comparison, runs, found.accounts, found.policy, opened.language)

    give(found.as_json, document, form, output, opened.language)


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
    form: FormOption = Explained.TEXT,
    output: OutputOption = None,
) -> None:
    """Show an account on a time line: facts, signals, risk, tasks, and what people said.

    Example: holdfast history a12 --since 2026-11-01
    """
    from engine.delivery.history_view import Title, history_document
    from engine.inquiry import history_of

    opened = open_workspace(workspace)
    found = history_of(opened, account, since, until)

    def document() -> "Document":
        title = Title(found.name, found.id, found.since, found.until, found.run)
        return history_document(found.events, title, found.policy, opened.language, whole=form is Explained.HTML)

    give(found.as_json, document, form, output, opened.language)


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
