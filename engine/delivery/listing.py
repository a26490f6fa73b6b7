"""Task lists: a table for a terminal of 80 columns, JSON, CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import MISSING, clean
from engine.store.tasks import TaskRow

WIDTH = 80
COLUMNS = (
    "id", "priority", "due_on", "account", "account_name", "subject_type", "subject", "play", "step", "assignee",
    "assignee_name", "queue", "status", "asks", "ended_on", "ended_why", "title", "body", "because", "source",
    "contact", "snoozed_until", "joined", "escalated",
)  # fmt: skip
_MARKS = {1: "!!!", 2: "!!", 3: "!", 4: "", 5: ""}
_STYLES = {1: "bold red", 2: "red", 3: "yellow"}
_SAID = {
    "en": {
        "due": "Due", "account": "Account", "who": "Who", "title": "To do", "id": "Id", "late": "late",
        "none": "Nothing to do.", "one": "1 task", "many": "{} tasks", "confirm": "done? the reason has gone",
        "started": "begun", "done": "done", "closed": "closed",
        "days": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    },
    "zh": {
        "due": "期限", "account": "客户", "who": "负责人", "title": "任务", "id": "编号", "late": "逾期",
        "none": "没有待办任务。", "one": "1 项任务", "many": "{} 项任务", "confirm": "已完成?原因已消失",
        "started": "进行中", "done": "已完成", "closed": "已关闭",
        "days": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    },
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "=", "+", "-", "@")


def as_table(
    tasks: Sequence[TaskRow], today: date, language: str, *, who: bool = True, width: int = WIDTH
) -> Table | Text:
    """The tasks as a table: urgency, due day with its weekday and a mark when late, what, id.

    `who` adds whose task each is; leave it out in one person's list. The account has a column where some title does
    not name it. `width` in terminal cells, at least 60.
    """
    said = _SAID[language]
    if not tasks:
        return Text(str(said["none"]))
    count = said["one"] if len(tasks) == 1 else str(said["many"]).format(len(tasks))
    due = [_due(task, today, language) for task in tasks]
    accounts = [Text(clean(task.account_name or task.account or MISSING)) for task in tasks]
    people = [Text(clean(task.assignee_name or task.assignee or task.queue or MISSING)) for task in tasks]
    unnamed = any(task.account_name and task.account_name not in task.title for task in tasks)
    columns: dict[str, tuple[int, list[Text]]] = {"due": (max(text.cell_len for text in due), due)}
    if unnamed:
        columns["account"] = (_fitting(said["account"], accounts, width // 5), accounts)
    if who:
        columns["who"] = (_fitting(said["who"], people, width // 6), people)
    marks = [Text(_MARKS.get(t.priority, ""), _style(t)) for t in tasks]
    rest = max(width, 60) - 3 - 10 - sum(size for size, _ in columns.values()) - len(columns) - 3
    whole = {"": (3, marks), **columns, "title": (rest, [_what(task, today, language) for task in tasks])}
    whole["id"] = (10, [Text(task.id, "dim") for task in tasks])
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, caption=str(count), caption_justify="left")
    for name, (size, _) in whole.items():
        table.add_column(str(said.get(name, "")), width=size, overflow="fold")
    for row in zip(*(texts for _, texts in whole.values()), strict=True):
        table.add_row(*row)
    return table


def _style(task: TaskRow) -> str:
    return _STYLES.get(task.priority, "") if task.status in ("open", "started") else "dim"


def _fitting(heading: object, texts: Sequence[Text], most: int) -> int:
    """The width of a column that holds its texts and heading, where they are not too long."""
    return min(most, max(cell_len(str(heading)), *(text.cell_len for text in texts)))


def print_table(tasks: Sequence[TaskRow], today: date, language: str, console: Console, *, who: bool = True) -> None:
    """Print the table as wide as the console; where nobody watches (a pipe), for 80 columns."""
    width = console.width if console.is_terminal else WIDTH
    console.print(as_table(tasks, today, language, who=who, width=width), width=max(width, 60))


def as_json(tasks: Iterable[TaskRow]) -> str:
    """The tasks as a JSON list, with the names that `holdfast run --json` uses."""
    return json.dumps([_fields(task) for task in tasks], ensure_ascii=False, indent=2)


def as_csv(tasks: Iterable[TaskRow]) -> str:
    """The tasks as CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that works as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for task in tasks:
        fields = {**_fields(task), "subject_type": task.subject_type, "subject": task.subject}
        fields["joined"] = [f"{part.play}/{part.step}/{part.subject}" for part in task.joined]
        fields["escalated"] = [notice.person or notice.queue or "" for notice in task.escalated]
        writer.writerow([_cell(fields[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def safe_cell(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would reckon it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return safe_cell(" ".join(value))
    return safe_cell(str(value)) if isinstance(value, str) else str(value)


def _fields(task: TaskRow) -> dict[str, object]:
    return {
        "id": task.id,
        "account": task.account,
        "account_name": task.account_name,
        "subject": {"type": task.subject_type, "id": task.subject},
        "play": task.play,
        "step": task.step,
        "assignee": task.assignee,
        "assignee_name": task.assignee_name,
        "queue": task.queue,
        "due_on": task.due_on.isoformat(),
        "priority": task.priority,
        "status": task.status,
        "asks": task.asks,
        "ended_on": task.ended_on.isoformat() if task.ended_on else None,
        "ended_why": task.ended_why,
        "title": task.title,
        "body": task.body,
        "because": list(task.reasons),
        "source": list(task.sources),
        "contact": task.contact,
        "snoozed_until": task.snoozed_until.isoformat() if task.snoozed_until else None,
        "joined": [
            {
                "id": part.id,
                "play": part.play,
                "step": part.step,
                "subject": {"type": part.subject_type, "id": part.subject},
                "title": part.title,
                "due_on": part.due_on.isoformat(),
                "because": list(part.reasons),
            }
            for part in task.joined
        ],
        "escalated": [
            {
                "to": notice.person or notice.queue,
                "from": notice.before,
                "since": notice.since.isoformat(),
                "why": notice.why,
            }
            for notice in task.escalated
        ],
    }


def _due(task: TaskRow, today: date, language: str) -> Text:
    said = _SAID[language]
    day = task.due_on
    near = f"{day.month:02}-{day.day:02}" if day.year == today.year else day.isoformat()
    text = Text(f"{near} {said['days'][day.weekday()]}")
    if task.status in ("open", "started") and day < today:
        text.append(f" {said['late']}", "bold red")
    return text


def _what(task: TaskRow, today: date, language: str) -> Text:
    text = Text(clean(task.title))
    said = "confirm" if task.asks == "confirm" else task.status
    if said != "open":
        text.append(f" [{_SAID[language][said]}]", "dim")
    for line in _standing(task, today, language):
        text.append(f"\n{line}", "dim")
    return text


def _standing(task: TaskRow, today: date, language: str) -> Iterator[str]:
    """What else is to be known of an unfinished task: that it was put off, or escalated, and why it is late."""
    if task.status not in ("open", "started"):
        return
    if task.snoozed_until is not None and task.snoozed_until > today:
        yield phrase("snoozed_until", language, until=task.snoozed_until)
    if task.escalated:
        notice = task.escalated[-1]
        who = clean(notice.before_name or notice.before or task.assignee_name or task.queue or MISSING)
        parts = [phrase("escalated_from", language, who=who, since=f"{notice.since:%m-%d}")]
        days = (today - task.due_on).days
        if days > 0:
            parts.append(phrase("one_day_late" if days == 1 else "days_late", language, days=days))
        if notice.why is not None:
            parts.append(phrase(f"late_{notice.why}", language))
        yield ("，" if language == "zh" else ", ").join(parts)


def as_text(task: TaskRow, language: str, today: date | None = None) -> Text:
    """One task in full: its title, what stands in the list, its text. `today`: for how late it is."""
    text = Text(clean(task.title), "bold")
    text.append(f"\n{_due_line(task, language)}\n", "dim")
    for line in _standing(task, today or task.due_on, language):
        text.append(f"{line}\n", "dim")
    text.append(f"\n{task.body}")
    return text


def _due_line(task: TaskRow, language: str) -> str:
    said = _SAID[language]
    who = clean(task.assignee_name or task.assignee or task.queue or MISSING)
    return f"{task.id} · {who} · {said['due']} {task.due_on.isoformat()} {said['days'][task.due_on.weekday()]}"
