"""The calendar of a person, an account or everyone, from the store: what is to do, and what lately went from it."""

from dataclasses import replace
from datetime import timedelta

from engine.audit.grounds import because_of
from engine.delivery.exports.ics import Standing, calendar
from engine.delivery.exports.people import Item, holder_text
from engine.delivery.phrases import phrase
from engine.delivery.render import render
from engine.store.changes import changes, ended_since, joined_since, moved_since, store_name
from engine.store.opening import Store
from engine.store.tasks import SNOOZED, TaskFilter, last_day, list_tasks


def agenda(store: Store, wanted: TaskFilter, language: str, *, ended_days: int, todo: bool = False) -> bytes:
    """The tasks wanted as an iCalendar file, texts in `language`; what ended, moved away or was joined in the last
    `ended_days` is in it as such. `wanted` names the day, and a person by the id."""
    rep, account, today = wanted.rep, wanted.account, wanted.today or last_day(store)
    live = list_tasks(store, replace(wanted, statuses=(*wanted.statuses, SNOOZED)))
    own = [task for task in live if rep is None or rep in (task.assignee, task.queue)]
    since = today - timedelta(days=ended_days)
    joined = joined_since(store, since, rep, account)
    moved = moved_since(store, since, rep, account) if rep is not None else []
    left = {task.id: phrase("export_joined", language) for task in joined}
    left |= {task.id: phrase("export_moved", language, who=holder_text(task)) for task in moved}
    found = {task.id: task for task in (*moved, *joined, *ended_since(store, since, rep, account))}
    for task in own:
        found[task.id] = task
        left.pop(task.id, None)
    tasks = sorted(found.values(), key=lambda task: (task.due_on, task.id))
    because = because_of(store, tasks, lambda _: language, render)
    changed, place = changes(store, [task.id for task in tasks]), store_name(store)
    entries = [
        (Item(task, because.get(task.id, ())),
         Standing(f"{task.id}@{place}.holdfast", changed[task.id].revision, changed[task.id].modified,
                  left.get(task.id, "")))
        for task in tasks
    ]  # fmt: skip
    name = phrase("export_title_all", language)
    if rep is not None:
        rows = store.rows("select name from rep where id = ?", [rep])
        name = phrase("export_title", language, name=str(rows[0][0]) if rows else rep)
    return calendar(f"holdfast: {name}", entries, language, todo=todo)
