"""Task lists into files: what `holdfast tasks` does for all its formats but the table on a screen."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console

from engine.commands.options import TaskFormat
from engine.delivery.exports.people import Person, people
from engine.delivery.phrases import phrase
from engine.store.opening import Store
from engine.store.tasks import TaskFilter, TaskRow, last_day, list_tasks, person_id
from engine.workspace import Workspace


def export(
    workspace: Workspace, store: Store, wanted: TaskFilter, form: TaskFormat, output: Path | None, *, todo: bool,
    ended_days: int,
) -> str:  # fmt: skip
    """Write the tasks wanted to a file, to stdout, or as pages to a folder; gives what is to be said of it.

    `wanted` names a person by the id and the day as of which the list stands. Raises HoldfastError.
    """
    from engine.delivery.exports.writing import write_file, write_out

    today = wanted.today or last_day(store)
    if output is not None and form is TaskFormat.HTML and (output.is_dir() or not output.suffix):
        count = write_pages(workspace, store, wanted, today, output)
        return phrase("export_pages", workspace.language, count=count, path=output)
    data = exported(workspace, store, wanted, form, today, todo=todo, ended_days=ended_days)
    if output is None:
        write_out(data, binary=form is TaskFormat.XLSX)
        return ""
    write_file(output, data)
    return phrase("export_written", workspace.language, path=output)


def exported(
    workspace: Workspace, store: Store, wanted: TaskFilter, form: TaskFormat, today: date, *, todo: bool,
    ended_days: int,
) -> bytes:  # fmt: skip
    """The tasks wanted, as a file's content in a format other than pages in a folder. Raises HoldfastError."""
    language = reader(workspace, wanted.rep)
    if form is TaskFormat.ICS:
        from engine.delivery.exports.agenda import agenda

        return agenda(store, replace(wanted, today=today), language, todo=todo, ended_days=ended_days)
    tasks = list_tasks(store, wanted)
    if form in (TaskFormat.TABLE, TaskFormat.JSON, TaskFormat.CSV):
        return _plain(tasks, form, today, language, who=wanted.rep is None).encode()
    found = lists(workspace, store, tasks, wanted.rep)
    if form is TaskFormat.XLSX:
        from engine.delivery.exports.xlsx import workbook

        return workbook(found, today, language)
    if form is TaskFormat.MD:
        from engine.delivery.exports.markdown import markdown_lists

        return markdown_lists(found, today, language).encode()
    from engine.delivery.exports.html import people_page

    return people_page(found, today, language).encode()


def lists(workspace: Workspace, store: Store, tasks: Sequence[TaskRow], rep: str | None = None) -> list[Person]:
    """The tasks by person, each with its reasons in the language of whom it belongs to; with `rep` theirs alone."""
    from engine.audit.grounds import because_of
    from engine.delivery.render import render

    def spoken(task: TaskRow) -> str:
        return reader(workspace, rep or task.assignee)

    because = because_of(store, tasks, spoken, render)
    found = people(
        tasks, because, lambda id: reader(workspace, id or None), lambda said: phrase("export_nobody", said), rep
    )
    return [_named(store, person) for person in found]


def write_pages(workspace: Workspace, store: Store, wanted: TaskFilter, today: date, folder: Path) -> int:
    """Write a page for each person with tasks, and for everyone who had one there before, and an index of them.

    With a person wanted only their page is written. Gives the number of people's pages. Raises
    HoldfastError where the folder cannot be written.
    """
    from engine.delivery.exports.html import INDEX, index_page, page_files, people_page
    from engine.delivery.exports.writing import make_folder, write_file

    make_folder(folder)
    found = lists(workspace, store, list_tasks(store, wanted))
    there = {person.id for person in found}
    names = dict(store.rows("select queue, queue from task where queue is not null union select id, name from rep"))
    files = page_files(sorted({*names, *there}))
    found += [
        Person(id, name, reader(workspace, id))
        for id, name in sorted(names.items())
        if wanted.rep is None and id not in there and (folder / files[id]).is_file()
    ]
    language = workspace.language
    for person in found:
        write_file(folder / files[person.id], people_page([person], today, person.language).encode())
    if wanted.rep is not None:
        return len(found)
    index = index_page({files[person.id]: person for person in found}, today, language)
    write_file(folder / INDEX, index.encode())
    return len(found)


def reader(workspace: Workspace, rep: str | None) -> str:
    """The language of a person or queue; the workspace's where nobody is named."""
    return workspace.language_of(rep) if rep else workspace.language


def _plain(tasks: Sequence[TaskRow], form: TaskFormat, today: date, language: str, *, who: bool) -> str:
    from engine.delivery.listing import WIDTH, as_csv, as_json, as_table

    if form is TaskFormat.JSON:
        return as_json(tasks) + "\n"
    if form is TaskFormat.CSV:
        return as_csv(tasks)
    out = io.StringIO()
    Console(file=out, width=WIDTH, highlight=False).print(as_table(tasks, today, language, who=who))
    return out.getvalue()


def _named(store: Store, person: Person) -> Person:
    """The person under the name that the facts have, also where no task says it."""
    if person.name != person.id or not person.id:
        return person
    rows = store.rows("select name from rep where id = ?", [person.id])
    return replace(person, name=str(rows[0][0])) if rows else person


def resolved(store: Store, rep: str | None) -> str | None:
    """The id of a person named by id or name, or a queue's name. Raises UsageError."""
    return person_id(store, rep) if rep is not None else None
