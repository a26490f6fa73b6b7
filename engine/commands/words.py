"""Commands that say what became of a task; each word is kept with who said it."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from engine.commands.options import WorkspaceOption, day_of
from engine.delivery.phrases import phrase
from engine.errors import UsageError
from engine.terminal import console
from engine.workspace import Workspace, open_workspace

task_app = typer.Typer(
    no_args_is_help=True,
    help="Show a task, or say what became of it: start, done, snooze, false-alarm, kept, lost, reassign, note, undo.",
)

ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says it: an id or a name.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="What is to be remembered, such as why.")]
TaskArgument = Annotated[str, typer.Argument(help="A task's id, or its first letters.")]
MatterOption = Annotated[
    str | None,
    typer.Option("--matter", help="Which one, where the task serves several: its play, its subject, or all."),
]


@task_app.command("show")
def task_show(task: TaskArgument, workspace: WorkspaceOption = None) -> None:
    """Show a task's whole text.

    Example: holdfast task show k7m2q
    """
    from engine.delivery.listing import as_text
    from engine.store.opening import read_store
    from engine.store.tasks import get_task, last_day

    opened = open_workspace(workspace)
    with read_store(opened.store) as store:
        console().print(as_text(get_task(store, task), opened.language, last_day(store)))


@task_app.command("start")
def task_start(task: TaskArgument, by: ByOption, note: NoteOption = None, workspace: WorkspaceOption = None) -> None:
    """Say that somebody has begun a task.

    Example: holdfast task start k7m2q --by s03
    """
    _word("start", task, by, note, open_workspace(workspace))


@task_app.command("done")
def task_done(
    task: TaskArgument,
    by: ByOption,
    note: NoteOption = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", help="How it went: valuable, effective or unsuccessful.")
    ] = None,
    record: Annotated[
        str | None, typer.Option("--record", metavar="CHANNEL", help="Record it as a contact: visit, call, meal, …")
    ] = None,
    matter: MatterOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that a task is done, and how it went; --record tells the visit or call as a fact in the same breath.

    Example: holdfast task done k7m2q --by s03 --record visit --outcome valuable
    """
    opened = open_workspace(workspace)
    if record is not None:
        _check_listed(opened, "interaction", "channel", record, "--record")
    _word("done", task, by, note, opened, result=outcome, record=record, matter=matter)
    if record is not None:
        from engine.delivery.report_view import word
        from engine.job import policy_in_force

        said = word(record, opened.language, policy_in_force(opened).words)
        _tell(phrase("recorded", opened.language, channel=said))


@task_app.command("snooze")
def task_snooze(
    task: TaskArgument,
    until: Annotated[date, typer.Option("--until", parser=day_of, metavar="DATE", help="The day it comes back.")],
    by: ByOption,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Put a matter off until a day: no task of it shows until then, and none is escalated.

    Example: holdfast task snooze k7m2q --until 2026-12-07 --by s03 --note "they are on holiday"
    """
    _word("snooze", task, by, note, open_workspace(workspace), until=until)


@task_app.command("false-alarm")
def task_false_alarm(
    task: TaskArgument,
    by: ByOption,
    note: NoteOption = None,
    matter: MatterOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that there is nothing in it: the matter's tasks close, and it is held back for a time (false_alarm_days).

    Example: holdfast task false-alarm k7m2q --by s03 --note "the invoice was paid in cash"
    """
    _word("false_alarm", task, by, note, open_workspace(workspace), matter=matter)


@task_app.command("kept")
def task_kept(
    task: TaskArgument,
    by: ByOption,
    note: NoteOption = None,
    on: Annotated[
        date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="When it was kept; by default today.")
    ] = None,
    matter: MatterOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that the promise behind a task was kept: this is recorded as a fact, and the matter ends.

    Example: holdfast task kept k7m2q --by s03 --on 2026-11-20
    """
    _word("kept", task, by, note, open_workspace(workspace), on=on, matter=matter)


@task_app.command("lost")
def task_lost(
    task: TaskArgument,
    by: ByOption,
    cause: Annotated[str | None, typer.Option("--cause", help="Why, in a few words.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="active: they left of their own accord; passive: they had to.")
    ] = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that the task's account is lost: this is recorded as a fact, and all that was to do for it ends.

    Example: holdfast task lost k7m2q --by s03 --cause "moved to a rival" --kind active
    """
    opened = open_workspace(workspace)
    if kind is not None:
        _check_listed(opened, "account", "lost_kind", kind, "--kind")
    _word("lost", task, by, note, opened, cause=cause, kind=kind)


@task_app.command("reassign")
def task_reassign(
    task: TaskArgument,
    to: Annotated[str, typer.Option("--to", metavar="WHO", help="Who takes it: an id or a name.")],
    by: ByOption,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Give a task to somebody else; no night takes it away from them while they are active.

    Example: holdfast task reassign k7m2q --to s07 --by m01
    """
    _word("reassign", task, by, note, open_workspace(workspace), to=to)


@task_app.command("note")
def task_note(
    task: TaskArgument,
    note: Annotated[str, typer.Argument(help="The note.")],
    by: ByOption,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a note to a task.

    Example: holdfast task note k7m2q "asked for a call on Monday" --by s03
    """
    _word("note", task, by, note, open_workspace(workspace))


@task_app.command("undo")
def task_undo(task: TaskArgument, by: ByOption, note: NoteOption = None, workspace: WorkspaceOption = None) -> None:
    """Take back what was last said of a task, with the fact that was told by it.

    Example: holdfast task undo k7m2q --by s03 --note "the wrong customer"
    """
    from engine.action.saying import ENDING
    from engine.action.undoing import undo
    from engine.action.words import Word
    from engine.store import open_store

    opened = open_workspace(workspace)
    with open_store(opened.store) as store:
        id, what = undo(store, task, Word(by, datetime.now().astimezone(), note))
    _tell(phrase("word_undo", opened.language, task=id, word=phrase(f"said_{what}", opened.language)))
    if what in ENDING:
        _tell(phrase("word_undo_later", opened.language))


def _word(what: str, task: str, by: str, note: str | None, opened: Workspace, **given: Any) -> None:
    from engine.action import words
    from engine.store import open_store

    say = getattr(words, what)
    with open_store(opened.store) as store:
        id = say(store, task, words.Word(by, datetime.now().astimezone(), note), **given)
    if what == "false_alarm":
        given["days"] = _false_alarm_days(opened)
    _tell(phrase(f"word_{what}", opened.language, task=id, **given))


def _tell(text: str) -> None:
    """Print a sentence, wrapped where it is longer than a line."""
    console().print(text, markup=False)


def _false_alarm_days(opened: Workspace) -> int:
    from engine.action.compare import false_alarm_days
    from engine.job import policy_in_force

    return false_alarm_days(policy_in_force(opened))


def _check_listed(opened: Workspace, type: str, field: str, value: str, option: str) -> None:
    """Raises UsageError where the contract does not list the value."""
    from engine.job import policy_in_force

    kind = policy_in_force(opened).contract.get(type)
    listed = kind.fields[field].one_of if kind is not None and field in kind.fields else ()
    if value not in listed:
        raise UsageError(f"{option} cannot be '{value}'", f"choose from: {', '.join(map(str, listed))}")
