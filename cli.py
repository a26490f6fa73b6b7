"""The command line: thin, one function a command."""

import os
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from engine import __version__
from engine.delivery.phrases import phrase
from engine.terminal import console, print_json, run_guarded, watched
from engine.workspace import open_workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Keep customers: policy in YAML, held against the facts every night.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
DIFFERENT = 3  # the exit code where something is other than expected

task_app = typer.Typer(no_args_is_help=True, help="Say what became of a task: start, done, note.")
app.add_typer(task_app, name="task")


class Language(StrEnum):
    """The languages of texts."""

    EN = "en"
    ZH = "zh"


class TextOrJson(StrEnum):
    """For people, or for programs."""

    TEXT = "text"
    JSON = "json"


class ListFormat(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Engine(StrEnum):
    """The two engines."""

    COLUMNAR = "columnar"
    RETE = "rete"


WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="The workspace; by default the nearest one upwards.")
]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date; write year-month-day, such as 2026-11-22") from None


TodayOption = Annotated[
    date | None,
    typer.Option("--today", parser=_day, metavar="DATE", help="The day to work for; by default the system's."),
]


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


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="The language of task texts.")] = None,
) -> None:
    """Make a workspace: a copy of the shipped policy, settings, a folder for facts.

    Example: holdfast init acme --lang en
    """
    from engine.workspace import init_workspace

    language = (lang or _system_language()).value
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
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the example workspace.")] = Path("holdfast-demo"),
    lang: Annotated[Language | None, typer.Option("--lang", help="The language of task texts.")] = None,
) -> None:
    """Run the main job on the shipped example company: a week of nights, one person's tasks, one task's reasons.

    Example: holdfast demo --lang zh
    """
    from engine.demo import run_demo

    with watched() as say:
        run_demo(folder, (lang or _system_language()).value, console(), say)


@app.command()
def check(workspace: WorkspaceOption = None) -> None:
    """Check the policy and show every fault with its place.

    Example: holdfast check
    """
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
            print_json(done.night.as_dict())
        else:
            console().print(night_view(done.imported, done.night))


@app.command()
def tasks(
    workspace: WorkspaceOption = None,
    rep: Annotated[str | None, typer.Option("--rep", help="Whose: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="About which account: its id.")] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="open, started, done or closed; may be repeated.")
    ] = None,
    due_by: Annotated[
        date | None, typer.Option("--due-by", parser=_day, metavar="DATE", help="Due on this day or before.")
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


def _system_language() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return Language.ZH if value.lower().startswith("zh") else Language.EN
    return Language.EN


def main() -> None:
    """Run the command line; whatever the user can mend ends in a message, not in a traceback."""
    run_guarded(app)


if __name__ == "__main__":
    main()
