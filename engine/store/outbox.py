"""The outbox: every digest that a night wrote, what became of it, and when it is tried again.

waiting → sending → sent. `sending` is committed at the very moment before a message goes out for good; one that is
found so later was broken off, and becomes `unsure`: it may have arrived, and is never sent again by itself. Refused
for good: failed. A newer digest of the same person supersedes one that still waits.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from engine.errors import UsageError
from engine.store.opening import Store

WAITING, SENDING, SENT, UNSURE, FAILED = "waiting", "sending", "sent", "unsure", "failed"
SUPERSEDED, NO_ADDRESS, EMPTY, DROPPED = "superseded", "no_address", "empty", "dropped"
STATES = (WAITING, SENDING, SENT, UNSURE, FAILED, SUPERSEDED, NO_ADDRESS, EMPTY, DROPPED)
UNSETTLED = (WAITING, SENDING, UNSURE, FAILED)
_LONGEST_REPLY = 300
_NEVER = datetime.min.replace(tzinfo=UTC)
_COLUMNS = (
    "id, run, day, channel, person, people, language, state, why, reply, attempts, next_try_at, changed_at, address,"
    " content, seen, said_by"
)


@dataclass(frozen=True)
class Message:
    """A row of the outbox. `person`: whose it is, empty for a chat group; `people`: whose tasks it tells.

    `why`: a word for what stopped it, `reply` the server's own; `content`: what went out; `seen`: the number of the
    run whose state that was; `said_by`: who had it tried again or dropped.
    """

    id: int
    run: str
    day: date
    channel: str
    person: str
    people: tuple[str, ...]
    language: str
    state: str
    why: str | None = None
    reply: str | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    changed_at: datetime = _NEVER
    address: str | None = None
    content: dict[str, Any] | None = None
    seen: int | None = None
    said_by: str | None = None


def moment() -> datetime:
    """Now, as the outbox keeps times."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Draft:
    """A message to be queued; with `why` one that cannot go anywhere, which is noted once."""

    channel: str
    person: str
    people: tuple[str, ...]
    language: str
    why: str = ""


def queue(tx: sqlite3.Connection, run: str, day: date, drafts: Iterable[Draft], now: datetime) -> int:
    """Put a night's messages into the outbox, within its transaction: one a channel and person. Gives how many wait.

    What waits from earlier nights for the same ones is superseded. That somebody has no address is noted once, until
    they have had a message again.
    """
    count = 0
    for draft in drafts:
        at = [draft.channel, draft.person]
        state = NO_ADDRESS if draft.why else WAITING
        last = tx.execute(
            "select state, why from outbox where channel = ? and person = ? order by day desc limit 1", at
        ).fetchone()
        if draft.why and last == (NO_ADDRESS, draft.why):
            continue
        cursor = tx.execute(
            "insert into outbox (run, day, channel, person, people, language, state, why, changed_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (day, channel, person) do nothing",
            [run, day.isoformat(), *at, json.dumps(draft.people), draft.language, state, draft.why or None, _text(now)],
        )
        count += cursor.rowcount if state == WAITING else 0
        tx.execute(
            "update outbox set state = 'superseded', next_try_at = null, changed_at = ?"
            " where channel = ? and person = ? and day < ? and state = 'waiting'",
            [_text(now), *at, day.isoformat()],
        )
    return count


def broken_off(store: Store, now: datetime) -> int:
    """Mark what a killed delivery left half done as unsure. Call it with the right to deliver held. Gives how many."""
    with store.transaction() as tx:
        return tx.execute(
            "update outbox set state = 'unsure', why = 'killed', changed_at = ? where state = 'sending'", [_text(now)]
        ).rowcount


def due(store: Store, now: datetime, ids: Sequence[int] = ()) -> list[Message]:
    """The messages whose time has come, oldest first; of `ids` alone where some are given."""
    found = [m for m in messages(store, states=(WAITING,)) if m.next_try_at is None or m.next_try_at <= now]
    return [m for m in reversed(found) if not ids or m.id in ids]


def messages(
    store: Store, *, states: Sequence[str] = (), run: str | None = None, most: int | None = None
) -> list[Message]:
    """The messages, newest first: of some states, of one run. Raises UsageError for a state that does not exist."""
    if unknown := set(states) - set(STATES):
        raise UsageError(f"there is no state '{min(unknown)}'", f"choose from: {', '.join(STATES)}")
    rows = store.rows(
        f"select {_COLUMNS} from outbox where (:all or state in (select value from json_each(:states)))"  # noqa: S608 - constants
        " and (:run is null or run = :run) order by day desc, id desc limit :most",
        {"all": not states, "states": json.dumps(list(states)), "run": run, "most": -1 if most is None else most},
    )
    return [_message(row) for row in rows]


def message(store: Store, id: int) -> Message:
    """One message. Raises UsageError where there is none."""
    rows = store.rows(f"select {_COLUMNS} from outbox where id = ?", [id])  # noqa: S608 - constants
    if not rows:
        raise UsageError(f"there is no message {id}", "numbers stand in the first column of `holdfast outbox list`")
    return _message(rows[0])


def next_try(store: Store) -> datetime | None:
    """When the next of the waiting messages is due; None where none waits."""
    [(count, at)] = store.rows("select count(*), min(coalesce(next_try_at, '')) from outbox where state = 'waiting'")
    return None if not count else _time(at) or _NEVER


def told_until(store: Store, message: Message) -> int | None:
    """The number of the run that the last message there showed; None where there was none."""
    [(seen,)] = store.rows(
        "select max(seen) from outbox where channel = ? and person = ? and id <> ? and state in ('sent', 'unsure')",
        [message.channel, message.person, message.id],
    )
    return None if seen is None else int(seen)


def claim(
    store: Store, id: int, now: datetime, address: str | None, content: dict[str, Any], seen: int
) -> bool:  # fmt: skip
    """Note that a message goes out now, with what it says; False where it no longer waits."""
    with store.transaction() as tx:
        cursor = tx.execute(
            "update outbox set state = 'sending', why = null, reply = null, attempts = attempts + 1,"
            " next_try_at = null, changed_at = ?, address = ?, content = ?, seen = ?"
            " where id = ? and state = 'waiting'",
            [_text(now), address, json.dumps(content, ensure_ascii=False), seen, id],
        )
        return cursor.rowcount == 1


def settle(store: Store, id: int, state: str, now: datetime, *, why: str | None = None, reply: str = "") -> None:
    """Note what became of a message that was going out, or that will not."""
    with store.transaction() as tx:
        tx.execute(
            "update outbox set state = ?, why = ?, reply = ?, next_try_at = null, changed_at = ?"
            " where id = ? and state in ('waiting', 'sending')",
            [state, why, reply[:_LONGEST_REPLY] or None, _text(now), id],
        )


def put_off(store: Store, id: int, now: datetime, until: datetime, *, why: str, reply: str = "") -> None:
    """Note that a message did not go out, and when it is tried again."""
    with store.transaction() as tx:
        tx.execute(
            "update outbox set attempts = attempts + (state = 'waiting'), state = 'waiting', why = ?, reply = ?,"
            " next_try_at = ?, changed_at = ? where id = ? and state in ('waiting', 'sending')",
            [why, reply[:_LONGEST_REPLY] or None, _text(until), _text(now), id],
        )


def try_again(store: Store, id: int, who: str, now: datetime) -> Message:
    """Have a message sent that failed, is unsure or was dropped. Raises UsageError where that makes no sense."""
    found = message(store, id)
    if found.state == WAITING:
        return _say(store, found, WAITING, who, now)
    if found.state not in (FAILED, UNSURE, DROPPED, NO_ADDRESS):
        hint = "only what failed, is unsure or was dropped can be sent again"
        raise UsageError(f"message {id} is {found.state}", hint)
    newer = store.rows(
        "select id from outbox where channel = ? and person = ? and day > ? order by day desc limit 1",
        [found.channel, found.person, found.day.isoformat()],
    )
    if newer:
        raise UsageError(f"message {id} has been overtaken by message {newer[0][0]}", "see to that one")
    return _say(store, found, WAITING, who, now)


def drop(store: Store, id: int, who: str, now: datetime) -> Message:
    """Leave a message that has not gone out, or may have, as it is. Raises UsageError for one that is settled."""
    found = message(store, id)
    if found.state not in (WAITING, FAILED, UNSURE):
        raise UsageError(f"message {id} is {found.state}", "only what waits, failed or is unsure can be dropped")
    return _say(store, found, DROPPED, who, now)


def forget_texts(store: Store, before: datetime) -> int:
    """Remove the texts of messages that were settled before a time; that they went out stays. Gives how many."""
    wanted = "content is not null and state not in ('waiting', 'sending') and changed_at < ?"
    if not store.rows(f"select 1 from outbox where {wanted} limit 1", [_text(before)]):  # noqa: S608 - constants
        return 0
    with store.transaction() as tx:
        return tx.execute(f"update outbox set content = null where {wanted}", [_text(before)]).rowcount  # noqa: S608


def _say(store: Store, found: Message, state: str, who: str, now: datetime) -> Message:
    with store.transaction() as tx:
        tx.execute(
            "update outbox set state = ?, said_by = ?, attempts = 0, next_try_at = null, changed_at = ?,"
            " why = iif(? = 'waiting', null, why) where id = ? and state = ?",
            [state, who, _text(now), state, found.id, found.state],
        )
    return message(store, found.id)


def _message(row: tuple[Any, ...]) -> Message:
    id, run, day, channel, person, people, language, state, why, reply, attempts, next_at, changed, *rest = row
    address, content, seen, said_by = rest
    return Message(
        id, run, date.fromisoformat(day), channel, person, tuple(json.loads(people)), language, state, why, reply,
        attempts, _time(next_at), datetime.fromisoformat(changed), address, json.loads(content) if content else None,
        seen, said_by,
    )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
