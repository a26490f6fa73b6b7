"""What YAML's own reader complains about, in plain words and at the place that caused it."""

import re
from dataclasses import dataclass

import yaml

from engine.policy.characters import place_at, said
from engine.policy.faults import Fault, Place

_NO_SPACE = re.compile(r"^\s*(?:- )?[\w-]+(:)\S")
_BARE = re.compile(r"^\s*[\w-]+\s*$")
_WHOLE = re.compile(r"^\s*[\w-]+: +[^\s>|#]")
_WIDE_COLON = "："
_ESCAPE = re.compile(r"\\U[0-9a-fA-F]{8}")


@dataclass(frozen=True)
class _Case:
    """One complaint: what its words hold, and what we say; `start`: where the thing began, not where it went wrong."""

    holds: str
    code: str
    message: str
    help: str
    start: bool = False


_CASES = (
    _Case("undefined alias", "yaml-alias", "this alias (*name) has no anchor (&name) above it",
          "a text that begins with * needs quotes around it"),
    _Case("single document", "yaml-documents", "a second document begins here", "a file holds one: remove ---"),
    _Case("document start", "yaml-syntax", "the file begins with a text instead of a key", "begin with `key:`"),
    _Case("duplicate anchor", "yaml-alias", "this anchor (&name) stands here a second time", "give it another name"),
    _Case("mapping values are not allowed", "yaml-colon", "a colon stands where none can be",
          "a text that holds ': ' needs quotes around it; otherwise look at the indentation"),
    _Case("quoted scalar: found unexpected", "yaml-quote", "the quote that opens here is never closed",
          "close it at the end of the text", start=True),
    _Case("unknown escape", "yaml-escape", "a backslash has a special meaning within double quotes",
          "put the text in single quotes instead"),
    _Case("escape sequence of", "yaml-escape", "a backslash has a special meaning within double quotes",
          "put the text in single quotes instead"),
    _Case("flow mapping", "yaml-bracket", "the brace that opens here is not closed properly",
          "look for a missing , or }; a text with : , { or } in it needs quotes", start=True),
    _Case("flow sequence", "yaml-bracket", "the bracket that opens here is not closed properly",
          "look for a missing , or ]; a text with : , [ or ] in it needs quotes", start=True),
    _Case("a comment or a line break", "yaml-block", "a value cannot begin with > or |",
          "put quotes around it: \"> 5\"", start=True),
    _Case("chomping or indentation", "yaml-block", "a value cannot begin with > or |",
          "put quotes around it: \"> 5\""),
    _Case("block scalar", "yaml-block", "the lines below this > or | do not line up", "indent them alike", start=True),
    _Case("expected <block end>", "yaml-indent", "this line is indented like no line above it",
          "keys that belong together start in the same column"),
    _Case("sequence entries are not allowed", "yaml-indent", "a list entry (-) cannot begin here",
          "put it on a line of its own below the key"),
    _Case("mapping keys are not allowed", "yaml-indent", "a key cannot begin here", "put it on a line of its own"),
    _Case("alphabetic or numeric character", "yaml-alias", "a value cannot begin with * or &",
          "put quotes around it"),
    _Case("tag", "yaml-tag", "a value cannot begin with !", "put quotes around it", start=True),
    _Case("directive", "yaml-directive", "a line cannot begin with %", "put quotes around it, or remove it"),
    _Case("YAML document (version", "yaml-directive", "this YAML version is not known", "remove the line %YAML"),
    _Case("cannot start any token", "yaml-start", "a value cannot begin with this character", "put quotes around it"),
    _Case("node content", "yaml-syntax", "a value is missing here", "look for a comma or a bracket too many"),
)  # fmt: skip


def syntax_fault(error: yaml.MarkedYAMLError, text: str, file: str) -> Fault:
    """The fault for a text that YAML cannot read."""
    mark = error.problem_mark or error.context_mark
    start = error.context_mark or mark
    lines = text.split("\n")
    place = _place(mark, file)
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    problem, whole = error.problem or "", f"{error.context or ''}: {error.problem or ''}"
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in problem:
        column = max(line.find("\t") + 1, 1)
        return Fault("yaml-tab", Place(file, place.line, column), "a tab indents this line", "indent it with spaces")
    if "could not find expected ':'" in problem:
        return _no_colon(_place(start, file), lines)
    for case in _CASES:
        if case.holds in whole:
            return _cased(case, _place(start, file) if case.start else place, lines)
    help = "look at indentation, quotes and colons"
    return Fault("yaml-syntax", place, f"YAML cannot read this: {problem or 'it fits no rule'}", help)


def reader_fault(error: yaml.reader.ReaderError, text: str, file: str) -> Fault:
    """The fault for a character that YAML does not admit."""
    at = min(error.position, len(text))
    return Fault("character", place_at(text, at, file), *said(text[at : at + 1] or " "))


def escape_fault(text: str, file: str) -> Fault:
    """The fault for an escaped character that there is not."""
    found = next((m for m in _ESCAPE.finditer(text) if int(m.group()[2:], 16) > 0x10FFFF), None)
    place = place_at(text, found.start(), file) if found else Place(file, 1, 1)
    return Fault("yaml-escape", place, "there is no such character", "put the text in single quotes instead", 10)


def _place(mark: yaml.Mark | None, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def _cased(case: _Case, place: Place, lines: list[str]) -> Fault:
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if case.code in ("yaml-colon", "yaml-indent") and _WIDE_COLON in line and ":" not in line:
        return _wide_colon(place, line)
    if case.code == "yaml-colon":
        return _line_above(place, lines) or Fault(case.code, place, case.message, case.help)
    if case.code == "yaml-bracket" and "{{" in line:
        return Fault(case.code, place, case.message, "a text that holds {{ … }} needs quotes around it")
    return Fault(case.code, place, case.message, case.help)


def _line_above(place: Place, lines: list[str]) -> Fault | None:
    """What is wrong with the line above one whose colon YAML did not expect; None where it seems whole."""
    line = lines[place.line - 1]
    if line[: place.column - 1].strip().count(" "):
        return None  # the colon stands within a text
    above = next((i for i in range(place.line - 2, -1, -1) if lines[i].strip()), None)
    if above is None:
        return None
    text, here = lines[above], Place(place.file, above + 1, 1)
    deeper = len(line) - len(line.lstrip()) > len(text) - len(text.lstrip())
    if _WIDE_COLON in text or _NO_SPACE.match(text) or _BARE.match(text):
        return _no_colon(Place(here.file, here.line, len(text) - len(text.lstrip()) + 1), lines)
    if deeper and _WHOLE.match(text):
        place = Place(place.file, place.line, len(line) - len(line.lstrip()) + 1)
        message = "this line is indented deeper than the one above, which has its value already"
        return Fault("yaml-indent", place, message, "let both start in the same column")
    return None


def _no_colon(place: Place, lines: list[str]) -> Fault:
    line = lines[place.line - 1]
    if _WIDE_COLON in line:
        return _wide_colon(place, line)
    if found := _NO_SPACE.match(line):
        return Fault(
            "yaml-colon", Place(place.file, place.line, found.start(1) + 1), "a space is missing behind this colon",
            "write `key: value`",
        )  # fmt: skip
    width = len(line.rstrip()) - place.column + 1
    return Fault("yaml-colon", place, "this line has no colon", "write `key: value`", max(width, 1))


def _wide_colon(place: Place, line: str) -> Fault:
    column = line.index(_WIDE_COLON) + 1
    help = "write : with the English keyboard, and a space behind it"
    return Fault("yaml-colon", Place(place.file, place.line, column), "this is a wide colon", help)
