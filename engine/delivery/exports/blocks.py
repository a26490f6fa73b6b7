"""A task's text in parts: paragraphs and lists, as its template wrote them; nothing else in it means anything."""

import re
from dataclasses import dataclass

from engine.delivery.render import clean

_ITEM = re.compile(r"[ \t]{0,3}[-*+][ \t]+(.*)")


@dataclass(frozen=True)
class Block:
    """A paragraph's lines, or a list's items each with its lines."""

    lines: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()


def blocks(text: str) -> tuple[Block, ...]:
    """The parts of a text, every line clean."""
    found: list[Block] = []
    lines: list[str] = []
    items: list[list[str]] = []

    def end() -> None:
        if lines:
            found.append(Block(lines=tuple(lines)))
        if items:
            found.append(Block(items=tuple(tuple(item) for item in items)))
        lines.clear()
        items.clear()

    for raw in text.splitlines():
        line = clean(raw)
        if not line.strip():
            end()
        elif begun := _ITEM.fullmatch(line):
            if lines:
                end()
            items.append([begun.group(1).strip()])
        elif items:
            items[-1].append(line.strip())
        else:
            lines.append(line.strip())
    end()
    return tuple(found)
