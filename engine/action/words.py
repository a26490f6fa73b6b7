"""What people say about their tasks: begun, done, a note. Each is kept with who said it, and when."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from engine.errors import UsageError
from engine.store import Store
from engine.store.tasks import full_id

LONGEST = 2_000  # characters of a note or a name


@dataclass(frozen=True)
class Word:
    """Who says it, when (their own clock), and a note."""

    who: str
    at: datetime
    note: str | None = None


def start(store: Store, task: str, word: Word) -> str:
    """Say that somebody has begun a task; gives its full id. Raises UsageError for one that is not open."""
    return _say(store, task, word, "start")


def done(store: Store, task: str, word: Word) -> str:
    """Say that a task is done, begun or not; gives its full id. Raises UsageError for one that has ended."""
    return _say(store, task, word, "done")


def note(store: Store, task: str, word: Word) -> str:
    """Add a note to a task, ended or not; gives its full id. Raises UsageError where the note is empty."""
    if not (word.note or "").strip():
        raise UsageError("the note is empty", "write what is to be remembered")
    return _say(store, task, word, "note")


def _say(store: Store, task: str, word: Word, what: str) -> str:
    who = _checked(word.who, "who")
    text = _checked(word.note, "the note") if word.note is not None and word.note.strip() else None
    if not who:
        raise UsageError("it must be said who did it", "add --by with an id or a name")
    with store.transaction() as tx:
        id = full_id(store, task)
        if what != "note":
            _change(tx, id, what, word)
        tx.execute(
            "insert into action (task, who, at, what, note) values (?, ?, ?, ?, ?)",
            [id, who, word.at.isoformat(timespec="seconds"), what, text],
        )
    return id


def _change(tx: sqlite3.Connection, id: str, what: str, word: Word) -> None:
    status, why, episode = tx.execute("select status, ended_why, episode from task where id = ?", [id]).fetchone()
    if status in ("done", "closed"):
        said = "done" if status == "done" else f"closed ({why})"
        raise UsageError(f"task {id} is already {said}", "add to it with `holdfast task note`")
    if what == "start":
        if status == "started":
            raise UsageError(f"somebody has already begun task {id}", "see who with `holdfast why`")
        tx.execute("update task set status = 'started' where id = ?", [id])
    else:
        tx.execute(
            "update task set status = 'done', asks = null, ended_on = ?, ended_why = 'done' where id = ?",
            [word.at.date().isoformat(), id],
        )
    tx.execute("update episode set touched = 1 where id = ?", [episode])


def _checked(text: str, what: str) -> str:
    """The text without control characters and blanks around it. Raises UsageError for an endless one."""
    if len(text) > LONGEST:
        raise UsageError(f"{what} is longer than {LONGEST} characters", "make it shorter")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()
