"""The command line: puts together the commands of engine/commands."""

from typing import Annotated

import typer

from engine import __version__
from engine.commands import (
    audit,
    delivering,
    facts,
    figures,
    handover,
    ledger,
    nights,
    planning,
    policy,
    promises,
    proof,
    reports,
    tasks,
    versions,
)
from engine.terminal import run_guarded

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Keep customers: policy in YAML, held against the facts every night.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    policy,
    nights,
    tasks,
    delivering,
    facts,
    promises,
    reports,
    figures,
    planning,
    handover,
    audit,
    ledger,
    proof,
    versions,
):
    app.add_typer(part.app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"holdfast {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; whatever the user can mend ends in a message, not in a traceback."""
    run_guarded(app)


if __name__ == "__main__":
    main()
