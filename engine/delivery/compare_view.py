"""Two runs side by side, on the terminal."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.audit.comparing import Comparison, Move
from engine.delivery.phrases import phrase
from engine.delivery.render import said
from engine.policy.model import Policy

SHOWN_RISKS = 20
_STYLES = {"new": "red", "gone": "green", "changed": "yellow"}


def compare_view(
    found: Comparison, runs: tuple[str, str], accounts: Mapping[str, str], policy: Policy, language: str
) -> RenderableType:
    """The comparison for people. `accounts`: names by id; `policy`: that of the second run."""
    parts: list[RenderableType] = [Text(phrase("compared", language, first=runs[0], second=runs[1]), "bold")]
    parts += _policy(found, language)
    if found.total:
        name = "differences" if len(found.shown) >= found.total else "differences_shown"
        parts.append(Text("\n" + phrase(name, language, count=found.total, shown=len(found.shown)), "bold"))
    else:
        parts.append(Text(phrase("no_difference", language)))
    for rule, moves in groupby(found.shown, key=lambda move: move.rule):
        signal = policy.signals.get(rule)
        title = (signal.title.get(language) or next(iter(signal.title.values()), rule)) if signal else rule
        counts = ", ".join(
            f"{count:,} {phrase(f'how_{how}', language)}" for name, how, count in found.moves if name == rule
        )
        parts.append(Text.assemble((f"{title}", "bold"), f"  {counts}"))
        for move in moves:
            parts += _move(move, accounts, language)
    if found.risk:
        parts.append(Text("\n" + phrase("risk_changed", language, count=len(found.risk)), "bold"))
        grid = Table.grid(padding=(0, 2))
        for account, before, after in found.risk[:SHOWN_RISKS]:
            name = f"  {accounts.get(account, account)}"
            grid.add_row(Text(name), Text(f"{phrase(before, language)} → {phrase(after, language)}"))
        parts.append(grid)
        if len(found.risk) > SHOWN_RISKS:
            parts.append(Text("  " + phrase("more_rows", language, count=len(found.risk) - SHOWN_RISKS), "dim"))
    return Group(*parts)


def _policy(found: Comparison, language: str) -> list[RenderableType]:
    if not found.policy:
        return [Text(phrase("same_policy", language), "dim")]
    lines: list[RenderableType] = [Text("\n" + phrase("policy_changed", language), "bold")]
    for change in found.policy:
        what = f"{phrase(f'kind_{change.kind}', language)} {change.name}".rstrip()
        detail = f"  {change.detail}" if change.detail else ""
        place = f"  {change.place.file}:{change.place.line}" if change.place else ""
        lines.append(Text.assemble(f"  {what} {phrase(f'how_{change.how}', language)}{detail}", (place, "dim")))
    return lines


def _move(move: Move, accounts: Mapping[str, str], language: str) -> list[RenderableType]:
    who = accounts.get(move.account or "", move.account or "")
    who = f"{who} · {move.subject}" if who and move.subject != move.account else who or move.subject
    levels = " → ".join(phrase(level, language) for level in (move.before, move.after) if level)
    head = Text.assemble("  ", (phrase(f"how_{move.how}", language), _STYLES[move.how]), f"  {who}  ", (levels, "dim"))
    below = []
    if move.changed:
        below.append(phrase("policy_of_rule", language, names=", ".join(move.changed)))
    if move.fact:
        below.append(phrase("the_fact_is_new" if move.how == "new" else "the_fact_is_gone", language))
    if move.because:
        place = f"  ({move.place})" if move.place else ""
        below.append(phrase("part_turned", language, text=move.because) + place)
    below += [f"{p.name}: {_said(p.before, language)} → {_said(p.after, language)}" for p in move.parts]
    return [head, *(Text(f"      {line}", "dim") for line in below)]


def _said(value: Any, language: str) -> str:
    return phrase("missing", language) if value is None else said(value, language)
