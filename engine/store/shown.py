"""A task as people see it: where several matters are one task for a person, all of them in one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

_MORE = {"en": "{} (and {} more)", "zh": "{}（另有 {} 项）"}
_ALSO = {"en": "Also to talk over:", "zh": "一并商谈："}


@dataclass(frozen=True)
class Part:
    """Another matter that a task serves; `id` names its own row, `outcome` what tonight did with it, if asked for."""

    id: str
    play: str
    step: str
    subject_type: str
    subject: str
    title: str
    due_on: date
    priority: int
    reasons: tuple[str, ...]
    outcome: str | None = None


@dataclass(frozen=True)
class Notice:
    """That a late task is shown to somebody else: to whom, since when, whose it is, and why it is late.

    `why`: nobody (it has none), away (its person is), begun or not_begun; None where it was not noted.
    """

    level: int
    person: str | None
    person_name: str | None
    queue: str | None
    since: date
    before: str | None
    before_name: str | None
    why: str | None


@dataclass(frozen=True)
class TaskRow:
    """A task with what lists show. `asks`: confirm, where its condition has gone while somebody was at it.

    `joined`: the other matters that it serves; title, body, play, step and subject are those of the gravest, the due
    day is the earliest, reasons and sources are those of all.
    """

    id: str
    account: str | None
    account_name: str | None
    subject_type: str
    subject: str
    play: str
    step: str
    assignee: str | None
    assignee_name: str | None
    queue: str | None
    due_on: date
    priority: int
    status: str
    asks: str | None
    ended_on: date | None
    ended_why: str | None
    title: str
    body: str
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    language: str = "en"
    contact: str | None = None
    snoozed_until: date | None = None
    outcome: str | None = None  # of tonight, where it is asked for
    joined: tuple[Part, ...] = ()
    escalated: tuple[Notice, ...] = field(default=())

    @property
    def order(self) -> tuple[int, date, str, str]:
        """The most urgent first."""
        return (self.priority, self.due_on, self.account_name or "", self.id)


def as_one(rows: Sequence[TaskRow]) -> TaskRow:
    """The rows that are one task for its person as that task; the first is the one whose id people see."""
    if len(rows) == 1:
        return rows[0]
    first = rows[0]
    lead, *others = sorted(rows, key=lambda row: (row.priority, row.due_on, row.id != first.id, row.id))
    language = lead.language if lead.language in _ALSO else "en"
    also = "\n".join(f"- {row.title}{_first_paragraph(row.body)}" for row in others)
    return replace(
        lead,
        id=first.id,
        outcome=first.outcome,
        due_on=min(row.due_on for row in rows),
        asks=lead.asks if all(row.asks for row in rows) else None,
        title=_MORE[language].format(lead.title, len(others)),
        body=f"{lead.body}\n\n{_ALSO[language]}\n\n{also}".lstrip("\n"),
        reasons=tuple(dict.fromkeys(rule for row in (lead, *others) for rule in row.reasons)),
        sources=tuple(dict.fromkeys(entry for row in (lead, *others) for entry in row.sources)),
        joined=tuple(
            Part(
                row.id, row.play, row.step, row.subject_type, row.subject, row.title, row.due_on, row.priority,
                row.reasons, row.outcome,
            )
            for row in others
        ),
        escalated=tuple(sorted((n for row in rows for n in row.escalated), key=lambda n: (n.level, n.since))),
    )  # fmt: skip


def _first_paragraph(body: str) -> str:
    """The first lines of a text up to an empty one, set below an item of a list."""
    lines = body.strip("\n").partition("\n\n")[0].splitlines()
    return "".join(f"\n  {line}" for line in lines)
