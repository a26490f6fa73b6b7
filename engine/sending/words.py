"""The sentences of a digest that every form has: counts, headings, the facts of a task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.delivery.exports.people import (
    Item,
    account_text,
    contact_text,
    due_text,
    late_text,
    priority_text,
    status_text,
    weekday,
    whose_text,
)  # fmt: skip
from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.sending.digest import PARTS, Digest
from engine.store.tasks import TaskRow

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Line:
    """A task as a digest shows it, every text on one line and cut where it is too long."""

    title: str
    facts: str
    because: tuple[str, ...]
    late: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with its tasks, and a sentence on those that are not shown."""

    heading: str
    lines: tuple[Line, ...]
    more: str = ""


@dataclass(frozen=True)
class Lengths:
    """How long a title and a reason may be, in characters, and how many reasons a task shows."""

    title: int = 250
    reason: int = 500
    reasons: int = 12


def counts(digests: Sequence[Digest], language: str) -> str:
    """How many tasks there are, how many of them new and late, and how many late ones of others."""
    count = sum(d.count for d in digests)
    others = sum(len(d.others) + d.more_others for d in digests)
    parts = [phrase("digest_one", language) if count == 1 else phrase("digest_many", language, count=count)]
    if not count:
        parts = [] if others else [phrase("digest_none", language)]
    for name, number in (
        ("digest_fresh", sum(d.fresh for d in digests)),
        ("digest_late", sum(d.late for d in digests)),
        ("digest_others", others),
    ):
        if number:
            parts.append(phrase(name, language, count=number))
    return ("，" if language == "zh" else ", ").join(parts)


def subject(digests: Sequence[Digest], today: date, language: str) -> str:
    """The day and the counts: the subject of a mail."""
    day = phrase("digest_day", language, day=today)
    return phrase(
        "digest_subject", language, day=day, weekday=weekday(today, language), counts=counts(digests, language)
    )


def lead(digest: Digest, today: date, language: str) -> str:
    """Whose tasks, as of when, and how many."""
    return phrase(
        "digest_lead", language, name=name_of(digest), day=today, weekday=weekday(today, language),
        counts=counts((digest,), language),
    )  # fmt: skip


def name_of(digest: Digest) -> str:
    """The person's name, on one line."""
    return cut(clean(digest.name), _LONGEST_NAME)


def sections(digest: Digest, today: date, language: str, lengths: Lengths) -> Iterator[Section]:
    """The parts of a digest that hold anything, in their order."""
    last = next((name for name in reversed(PARTS) if digest.parts.get(name)), None)
    more = phrase("digest_more", language, count=digest.more) if digest.more else ""
    for name in PARTS:
        if items := digest.parts.get(name):
            lines = tuple(_line(item, today, language, lengths) for item in items)
            yield Section(phrase(f"digest_part_{name}", language), lines, more if name == last else "")
    if digest.others:
        lines = tuple(_line(item, today, language, lengths, who=True) for item in digest.others)
        left = phrase("digest_more", language, count=digest.more_others) if digest.more_others else ""
        yield Section(phrase("digest_part_others", language), lines, left)
    if digest.gone:
        gone = tuple(_ended(task, today, language, lengths) for task in digest.gone)
        left = phrase("digest_more", language, count=digest.more_gone) if digest.more_gone else ""
        yield Section(phrase("digest_part_gone", language), gone, left)


def cut(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _line(item: Item, today: date, language: str, lengths: Lengths, *, who: bool = False) -> Line:
    task = item.task
    facts = [
        phrase("digest_due", language, due=due_text(task, language)), late_text(task, today, language),
        priority_text(task, language), contact_text(task, language), cut(account_text(task), _LONGEST_NAME),
        status_text(task, today, language), cut(whose_text(task, language), _LONGEST_NAME) if who else "", task.id,
    ]  # fmt: skip
    because = tuple(cut(clean(text), lengths.reason) for text in item.because[: lengths.reasons])
    late = task.due_on < today
    return Line(_title(task, lengths), " · ".join(filter(None, facts)), because, late, task.priority == 1)


def _ended(task: TaskRow, today: date, language: str, lengths: Lengths) -> Line:
    facts = [status_text(task, today, language), cut(account_text(task), _LONGEST_NAME), task.id]
    return Line(_title(task, lengths), " · ".join(filter(None, facts)), ())


def _title(task: TaskRow, lengths: Lengths) -> str:
    return cut(clean(task.title), lengths.title)
