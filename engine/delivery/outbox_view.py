"""The outbox and what a delivery came to, for the terminal, for programs, for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.delivery.listing import safe_cell
from engine.delivery.phrases import listed, phrase
from engine.delivery.render import clean
from engine.store.outbox import NO_ADDRESS, SENT, UNSURE, WAITING, Message

COLUMNS = (
    "id", "day", "run", "channel", "person", "people", "address", "state", "why", "reply", "attempts", "next_try_at",
    "changed_at", "said_by",
)  # fmt: skip
_STYLES = {"failed": "red", "unsure": "yellow", "waiting": "", "sent": "green"}


def outbox_table(messages: Sequence[Message], names: Mapping[str, str], language: str) -> RenderableType:
    """The messages as a table, each with what stopped it. `names`: of people, by id."""
    if not messages:
        return Text(phrase("outbox_none", language))
    table = Table(box=None, pad_edge=False)
    for name in ("outbox_id", "outbox_day", "outbox_channel", "outbox_to", "outbox_state"):
        table.add_column(phrase(name, language), overflow="fold", no_wrap=name in ("outbox_id", "outbox_day"))
    for message in messages:
        state = Text(phrase(f"outbox_{message.state}", language), _STYLES.get(message.state, "dim"))
        for text in _details(message, language):
            state.append(f"\n{text}", "dim")
        channel = Text(clean(message.channel))
        table.add_row(str(message.id), message.day.isoformat(), channel, Text(_to(message, names, language)), state)
    return table


def message_view(message: Message, names: Mapping[str, str], language: str, text: str | None) -> RenderableType:
    """One message with all there is, and its `text` where it is kept."""
    head = Text(
        f"{message.id}  {message.day.isoformat()}  {clean(message.channel)}  {_to(message, names, language)}", "bold"
    )
    head.append(f"\n{phrase(f'outbox_{message.state}', language)}", _STYLES.get(message.state, "dim"))
    at = phrase("outbox_at", language, at=_time(message.changed_at))
    for detail in (at, *_details(message, language), clean(message.address or "")):
        head.append(f"\n{detail}" if detail else "", "dim")
    if text is None:
        kept = "outbox_not_yet" if message.state == WAITING else "outbox_no_text"
        return Group(head, Text(f"\n{phrase(kept, language)}", "dim"))
    return Group(head, Text(f"\n{text}"))


def outbox_csv(messages: Sequence[Message]) -> str:
    """The messages as CSV for spreadsheets, without their texts."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for message in messages:
        fields = {**message_fields(message), "people": " ".join(message.people)}
        writer.writerow(["" if fields[name] is None else safe_cell(str(fields[name])) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def message_fields(message: Message, *, content: bool = False) -> dict[str, Any]:
    """A message as JSON; with `content` what went out too."""
    fields: dict[str, Any] = {
        "id": message.id,
        "day": message.day.isoformat(),
        "run": message.run,
        "channel": message.channel,
        "person": message.person or None,
        "people": list(message.people),
        "address": message.address,
        "state": message.state,
        "why": message.why,
        "reply": message.reply,
        "attempts": message.attempts,
        "next_try_at": message.next_try_at.isoformat() if message.next_try_at else None,
        "changed_at": message.changed_at.isoformat(),
        "said_by": message.said_by,
    }
    return {**fields, "content": message.content} if content else fields


def delivered_view(
    messages: Sequence[Message], broken_off: int, troubles: Mapping[str, tuple[str, str]],
    next_try: datetime | None, names: Mapping[str, str], language: str,
) -> RenderableType:  # fmt: skip
    """What a delivery came to. `troubles`: by channel, the word for what stops it and what the server said."""
    parts: list[RenderableType] = []
    counts = {
        state: sum(message.state == state for message in messages) for state in ("sent", "waiting", "failed", "unsure")
    }
    if broken_off:
        parts.append(Text(phrase("delivering_broken_off", language, count=broken_off), "yellow"))
    if messages:
        parts.append(Text(phrase("delivering_counts", language, **counts)))
        if empty := sum(message.state == "empty" for message in messages):
            parts.append(Text(phrase("delivering_empty", language, count=empty), "dim"))
    elif not broken_off:
        parts.append(Text(phrase("delivering_nothing", language)))
    parts += [Text(trouble_text(name, *trouble, language), "red") for name, trouble in troubles.items()]
    odd = [m for m in messages if m.state not in (SENT, "empty", "superseded") and m.channel not in troubles]
    if odd:
        parts += [Text(""), outbox_table(odd, names, language)]
    if broken_off or counts[UNSURE]:
        parts.append(Text(phrase("delivering_decide", language)))
    if next_try is not None and next_try.year > 1:
        parts.append(Text(phrase("delivering_later", language, at=_time(next_try)), "dim"))
    return Group(*parts)


def trouble_text(channel: str, why: str, reply: str, language: str) -> str:
    """What stops a way out, in one sentence."""
    said = phrase("delivering_channel", language, channel=clean(channel), why=phrase(f"send_{why}", language))
    return said + _in_brackets(reply, language)


def queued_text(messages: Sequence[Message], names: Mapping[str, str], language: str) -> Iterator[Text]:
    """What a night put into the outbox, and for whom there is no way."""
    if count := sum(message.state == WAITING for message in messages):
        yield Text(phrase("delivering_queued", language, count=count))
    for why in ("no_address", "bad_address", "nobody"):
        some = [m for m in messages if m.state == NO_ADDRESS and m.why == why]
        if some:
            to = listed((_to(m, names, language) for m in some[:10]), language)
            more = "…" if len(some) > 10 else ""
            yield Text(phrase(f"delivering_{why}", language, names=to + more), "yellow")


def _details(message: Message, language: str) -> Iterator[str]:
    if message.why is not None:
        yield phrase(f"send_{message.why}", language) + _in_brackets(message.reply or "", language)
    elif message.reply:
        yield clean(message.reply)
    if message.attempts > 1:
        yield phrase("outbox_tries", language, count=message.attempts)
    if message.next_try_at is not None:
        yield phrase("outbox_next", language, at=_time(message.next_try_at))
    if message.said_by is not None:
        yield phrase("outbox_by", language, who=clean(message.said_by))


def _in_brackets(text: str, language: str) -> str:
    if not text:
        return ""
    return f"（{clean(text)}）" if language == "zh" else f" ({clean(text)})"


def _to(message: Message, names: Mapping[str, str], language: str) -> str:
    if not message.person:
        return clean(message.channel) if message.why == "nobody" else phrase("outbox_group", language)
    return clean(names.get(message.person) or message.person)


def _time(at: datetime) -> str:
    """A time as the clock on the wall here has it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
