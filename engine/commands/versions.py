"""Commands for changing policy: diff, policy publish, policy log, policy show, policy rollback."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import DIFFERENT, ListFormat, TextOrJson, WorkspaceOption
from engine.terminal import console, print_json, watched
from engine.workspace import open_workspace

app = typer.Typer()
policy_app = typer.Typer(no_args_is_help=True, help="Publish the policy, list its versions, go back to one.")
app.add_typer(policy_app, name="policy")

ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it.")]


@app.command()
def diff(
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="DIR", help="The candidate: a policy folder or a workspace.")
    ] = None,
    rev: Annotated[
        str | None, typer.Option("--rev", metavar="REV", help="The candidate: a git revision of the workspace.")
    ] = None,
    nights: Annotated[int, typer.Option("--nights", min=1, max=400, help="How many past nights.")] = 7,
    most: Annotated[int, typer.Option("--most", min=0, max=1000, help="How many examples to show.")] = 20,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to decide from.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 3 where tasks or conclusions differ.")] = False,
) -> None:
    """Show what another policy would do over past nights: tasks added, removed, changed, and which change did it.

    Without --policy and --rev: the workspace's files against the last published version.

    Example: holdfast diff --policy ../candidate --nights 7 --html change.html
    """
    from engine.changing import diff_of
    from engine.commands.showing import show_report
    from engine.delivery.diff_text import diff_text
    from engine.delivery.diff_view import diff_json, diff_report

    opened = open_workspace(workspace)
    with watched() as say:
        compared = diff_of(opened, policy, rev, nights, most, say)
    if form is TextOrJson.JSON and html is None:
        print_json(diff_json(compared.found, compared.names))
    else:
        report = diff_report(
            compared.found, compared.names, (compared.live, compared.candidate), opened.language, most, page=bool(html)
        )
        words = compared.candidate.words
        if html is not None:
            show_report(report, opened.language, words, ListFormat.TABLE, html)
        else:
            console().print(diff_text(report, opened.language, words))
    if exit_code and compared.found.differs:
        raise typer.Exit(DIFFERENT)


@policy_app.command()
def publish(
    by: ByOption,
    approved_by: Annotated[str | None, typer.Option("--approved-by", metavar="WHO", help="Who approved it.")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Seal the policy as it stands as a version.

    Example: holdfast policy publish --by "Li Wei" --approved-by "Chen Jing" --note "earlier visits"
    """
    from engine.changing import publish as seal
    from engine.delivery.versions_view import published_view

    opened = open_workspace(workspace)
    done = seal(opened, by, datetime.now().astimezone(), note, approved_by)
    console().print(published_view(done.version, done.new, opened.language))


@policy_app.command()
def log(
    workspace: WorkspaceOption = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """List the published versions: when, by whom, what changed, and the runs made under each.

    Example: holdfast policy log
    """
    from engine.changing import policy_log
    from engine.commands.showing import show_report
    from engine.delivery.versions_view import log_report, log_view

    opened = open_workspace(workspace)
    found = policy_log(opened)
    if form is ListFormat.TABLE:
        console().print(log_view(found.versions, found.runs, found.unpublished, opened.language))
    else:
        show_report(log_report(found.versions, found.runs), opened.language, {}, form, None)


@policy_app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="N", help="The number of the version.")],
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
) -> None:
    """Show a published version with everything that it changed.

    Example: holdfast policy show 3
    """
    from engine.changing import show_version
    from engine.delivery.versions_view import version_json, version_view

    opened = open_workspace(workspace)
    version, runs = show_version(opened, number)
    if form is TextOrJson.JSON:
        print_json(version_json(version, runs))
    else:
        console().print(version_view(version, runs, opened.language))


@policy_app.command()
def rollback(
    number: Annotated[int, typer.Argument(metavar="N", help="The number of the version.")],
    by: ByOption,
    force: Annotated[
        bool, typer.Option("--force", help="Also with unpublished changes, which are saved as a version first.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Put the policy files of a version back, and publish that as a new version. Scenario tests stay as they are.

    Example: holdfast policy rollback 3 --by "Li Wei"
    """
    from engine.changing import rollback as put_back
    from engine.delivery.phrases import phrase

    opened = open_workspace(workspace)
    made, saved = put_back(opened, number, by, datetime.now().astimezone(), force=force)
    if saved is not None:
        typer.echo(phrase("version_saved", opened.language, number=saved))
    typer.echo(phrase("rolled_back", opened.language, number=number, made=made))
