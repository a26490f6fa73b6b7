"""What became of tasks, for lists that are kept elsewhere: how often each changed, what ended, moved away or joined.

The tables count changes by themselves (see the triggers in `migrations`); `moved` holds each time that a task left
somebody's list for another person or, having been a task of its own, became part of another one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from engine.store.opening import Store
from engine.store.tasks import COLUMNS, FROM, TaskRow, shown_rows


@dataclass(frozen=True)
class Change:
    """How often a task has changed since it was made, and when last: a night counts as its day's beginning, in UTC."""

    revision: int
    modified: datetime


_REVISIONS = """
select t.id, t.revision, m.today, c.today
from task t join run m on m.id = t.made_run left join run c on c.number = t.changed
where t.id in (select value from json_each(?))
"""
_WORDS = """
select coalesce(t.joined, t.id), a.at, a.undone_at from action a join task t on t.id = a.task
where a.what <> 'note'
  and (t.id in (select value from json_each(:ids)) or t.joined in (select value from json_each(:ids)))
"""
_ENDED = f"""
select {COLUMNS} from {FROM}
where t.status in ('done', 'closed') and t.ended_on >= :since
  and (:rep is null or t.assignee = :rep or t.queue = :rep) and (:account is null or e.account = :account)
"""  # noqa: S608 - constants
_JOINED = f"""
select {COLUMNS} from {FROM}
where t.joined is not null and t.status in ('open', 'started')
  and t.id in (select v.task from moved v join run c on c.number = v.run where c.today >= :since)
  and (:rep is null or t.assignee = :rep) and (:account is null or e.account = :account)
"""  # noqa: S608 - constants
_MOVED = f"""
select {COLUMNS} from {FROM}
where t.id in (select v.task from moved v join run c on c.number = v.run where v.person = :rep and c.today >= :since)
  and t.assignee is not :rep and (:account is null or e.account = :account)
"""  # noqa: S608 - constants


def changes(store: Store, tasks: Sequence[str]) -> dict[str, Change]:
    """How the tasks, by id, have changed; what people said of one counts, notes do not."""
    ids = json.dumps(list(tasks))
    found = {
        id: Change(revision, _beginning(changed or made))
        for id, revision, made, changed in store.rows(_REVISIONS, [ids])
    }
    for id, *times in store.rows(_WORDS, {"ids": ids}):
        for at in filter(None, times):
            if id in found:
                found[id] = Change(found[id].revision, max(found[id].modified, _utc(at)))
    return found


def ended_since(store: Store, since: date, rep: str | None = None, account: str | None = None) -> list[TaskRow]:
    """The tasks that ended on `since` or later; of one person or queue, of one account."""
    return shown_rows(store, store.rows(_ENDED, _values(since, rep, account)))


def joined_since(store: Store, since: date, rep: str | None = None, account: str | None = None) -> list[TaskRow]:
    """The tasks that were one of their own and became part of another one on `since` or later."""
    return _apart(store, _JOINED, _values(since, rep, account))


def moved_since(store: Store, since: date, rep: str, account: str | None = None) -> list[TaskRow]:
    """The tasks that were a person's and went to somebody else on `since` or later, as they are now."""
    return _apart(store, _MOVED, _values(since, rep, account))


def store_name(store: Store) -> str:
    """A name of the store that never changes, for ids that must be unique in the world; empty before the first run."""
    rows = store.rows("select id, snapshot, policy from run order by number limit 1")
    return hashlib.sha256("\n".join(rows[0]).encode()).hexdigest()[:16] if rows else ""


def _apart(store: Store, query: str, values: dict[str, str | None]) -> list[TaskRow]:
    """The rows of a query each for itself, also those that are part of another task."""
    return shown_rows(store, [(row[1], *row[1:]) for row in store.rows(query, values)])


def _values(since: date, rep: str | None, account: str | None) -> dict[str, str | None]:
    return {"since": since.isoformat(), "rep": rep, "account": account}


def _beginning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def _utc(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
