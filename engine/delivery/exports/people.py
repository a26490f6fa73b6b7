"""What every export is made of: people, each with their own tasks and the late ones of others shown to them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from engine.delivery.phrases import phrase
from engine.delivery.render import MISSING, clean
from engine.store.tasks import TaskRow

UNFINISHED = ("open", "started")


@dataclass(frozen=True)
class Item:
    """A task and why it is there, one text a reason."""

    task: TaskRow
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody's list: their own tasks, and under `late` those of others that were escalated to them.

    `id` is a person's, a queue's, or empty for tasks that nobody has; `language` is the one they read.
    """

    id: str
    name: str
    language: str
    items: tuple[Item, ...] = ()
    late: tuple[Item, ...] = field(default=())


def people(
    tasks: Sequence[TaskRow],
    because: Mapping[str, tuple[str, ...]],
    language_of: Callable[[str], str],
    nobody: Callable[[str], str],
    only: str | None = None,
) -> list[Person]:
    """The tasks by person, in the order of names; `only` one person or queue, who is there without tasks too.

    `language_of` gives a person's language; `nobody` says in a language what tasks without a person or queue go under.
    """
    own: dict[str, list[Item]] = {} if only is None else {only: []}
    late: dict[str, list[Item]] = {}
    names: dict[str, str] = {}
    for task in tasks:
        item = Item(task, because.get(task.id, ()))
        holder = task.assignee or task.queue or ""
        names.setdefault(holder, task.assignee_name or holder)
        if only is None or holder == only:
            own.setdefault(holder, []).append(item)
        for id, name in {n.person or n.queue or "": n.person_name or n.queue or "" for n in task.escalated}.items():
            if id and id != holder and (only is None or id == only) and task.status in UNFINISHED:
                names.setdefault(id, name or id)
                own.setdefault(id, [])
                late.setdefault(id, []).append(item)
    found = [
        Person(id, clean(names.get(id) or id) or nobody(language_of(id)), language_of(id), tuple(items),
               tuple(late.get(id, ())))
        for id, items in own.items()
    ]  # fmt: skip
    shared = Counter(person.name for person in found)
    found = [replace(p, name=f"{p.name} ({clean(p.id)})") if shared[p.name] > 1 and p.id else p for p in found]
    return sorted(found, key=lambda person: (not person.id, person.name, person.id))


def is_late(task: TaskRow, today: date) -> bool:
    """Whether an unfinished task's day has passed."""
    return task.status in UNFINISHED and task.due_on < today


def count_late(items: Iterable[Item], today: date) -> int:
    """How many of the tasks are late."""
    return sum(is_late(item.task, today) for item in items)


def weekday(day: date, language: str) -> str:
    """The day's name in three letters, or as in 周一."""
    return phrase("weekdays", language).split()[day.weekday()]


def due_text(task: TaskRow, language: str) -> str:
    """The due day with its weekday."""
    return f"{task.due_on.isoformat()} {weekday(task.due_on, language)}"


def late_text(task: TaskRow, today: date, language: str) -> str:
    """How late an unfinished task is; empty where it is not."""
    if not is_late(task, today):
        return ""
    days = (today - task.due_on).days
    return phrase("one_day_late" if days == 1 else "days_late", language, days=days)


def priority_text(task: TaskRow, language: str) -> str:
    """The priority in a word."""
    return phrase(f"priority_{min(max(task.priority, 1), 5)}", language)


def contact_text(task: TaskRow, language: str) -> str:
    """The way in which the task meets its account; empty where it does not."""
    known = ("visit", "call", "meeting", "message")
    return phrase(f"contact_{task.contact}", language) if task.contact in known else ""


def account_text(task: TaskRow) -> str:
    """The account's name, or its id."""
    return clean(task.account_name or task.account or "")


def holder_text(task: TaskRow) -> str:
    """Whose task it is."""
    return clean(task.assignee_name or task.assignee or task.queue or MISSING)


def what_text(item: Item) -> str:
    """The task's text without the items of its lists that only repeat a reason."""
    said = {_bare(text) for text in item.because}
    lines = (line for line in item.task.body.split("\n") if line[:2] != "- " or _bare(line[2:]) not in said)
    return "\n".join(lines).strip("\n")


def _bare(text: str) -> str:
    return clean(text).replace("\u2060", "").strip()


def whose_text(task: TaskRow, language: str) -> str:
    """Whose task it is, said as such."""
    return f"{phrase('export_who', language)}{'：' if language == 'zh' else ': '}{holder_text(task)}"


def status_text(task: TaskRow, today: date, language: str) -> str:
    """What is to be said of its state: begun, ended and why, put off, or whether it is done; empty where just open."""
    if task.status in UNFINISHED and task.asks == "confirm":
        return phrase("asks_confirm", language)
    if task.status in UNFINISHED and task.snoozed_until is not None and task.snoozed_until > today:
        return phrase("snoozed_until", language, until=task.snoozed_until)
    if task.status == "open":
        return ""
    said = phrase(f"status_{task.status}", language)
    why = phrase(f"ended_{task.ended_why}", language) if task.status == "closed" and task.ended_why in ENDED else ""
    return f"{said}{'：' if language == 'zh' else ': '}{why}" if why else said


ENDED = ("condition_gone", "play_gone", "play_off", "still_holds", "false_alarm", "kept", "lost", "undone")
