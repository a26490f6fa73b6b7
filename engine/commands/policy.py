"""Commands for those who write policy: init, schema, check, test."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from engine.commands.options import DIFFERENT, Language, WorkspaceOption, system_language
from engine.delivery.phrases import phrase
from engine.terminal import console, watched
from engine.workspace import open_workspace

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="The language of task texts.")] = None,
) -> None:
    """Make a workspace: a copy of the shipped policy, settings, a folder for facts.

    Example: holdfast init acme --lang en
    """
    from engine.workspace import init_workspace

    language = (lang or system_language()).value
    init_workspace(folder, language)
    typer.echo(phrase("init_made", language, folder=folder))
    typer.echo(phrase("init_facts", language, facts=folder / "facts"))
    typer.echo(phrase("init_sources", language, settings=folder / "holdfast.yaml"))
    typer.echo(f"  holdfast run --workspace {folder}")


@app.command()
def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")] = Path("schema"),
) -> None:
    """Write JSON Schema for editors: they complete and check policy files as one types.

    Example: holdfast schema
    """
    from engine.policy.schema import write_schemas

    for path in write_schemas(folder):
        typer.echo(f"wrote {path}")


@app.command()
def check(workspace: WorkspaceOption = None) -> None:
    """Check the policy: every fault with its place, and a warning for each rule that can match nobody.

    Example: holdfast check
    """
    from engine.delivery.silent_view import impossible_lines
    from engine.policy.load import load_policy

    opened = open_workspace(workspace)
    policy = load_policy(opened.root)
    texts = {name for name, _ in policy.templates}
    typer.echo(
        phrase(
            "sound",
            opened.language,
            signals=len(policy.signals),
            plays=len(policy.plays),
            measures=len(policy.measures),
            limits=len(policy.limits),
            templates=len(texts),
        )
    )
    for line in impossible_lines(policy, opened.language):
        console().print(f"{phrase('warning', opened.language)} {line}", style="yellow", markup=False)


@app.command()
def test(
    workspace: WorkspaceOption = None,
    only: Annotated[str, typer.Option("--only", metavar="TEXT", help="Tests with this in their name or file.")] = "",
    coverage: Annotated[bool, typer.Option("--coverage", help="Say what no test exercises.")] = False,
    both: Annotated[bool, typer.Option("--both", help="Run each test by both engines; slower.")] = False,
) -> None:
    """Run the scenario tests in rules/tests: given these facts on this day, these signals and tasks come.

    Example: holdfast test --only promise
    """
    from engine.delivery.tests_view import coverage_lines, failed_view, summary
    from engine.job import tests_of

    opened = open_workspace(workspace)
    language = opened.language
    started = perf_counter()
    results = []
    tested = tests_of(opened, only, both=both)
    with watched() as say:
        for result in tested.results:
            results.append(result)
            say(result.scenario.name)
            if result.differences:
                console().print(failed_view(result, language))
    console().print(summary(results, perf_counter() - started, language), markup=False)
    if coverage:
        for line in coverage_lines(tested.coverage(results), language):
            console().print(line, markup=False)
    if any(result.differences for result in results):
        raise typer.Exit(DIFFERENT)
