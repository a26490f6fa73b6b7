"""Reading tasks from the store."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import UsageError
from engine.store.opening import Store

STATUSES = ("open", "started", "done", "closed")
SHORTEST_PREFIX = 3


@dataclass(frozen=True)
class TaskRow:
    """A task with what lists show. `asks`: confirm, where its condition has gone while somebody was at it."""

    id: str
    account: str | None
    account_name: str | None
    subject_type: str
    subject: str
    play: str
    step: str
    assignee: str | None
    assignee_name: str | None
    queue: str | None
    due_on: date
    priority: int
    status: str
    asks: str | None
    ended_on: date | None
    ended_why: str | None
    title: str
    body: str
    reasons: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks to list: by default all that are still to be done.

    `rep` is a person's id or unshared name, or a queue; it also finds the tasks that were escalated to them.
    """

    rep: str | None = None
    account: str | None = None
    statuses: tuple[str, ...] = ("open", "started")
    due_by: date | None = None


_SELECT = """
select t.id, e.account, e.account_name, e.subject_type, e.subject, e.play, t.step, t.assignee, r.name, t.queue,
       t.due_on, e.priority, t.status, t.asks, t.ended_on, t.ended_why, t.title, t.body, e.reasons, e.sources
from task t join episode e on e.id = t.episode left join rep r on r.id = t.assignee
"""
_LIST = """
where (:rep is null or t.assignee = :rep or t.queue = :rep
       or t.id in (select task from notice where person = :rep or queue = :rep))
  and (:account is null or e.account = :account)
  and (:due_by is null or t.due_on <= :due_by)
  and t.status in (select value from json_each(:statuses))
order by e.priority, t.due_on, e.account_name, t.id
"""
_LIST_UNFINISHED = _LIST.replace(
    "t.status in (select value from json_each(:statuses))",
    "t.status in ('open', 'started') and t.status in (select value from json_each(:statuses))",
)


def list_tasks(store: Store, wanted: TaskFilter = TaskFilter()) -> list[TaskRow]:
    """The tasks as wanted, most urgent first. Raises UsageError for a status or a person that does not exist."""
    unknown = set(wanted.statuses) - set(STATUSES)
    if unknown:
        raise UsageError(f"there is no status '{min(unknown)}'", f"choose from: {', '.join(STATUSES)}")
    values = {
        "rep": person_id(store, wanted.rep) if wanted.rep is not None else None,
        "account": wanted.account,
        "due_by": wanted.due_by.isoformat() if wanted.due_by else None,
        "statuses": json.dumps(wanted.statuses),
    }
    unfinished = set(wanted.statuses) <= {"open", "started"}
    return [_row(row) for row in store.rows(_SELECT + (_LIST_UNFINISHED if unfinished else _LIST), values)]


def get_task(store: Store, id: str) -> TaskRow:
    """The task with the id, or with the only id that begins so. Raises UsageError where there is none or several."""
    [row] = store.rows(f"{_SELECT} where t.id = ?", [full_id(store, id)])
    return _row(row)


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


def person_id(store: Store, person: str) -> str:
    """A person's id, given the id or a name that only one person has; a queue's name as it is.

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
    if store.rows("select 1 from task where queue = ? or assignee = ? limit 1", [person, person]):
        return person
    raise UsageError(f"nobody is called '{person}'", "name somebody by the id that the facts have")


def _row(row: tuple[Any, ...]) -> TaskRow:
    *head, due_on, priority, status, asks, ended_on, why, title, body, reasons, sources = row
    ended = date.fromisoformat(ended_on) if ended_on else None
    rules, entries = tuple(json.loads(reasons)), tuple(json.loads(sources))
    due = date.fromisoformat(due_on)
    return TaskRow(*head, due, priority, status, asks, ended, why, title, body, rules, entries)  # type: ignore[call-arg]
