"""Reading tasks from the store."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.errors import UsageError
from engine.store.opening import Store
from engine.store.shown import Notice, TaskRow, as_one

__all__ = ["TaskRow"]

SNOOZED = "snoozed"  # not a state of its own: an unfinished task whose matter was put off
STATUSES = ("open", "started", "done", "closed", SNOOZED)
SHORTEST_PREFIX = 3


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks to list: by default all that are still to be done, without those put off until after `today`.

    `rep` is a person's id or unshared name, or a queue; it also finds the tasks that were escalated to them. Without
    `today` it is the day of the last run.
    """

    rep: str | None = None
    account: str | None = None
    statuses: tuple[str, ...] = ("open", "started")
    due_by: date | None = None
    today: date | None = None


COLUMNS = """
coalesce(t.joined, t.id), t.id, e.account, e.account_name, e.subject_type, e.subject, e.play, t.step, t.assignee,
r.name, t.queue, t.due_on, e.priority, t.status, t.asks, t.ended_on, t.ended_why, t.title, t.body, e.reasons,
e.sources, t.language, t.contact, e.snoozed_until
"""
FROM = "task t join episode e on e.id = t.episode left join rep r on r.id = t.assignee"
_LIST = f"""
with hit as (
    select distinct coalesce(t.joined, t.id) id
    from task t join episode e on e.id = t.episode
    where (:rep is null or t.assignee = :rep or t.queue = :rep
           or t.id in (select task from notice where person = :rep or queue = :rep))
      and (:account is null or e.account = :account)
      and (:due_by is null or t.due_on <= :due_by)
      and STATUS
)
select {COLUMNS} from hit h join {FROM} where t.id = h.id
union all
select {COLUMNS} from hit h join {FROM} where t.joined = h.id
"""  # noqa: S608 - constants
_LATER = "(e.snoozed_until is not null and e.snoozed_until > :today and t.status in ('open', 'started'))"
_BY_STATUS = {
    "ended": f"t.status in (select value from json_each(:statuses)) and not {_LATER}",  # noqa: S608 - constants
    "snoozed": f"((t.status in (select value from json_each(:statuses)) and not {_LATER}) or {_LATER})",  # noqa: S608
    "unfinished": "t.status in ('open', 'started') and t.status in (select value from json_each(:statuses))"
    " and (e.snoozed_until is null or e.snoozed_until <= :today)",
}
_NOTICES = """
select n.task, n.level, n.person, p.name, n.queue, r.today, n.before, b.name, n.why
from notice n join run r on r.id = n.run left join rep p on p.id = n.person left join rep b on b.id = n.before
where n.task in (select value from json_each(?)) order by n.task, n.level
"""


def list_tasks(store: Store, wanted: TaskFilter = TaskFilter()) -> list[TaskRow]:
    """The tasks as wanted, most urgent first. Raises UsageError for a status or a person that does not exist."""
    unknown = set(wanted.statuses) - set(STATUSES)
    if unknown:
        raise UsageError(f"there is no status '{min(unknown)}'", f"choose from: {', '.join(STATUSES)}, waiting")
    values = {
        "rep": person_id(store, wanted.rep) if wanted.rep is not None else None,
        "account": wanted.account,
        "due_by": wanted.due_by.isoformat() if wanted.due_by else None,
        "statuses": json.dumps([status for status in wanted.statuses if status != SNOOZED]),
        "today": (wanted.today or last_day(store)).isoformat(),
    }
    kind = "unfinished" if set(wanted.statuses) <= {"open", "started"} else "ended"
    kind = SNOOZED if SNOOZED in wanted.statuses else kind
    rows = store.rows(_LIST.replace("STATUS", _BY_STATUS[kind]), values)
    return sorted(shown_rows(store, rows), key=lambda task: task.order)


def get_task(store: Store, id: str) -> TaskRow:
    """The task with the id, or with the only id that begins so, as people see it.

    Raises UsageError where there is none or several.
    """
    rows = store.rows(
        f"select {COLUMNS} from {FROM} where t.id = (select coalesce(joined, id) from task where id = :id)"  # noqa: S608 - constants
        f" or t.joined = (select coalesce(joined, id) from task where id = :id)",
        {"id": full_id(store, id)},
    )
    [task] = shown_rows(store, rows)
    return task


def shown_rows(store: Store, rows: Iterable[tuple[Any, ...]]) -> list[TaskRow]:
    """Rows of `COLUMNS`, and an outcome where they have one more, as the tasks that people see."""
    groups: dict[str, list[TaskRow]] = {}
    for shown, *row in rows:
        groups.setdefault(shown, []).append(_row(tuple(row)))
    notices = _notices(store, [task.id for tasks in groups.values() for task in tasks])
    return [
        as_one([
            replace(task, escalated=notices.get(task.id, ()))
            for task in sorted(tasks, key=lambda task: (task.id != shown, task.id))
        ])
        for shown, tasks in groups.items()
    ]  # fmt: skip


def _notices(store: Store, tasks: list[str]) -> dict[str, tuple[Notice, ...]]:
    """To whom each of the tasks is shown as well."""
    found: dict[str, tuple[Notice, ...]] = {}
    for task, level, person, name, queue, since, before, before_name, why in store.rows(_NOTICES, [json.dumps(tasks)]):
        notice = Notice(level, person, name, queue, date.fromisoformat(since), before, before_name, why)
        found[task] = (*found.get(task, ()), notice)
    return found


def seen_counts(store: Store, run: str) -> tuple[int, int]:
    """How many tasks people see of those that a run made, and how many unfinished ones of earlier runs. What is one
    task for its person counts once."""
    [found] = store.rows(
        "select count(*) filter (where made_run = :run),"
        " count(*) filter (where made_run <> :run and status in ('open', 'started')) from task where joined is null",
        {"run": run},
    )
    return found[0], found[1]


def last_day(store: Store) -> date:
    """The day of the last run; the system's where there was none."""
    found = store.rows("select today from run order by number desc limit 1")
    return date.fromisoformat(found[0][0]) if found else date.today()


def full_id(store: Store, prefix: str) -> str:
    """The only task id that begins with `prefix`. Raises UsageError where there is none, or several."""
    wanted = prefix.strip().lower()
    if len(wanted) < SHORTEST_PREFIX or not wanted.isalnum() or not wanted.isascii():
        raise UsageError(f"'{prefix}' is no task id", "ids stand in the last column of `holdfast tasks`")
    found = [id for (id,) in store.rows("select id from task where id >= ? and id < ? limit 6", [wanted, wanted + "~"])]
    if not found:
        raise UsageError(f"there is no task '{prefix}'", "ids stand in the last column of `holdfast tasks`")
    if len(found) > 1 and wanted not in found:
        more = ", …" if len(found) > 5 else ""
        raise UsageError(f"several tasks begin with '{prefix}': {', '.join(found[:5])}{more}", "write one more letter")
    return wanted if wanted in found else str(found[0])


def active_person(store: Store, person: str) -> str:
    """The id of somebody who works here, given the id or a name that only one person has.

    Raises UsageError for somebody unknown or no longer active, and for a name that several people have.
    """
    id = person_id(store, person, queues=False)
    [(name, active)] = store.rows("select name, active from rep where id = ?", [id])
    if not active:
        said = id if name == id else f"{name} ({id})"
        raise UsageError(f"{said} is no longer active", "name somebody who works here")
    return id


def person_id(store: Store, person: str, *, queues: bool = True) -> str:
    """A person's id, given the id or a name that only one person has; with `queues` a queue's name as it is.

    Raises UsageError for somebody unknown, and for a name that several people have.
    """
    known = store.rows("select id from rep where id = ?", [person])
    if known:
        return person
    named = [id for (id,) in store.rows("select id from rep where name = ? order by id", [person])]
    if len(named) > 1:
        raise UsageError(f"{len(named)} people are called {person}: {', '.join(named[:5])}", "name one by the id")
    if named:
        return str(named[0])
    if queues and store.rows("select 1 from task where queue = ? or assignee = ? limit 1", [person, person]):
        return person
    raise UsageError(f"nobody is called '{person}'", "name somebody by the id that the facts have")


def _row(row: tuple[Any, ...]) -> TaskRow:
    head, middle, outcome = row[:10], row[10:23], row[23] if len(row) > 23 else None
    due_on, priority, status, asks, ended_on, why, title, body, reasons, sources, language, contact, snoozed = middle
    return TaskRow(  # type: ignore[call-arg]
        *head, date.fromisoformat(due_on), priority, status, asks, _day(ended_on), why, title, body,
        tuple(json.loads(reasons)), tuple(json.loads(sources)), language, contact, _day(snoozed), outcome,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
