"""What `holdfast tasks` says of matters that wait for room."""

from datetime import date
from pathlib import Path

import typer

from engine.commands.options import TaskFormat
from engine.errors import UsageError
from engine.store.opening import Store
from engine.store.tasks import TaskFilter
from engine.terminal import console
from engine.workspace import Workspace

WAITING = "waiting"  # the status of what has no task yet, since nobody has the time


def print_room(workspace: Workspace, store: Store, wanted: TaskFilter) -> None:
    """Below a list of what is to be done: how much more waits, where anything does."""
    from engine.delivery.phrases import phrase
    from engine.store.waiting import count_waiting

    if not {"open", "started"} & set(wanted.statuses) or wanted.due_by is not None:
        return
    if count := count_waiting(store, wanted.rep, wanted.account):
        whose = "".join(
            f" --{name} {value}" for name, value in (("rep", wanted.rep), ("account", wanted.account)) if value
        )
        language = workspace.language_of(wanted.rep) if wanted.rep else workspace.language
        typer.echo(phrase("waiting_more", language, count=count, whose=whose))


def print_waiting(
    workspace: Workspace, store: Store, statuses: list[str], rep: str | None, account: str | None, today: date,
    form: TaskFormat, output: Path | None,
) -> None:  # fmt: skip
    """List what waits. Raises UsageError beside other statuses, and for a format that needs tasks."""
    from engine.action.room import read_lists
    from engine.delivery.exports.writing import write_file, write_out
    from engine.delivery.phrases import phrase
    from engine.delivery.waiting_view import waiting_csv, waiting_json, waiting_table
    from engine.store.sealed import newest_run, readable_policy
    from engine.store.waiting import list_waiting

    if set(statuses) != {WAITING}:
        raise UsageError("what waits has no task yet, and is listed apart", "give --status waiting alone")
    if form not in (TaskFormat.TABLE, TaskFormat.JSON, TaskFormat.CSV):
        raise UsageError(f"what waits has no task yet, and no {form.value}", "choose one of: table, json, csv")
    language = workspace.language_of(rep) if rep else workspace.language
    waiting = list_waiting(store, rep, account)
    if form is TaskFormat.TABLE and output is None:
        run = newest_run(store)
        policy = readable_policy(store, run.policy) if run is not None and waiting else None
        rules = {} if policy is None else {
            name: signal.title.get(language) or name for name, signal in policy.signals.items()
        }  # fmt: skip
        lists = {} if run is None else read_lists(run.folder)
        console().print(waiting_table(waiting, lists, rules, today, language), width=max(console().width, 60))
        return
    data = waiting_csv(waiting) if form is TaskFormat.CSV else waiting_json(waiting) + "\n"
    if output is None:
        write_out(data.encode(), binary=False)
        return
    write_file(output, data.encode())
    typer.echo(phrase("export_written", language, path=output))
