"""Why a rule did not hold: the first part that fails, what would turn it, the whole condition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from engine.audit.reasons import Reason
from engine.audit.supposing import Change
from engine.audit.why_not import Absence
from engine.delivery.document import Block, Document, Line, Node, Section, line
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.reason_nodes import ReasonNodes
from engine.delivery.render import clean, said
from engine.delivery.sealing_words import seal_words
from engine.policy.model import Words
from engine.store.sealed import SealedRun


@dataclass(frozen=True)
class Head:
    """What stands over the explanation: the account, the day, the run, and what was decided where it held."""

    account: str
    name: str | None
    on: date
    run: SealedRun
    outcomes: Sequence[tuple[str, str]] = ()
    notes: Sequence[Reason] = ()  # what of the sealed facts was changed since


def why_not_document(
    absence: Absence, head: Head, language: str, words: Mapping[str, Words], *, whole: bool = False
) -> Document:
    """The explanation for people. `whole`: nothing is cut short."""
    title = absence.tree.detail["title"]
    rule = title.get(language) or next(iter(title.values()), absence.rule)
    account = phrase("name_and_id", language, name=clean(head.name), id=head.account) if head.name else head.account
    name = "did_hold" if absence.holds else "did_not_hold"
    text = phrase(name, language, rule=rule, account=account, on=said(head.on, language))
    said_of = ReasonNodes(language, words, head.account)
    lead = (
        line((phrase("by_run", language, run=head.run.id), "soft")),
        *(said_of.lines(note)[0] for note in head.notes),
    )
    sections = _sections(absence, head, language, words, whole)
    return Document(text, lead, tuple(sections), seal_words(language, head.run))


def _sections(
    absence: Absence, head: Head, language: str, words: Mapping[str, Words], whole: bool
) -> list[Section]:  # fmt: skip
    if absence.missing:
        return [Section((line(phrase("unjudged_for", language, types=", ".join(absence.missing))),))]
    found = []
    view = ReasonNodes(language, words, head.account, whole=whole)
    if absence.holds:
        decided = [_outcome(subject, outcome, head.account, language) for subject, outcome in head.outcomes]
        if decided:
            found.append(Section(tuple(decided), phrase("decided", language)))
        found.append(Section((line(phrase("ask_why", language, account=head.account, rule=absence.rule)),)))
    if absence.first is not None:
        found.append(Section((view.node(absence.first),), phrase("first_failing", language)))
    if not absence.holds:
        found.append(_changes(absence.changes, head.on, language))
    found.append(Section((_whole(absence, view, language),), phrase("whole_condition", language)))
    return found


def _whole(absence: Absence, view: ReasonNodes, language: str) -> Node:
    node = view.node(absence.tree)
    hidden = absence.tree.detail.get("hidden")
    if not hidden:
        return node
    more = Node(line((phrase("other_facts", language, count=hidden), "soft")))
    return Node(node.line, node.more, (*node.children, more))


def _changes(changes: Sequence[Change], on: date, language: str) -> Section:
    if not changes:
        return Section((line((phrase("no_small_change", language), "soft")),))
    lines: list[Block] = [line(f"- {change_said(change, on, language)}") for change in changes]
    return Section(tuple(lines), phrase("smallest_changes", language))


def change_said(change: Change, on: date, language: str) -> str:
    """A change in words."""
    found = []
    for type, rows in groupby(change.added, key=lambda added: added[0]):
        many = list(rows)
        fields = _fields(many[0][1], language)
        name = "one_more" if len(many) == 1 else "many_more"
        found.append(phrase(name, language, type=type, count=len(many), fields=fields))
    for type, id, field, value in change.fields:
        found.append(phrase("field_set", language, type=type, id=id, field=field, value=_said(value, language)))
    for type, gone in groupby(change.gone, key=lambda each: each[0]):
        found.append(phrase("without", language, type=type, ids=", ".join(id for _, id in gone)))
    if change.days:
        day = said(on + timedelta(change.days), language)
        name = "day_later" if change.days == 1 else "days_later"
        found.append(phrase(name, language, days=change.days, day=day))
    return phrase("and_then", language).join(found)


def _fields(row: Mapping[str, Any], language: str) -> str:
    shown = {name: value for name, value in row.items() if name not in ("id", "account")}
    return ", ".join(f"{name} {_said(value, language)}" for name, value in shown.items()) or "–"


def _said(value: Any, language: str) -> str:
    return phrase("missing", language) if value is None else said(value, language)


def _outcome(subject: str, outcome: str, account: str, language: str) -> Line:
    name = f"outcome_{outcome}"
    text = phrase(name, language) if name in PHRASES else outcome
    return line(f"- {text}" if subject == account else f"- {subject}: {text}")
