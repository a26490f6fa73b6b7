"""Sending what waits in the outbox: each message at most once, and none is lost.

A message is drawn up when it is sent, so that it tells how things stand then. What failed in a way that may pass is
tried again after growing pauses; what a server refuses for good has failed; what may have arrived though nobody knows
is unsure and left to a person. When the way out itself does not work, all that waits for it is put off at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.delivery.exports.agenda import agenda
from engine.sending import chat
from engine.sending.addresses import mail_address
from engine.sending.digest import Drawn, draw
from engine.sending.letter import letter, message_id, mime
from engine.sending.posting import post, try_post
from engine.sending.queueing import Terms
from engine.sending.smtp import PostOffice, open_post
from engine.sending.terms import MAIL, Mail, Webhook
from engine.sending.trouble import Later, Refused, Taken, Trouble, Unsure
from engine.store import outbox
from engine.store.changes import store_name
from engine.store.opening import Store, deliver_lock
from engine.store.outbox import Message
from engine.store.tasks import TaskFilter, last_day

Say = Callable[[str], None]
_ENDED_DAYS = 30  # for so long the calendar of a mail says that a task has ended


@dataclass(frozen=True)
class Delivered:
    """What a delivery came to: the messages that it saw to, as they stand now; `broken_off`: how many an earlier one
    left half done; `troubles`: by channel, why the way out does not work."""

    messages: tuple[Message, ...] = ()
    broken_off: int = 0
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    next_try: datetime | None = None

    def count(self, state: str) -> int:
        """How many of the messages are in a state."""
        return sum(message.state == state for message in self.messages)

    @property
    def whole(self) -> bool:
        """Whether all went well."""
        held = (outbox.WAITING, outbox.FAILED, outbox.UNSURE)
        return not (self.broken_off or self.troubles or any(self.count(state) for state in held))


@dataclass
class _Delivery:
    """A delivery at work."""

    store: Store
    terms: Terms
    today: date
    seen: int
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def claimed(self, message: Message, address: str | None, content: dict[str, object]) -> bool:
        return outbox.claim(self.store, message.id, self.terms.now(), address, content, self.seen)

    def settle(self, message: Message, state: str, why: str | None = None, reply: str = "") -> None:
        outbox.settle(self.store, message.id, state, self.terms.now(), why=why, reply=reply)

    def put_off(self, message: Message, trouble: Later) -> None:
        pauses = self.terms.delivery.retry_minutes
        minutes = pauses[min(message.attempts, len(pauses) - 1)]
        now = self.terms.now()
        until = now + max(timedelta(minutes=minutes), timedelta(seconds=trouble.pause))
        outbox.put_off(self.store, message.id, now, until, why=trouble.why, reply=trouble.reply)

    @contextmanager
    def minding(self, message: Message) -> Iterator[None]:
        """Note what stops the sending of a message; what stops the whole way is raised again after that."""
        try:
            yield
        except Taken:
            raise
        except Refused as trouble:
            self.settle(message, outbox.FAILED, trouble.why, trouble.reply)
            raise
        except Unsure as trouble:
            self.settle(message, outbox.UNSURE, trouble.why, trouble.reply)
            raise
        except Later as trouble:
            self.put_off(message, trouble)
            raise


def deliver(store: Store, terms: Terms, *, ids: Sequence[int] = (), say: Say = lambda _: None) -> Delivered:
    """Send the messages whose time has come; with `ids` those alone. Raises StoreError where another delivery is at
    work."""
    with deliver_lock(store.folder):
        broken = outbox.broken_off(store, terms.now())
        outbox.forget_texts(store, terms.now() - timedelta(days=terms.delivery.keep_days))
        wanted = outbox.due(store, terms.now(), ids)
        work = _Delivery(store, terms, last_day(store), _last_run(store))
        _send(work, wanted, say)
        seen = tuple(outbox.message(store, message.id) for message in wanted)
    return Delivered(seen, broken, work.troubles, outbox.next_try(store))


def _last_run(store: Store) -> int:
    [(number,)] = store.rows("select coalesce(max(number), 0) from run")
    return int(number)


def _send(work: _Delivery, wanted: Sequence[Message], say: Say) -> None:
    delivery = work.terms.delivery
    going = [message for message in wanted if _has_somewhere(work, message)]
    drawn = []
    for one in draw(work.store, going, work.today, delivery.digest.most, empty=delivery.digest.empty):
        if one.empty and not delivery.digest.empty:
            work.settle(one.message, outbox.EMPTY)
        else:
            drawn.append(one)
    if delivery.mail is not None and (letters := [one for one in drawn if one.message.channel == MAIL]):
        say(MAIL)
        _letters(work, delivery.mail, letters)
    for hook in delivery.webhooks:
        for one in drawn:
            if one.message.channel == hook.name:
                say(hook.name)
                _post(work, hook, one)


def _has_somewhere(work: _Delivery, message: Message) -> bool:
    if message.channel not in work.terms.delivery.channels:
        work.settle(message, outbox.FAILED, "channel")
        return False
    if message.channel != MAIL:
        return True
    rows = work.store.rows("select email, active from rep where id = ?", [message.person])
    email, active = rows[0] if rows else (None, 0)
    why = "left" if not active else "no_address" if not email else "bad_address" if not mail_address(email) else ""
    if why:
        work.settle(message, outbox.NO_ADDRESS, why)
    return not why


def _letters(work: _Delivery, mail: Mail, drawn: Sequence[Drawn]) -> None:
    """Send mails over one connection, and over a new one after a message that was left in the middle."""
    office: PostOffice | None = None
    for n, one in enumerate(drawn):
        usable = True
        try:
            with work.minding(one.message):
                office = office or open_post(mail, work.terms.delivery.timeout_seconds)
                _letter(work, mail, office, one)
        except (Unsure, Taken):
            usable = False
        except Refused:
            usable = office is not None and office.reset()
        except Later as trouble:
            if trouble.whole:
                work.troubles[MAIL] = trouble
                for other in drawn[n + 1 :]:
                    work.put_off(other.message, trouble)
                break
            usable = office is not None and office.reset()
        if office is not None and not usable:
            office.close()
            office = None
    if office is not None:
        office.close()


def _letter(work: _Delivery, mail: Mail, office: PostOffice, one: Drawn) -> None:
    message, [digest] = one.message, one.digests
    [(name, email)] = work.store.rows("select name, email from rep where id = ?", [message.person])
    to = mail_address(email)
    if to is None:
        raise Refused("bad_address")
    content = letter(digest, work.today, mail.reply_to is not None)
    id = message_id(store_name(work.store), message.day, message.person, mail)
    wanted = TaskFilter(message.person, today=work.today)
    calendar = agenda(work.store, wanted, message.language, ended_days=_ENDED_DAYS) if mail.calendar else None
    data = mime(content, mail, to, name, id, work.terms.now(), calendar)
    kept = {"subject": content.subject, "text": content.text, "html": content.html, "message_id": id}
    reply = office.send(
        mail.sender.addr_spec, to.addr_spec, data, lambda: work.claimed(message, to.addr_spec, dict(kept))
    )
    work.settle(message, outbox.SENT, reply=reply)


def _post(work: _Delivery, hook: Webhook, one: Drawn) -> None:
    message, terms = one.message, work.terms
    content = chat.payload(hook.form, one.digests, work.today, message.language, terms.delivery.digest.most)
    kept: dict[str, object] = {"form": hook.form, "payload": content}
    try:
        with work.minding(message):
            reply = post(
                hook, content, terms.delivery.timeout_seconds, terms.now(), lambda: work.claimed(message, None, kept)
            )
            work.settle(message, outbox.SENT, reply=reply)
    except Taken:
        pass
    except Trouble as trouble:
        if trouble.whole:
            work.troubles[hook.name] = trouble


def try_channels(terms: Terms) -> dict[str, Trouble | None]:
    """For each way out, what stops it, found by connecting (and logging in) without sending anything."""
    found: dict[str, Trouble | None] = {}
    delivery = terms.delivery
    for name in delivery.channels:
        try:
            if name == MAIL and delivery.mail is not None:
                open_post(delivery.mail, delivery.timeout_seconds).close()
            for hook in delivery.webhooks:
                if hook.name == name:
                    try_post(hook, delivery.timeout_seconds)
            found[name] = None
        except Later as trouble:
            found[name] = trouble
    return found
