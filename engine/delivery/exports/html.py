"""Task lists as pages: one for each person, to be printed on A4 and ticked off, that need no network."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from engine.delivery.exports.blocks import blocks
from engine.delivery.exports.markdown import summary
from engine.delivery.exports.people import (
    UNFINISHED,
    Item,
    Person,
    account_text,
    contact_text,
    count_late,
    due_text,
    late_text,
    priority_text,
    status_text,
    what_text,
    whose_text,
)  # fmt: skip
from engine.delivery.page import PAGES, page_templates
from engine.delivery.phrases import phrase
from engine.delivery.render import clean

INDEX = "index.html"
_PLAIN = re.compile(r"[^\w-]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d|index)")


def person_page(
    name: str, items: Sequence[Item], today: date, language: str, late: Sequence[Item] = (), *, texts: bool = True
) -> str:
    """A person's tasks as a page of its own. `late`: tasks of others shown to them; `texts`: with each whole text."""
    return people_page([Person("", name, language, tuple(items), tuple(late))], today, language, texts=texts)


def people_page(people: Sequence[Person], today: date, language: str, *, texts: bool = True) -> str:
    """The lists of several people in one document, each on a sheet of its own; in `language` where there are none."""
    pages = [_page(person, today, texts) for person in people]
    if not pages:
        empty = summary((), today, language)
        pages = [{"language": language, "title": phrase("export_title_all", language), "summary": empty, "parts": []}]
    title = pages[0]["title"] if len(pages) == 1 else phrase("export_title_all", language)
    template = page_templates().get_template("tasks.html")
    return template.render(language=language, title=title, style=_style(), pages=pages)


def index_page(people: Mapping[str, Person], today: date, language: str) -> str:
    """The page that leads to those of single people, by file name."""
    headings = ("export_who", "export_tasks", "export_late", "export_from_others")
    return (
        page_templates()
        .get_template("people.html")
        .render(
            language=language,
            title=phrase("export_title_all", language),
            lead=f"{phrase('export_as_of', language, day=today)} · {phrase('export_index_note', language)}",
            style=_style(),
            headings=[phrase(name, language) for name in headings],
            people=[
                {
                    "file": quote(file),
                    "name": person.name,
                    "counts": [
                        f"{count:,}" if count else ""
                        for count in (len(person.items), count_late(person.items, today), len(person.late))
                    ],
                }
                for file, person in people.items()
            ],
        )
    )


def page_files(ids: Sequence[str]) -> dict[str, str]:
    """A file name for each person's page: the id where every system takes that; of two alike the first one's."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id in ids:
        plain = _PLAIN.sub("-", id).strip("-")[:60]
        if not plain or plain != id or _RESERVED.fullmatch(plain) or plain.casefold() in taken:
            plain = f"{plain or 'nobody'}-{hashlib.sha256(id.encode()).hexdigest()[:8]}"
        taken.add(plain.casefold())
        found[id] = f"{plain}.html"
    return found


def _style() -> Markup:
    sheets = [(PAGES / name).read_text(encoding="utf-8") for name in ("report.css", "tasks.css")]
    return Markup("".join(sheets))  # noqa: S704  our own files


def _page(person: Person, today: date, texts: bool) -> dict[str, Any]:
    language = person.language
    parts: list[dict[str, Any]] = [{"tasks": [_task(item, today, language, texts) for item in person.items]}]
    if person.late:
        parts.append({
            "heading": phrase("export_late_of_others", language),
            "note": phrase("export_late_note", language),
            "tasks": [_task(item, today, language, False, who=True) for item in person.late],
        })  # fmt: skip
    return {
        "language": language,
        "title": phrase("export_title", language, name=clean(person.name)),
        "summary": summary(person.items, today, language),
        "why": phrase("export_why", language),
        "parts": [{"heading": "", "note": "", **part} for part in parts],
    }


def _task(item: Item, today: date, language: str, texts: bool, *, who: bool = False) -> dict[str, Any]:
    task = item.task
    facts = [account_text(task), contact_text(task, language), status_text(task, today, language)]
    return {
        "id": task.id,
        "title": clean(task.title),
        "due": due_text(task, language),
        "late": late_text(task, today, language),
        "priority": task.priority,
        "priority_text": priority_text(task, language),
        "ended": task.status not in UNFINISHED,
        "facts": [fact for fact in (*facts, whose_text(task, language) if who else "") if fact],
        "because": [clean(text) for text in item.because],
        "blocks": [
            {"lines": block.lines, "items": block.items} for block in (blocks(what_text(item)) if texts else ())
        ],
    }  # fmt: skip
