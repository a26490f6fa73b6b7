"""Task lists as an iCalendar file (RFC 5545) that calendars import, and import again to bring up to date.

Everything in it comes from the store and nothing from the clock: what has not changed is the same to the byte.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Todo, vText

from engine.delivery.exports.people import (
    UNFINISHED,
    Item,
    account_text,
    contact_text,
    holder_text,
    priority_text,
    status_text,
    what_text,
)  # fmt: skip
from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.store.tasks import TaskRow

PRODUCT = "-//holdfast//tasks//EN"
REMINDER = timedelta(hours=-15)  # before the midnight at which the due day begins: at nine the day before
LONGEST = 4_000  # characters of a description; calendars cut longer ones or refuse them
LONGEST_TITLE = 250
_PRIORITIES = {1: 1, 2: 3, 3: 5, 4: 7, 5: 9}  # ours to the standard's, whose 1 to 4 is high, 5 medium, 6 to 9 low


@dataclass(frozen=True)
class Standing:
    """Where a task stands for a calendar: how often it has changed, and when last (UTC).

    `left`: why it is no longer in this list though it has not ended (moved, joined); empty where it is.
    """

    uid: str
    revision: int
    modified: datetime
    left: str = ""


def calendar(
    name: str, items: Iterable[tuple[Item, Standing]], language: str, *, todo: bool = False
) -> bytes:  # fmt: skip
    """A calendar of tasks as events of their due days, or as to-dos.

    Those that have ended or left the list are marked as cancelled, to-dos that are done as done.
    """
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("name", vText(clean(name)))
    found.add("x-wr-calname", vText(clean(name)))
    for item, standing in items:
        found.add_component(_entry(item, standing, language, todo))
    data: bytes = found.to_ical()
    return data


def _entry(item: Item, standing: Standing, language: str, todo: bool) -> Event | Todo:
    task = item.task
    live = task.status in UNFINISHED and not standing.left
    entry: Event | Todo = Todo() if todo else Event()
    entry.add("uid", standing.uid)
    entry.add("dtstamp", standing.modified)
    entry.add("last-modified", standing.modified)
    entry.add("sequence", standing.revision)
    title = _cut(clean(task.title), LONGEST_TITLE)
    entry.add("summary", title)
    entry.add("description", _cut(_description(item, standing, language), LONGEST))
    entry.add("categories", [account_text(task)] if account_text(task) else ["holdfast"])
    entry.add("priority", _PRIORITIES[min(max(task.priority, 1), 5)])
    if todo:
        entry.add("due", task.due_on)
        _todo_state(entry, task, standing)
    else:
        entry.add("dtstart", task.due_on)
        if task.due_on < date.max:
            entry.add("dtend", task.due_on + timedelta(days=1))
        entry.add("status", "CONFIRMED" if live else "CANCELLED")
        entry.add("transp", "TRANSPARENT")
        entry.add("x-microsoft-cdo-busystatus", vText("FREE"))
    if live:
        entry.add_component(_alarm(title, language, todo))
    return entry


def _todo_state(entry: Event | Todo, task: TaskRow, standing: Standing) -> None:
    if task.status == "done" and not standing.left:
        entry.add("status", "COMPLETED")
        entry.add("percent-complete", 100)
        entry.add("completed", standing.modified)
    elif task.status not in UNFINISHED or standing.left:
        entry.add("status", "CANCELLED")
    else:
        entry.add("status", "IN-PROCESS" if task.status == "started" else "NEEDS-ACTION")


def _alarm(title: str, language: str, todo: bool) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", phrase("export_reminder", language, title=title))
    alarm.add("trigger", REMINDER, parameters={"RELATED": "END"} if todo else {})
    return alarm


def _description(item: Item, standing: Standing, language: str) -> str:
    task = item.task
    colon = "：" if language == "zh" else ": "
    lines = []
    if standing.left:
        lines.append(phrase("export_ended", language, why=standing.left))
    elif task.status not in UNFINISHED or task.asks:
        lines.append(status_text(task, task.due_on, language))
    lines += [f"{phrase('export_why', language)}{colon}{clean(text)}" for text in item.because]
    facts = {
        "export_account": account_text(task),
        "export_contact": contact_text(task, language),
        "export_priority": priority_text(task, language),
        "export_who": holder_text(task),
        "export_id": task.id,
    }
    lines += [f"{phrase(name, language)}{colon}{text}" for name, text in facts.items() if text]
    body = "\n".join(clean(line) for line in what_text(item).splitlines())
    return "\n".join([*lines, "", body]).strip("\n")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
