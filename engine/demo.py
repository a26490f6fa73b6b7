"""The main job on the shipped example company, told as it goes."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from engine.asking import explain_task
from engine.delivery.document_text import document_text
from engine.delivery.listing import as_table, as_text
from engine.delivery.phrases import phrase
from engine.delivery.why_view import task_document
from engine.errors import UsageError
from engine.job import Done, night_of
from engine.policy.load import load_policy
from engine.shipped import shipped_example
from engine.store.opening import read_store
from engine.store.tasks import TaskFilter, TaskRow, list_tasks, seen_counts
from engine.workspace import Workspace, init_workspace

EXAMPLE = "company"
FIRST_NIGHT = date(2026, 11, 16)
NIGHTS = 7
MARK = ".holdfast-demo"  # tells a folder that an earlier demo made, which the next one may replace


def run_demo(folder: Path, language: str, console: Console, progress: Callable[[str], None]) -> None:
    """Make the workspace, check the policy, run a week of nights, show a person's tasks and why one came.

    Raises UsageError where `folder` holds something else than an earlier demo.
    """
    workspace = _workspace(folder, language)
    policy = load_policy(workspace.root)
    made = phrase("demo_made", language, folder=folder)
    checked = phrase("demo_checked", language, signals=len(policy.signals), plays=len(policy.plays))
    console.print(f"{made}\n{checked}\n")
    table = Table(box=None, padding=(0, 2, 0, 0), title=phrase("demo_week", language), title_justify="left")
    for name in ("night", "signals", "red", "amber", "new", "kept", "gone"):
        table.add_column(phrase(name, language), justify="left" if name == "night" else "right")
    day = FIRST_NIGHT
    for day in (FIRST_NIGHT + timedelta(days=n) for n in range(NIGHTS)):
        progress(str(day))
        with night_of(workspace, day) as done:
            table.add_row(str(day), *_counts(done))
    console.print(table)
    _show_list(workspace, folder, day, console)


def _workspace(folder: Path, language: str) -> Workspace:
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    elif folder.exists():
        raise UsageError(f"{folder} is there already and is no earlier demo", "name another folder: holdfast demo DIR")
    workspace = init_workspace(folder, language)
    (folder / MARK).touch()
    shutil.copytree(shipped_example(EXAMPLE) / "facts", workspace.root / "facts", dirs_exist_ok=True)
    return workspace


def _counts(done: Done) -> list[str]:
    counts, night = done.night.counts, done.night
    new, before = seen_counts(night.store, night.run)
    numbers = [counts["signals"], counts["risk"].get("red", 0), counts["risk"].get("amber", 0)]
    numbers += [new, new + before, counts["closed_tasks"]]
    return [f"{number:,}" for number in numbers]


def _show_list(workspace: Workspace, folder: Path, day: date, console: Console) -> None:
    language = workspace.language
    with read_store(workspace.store) as store:
        rep, name = _busiest_seller(list_tasks(store))
        found = list_tasks(store, TaskFilter(rep=rep))
    console.print(Padding(Rule(phrase("demo_list", language, name=name, day=day), align="left"), (1, 0, 0, 0)))
    console.print(as_table(found, day, language, who=False, width=console.width))
    first = found[0]
    console.print(Padding(Rule(phrase("demo_task", language, name=name), align="left"), (1, 0, 0, 0)))
    console.print(as_text(first, language))
    explained = explain_task(workspace, first.id)
    console.print(Padding(Rule(phrase("demo_why", language), align="left"), (1, 0, 0, 0)))
    console.print(document_text(task_document(explained, language)))
    console.print(Padding(phrase("demo_next", language, folder=folder), (1, 0, 0, 0)))


def _busiest_seller(tasks: list[TaskRow]) -> tuple[str, str]:
    """The person with the most tasks among those whose list fits a screen."""
    counts: dict[tuple[str, str], int] = {}
    for task in tasks:
        if task.assignee is not None:
            key = (task.assignee, task.assignee_name or task.assignee)
            counts[key] = counts.get(key, 0) + 1
    return max((key for key, count in counts.items() if count <= 12), key=lambda key: (counts[key], key))
