"""Taking back what was last said of a task. What was said stays on record, and that it was taken back."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from engine.action.joining import join_tasks, parts_of
from engine.action.matters import Why
from engine.action.moving import HOLDFAST
from engine.action.saying import What
from engine.action.words import Word, checked_text, speaker
from engine.errors import UsageError
from engine.store import Store
from engine.store.tasks import full_id

_NEXT_NIGHT = (What.FALSE_ALARM, What.KEPT, What.LOST)  # what they ended comes back by the next night
_LAST = """
select id, task, at, who, what, detail from action
where task in (select value from json_each(?)) and undone_at is null and who <> ? and what not in ('note', 'undo')
order by id desc limit 1
"""
_SAME = """
select id, task, detail from action
where at = ? and who = ? and what = ? and undone_at is null and task in (select value from json_each(?)) order by id
"""


def undo(store: Store, task: str, word: Word) -> tuple[str, What]:
    """Take back the last word about a task; gives the task's full id and that word.

    Tasks that a false alarm, kept or lost has closed stay closed: if the matter still holds, the next night makes new
    ones. Raises UsageError where nothing was said, or a night has already built on it.
    """
    who = speaker(store, word.who)
    with store.transaction() as tx:
        id = full_id(store, task)
        parts = parts_of(tx, id)
        last = tx.execute(_LAST, [json.dumps(parts), HOLDFAST]).fetchone()
        if last is None:
            raise UsageError(f"nothing was said of task {id} that could be taken back", "see `holdfast why`")
        _, _, at, said_by, said, _ = last
        what = What(said)
        at_now = word.at.isoformat(timespec="seconds")
        for number, one, detail in tx.execute(_SAME, [at, said_by, said, json.dumps(parts)]).fetchall():
            _take_back(tx, one, what, json.loads(detail or "{}"), who, word.at)
            tx.execute("update action set undone_at = ?, undone_by = ? where id = ?", [at_now, who, number])
        note = checked_text(word.note, "the note") if word.note else None
        tx.execute(
            "insert into action (task, who, at, what, note, detail) values (?, ?, ?, 'undo', ?, ?)",
            [parts[0], who, at_now, note, json.dumps({"undone": said})],
        )
        join_tasks(tx)
    return parts[0], what


def _take_back(
    tx: sqlite3.Connection, task: str, what: What, detail: dict[str, Any], who: str, at: datetime
) -> None:  # fmt: skip
    if "told" in detail:
        tx.execute(
            "update told set undone_at = ?, undone_by = ? where id = ? and undone_at is null",
            [at.isoformat(timespec="seconds"), who, detail["told"]],
        )
    [(status, why, episode, state, assignee)] = tx.execute(
        "select t.status, t.ended_why, e.id, e.state, t.assignee from task t join episode e on e.id = t.episode"
        " where t.id = ?",
        [task],
    ).fetchall()
    if what in _NEXT_NIGHT:
        where, value = ("account", detail["account"]) if what is What.LOST else ("id", episode)
        tx.execute(
            f"update episode set ended_why = ? where {where} = ? and ended_why = ?",  # noqa: S608 - constants
            [Why.UNDONE, value, what.value],
        )
    elif what is What.SNOOZE:
        tx.execute("update episode set snoozed_until = null where id = ?", [episode])
        for one, due in detail["due"].items():
            tx.execute("update task set due_on = ? where id = ? and due_on = ?", [due, one, detail["until"]])
    elif what is What.REASSIGN:
        [(active,)] = tx.execute("select count(*) from rep where id = ? and active", [detail["from"]]).fetchall()
        if not active or assignee != detail["to"] or status in ("done", "closed"):
            raise UsageError(f"task {task} cannot go back to {detail['from']}", "give it to somebody with `reassign`")
        tx.execute("update task set assignee = ?, by_hand = 0 where id = ?", [detail["from"], task])
    else:
        _reopen(tx, task, what, detail, status, why, state)


def _reopen(
    tx: sqlite3.Connection, task: str, what: What, detail: dict[str, Any], status: str, why: str | None, state: str
) -> None:
    """Give a task the status that it had before somebody said `start` or `done`."""
    [(run,)] = tx.execute("select max(number) from run").fetchall()
    gone = what is What.DONE and (run != detail["run"] or why != Why.DONE or state == "cleared")
    if gone or status != ("done" if what is What.DONE else "started"):
        raise UsageError(f"task {task} has moved on since, so this cannot be taken back", "add a note instead")
    tx.execute(
        "update task set status = ?, ended_on = null, ended_why = null where id = ?",
        [detail["before"].get(task, "open"), task],
    )
