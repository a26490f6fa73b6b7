"""Faults of a policy, each with its place; all of them are reported at once."""

import difflib
import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import category, east_asian_width

from engine.messages import in_language

SHOWN = 160  # terminal cells of a line that are shown; longer ones are cut around the caret
_CANDIDATES = 200  # names that a wrong one is compared with in full


@dataclass(frozen=True, order=True)
class Place:
    """A position in a policy file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fault:
    """One thing wrong, at `place`, `width` characters wide; `help` names the way out."""

    code: str
    place: Place
    message: str
    help: str = ""
    width: int = 1


def nearest(wrong: str, right: Iterable[str]) -> str:
    """A sentence naming the nearest right name to `wrong`, or an empty one."""
    close = nearest_of(wrong, right)
    return f"did you mean '{close}'?" if close else ""


def nearest_of(wrong: str, right: Iterable[str]) -> str:
    """The name in `right` that is nearest to `wrong`, or an empty text."""
    asked = _plain(wrong[:80])
    plain = {_plain(name): name for name in dict.fromkeys(right) if name}
    likely = heapq.nsmallest(_CANDIDATES, plain, key=lambda name: (name[:1] != asked[:1], abs(len(name) - len(asked))))
    close = difflib.get_close_matches(asked, likely, n=1, cutoff=0.6)
    return plain[close[0]] if close else ""


def _plain(name: str) -> str:
    """A name without what is easily confused: capitals, hyphens for underscores."""
    return name.lower().replace("-", "_")


def show(fault: Fault, texts: Mapping[str, str], language: str = "en") -> str:
    """A fault as text: place and message, the line with a caret below it, the help."""
    head = f"{fault.place}: {in_language(fault.message, language)} [{fault.code}]"
    lines = texts.get(fault.place.file, "").removeprefix("\ufeff").split("\n")
    parts = [head]
    if 0 < fault.place.line <= len(lines):
        line = "".join(_printable(char) for char in lines[fault.place.line - 1])
        number = f"{fault.place.line:>5} | "
        line, start, width = _cut(line, fault.place.column - 1, fault.width)
        pad = " " * (len(number) + _cells(line[:start]))
        parts += [(number + line).rstrip(), pad + "^" * max(_cells(line[start : start + width]), 1)]
    if fault.help:
        parts.append(f"      = {in_language(fault.help, language)}")
    return "\n".join(parts)


def show_all(faults: Iterable[Fault], texts: Mapping[str, str], language: str, count: str = "") -> str:
    """Faults as text, one below the other; the sentence `count`, where there is one, ends them."""
    shown = [show(fault, texts, language) for fault in faults]
    return "\n\n".join([*shown, in_language(count, language)] if count else shown)


def _cut(line: str, start: int, width: int) -> tuple[str, int, int]:
    """The part of a long line around the caret, with the caret's start and width there."""
    if _cells(line) <= SHOWN:
        return line, start, width
    first = start
    while first > 0 and _cells(line[first - 1 : start]) < SHOWN // 3:
        first -= 1
    last = start
    while last < len(line) and _cells(line[first : last + 1]) < SHOWN:
        last += 1
    before = "…" if first else ""
    after = "…" if last < len(line) else ""
    return before + line[first:last] + after, start - first + len(before), min(width, last - start)


def _printable(char: str) -> str:
    """A character as it may stand in a terminal, one for one."""
    if char == "\t":
        return " "
    return char if category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else "\ufffd"


def _cells(text: str) -> int:
    """The width of `text` in terminal cells; Chinese characters take two, combining marks none."""
    return sum(0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text)
