"""An explanation as it is laid out: headings, lines, trees and tables of marked text, for the terminal and for pages.

A mark says what a piece of text is, not how it looks; `""` is plain text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[str, str]  # text, mark
MARKS = (
    "", "strong", "soft", "said", "good", "bad", "name", "row", "note",
    "critical", "high", "medium", "low", "red", "amber", "green", "new", "gone", "changed",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of marked text; `place`: the policy's file and line that it rests on."""

    spans: tuple[Span, ...]
    place: str = ""

    @property
    def text(self) -> str:
        """The text without its marks."""
        return "".join(text for text, _ in self.spans)


@dataclass(frozen=True)
class Node:
    """A line of a tree with what belongs to it and what hangs below it."""

    line: Line
    more: tuple[Line, ...] = ()
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Grid:
    """Rows of cells in columns without headings; `fixed` leading columns are not wrapped."""

    rows: tuple[tuple[Line, ...], ...]
    fixed: int = 0


Block = Line | Node | Grid


@dataclass(frozen=True)
class Section:
    """Blocks under a heading, which may be empty."""

    blocks: tuple[Block, ...]
    heading: str = ""


@dataclass(frozen=True)
class Document:
    """A whole explanation. `lead` stands under the title; `seal`: what it rests on, (what, value), for the file."""

    title: str
    lead: tuple[Line, ...]
    sections: tuple[Section, ...]
    seal: tuple[tuple[str, str], ...] = ()


def line(*spans: str | Span, place: str = "") -> Line:
    """A line of plain texts and marked ones; empty texts are left out."""
    pairs = ((span, "") if isinstance(span, str) else span for span in spans)
    return Line(tuple(pair for pair in pairs if pair[0]), place)


def section(blocks: Sequence[Block], heading: str = "") -> tuple[Section, ...]:
    """A section, or none where there is nothing in it."""
    return (Section(tuple(blocks), heading),) if blocks else ()
