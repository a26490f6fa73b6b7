"""Two runs side by side, as a document."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from engine.audit.comparing import Comparison, Move
from engine.delivery.document import Block, Document, Grid, Node, Section, line
from engine.delivery.phrases import phrase
from engine.delivery.render import clean, said
from engine.delivery.sealing_words import seal_words
from engine.policy.model import Policy
from engine.store.sealed import SealedRun

SHOWN_RISKS = 20


def compare_document(
    found: Comparison, runs: tuple[SealedRun, SealedRun], accounts: Mapping[str, str], policy: Policy, language: str
) -> Document:
    """The comparison for people. `accounts`: names by id; `policy`: that of the second run."""
    sections = [_policy(found, language), *_rules(found, accounts, policy, language), *_risk(found, accounts, language)]
    title = phrase("compared", language, first=runs[0].id, second=runs[1].id)
    return Document(title, (), tuple(sections), seal_words(language, *runs))


def _policy(found: Comparison, language: str) -> Section:
    if not found.policy:
        return Section((line((phrase("same_policy", language), "soft")),))
    lines = []
    for change in found.policy:
        what = f"{phrase(f'kind_{change.kind}', language)} {change.name}".rstrip()
        detail = f"  {change.detail}" if change.detail else ""
        place = f"{change.place.file}:{change.place.line}" if change.place else ""
        lines.append(line(f"{what} {phrase(f'how_{change.how}', language)}{detail}", place=place))
    return Section(tuple(lines), phrase("policy_changed", language))


def _rules(found: Comparison, accounts: Mapping[str, str], policy: Policy, language: str) -> list[Section]:
    if not found.total:
        return [Section((line(phrase("no_difference", language)),))]
    name = "differences" if len(found.shown) >= found.total else "differences_shown"
    trees: list[Block] = []
    for rule, moves in groupby(found.shown, key=lambda move: move.rule):
        signal = policy.signals.get(rule)
        title = (signal.title.get(language) or next(iter(signal.title.values()), rule)) if signal else rule
        counts = phrase("comma", language).join(
            f"{count:,} {phrase(f'how_{how}', language)}" for name, how, count in found.moves if name == rule
        )
        head = line((title, "strong"), f"  {counts}")
        trees.append(Node(head, (), tuple(_move(move, accounts, language) for move in moves)))
    return [Section(tuple(trees), phrase(name, language, count=found.total, shown=len(found.shown)))]


def _risk(found: Comparison, accounts: Mapping[str, str], language: str) -> list[Section]:
    if not found.risk:
        return []
    rows = tuple(
        (
            line(clean(accounts.get(account, account))),
            line((phrase(before, language), before), " → ", (phrase(after, language), after)),
        )
        for account, before, after in found.risk[:SHOWN_RISKS]
    )  # fmt: skip
    blocks: list[Block] = [Grid(rows)]
    if len(found.risk) > SHOWN_RISKS:
        blocks.append(line((phrase("more_rows", language, count=len(found.risk) - SHOWN_RISKS), "soft")))
    return [Section(tuple(blocks), phrase("risk_changed", language, count=len(found.risk)))]


def _move(move: Move, accounts: Mapping[str, str], language: str) -> Node:
    who = clean(accounts.get(move.account or "", move.account or ""))
    who = f"{who} · {move.subject}" if who and move.subject != move.account else who or move.subject
    levels = " → ".join(phrase(level, language) for level in (move.before, move.after) if level)
    head = line((phrase(f"how_{move.how}", language), move.how), f"  {who}  ", (levels, "soft"))
    below = []
    if move.changed:
        below.append(phrase("policy_of_rule", language, names=phrase("comma", language).join(move.changed)))
    if move.fact:
        below.append(phrase("the_fact_is_new" if move.how == "new" else "the_fact_is_gone", language))
    more = [line((text, "soft")) for text in below]
    if move.because:
        more.append(line((phrase("part_turned", language, text=move.because), "soft"), place=_place(move.place)))
    values = (f"{p.name}: {_said(p.before, language)} → {_said(p.after, language)}" for p in move.parts)
    return Node(head, (*more, *(line((text, "soft")) for text in values)))


def _place(place: str) -> str:
    """A place without its column."""
    return place.rpartition(":")[0] if place.count(":") > 1 else place


def _said(value: Any, language: str) -> str:
    return phrase("missing", language) if value is None else said(value, language)
