"""An account's time line on the terminal."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.audit.history import Event
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.render import clean, said
from engine.policy.model import Policy

MOST_FIELDS = 4


def history_view(
    events: Sequence[Event], title: tuple[str, str, date, date], policy: Policy, language: str
) -> RenderableType:
    """The events, a line each. `title`: name, id, first and last day."""
    name, id, since, until = title
    head = phrase(
        "history_of", language, name=clean(name), id=id, since=said(since, language), until=said(until, language)
    )
    if not events:
        return Group(Text(head, "bold"), Text(phrase("nothing_happened", language)))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    last = None
    for event in events:
        day = "" if event.on == last else event.on.isoformat()
        grid.add_row(day, phrase(f"event_{event.kind}", language), Text(_line(event, policy, language)))
        last = event.on
    return Group(Text(head, "bold"), grid)


def _line(event: Event, policy: Policy, language: str) -> str:
    detail = event.detail
    match event.kind:
        case "signal":
            signal = policy.signals.get(event.name)
            title = (signal.title.get(language) or next(iter(signal.title.values()), "")) if signal else event.name
            levels = {name: phrase(detail[name], language) if detail.get(name) else "" for name in ("before", "after")}
            return phrase(f"signal_{event.how}", language, title=title, **levels)
        case "risk":
            levels = {name: phrase(detail[name], language) for name in ("before", "after")}
            return phrase("risk_moved", language, **levels)
        case "task":
            return phrase(
                f"task_{event.how}", language, title=clean(detail["title"]), id=event.name,
                assignee=clean(detail["assignee"] or ""), due=detail.get("due_on", ""),
            )  # fmt: skip
        case "word":
            name = f"said_{event.how}"
            what = phrase(name, language) if name in PHRASES else event.how
            note = f" {clean(detail['note'])}" if detail.get("note") else ""
            return phrase("word_of", language, who=clean(detail["who"]), what=what, id=event.name, note=note)
        case "told":
            fields = _fields(json.loads(detail["fields"]).items(), policy, language)
            text = phrase("told_by", language, fact=event.name, who=clean(detail["who"]), fields=fields)
            return f"{text}  ({phrase('told_undone', language)})" if detail.get("undone") else text
    return f"{event.name}  {_fields(detail['fields'].items(), policy, language)}"


def _fields(fields: Iterable[tuple[str, Any]], policy: Policy, language: str) -> str:
    words: Mapping[str, Mapping[str, str]] = policy.words
    shown = list(fields)
    told = [
        f"{name} {(isinstance(value, str) and words.get(value, {}).get(language)) or said(value, language)}"
        for name, value in shown[:MOST_FIELDS]
    ]
    return ", ".join(told) + (", …" if len(shown) > MOST_FIELDS else "")
