"""Why a rule did not hold, on the terminal: the first part that fails, what would turn it, the whole condition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from engine.audit.supposing import Change
from engine.audit.why_not import Absence
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.render import said
from engine.delivery.why_view import ReasonView
from engine.policy.model import Words


@dataclass(frozen=True)
class Head:
    """What stands over the explanation: the account, the day, the run, and what was decided where it held."""

    account: str
    name: str | None
    on: date
    run: str
    outcomes: Sequence[tuple[str, str]] = ()


def why_not_view(absence: Absence, head: Head, language: str, words: Mapping[str, Words]) -> RenderableType:
    """The explanation for people."""
    title = absence.tree.detail["title"]
    rule = title.get(language) or next(iter(title.values()), absence.rule)
    account = f"{head.name} ({head.account})" if head.name else head.account
    name = "did_hold" if absence.holds else "did_not_hold"
    parts: list[RenderableType] = [
        Text(phrase(name, language, rule=rule, account=account, on=said(head.on, language)), "bold"),
        Text(phrase("by_run", language, run=head.run), "dim"),
    ]
    if absence.missing:
        return Group(*parts, Text(phrase("unjudged_for", language, types=", ".join(absence.missing))))
    if absence.holds:
        decided = [_outcome(subject, outcome, head.account, language) for subject, outcome in head.outcomes]
        if decided:
            parts += [_heading("decided", language), *decided]
        parts.append(Text(phrase("ask_why", language)))
    view = ReasonView(language, words, head.account)
    if absence.first is not None:
        tree = Tree(view.line(absence.first), guide_style="dim")
        view.grow(tree, absence.first)
        parts += [_heading("first_failing", language), tree]
    if not absence.holds:
        parts += _changes(absence.changes, head.on, language)
    parts += [_heading("whole_condition", language), _whole(absence, view, language)]
    return Group(*parts)


def _whole(absence: Absence, view: ReasonView, language: str) -> Tree:
    tree = Tree(view.line(absence.tree), guide_style="dim")
    view.grow(tree, absence.tree)
    if absence.tree.detail.get("hidden"):
        tree.add(Text(phrase("other_facts", language, count=absence.tree.detail["hidden"]), "dim"))
    return tree


def _changes(changes: Sequence[Change], on: date, language: str) -> list[RenderableType]:
    if not changes:
        return [Text(""), Text(phrase("no_small_change", language), "dim")]
    lines = [Text(f"- {change_said(change, on, language)}") for change in changes]
    return [_heading("smallest_changes", language), *lines]


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


def _outcome(subject: str, outcome: str, account: str, language: str) -> Text:
    name = f"outcome_{outcome}"
    text = phrase(name, language) if name in PHRASES else outcome
    return Text(f"- {text}" if subject == account else f"- {subject}: {text}")


def _heading(name: str, language: str) -> Text:
    return Text(f"\n{phrase(name, language)}", "bold")
