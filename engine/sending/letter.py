"""A digest as a mail: subject, plain text and HTML, and the whole message as a server takes it."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from engine.delivery.page import page_templates
from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.sending.digest import Digest
from engine.sending.terms import Mail
from engine.sending.words import Lengths, Section, cut, lead, sections, subject

_LENGTHS = Lengths()
_LONGEST_NAME = 60
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Letter:
    """What a mail says. `language`: of its texts."""

    subject: str
    text: str
    html: str
    language: str


def letter(digest: Digest, today: date, reply_to: bool) -> Letter:
    """A person's digest as a mail. `reply_to`: whether somebody reads the answers."""
    language = digest.language
    parts = list(sections(digest, today, language, _LENGTHS))
    title = clean(subject((digest,), today, language))
    head = lead(digest, today, language)
    foot = phrase("digest_foot_reply" if reply_to else "digest_foot", language, day=today)
    html = page_templates().get_template("digest.html").render(
        language=language, title=title, lead=head, sections=parts, foot=foot
    )  # fmt: skip
    return Letter(title, "\n".join(_plain(head, parts, foot, language)), html, language)


def _plain(head: str, parts: Sequence[Section], foot: str, language: str) -> Iterator[str]:
    yield head
    why = phrase("export_why", language)
    colon = "：" if language == "zh" else ": "
    for part in parts:
        yield ""
        yield part.heading if language == "zh" else part.heading.upper()
        for line in part.lines:
            yield ""
            yield f"* {line.title}"
            yield f"  {line.facts}"
            yield from (f"  {why}{colon}{text}" for text in line.because)
        if part.more:
            yield ""
            yield part.more
    yield ""
    yield "-- "
    yield foot
    yield ""


def message_id(store: str, day: date, person: str, mail: Mail) -> str:
    """The id of a person's mail of a night: the same at every try, so that a mailbox drops a second copy."""
    digest = hashlib.sha256("\n".join((store, day.isoformat(), person)).encode()).hexdigest()[:32]
    return f"<{digest}@{mail.sender.domain}>"


def mime(
    content: Letter, mail: Mail, to: Address, name: str, id: str, at: datetime, calendar: bytes | None = None
) -> bytes:
    """The whole message. `name`: the person's; `calendar`: an iCalendar file that goes with it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = Address(cut(clean(name), _LONGEST_NAME), to.username, to.domain)
    if mail.reply_to is not None:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = content.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "zh-CN" if content.language == "zh" else "en"
    message.set_content(content.text, charset="utf-8", cte="base64")
    message.add_alternative(content.html, subtype="html", charset="utf-8", cte="base64")
    if calendar is not None:
        message.add_attachment(calendar, maintype="text", subtype="calendar", filename="tasks.ics")
    return message.as_bytes()


def dotted(data: bytes) -> bytes:
    """A message as it travels after DATA: ended by a line break, lines that begin with a dot guarded."""
    data = data if data.endswith(b"\r\n") else data + b"\r\n"
    return _DOT.sub(b"..", data)
