"""Task lists as Markdown for chats and notes: nothing in a name or a text works as markup."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from engine.delivery.exports.blocks import blocks
from engine.delivery.exports.people import (
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
from engine.delivery.phrases import phrase
from engine.delivery.render import clean

_MARKUP = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")


def markdown_list(
    name: str, items: Sequence[Item], today: date, language: str, late: Sequence[Item] = (), *, texts: bool = False
) -> str:
    """A person's tasks as a Markdown list to tick off, each with its day and reasons.

    `late`: tasks of others shown to the person. `texts` adds each task's whole text.
    """
    lines = [f"# {escaped(phrase('export_title', language, name=name))}", "", summary(items, today, language)]
    lines += _list(items, today, language, who=False, texts=texts)
    if late:
        lines += ["", f"## {phrase('export_late_of_others', language)}"]
        lines += _list(late, today, language, who=True, texts=texts)
    return "\n".join(lines) + "\n"


def markdown_lists(people: Sequence[Person], today: date, language: str) -> str:
    """The lists of several people, one below the other; in `language` where there are none."""
    if not people:
        return f"# {phrase('export_title_all', language)}\n\n{summary((), today, language)}\n"
    return "\n".join(markdown_list(p.name, p.items, today, p.language, p.late) for p in people)


def summary(items: Sequence[Item], today: date, language: str) -> str:
    """The day, how many tasks there are and how many of them are late."""
    parts = [phrase("export_as_of", language, day=today)]
    if items:
        parts.append(
            phrase("export_one", language) if len(items) == 1 else phrase("export_many", language, count=len(items))
        )
        if (late := count_late(items, today)) > 0:
            parts.append(phrase("export_count_late", language, count=late))
    else:
        parts.append(phrase("export_none", language))
    return ("，" if language == "zh" else ", ").join(parts)


def escaped(text: str) -> str:
    """`text` on one line, without anything that Markdown would act on inside a line."""
    return _MARKUP.sub(r"\\\g<0>", clean(text))


def _list(items: Sequence[Item], today: date, language: str, *, who: bool, texts: bool) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    why = phrase("export_why", language)
    for item in items:
        task = item.task
        facts = [due_text(task, language), late_text(task, today, language), priority_text(task, language)]
        facts += [contact_text(task, language), escaped(account_text(task)), status_text(task, today, language)]
        facts += [escaped(whose_text(task, language))] if who else []
        mark = "x" if task.status in ("done", "closed") else " "
        yield ""
        yield f"- [{mark}] **{escaped(task.title)}**"
        yield f"  - {' · '.join(filter(None, (*facts, task.id)))}"
        for text in item.because:
            yield f"  - {why}{colon}{escaped(text)}"
        if texts:
            yield from _body(what_text(item))


def _body(body: str) -> Iterator[str]:
    for block in blocks(body):
        yield ""
        for line in block.lines:
            yield f"  {_unheaded(escaped(line))}"
        for first, *rest in block.items:
            yield f"  - {_unheaded(escaped(first))}"
            yield from (f"    {_unheaded(escaped(line))}" for line in rest)


def _unheaded(line: str) -> str:
    """A line of a text of its own, so that nothing at its start begins a heading, a quotation or a list."""
    return re.sub(r"^(#{1,6}(?=\s)|>|[-+=](?=\s|$|[-=])|\d+(?=[.)]\s))", lambda m: _guarded(m.group(0)), line)


def _guarded(start: str) -> str:
    return f"{start[:-1]}{start[-1]}\u2060" if start[-1].isdigit() else f"\\{start}"
