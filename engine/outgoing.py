"""The digests of a workspace: queued with its nights, shown before they go, sent."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from engine.action.assign import Person
from engine.action.place import There
from engine.errors import UsageError
from engine.facts.snapshot import open_snapshot
from engine.sending import chat
from engine.sending.delivering import Delivered, Say, deliver, try_channels
from engine.sending.digest import draw
from engine.sending.letter import Letter, letter
from engine.sending.queueing import Terms, named, queue_night
from engine.sending.terms import FORMS, MAIL, Delivery, Webhook
from engine.sending.trouble import Trouble
from engine.store.opening import Store, open_store, read_store
from engine.store.outbox import WAITING, Message, messages
from engine.store.tasks import last_day, person_id
from engine.workspace import Workspace

_LONGEST_NAP = 60.0  # seconds


def terms_of(workspace: Workspace) -> Terms | None:
    """How the workspace delivers; None where it does not."""
    delivery = workspace.settings.delivery
    return None if delivery is None else Terms(delivery, workspace.language, workspace.language_of)


def digests_of(workspace: Workspace) -> Callable[[sqlite3.Connection, str, There], object] | None:
    """What writes a night's digests into the outbox, within the night's transaction; None without delivery."""
    terms = terms_of(workspace)
    return None if terms is None else lambda tx, run, there: queue_night(tx, run, there, terms)


def send_digests(
    workspace: Workspace, *, ids: tuple[int, ...] = (), wait_minutes: float = 0.0, say: Say = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Delivered:  # fmt: skip
    """Send what waits in the outbox. `wait_minutes`: for so long go on trying what could not be sent.

    Raises UsageError without delivery in holdfast.yaml, StoreError where there is no store or another delivery runs.
    """
    terms = _needed(workspace)
    with open_store(workspace.store) as store:
        found = deliver(store, terms, ids=ids, say=say)
        end = terms.now() + timedelta(minutes=wait_minutes)
        while wait_minutes and found.next_try is not None and found.next_try <= end:
            sleep(min(max((found.next_try - terms.now()).total_seconds(), 0.0), _LONGEST_NAP))
            found = _together(found, deliver(store, terms, ids=ids, say=say))
    return found


def _together(first: Delivered, second: Delivered) -> Delivered:
    by_id = {message.id: message for message in (*first.messages, *second.messages)}
    troubles = second.troubles if second.messages else first.troubles
    return Delivered(tuple(by_id.values()), first.broken_off + second.broken_off, troubles, second.next_try)


def check_ways(workspace: Workspace) -> dict[str, Trouble | None]:
    """For each way out, what stops it; nothing is sent. Raises UsageError without delivery in holdfast.yaml."""
    return try_channels(_needed(workspace))


@dataclass(frozen=True)
class Shown:
    """What would be sent: a mail, or the payload of a robot in its form."""

    channel: str
    to: str
    mail: Letter | None = None
    form: str = ""
    payload: chat.Payload | None = None


def show_digest(workspace: Workspace, who: str, today: date | None = None, form: str | None = None) -> Shown | None:
    """What would be sent to a person (by id or name) or a robot (by its name) now; None where nothing would.

    Works for people without delivery in holdfast.yaml too. `form`: a person's digest in the form of a robot. Raises
    UsageError for somebody unknown.
    """
    if form is not None and form not in FORMS:
        raise UsageError(f"there is no form '{form}'", f"choose from: {', '.join(FORMS)}")
    delivery = workspace.settings.delivery or Delivery()
    hook = next((hook for hook in delivery.webhooks if hook.name == who), None)
    with read_store(workspace.store) as store:
        day = today or last_day(store)
        id = "" if hook else person_id(store, who)
        channel, form = (hook.name, hook.form) if hook else (MAIL, form)
        message = _last(store, channel, id) or _made(store, day, channel, id, workspace, hook)
        [one] = draw(store, [message], day, delivery.digest.most, empty=False)
        if one.empty:
            return None
        if form is not None:
            content = chat.payload(form, one.digests, day, message.language, delivery.digest.most)
            return Shown(channel if hook else form, id, form=form, payload=content)
        rows = store.rows("select email from rep where id = ?", [id])
        replies = bool(delivery.mail and delivery.mail.reply_to)
        return Shown(MAIL, str(rows[0][0] or "") if rows else "", letter(one.digests[0], day, replies))


def _needed(workspace: Workspace) -> Terms:
    terms = terms_of(workspace)
    if terms is None or not terms.delivery.channels:
        hint = "add `delivery:` with `mail:` or `webhooks:`; see docs/delivery.md"
        raise UsageError("holdfast.yaml sets no delivery", hint)
    return terms


def _last(store: Store, channel: str, person: str) -> Message | None:
    """The last message of the outbox there, which knows whose tasks it tells and since when."""
    return next((m for m in messages(store) if (m.channel, m.person) == (channel, person)), None)


def _made(
    store: Store, day: date, channel: str, person: str, workspace: Workspace, hook: Webhook | None
) -> Message:  # fmt: skip
    """A message as the last night would have queued it."""
    rows = store.rows("select id, snapshot from run order by number desc limit 1")
    run, snapshot = rows[0] if rows else ("", "")
    people: tuple[str, ...] = (person,)
    language = workspace.language_of(person) if person else workspace.language
    if hook is not None:
        people, language = tuple(_fitting(store, workspace.snapshots / snapshot, hook)), hook.language or language
    return Message(0, run, day, channel, person, people, language, WAITING)


def _fitting(store: Store, snapshot: Path, hook: Webhook) -> Iterator[str]:
    active = {id for (id,) in store.rows("select id from rep where active = 1")}
    facts = open_snapshot(snapshot)
    if "rep" not in facts.present:
        return
    with duckdb.connect() as db:
        found = db.execute(
            "select id, name, role, department from read_parquet($1) order by id", [str(facts.path("rep"))]
        )
        for id, name, role, department in found.fetchall():
            if id in active and named(hook, Person(id, name, role, True, department)):
                yield id
