"""What people say about their tasks: begun, done, put off, a false alarm, and so on.

Each word is kept for ever, with who said it, when and why. Words about work (start, done, snooze, reassign) are said
of the whole task, also where it serves several matters; words about a matter (false alarm, kept) of one of them.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from engine.action.joining import join_tasks, parts_of
from engine.action.known import episode_of
from engine.action.matters import Episode, Why
from engine.action.moving import HOLDFAST
from engine.action.saying import Said, What, speak, unfinished
from engine.errors import UsageError
from engine.store import Store
from engine.store.tasks import active_person, full_id
from engine.store.told import write_told

LONGEST = 2_000  # characters of a note or a name
RESULTS = ("valuable", "effective", "unsuccessful")  # how a contact went
ALL = "all"
Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Word:
    """Who says it, when (their own clock), and a note."""

    who: str
    at: datetime
    note: str | None = None


def start(store: Store, task: str, word: Word) -> str:
    """Say that somebody has begun a task; gives its full id. Raises UsageError for one that is not open."""
    return _say(store, task, word, What.START, lambda tx, one: _speak(tx, one, What.START, word))


def done(
    store: Store, task: str, word: Word, result: str | None = None, record: str | None = None,
    matter: str | None = None,
) -> str:  # fmt: skip
    """Say that a task is done, begun or not; gives its full id.

    `result`: how it went, one of RESULTS. `record`: the channel of a contact with the account (visit, call, …), which
    is told as a fact at once. `matter`: the only one that is done, where the task serves several. Raises UsageError
    for a task that has ended.
    """
    if result is not None and result not in RESULTS:
        raise UsageError(f"there is no outcome '{result}'", f"choose from: {', '.join(RESULTS)}")
    detail: dict[str, Any] = {name: value for name, value in (("outcome", result), ("record", record)) if value}

    def change(tx: sqlite3.Connection, one: str) -> Detail:
        return detail | _speak(tx, one, What.DONE, word)

    def tell(tx: sqlite3.Connection, id: str, who: str) -> int | None:
        return None if record is None else _record(tx, id, who, record, result, word)

    return _say(store, task, word, What.DONE, change, matter or ALL, tell=tell)


def snooze(store: Store, task: str, word: Word, until: date) -> str:
    """Put the matters of a task off until a day; gives its full id.

    Until then no task of theirs shows and none is escalated; a task due before is due on that day. Raises UsageError
    for a day that is not ahead.
    """
    return _say(store, task, word, What.SNOOZE, lambda tx, one: _speak(tx, one, What.SNOOZE, word, until))


def false_alarm(store: Store, task: str, word: Word, matter: str | None = None) -> str:
    """Say that there is nothing in a matter: its tasks close, and it is held back for some time; gives the task's id.

    `matter`: which one, where the task serves several: a play, the id of a subject or of its own row, or `all`.
    """
    return _say(
        store, task, word, What.FALSE_ALARM, lambda tx, one: _speak(tx, one, What.FALSE_ALARM, word), matter or ""
    )


def kept(store: Store, task: str, word: Word, on: date | None = None, matter: str | None = None) -> str:
    """Say that the promise behind a task was kept, `on` a day or today: a fact from now on; gives the task's id.

    Raises UsageError for a task without a promise.
    """

    word = replace(word, who=speaker(store, word.who))

    def change(tx: sqlite3.Connection, one: str) -> Detail:
        type, subject = _subject(tx, one)
        if type != "promise":
            raise UsageError(f"task {one} is not about a promise", "say that it is done with `holdfast task done`")
        detail = _speak(tx, one, What.KEPT, word)
        fields = {"kept_on": (on or word.at.date()).isoformat()}
        return {**detail, "told": write_told(tx, type, subject, fields, word.who, word.at, one)}

    return _say(store, task, word, What.KEPT, change, matter or "")


def lost(store: Store, task: str, word: Word, cause: str | None = None, kind: str | None = None) -> str:
    """Say that the task's account is lost, a fact from now on: all that was to do for it ends; gives the task's id.

    `cause` in their own words; `kind`: active (they left) or passive (they had to).
    """
    word = replace(word, who=speaker(store, word.who))

    def change(tx: sqlite3.Connection, one: str) -> Detail:
        account = _account(tx, one)
        given = {"lost_on": word.at.date().isoformat(), "lost_cause": cause, "lost_kind": kind}
        fields = {name: value for name, value in given.items() if value}
        told = write_told(tx, "account", account, fields, word.who, word.at, one)
        others = tx.execute(
            "select min(t.id) from task t join episode e on e.id = t.episode"
            " where e.account = ? and t.status in ('open', 'started') group by e.id order by 1",
            [account],
        )
        unfinished(next(t for t in episode_of(tx, one).tasks if t.id == one))
        for (other,) in others.fetchall():
            _speak(tx, other, What.LOST, word)
        tx.execute(
            "update episode set state = 'cleared', ended_on = ?, ended_why = ?, snoozed_until = null"
            " where account = ? and state <> 'cleared'",
            [word.at.date().isoformat(), Why.LOST, account],
        )
        return {"told": told, "account": account}

    return _say(store, task, word, What.LOST, change, ALL, once=True)


def reassign(store: Store, task: str, word: Word, to: str) -> str:
    """Give a task to a person, by id or name; gives its full id. No night takes it away while they are active.

    Raises UsageError for somebody unknown or no longer active, and for a task that has ended.
    """
    person = active_person(store, to)

    def change(tx: sqlite3.Connection, one: str) -> Detail:
        unfinished(next(t for t in episode_of(tx, one).tasks if t.id == one))
        [(before, queue)] = tx.execute("select assignee, queue from task where id = ?", [one]).fetchall()
        tx.execute("update task set assignee = ?, queue = null, by_hand = 1 where id = ?", [person, one])
        return {"to": person, "from": before or queue}

    return _say(store, task, word, What.REASSIGN, change)


def note(store: Store, task: str, word: Word) -> str:
    """Add a note to a task, ended or not; gives its full id. Raises UsageError where the note is empty."""
    if not (word.note or "").strip():
        raise UsageError("the note is empty", "write what is to be remembered")
    return _say(store, task, word, What.NOTE, lambda tx, one: {}, ALL, once=True)


def _say(
    store: Store, task: str, word: Word, what: What, change: Callable[[sqlite3.Connection, str], Detail],
    matter: str = ALL, *, once: bool = False,
    tell: Callable[[sqlite3.Connection, str, str], int | None] = lambda tx, id, who: None,
) -> str:  # fmt: skip
    """Change what the word says, for all rows of the task or those of one `matter`, and keep the word."""
    who = speaker(store, word.who)
    text = checked_text(word.note, "the note") if word.note is not None and word.note.strip() else None
    with store.transaction() as tx:
        id = full_id(store, task)
        parts = parts_of(tx, id)
        shown = parts[0] if id in parts else id
        meant = [id] if once else _meant(tx, parts, id, matter)
        run = tx.execute("select max(number) from run").fetchone()[0]
        for one in meant:
            detail = dict(change(tx, one))
            told = tell(tx, one, who) if one == meant[0] else None
            if told is not None:
                detail["told"] = told
            if one != shown:
                detail["with"] = shown
            if what is not What.NOTE:
                detail["run"] = run
            tx.execute(
                "insert into action (task, who, at, what, note, detail) values (?, ?, ?, ?, ?, ?)",
                [
                    one, who, word.at.isoformat(timespec="seconds"), what.value, text,
                    json.dumps(detail, ensure_ascii=False) if detail else None,
                ],
            )  # fmt: skip
        if not once and len(meant) < len(parts):
            tx.executemany("update task set joined = null where id = ?", [(one,) for one in meant])
        if what is not What.NOTE:
            join_tasks(tx)
    return shown


def _meant(tx: sqlite3.Connection, parts: list[str], id: str, matter: str) -> list[str]:
    """The rows of the task that a word is about. Raises UsageError where that is not plain."""
    if matter == ALL or len(parts) == 1:
        return parts
    rows = tx.execute(
        "select t.id, e.play, e.subject from task t join episode e on e.id = t.episode"
        " where t.id in (select value from json_each(?)) order by t.id",
        [json.dumps(parts)],
    ).fetchall()
    if not matter and id != parts[0]:
        return [id]
    found = [row[0] for row in rows if matter in row]
    if len(found) != 1:
        known = ", ".join(f"{play} ({subject})" for _, play, subject in rows)
        help = "say which with --matter: its play, its subject, or all"
        raise UsageError(f"task {parts[0]} serves {len(parts)} matters: {known}", help)
    return found


def _speak(tx: sqlite3.Connection, task: str, what: What, word: Word, until: date | None = None) -> dict[str, Any]:
    """Carry out what the word makes of the task's episode; gives what undoing it needs."""
    episode = episode_of(tx, task)
    [(last,)] = tx.execute("select max(today) from run").fetchall()
    day = word.at.date()
    said = speak(what, episode, task, max(day, date.fromisoformat(last)) if what is What.SNOOZE else day, until)
    before = {t.id: t.status for t in episode.tasks if t.id in said.tasks}
    _write(tx, episode, said, day)
    detail: dict[str, Any] = {"before": before} if before else {}
    if said.snoozed_until is not None:
        detail |= {"until": said.snoozed_until.isoformat(), "due": _postpone(tx, episode, said.snoozed_until)}
    return detail


def _write(tx: sqlite3.Connection, episode: Episode, said: Said, day: date) -> None:
    for id, (status, why) in said.tasks.items():
        ended = None if why is None else day.isoformat()
        apart = ", joined = null" if said.state is not None else ""
        tx.execute(
            f"update task set status = ?, asks = null, ended_on = ?, ended_why = ?{apart} where id = ?",  # noqa: S608 - constants
            [status, ended, why, id],
        )
    if said.state is not None:
        tx.execute(
            "update episode set state = ?, ended_on = ?, ended_why = ?, snoozed_until = null where id = ?",
            [said.state, day.isoformat(), said.why, episode.id],
        )
    elif said.snoozed_until is not None or said.wake:
        until = said.snoozed_until.isoformat() if said.snoozed_until else None
        tx.execute("update episode set snoozed_until = ? where id = ?", [until, episode.id])
    tx.execute("update episode set touched = 1 where id = ?", [episode.id])


def _postpone(tx: sqlite3.Connection, episode: Episode, until: date) -> dict[str, str]:
    """Let no unfinished task of the episode be due before `until`; gives the due days that they had."""
    rows = tx.execute(
        "select id, due_on from task where episode = ? and status in ('open', 'started') and due_on < ?",
        [episode.id, until.isoformat()],
    ).fetchall()
    tx.executemany("update task set due_on = ? where id = ?", ((until.isoformat(), id) for id, _ in rows))
    return dict(rows)


def _record(tx: sqlite3.Connection, task: str, who: str, channel: str, result: str | None, word: Word) -> int:
    """Tell the contact that a task was, as a fact."""
    [(assignee,)] = tx.execute("select assignee from task where id = ?", [task]).fetchall()
    known = tx.execute("select 1 from rep where id = ?", [who]).fetchone()
    given = {
        "account": _account(tx, task), "rep": who if known else assignee, "happened_on": word.at.date().isoformat(),
        "channel": channel, "outcome": result, "note": (word.note or "").strip(),
    }  # fmt: skip
    fields = {name: value for name, value in given.items() if value}
    return write_told(tx, "interaction", f"task-{task}", fields, who, word.at, task)


def _subject(tx: sqlite3.Connection, task: str) -> tuple[str, str]:
    row: tuple[str, str] = tx.execute(
        "select e.subject_type, e.subject from task t join episode e on e.id = t.episode where t.id = ?", [task]
    ).fetchone()
    return row


def _account(tx: sqlite3.Connection, task: str) -> str:
    [(account,)] = tx.execute(
        "select e.account from task t join episode e on e.id = t.episode where t.id = ?", [task]
    ).fetchall()
    if account is None:
        raise UsageError(f"task {task} is about no account", "leave that out")
    return str(account)


def speaker(store: Store, who: str) -> str:
    """The id of who says something; where the facts have no people, any name. Raises UsageError as `active_person`."""
    name = checked_text(who, "who")
    if not name:
        raise UsageError("it must be said who did it", "add --by with an id or a name")
    if name == HOLDFAST or not store.rows("select 1 from rep limit 1"):
        return name
    return active_person(store, name)


def checked_text(text: str, what: str) -> str:
    """The text without control characters and blanks around it. Raises UsageError for an endless one."""
    if len(text) > LONGEST:
        raise UsageError(f"{what} is longer than {LONGEST} characters", "make it shorter")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()
