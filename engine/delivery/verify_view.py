"""A run performed again, on the terminal: what agreed, and both sides of what did not."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from engine.audit.reasons import plain
from engine.audit.verifying import Difference, Verified
from engine.delivery.phrases import phrase
from engine.delivery.render import clean

SHOWN = 20


def verify_view(verified: Verified, run: str, language: str) -> RenderableType:
    """The comparison for people."""
    name = "verified_all" if verified.whole else "verified_some"
    parts: list[RenderableType] = [
        Text(phrase("verified", language, run=run), "bold"),
        Text(phrase(name, language, accounts=verified.accounts, total=verified.total)),
    ]
    for crash in verified.crashes:
        text = phrase("verify_crash", language, accounts=", ".join(crash.accounts), said=clean(crash.said))
        parts.append(Text(text, "bold red"))
    if not verified.count:
        parts.append(Text(phrase("verified_same", language, count=verified.conclusions), "green"))
        return Group(*parts)
    parts.append(Text(phrase("verified_apart", language, count=verified.count, total=verified.conclusions), "bold red"))
    for difference in verified.differences[:SHOWN]:
        parts += _difference(difference, language)
    if verified.count > SHOWN:
        parts.append(Text(phrase("verified_more", language, count=verified.count - SHOWN), "dim"))
    return Group(*parts)


def _difference(difference: Difference, language: str) -> Iterator[Text]:
    about = " · ".join(filter(None, (difference.account, difference.subject)))
    yield Text.assemble((difference.name, "bold"), f"  {clean(about)}")
    first, second = difference.recorded, difference.again
    for side, mine, other in (("side_recorded", first, second), ("side_again", second, first)):
        yield Text(f"  {phrase(side, language)}: {_apart(mine, other) or phrase('side_none', language)}", "dim")


def _apart(mine: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    """The values of one side, only those that differ where both have some."""
    if mine is None:
        return ""
    values = _flat(mine)
    others = _flat(other) if other is not None else {}
    return clean(", ".join(f"{name} {plain(value)}" for name, value in values.items() if others.get(name, ()) != value))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {**{n: v for n, v in row.items() if n != "evidence"}, **(row.get("evidence") or {})}
