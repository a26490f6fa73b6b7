"""The part of Jinja2 that policy texts may use, and the names that a text reads.

Admitted: `{{ name }}`, `{{ name | filter }}`, `{% if %}`, `{% for item in list %}`, comparisons, and/or/not,
constants, `a if b else c`, `is defined` and `is none`. Everything else is a fault that says so.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from jinja2 import Environment, TemplateError, TemplateSyntaxError, nodes

FILTERS = ("money", "day", "days", "percent", "word", "round")
TESTS = ("defined", "none")
MAX_DEPTH = 40  # of nested nodes; keeps compilers within their limits
MAX_ROUND = 6  # decimal places of the filter `round`

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 - parses only; pages escape their own output
_SAID = {
    nodes.Call: ("a call", "("),
    nodes.CallBlock: ("{% call %}", "call"),
    nodes.FilterBlock: ("{% filter %}", "filter"),
    nodes.Include: ("{% include %}", "include"),
    nodes.Import: ("{% import %}", "import"),
    nodes.FromImport: ("{% from %}", "from"),
    nodes.Extends: ("{% extends %}", "extends"),
    nodes.Block: ("{% block %}", "block"),
    nodes.Macro: ("{% macro %}", "macro"),
    nodes.Assign: ("{% set %}", "set"),
    nodes.AssignBlock: ("{% set %}", "set"),
    nodes.With: ("{% with %}", "with"),
    nodes.ScopedEvalContextModifier: ("{% autoescape %}", "autoescape"),
    nodes.Getitem: ("[ ]", "["),
    nodes.Slice: ("a slice", "["),
    nodes.List: ("a list", "["),
    nodes.Dict: ("a dictionary", "{"),
    nodes.Tuple: ("a tuple", "("),
    nodes.Concat: ("~", "~"),
    nodes.Add: ("+", "+"),
    nodes.Sub: ("-", "-"),
    nodes.Mul: ("*", "*"),
    nodes.Div: ("/", "/"),
    nodes.FloorDiv: ("//", "//"),
    nodes.Mod: ("%", "%"),
    nodes.Pow: ("**", "**"),
    nodes.Neg: ("-", "-"),
    nodes.Pos: ("+", "+"),
}


@dataclass(frozen=True)
class UsedName:
    """A dotted name that a text reads, with where it stands; line and column count from 1."""

    name: str
    line: int
    column: int


@lru_cache(maxsize=2000)
def _tree(text: str) -> nodes.Template:
    """The parsed text, which several checks read one after the other. Raises TemplateError, RecursionError."""
    return _ENVIRONMENT.parse(text)


def template_names(text: str) -> list[UsedName]:
    """The names that `text` reads, in the order of the text, with repeats, without the names its loops bind.

    A text that cannot be parsed has none; `template_faults` says why.
    """
    try:
        found = list(_names(_tree(text), frozenset()))
    except (TemplateError, RecursionError):
        return []
    places = _Places(text)
    used = [(places.name(name, line), free) for name, line, free in found]
    return sorted((one for one, free in used if free), key=lambda one: (one.line, one.column))


def template_comparisons(text: str) -> list[tuple[str, str, int, int]]:
    """The texts that names are compared with: (name, text, line and column of the text)."""
    try:
        tree = _tree(text)
    except (TemplateError, RecursionError):
        return []
    places = _Places(text)
    found = []
    for node in tree.find_all(nodes.Compare):
        sides = [node.expr, *(operand.expr for operand in node.ops if operand.op in ("eq", "ne"))]
        names = [name for side in sides if (name := dotted(side)) is not None]
        values = [side.value for side in sides if isinstance(side, nodes.Const) and isinstance(side.value, str)]
        if len(sides) == 2 and names and values:
            quoted = next((q for q in (f"'{values[0]}'", f'"{values[0]}"') if q in text), "")
            found.append((names[0], values[0], node.lineno, places.word(quoted, node.lineno)))
    return found


def template_faults(text: str) -> list[tuple[int, int, str]]:
    """What is wrong with `text`, as (line, column, message); empty when it may be rendered."""
    try:
        tree = _tree(text)
    except TemplateSyntaxError as error:
        return [(error.lineno, _Places(text).block(error.lineno), (error.message or "syntax error").rstrip("."))]
    except RecursionError:
        return [(1, 1, "the text is nested too deeply")]
    places = _Places(text)
    return sorted({(line, places.word(mark, line), said) for line, mark, said in _faults(tree, 0)})


def dotted(node: nodes.Node) -> str | None:
    """The dotted name that a Name or a chain of Getattr stands for; None for anything else."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        base = dotted(node.node)
        return None if base is None else f"{base}.{node.attr}"
    return None


def _names(node: nodes.Node, bound: frozenset[str]) -> Iterator[tuple[str, int, bool]]:
    """(name, line, whether it is read from outside) of all names at or below `node`, in the order of the text."""
    name = dotted(node)
    if name is not None:
        yield name, node.lineno, name.partition(".")[0] not in bound
        return
    if isinstance(node, nodes.For):
        inner = bound | {node.target.name} if isinstance(node.target, nodes.Name) else bound
        yield from _names(node.target, inner)
        yield from _names(node.iter, bound)
        for child in node.body:
            yield from _names(child, inner)
        for child in node.else_:
            yield from _names(child, bound)
        return
    for child in node.iter_child_nodes():
        yield from _names(child, bound)


def _faults(node: nodes.Node, depth: int) -> Iterator[tuple[int, str, str]]:
    """(line, a word to find the column by, message) of all that is not admitted at or below `node`."""
    if depth > MAX_DEPTH:
        yield node.lineno, "", "the text is nested too deeply"
        return
    said = _not_admitted(node)
    if said is not None:
        mark, message = said
        yield node.lineno, mark, message
        return
    for child in node.iter_child_nodes():
        yield from _faults(child, depth + 1)


def _not_admitted(node: nodes.Node) -> tuple[str, str] | None:
    match node:
        case nodes.Filter():
            return _filter_fault(node)
        case nodes.Test():
            if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
                return node.name, f"the test '{node.name}' is not admitted; there are {' and '.join(TESTS)}"
        case nodes.For():
            return _for_fault(node)
        case nodes.Compare():
            if any(operand.op in ("in", "notin") for operand in node.ops):
                return "in", "'in' is not admitted; compare with =="
        case nodes.Getattr():
            if dotted(node) is None:
                return node.attr, f"'.{node.attr}' is admitted after a plain name only"
        case nodes.Neg():
            if not isinstance(node.node, nodes.Const):
                return "-", "- is admitted before a number only"
        case (
            nodes.Template() | nodes.Output() | nodes.TemplateData() | nodes.Name() | nodes.If() | nodes.CondExpr()
            | nodes.Operand() | nodes.And() | nodes.Or() | nodes.Not() | nodes.Const()
        ):  # fmt: skip
            return None
        case _:
            what, mark = _SAID.get(type(node), (type(node).__name__, ""))
            return mark, f"{what} is not admitted in a text"
    return None


def _filter_fault(node: nodes.Filter) -> tuple[str, str] | None:
    if node.name not in FILTERS:
        return node.name, f"there is no filter '{node.name}'; there are {', '.join(FILTERS)}"
    if node.node is None:
        return "filter", "{% filter %} is not admitted in a text"
    if not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
        return None
    places = node.args[0] if len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs) else None
    if node.name != "round":
        return node.name, f"the filter '{node.name}' takes nothing in brackets"
    if not isinstance(places, nodes.Const) or type(places.value) is not int or not 0 <= places.value <= MAX_ROUND:
        return node.name, f"round takes the number of decimal places, from 0 to {MAX_ROUND}"
    return None


def _for_fault(node: nodes.For) -> tuple[str, str] | None:
    if not isinstance(node.target, nodes.Name):
        return "for", "for takes one name: {% for item in list %}"
    if not isinstance(node.iter, nodes.Name):
        return "for", "for goes over a plain name only: {% for item in list %}"
    if node.test is not None or node.recursive:
        return "for", "for takes neither 'if' nor 'recursive'"
    return None


class _Places:
    """Columns of a text's names and words, which Jinja's own tree leaves out; each is handed out once."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _tokens(self) -> tuple["_Token", ...]:
        return _tokens(self._text)

    @cached_property
    def _unused(self) -> dict[str, list[int]]:
        unused: dict[str, list[int]] = {}
        for at, token in enumerate(self._tokens):
            unused.setdefault(token.text, []).append(at)
        return unused

    def name(self, name: str, line: int) -> UsedName:
        """The next use of the dotted `name` that starts on or after `line`."""
        parts = [part for pair in zip(name.split("."), "." * name.count(".") + " ", strict=True) for part in pair][:-1]
        unused = self._unused.get(parts[0], [])
        for i, at in enumerate(unused):
            token = self._tokens[at]
            found = [t.text for t in self._tokens[at : at + len(parts)]]
            if token.line >= line - name.count(".") and found == parts:
                del unused[i]
                return UsedName(name, token.line, token.column)
        return UsedName(name, line, 1)

    def word(self, word: str, line: int) -> int:
        """The column of `word` on `line`; of the first block there where it is not found."""
        for token in self._tokens:
            if token.line == line and token.text == word:
                return token.column
        return self.block(line)

    def block(self, line: int) -> int:
        """The column of the first thing within braces on `line`."""
        return next((token.column for token in self._tokens if token.line == line), 1)


@dataclass(frozen=True)
class _Token:
    text: str
    line: int
    column: int


@lru_cache(maxsize=2000)
def _tokens(text: str) -> tuple[_Token, ...]:
    """The words within braces, with their places; as far as the text can be read."""
    found: list[_Token] = []
    line_starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
    at = 0
    try:
        for _, kind, value in _ENVIRONMENT.lexer.tokeniter(text, None):
            start = text.find(value, at)
            if start < 0:
                continue
            at = start + len(value)
            if kind not in ("data", "whitespace", "comment", "raw_begin", "raw_end"):
                line = bisect_right(line_starts, start)
                found.append(_Token(value, line, start - line_starts[line - 1] + 1))
    except TemplateSyntaxError:
        pass
    return tuple(found)
