"""Commands on the ledger: audit check, log, prune, key; replay."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import DIFFERENT, TextOrJson, WorkspaceOption, day_of
from engine.delivery.phrases import phrase
from engine.terminal import console, print_json
from engine.workspace import open_workspace

app = typer.Typer()
audit = typer.Typer(no_args_is_help=True, help="The ledger: what was sealed, and whether it still stands.")
app.add_typer(audit, name="audit")

FormatOption = Annotated[TextOrJson, typer.Option("--format", help="text or json")]


@audit.command()
def check(
    public_key: Annotated[
        Path | None, typer.Option("--public-key", metavar="FILE", help="Compare signatures with this key.")
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help="An entry's hash noted down earlier: it must be there.")
    ] = None,
    workspace: WorkspaceOption = None,
    form: FormatOption = TextOrJson.TEXT,
) -> None:
    """Say whether anything was changed, removed or added since it was sealed, to the byte. Exit 3 if so.

    Example: holdfast audit check --public-key firm.pem.pub
    """
    from engine.delivery.ledger_view import checked_view
    from engine.inquiry import check_ledger

    opened = open_workspace(workspace)
    checked = check_ledger(opened, public_key, head)
    if form is TextOrJson.JSON:
        print_json(checked.as_json())
    else:
        console().print(checked_view(checked, opened.language))
    if checked.damages:
        raise typer.Exit(DIFFERENT)


@audit.command()
def log(
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="So many entries.")] = 30,
    workspace: WorkspaceOption = None,
    form: FormatOption = TextOrJson.TEXT,
) -> None:
    """List the ledger's entries: runs, words, told facts, published policies, removals.

    Example: holdfast audit log --last 10
    """
    from engine.delivery.ledger_view import log_view
    from engine.inquiry import ledger_entries

    opened = open_workspace(workspace)
    found = ledger_entries(opened, last)
    if form is TextOrJson.JSON:
        print_json([
            {
                "number": e.number, "kind": e.kind, "at": e.at, "hash": e.hash, "prev": e.prev, "key": e.key,
                "signature": e.signature, "body": e.content,
            }
            for e in found
        ])  # fmt: skip
    else:
        console().print(log_view(found, opened.language))


@audit.command()
def prune(
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who removes.")],
    keep: Annotated[int | None, typer.Option("--keep", min=1, metavar="N", help="Keep the last N runs whole.")] = None,
    before: Annotated[
        date | None, typer.Option("--before", parser=day_of, metavar="DATE", help="Remove runs of days before.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    workspace: WorkspaceOption = None,
    form: FormatOption = TextOrJson.TEXT,
) -> None:
    """Remove conclusions and facts of old runs; the ledger keeps their hashes and who removed them.

    Without --keep and --before the policy's limit audit_keep_runs says it.

    Example: holdfast audit prune --keep 90 --by r1
    """
    from engine.inquiry import prune_runs

    opened = open_workspace(workspace)
    pruned = prune_runs(opened, keep, before, by, dry_run=dry_run)
    if form is TextOrJson.JSON:
        print_json(pruned.as_json())
        return
    name = "pruned_nothing" if not (pruned.runs or pruned.snapshots) else "pruned_dry" if dry_run else "pruned"
    size = f"{pruned.bytes / 1e6:,.1f}"
    counts = {"runs": len(pruned.runs), "snapshots": len(pruned.snapshots), "kept": pruned.kept}
    console().print(phrase(name, opened.language, size=size, **counts), markup=False)
    if pruned.tasks:
        console().print(phrase("pruned_tasks", opened.language, tasks=pruned.tasks), markup=False)


@audit.command()
def key(
    file: Annotated[Path, typer.Argument(help="A new file for the private key, outside the workspace.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Make a pair of Ed25519 keys, to sign the ledger's entries with.

    Example: holdfast audit key ~/firm.pem
    """
    from engine.inquiry import new_key

    opened = open_workspace(workspace)
    public, name = new_key(opened, file)
    for text in (
        phrase("key_private", opened.language, path=file.absolute()),
        phrase("key_public", opened.language, name=name, path=public),
        phrase("key_use", opened.language, path=file.absolute(), public=public.absolute()),
    ):
        typer.echo(text)


@app.command()
def replay(
    run: Annotated[str, typer.Argument(help="A run's id, its first letters, or 'last'.")] = "last",
    workspace: WorkspaceOption = None,
    form: FormatOption = TextOrJson.TEXT,
) -> None:
    """Reason and decide a past run again from what it sealed: the same, or the first difference. Exit 3 if it differs.

    Example: holdfast replay last
    """
    from engine.delivery.ledger_view import replay_view
    from engine.inquiry import replay_run

    opened = open_workspace(workspace)
    found, replayed = replay_run(opened, run)
    if form is TextOrJson.JSON:
        print_json({"run": found.id, **replayed.as_json()})
    else:
        console().print(replay_view(replayed, found.id, opened.language))
    if not replayed.same:
        raise typer.Exit(DIFFERENT)
