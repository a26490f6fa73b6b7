"""An account's time line as a document."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.audit.history import Event
from engine.delivery.document import Document, Grid, Section, line
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.render import clean, said
from engine.delivery.sealing_words import seal_words
from engine.policy.model import Policy
from engine.store.sealed import SealedRun

MOST_FIELDS = 4


@dataclass(frozen=True)
class Title:
    """What stands over a time line: whose it is, its first and last day, the run whose facts are told."""

    name: str
    id: str
    since: date
    until: date
    run: SealedRun


def history_document(
    events: Sequence[Event], title: Title, policy: Policy, language: str, *, whole: bool = False
) -> Document:
    """The events, a line each. `whole`: with all fields of a fact."""
    head = phrase(
        "history_of", language, name=clean(title.name), id=title.id, since=said(title.since, language),
        until=said(title.until, language),
    )  # fmt: skip
    rows = []
    last = None
    for event in events:
        day = "" if event.on == last else event.on.isoformat()
        kind = (phrase(f"event_{event.kind}", language), "soft")
        rows.append((line(day), line(kind), line(_line(event, policy, language, whole))))
        last = event.on
    block = Grid(tuple(rows), fixed=2) if rows else line(phrase("nothing_happened", language))
    return Document(head, (), (Section((block,)),), seal_words(language, title.run))


def _line(event: Event, policy: Policy, language: str, whole: bool) -> str:
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
            fields = _fields(json.loads(detail["fields"]).items(), policy, language, whole)
            text = phrase("told_by", language, fact=event.name, who=clean(detail["who"]), fields=fields)
            return f"{text}  ({phrase('told_undone', language)})" if detail.get("undone") else text
    return f"{event.name}  {_fields(detail['fields'].items(), policy, language, whole)}"


def _fields(fields: Iterable[tuple[str, Any]], policy: Policy, language: str, whole: bool) -> str:
    words: Mapping[str, Mapping[str, str]] = policy.words
    shown = list(fields)
    told = [
        f"{name} {(isinstance(value, str) and words.get(value, {}).get(language)) or said(value, language)}"
        for name, value in (shown if whole else shown[:MOST_FIELDS])
    ]
    comma = phrase("comma", language)
    return comma.join(told) + (f"{comma}…" if len(shown) > len(told) else "")
