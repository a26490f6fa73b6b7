"""An expression's text to words, before any parser sees it: only characters of the language, in an order that can be.

What a parser would call a syntax error is mostly one of two things here: two values with nothing between them, or an
operator with nothing beside it. Both are told at their place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import east_asian_width

from engine.policy.wrong import Slip

MAX_LENGTH = 4000
MAX_DEPTH = 20  # of brackets and `case … end`
KEYWORDS = frozenset(
    {"and", "or", "not", "is", "null", "in", "between", "like", "case", "when", "then", "else", "end", "true", "false"}
)
_QUERY = ("select", "union", "exists")
_LEXEME = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<comment>--|/\*|\#)
    | (?P<text>'(?:[^']|'')*')
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<mark><>|<=|>=|!=|==|[=<>+\-*/(),.])""",
    re.VERBOSE,
)
_INSTEAD = {
    "（": "(", "）": ")", "，": ",", "＝": "=", "＞": ">", "＜": "<", "＋": "+", "－": "-", "＊": "*", "／": "/",
    "。": ".", "．": ".", "‘": "'", "’": "'", "“": "'", "”": "'", "＇": "'", "＂": "'", "≥": ">=", "≤": "<=",
    "≠": "<>", "×": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "　": " ", "\u00a0": " ", "！": "<>",
}  # fmt: skip
_MEANT = {
    ";": ("second-statement", "a second statement (;) is not admitted", "an expression is one condition or one value"),
    '"': ("double-quotes", "double quotes mean nothing in an expression", "put texts in single quotes: 'visit'"),
    "`": ("expression", "a backquote has no meaning in an expression", "write the plain name"),
    "|": ("not-admitted", "| is not admitted in an expression", "for a choice write `or`; texts cannot be joined"),
    "&": ("not-admitted", "& is not admitted in an expression", "write `and`"),
    "%": ("not-admitted", "% is not admitted in an expression", "a share is a number: 20 % is 0.2"),
    "!": ("not-admitted", "! is not admitted in an expression", "write `not`, or <> for 'differs from'"),
    "{": ("not-admitted", "{ is not admitted in an expression", "write the plain name, without braces"),
    "}": ("not-admitted", "} is not admitted in an expression", "write the plain name, without braces"),
}


@dataclass(frozen=True)
class Lexeme:
    """A word of an expression: `kind` is text, number, word (a name), key (a keyword, in small letters) or mark."""

    kind: str
    text: str
    start: int
    end: int


class Unreadable(Exception):
    """The text is not an expression."""

    def __init__(self, slip: Slip) -> None:
        super().__init__(slip.message)
        self.slip = slip


def lexemes(text: str) -> list[Lexeme]:
    """The words of an expression that may be parsed. Raises Unreadable."""
    if len(text) > MAX_LENGTH:
        raise _at("too-long", 0, 1, f"this expression is longer than {MAX_LENGTH:,} characters", "split it with `let`")
    found = list(_scan(text))
    if not found:
        raise _at("expression", 0, 1, "the expression is empty", "write a condition or a value")
    _check_brackets(found)
    _Order(found).check()
    return found


def joined(text: str, found: list[Lexeme]) -> Iterator[tuple[str, int, int]]:
    """Names written with hyphens and without spaces, as rules are called: (name, start, end)."""
    at = 0
    while at < len(found):
        upto = at
        while (
            upto + 2 < len(found)
            and found[upto].kind == "word"
            and found[upto + 1].text == "-"
            and found[upto + 2].kind in ("word", "number", "key")
            and found[upto].end == found[upto + 1].start
            and found[upto + 1].end == found[upto + 2].start
        ):
            upto += 2
        if upto > at:
            yield text[found[at].start : found[upto].end], found[at].start, found[upto].end
        at = upto + 1


def _at(code: str, start: int, end: int, message: str, help: str = "") -> Unreadable:
    return Unreadable(Slip(code, start, end, message, help))


def _scan(text: str) -> Iterator[Lexeme]:
    at, before = 0, Lexeme("mark", "", -1, -1)
    while at < len(text):
        found = _LEXEME.match(text, at)
        if found is None:
            raise _not_a_lexeme(text, at)
        kind, word, start, at = found.lastgroup or "", found.group(), at, found.end()
        if kind == "space":
            continue
        if kind == "comment":
            help = "write it behind the expression, outside its quotes, as a YAML comment: # …"
            raise _at("comment", start, at, "a comment cannot stand within an expression", help)
        if kind == "word" and before.kind == "number" and before.end == start:
            help = (
                f"write {before.text} alone: days are whole numbers" if word.startswith("day") else "look for a space"
            )
            raise _at("expression", before.start, at, f"'{before.text}{word}' is neither a number nor a name", help)
        if kind == "number" and before.text == "." and before.end == start:
            help = f"write 0.{word}" if word.isdigit() else "a number has one dot at most, and digits on both sides"
            raise _at("expression", before.start, at, f"'.{word}' is no number", help)
        if kind == "word" and word.lower() in KEYWORDS and before.text != ".":
            kind, word = "key", word.lower()
        before = Lexeme(kind, word, start, at)
        yield before


def _not_a_lexeme(text: str, at: int) -> Unreadable:
    char = text[at]
    if char == "'":
        help = "close it with another one; within a text a quote is written twice: 'it''s'"
        return _at("quote", at, at + 1, "the text that this quote opens is never closed", help)
    if char in _INSTEAD:
        if _INSTEAD[char] == " ":
            return _at("character", at, at + 1, "this is no ordinary space", "write the one of the plain keyboard")
        what = "the wide" if east_asian_width(char) in "WF" else "the typographic"
        help = f"write {_INSTEAD[char]} with the English keyboard"
        return _at("character", at, at + 1, f"{what} {char} means nothing in an expression", help)
    if char in _MEANT:
        code, message, help = _MEANT[char]
        return _at(code, at, at + 1, message, help)
    shown = f"'{char}'" if char.isprintable() else f"the invisible character U+{ord(char):04X}"
    return _at("character", at, at + 1, f"{shown} has no meaning in an expression", "remove it")


def _check_brackets(found: list[Lexeme]) -> None:
    opened: list[Lexeme] = []
    for lexeme in found:
        if lexeme.text == "(" or (lexeme.kind, lexeme.text) == ("key", "case"):
            opened.append(lexeme)
            if len(opened) > MAX_DEPTH:
                help = "split it with `let`"
                raise _at("too-deep", lexeme.start, lexeme.end, "brackets are nested too deeply here", help)
        elif lexeme.text == ")":
            if opened and opened[-1].text == "case":
                raise _not_ended(opened[-1])
            if not opened:
                raise _at("bracket", lexeme.start, lexeme.end, "this bracket closes what was never opened", "remove it")
            opened.pop()
        elif lexeme.kind == "key" and lexeme.text in ("when", "then", "else", "end"):
            if not opened or opened[-1].text != "case":
                message = f"this `{lexeme.text}` belongs to no `case`"
                raise _at("expression", lexeme.start, lexeme.end, message, _CASE)
            if lexeme.text == "end":
                opened.pop()
        elif lexeme.text == "," and not opened:
            help = "for a choice write in ('a', 'b'), for a number write 1000 or 0.5"
            raise _at("expression", lexeme.start, lexeme.end, "a comma stands only within brackets", help)
    if opened:
        first = opened[-1]
        if first.text == "case":
            raise _not_ended(first)
        raise _at("bracket", first.start, first.end, "this bracket is never closed", "add the missing )")


def _not_ended(case: Lexeme) -> Unreadable:
    return _at("expression", case.start, case.end, "this `case` has no `end`", _CASE)


_CASE = "write case when … then … else … end"


_NO_QUERY = "what is counted or summed over rows is a measure: from, where and take"
_VALUE = "a name or a value must stand there"
_CONSTANTS = ("null", "true", "false")


class _Order:
    """Values and operators must take turns: what stood last, and whether that ended a value."""

    def __init__(self, found: list[Lexeme]) -> None:
        self.found, self.at = found, 0
        self.value = False

    @property
    def before(self) -> Lexeme | None:
        return self.found[self.at - 1] if self.at else None

    def beside(self, offset: int) -> str:
        """The text of a neighbour, in small letters; empty where there is none."""
        at = self.at + offset
        return self.found[at].text.lower() if 0 <= at < len(self.found) else ""

    def kind(self, offset: int) -> str:
        at = self.at + offset
        return self.found[at].kind if 0 <= at < len(self.found) else ""

    def check(self) -> None:
        """Raises Unreadable at the first word that cannot stand where it stands."""
        for at, lexeme in enumerate(self.found):
            self.at = at
            if lexeme.kind in ("word", "number", "text") or (lexeme.kind == "key" and lexeme.text in _CONSTANTS):
                self._operand(lexeme)
            elif lexeme.text == "(":
                self._opening(lexeme)
            elif lexeme.text == ")":
                self._closing(lexeme)
            else:
                self._operator(lexeme)
        if not self.value:
            last = self.found[-1]
            raise _at("expression", last.start, last.end, f"something is missing behind {_said(last)}", _VALUE)

    def _operand(self, lexeme: Lexeme) -> None:
        is_query = lexeme.text.lower() in _QUERY and (self.kind(1) not in ("", "mark") or self.beside(1) in ("(", "*"))
        if lexeme.kind == "word" and is_query and self.beside(-1) != ".":
            raise _at("subquery", lexeme.start, lexeme.end, f"a query ({lexeme.text}) is not admitted here", _NO_QUERY)
        if self.beside(-1) == "." and lexeme.kind != "word":
            self._missing(lexeme)
        is_date = lexeme.kind == "text" and self.beside(-1) == "date" and self.beside(-2) != "."
        if self.value and not is_date:
            self._run_together(lexeme)
        self.value = True

    def _opening(self, lexeme: Lexeme) -> None:
        if self.value and self.kind(-1) != "word":
            self._run_together(lexeme)
        if self.beside(-1) == ".":
            self._missing(lexeme)
        self.value = False

    def _closing(self, lexeme: Lexeme) -> None:
        if self.beside(-1) == "(" and self.kind(-2) != "word":
            raise _at("expression", lexeme.start, lexeme.end, "nothing stands within these brackets", "write a value")
        starred = self.beside(-1) == "*" and self.beside(-2) == "("
        if not self.value and not starred and self.beside(-1) != "(":
            self._missing(lexeme)
        self.value = True

    def _operator(self, lexeme: Lexeme) -> None:
        word = lexeme.text
        if word in ("-", "not") and not self.value and self.beside(-1) != ".":
            return
        if word == "not" and self.beside(1) in ("in", "between", "like"):
            return
        if word in ("not", "case") and self.value:
            self._run_together(lexeme)
        if word == "*" and self.beside(-1) == "(" and self.beside(1) == ")":
            return
        if word == "." and self.kind(-1) != "word":
            raise _at("expression", lexeme.start, lexeme.end, "a dot stands only behind a name", "as in account.tier")
        if not self.value and word != "case" and (word, self.beside(-1)) != ("when", "case"):
            self._missing(lexeme)
        if word == "in" and self.beside(1) != "(":
            help = "write in ('a', 'b'), or = for a single value"
            raise _at("expression", lexeme.start, lexeme.end, "`in` needs a list in brackets behind it", help)
        if word == "is" and "null" not in (self.beside(1), self.beside(2) if self.beside(1) == "not" else ""):
            help = "write = to compare, `is null` for a missing value"
            raise _at("expression", lexeme.start, lexeme.end, "`is` stands only before null", help)
        self.value = word == "end"

    def _missing(self, lexeme: Lexeme) -> None:
        """Nothing stands before `lexeme` where it needs a value."""
        before = self.before
        if before is None or before.text in ("(", ","):
            raise _at("expression", lexeme.start, lexeme.end, f"something is missing before {_said(lexeme)}", _VALUE)
        if before.text + lexeme.text in _NO_COMPARISON:
            message = f"'{before.text}{lexeme.text}' is no comparison"
            raise _at("expression", before.start, lexeme.end, message, _NO_COMPARISON[before.text + lexeme.text])
        message = f"something is missing between {_said(before)} and {_said(lexeme)}"
        raise _at("expression", lexeme.start, lexeme.end, message, _VALUE)

    def _run_together(self, lexeme: Lexeme) -> None:
        """A value stands directly behind another one."""
        before = self.found[self.at - 1]
        message = f"something is missing between {_said(before)} and {_said(lexeme)}"
        help = "an `and`, an `or`, a comparison?"
        if before.kind == "word" and lexeme.kind in ("word", "number"):
            help += " (a name has no spaces: due_on)"
        elif before.kind == "text" and lexeme.kind == "text":
            help = "a comma, or an `or`?"
        raise _at("expression", lexeme.start, lexeme.end, message, help)


def _said(lexeme: Lexeme) -> str:
    return lexeme.text if lexeme.kind == "text" else f"'{lexeme.text}'"


_NO_COMPARISON = {"=>": "write >=", "=<": "write <=", "><": "write <>", "<>=": "write <>", "===": "write ="}
