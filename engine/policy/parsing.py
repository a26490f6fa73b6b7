"""Expression text to a sqlglot tree, by a dialect that knows no functions, and keywords only where they are ours.

Other words are names, whatever SQL thinks of them (`order`, `left`, `text`).
"""

from sqlglot import exp, parser
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from engine.policy.lexing import Lexeme, Unreadable, lexemes
from engine.policy.wrong import Slip

_DIALECT = Dialect()  # made once: making it costs more than reading an expression
_CASE = "write case when … then … else … end"
_DEEP = Unreadable(Slip("too-deep", 0, 1, "this expression is nested too deeply", "split it with `let`"))


class _Parser(parser.Parser):
    FUNCTIONS = {}  # noqa: RUF012
    FUNCTION_PARSERS = {}  # noqa: RUF012
    NO_PAREN_FUNCTIONS = {}  # noqa: RUF012
    NO_PAREN_FUNCTION_PARSERS = {"CASE": lambda self: self._parse_case()}  # noqa: RUF012


def parse(text: str) -> tuple[exp.Expr, list[Lexeme]]:
    """The tree of one expression, and its words. Raises Unreadable."""
    words = lexemes(text)
    try:
        tokens = Tokenizer(_DIALECT).tokenize(text)
        _as_names(tokens, words)
        trees = _Parser(error_message_context=0, dialect=_DIALECT).parse(tokens, text)
    except (ParseError, TokenError) as error:
        raise _syntax(error, words, text) from error
    except RecursionError as error:
        raise _DEEP from error
    if len(trees) != 1 or trees[0] is None:
        raise Unreadable(Slip("expression", 0, len(text), "there should be one expression here"))
    return trees[0], words


def span(node: exp.Expr, words: list[Lexeme]) -> tuple[int, int]:
    """Offsets of the first and behind the last character of a node, its brackets, `case` and `not` included."""
    places = [n.meta for n in node.walk() if "start" in n.meta]
    if not places:
        return _constant_span(node, words)
    first = min(m["start"] for m in places)
    last = max(m["end"] for m in places) + 1
    left = next((i for i, word in enumerate(words) if word.end > first), 0)
    right = max((i for i, word in enumerate(words) if word.start < last), default=0)
    if isinstance(node, exp.Neg | exp.Not) and left and words[left - 1].text in ("-", "not"):
        left -= 1
    if isinstance(node, exp.Cast) and left and words[left - 1].text.lower() == "date":
        left -= 1
    if isinstance(node, exp.Case):
        while left and words[left].text != "case":
            left -= 1
    if isinstance(node, exp.Paren) and left and words[left - 1].text == "(":
        left -= 1
    while right + 1 < len(words) and _depth(words[left : right + 1]) > 0:
        right += 1
    while left and _depth(words[left : right + 1]) < 0:
        left -= 1
    return words[left].start, words[right].end


def _depth(words: list[Lexeme]) -> int:
    opens = sum(word.text == "(" or (word.kind, word.text) == ("key", "case") for word in words)
    return opens - sum(word.text == ")" or (word.kind, word.text) == ("key", "end") for word in words)


def _constant_span(node: exp.Expr, words: list[Lexeme]) -> tuple[int, int]:
    """For null, true and false, which the parser does not place: the first such word."""
    word = "null" if isinstance(node, exp.Null) else str(node.this).lower()
    found = next((w for w in words if w.text == word), words[0])
    return found.start, found.end


def _as_names(tokens: list[Token], words: list[Lexeme]) -> None:
    """Make names of all tokens that are names here; `date` stays one only before a text."""
    names = {
        word.start
        for word, follows in zip(words, [*words[1:], None], strict=True)
        if word.kind == "word" and not (word.text.lower() == "date" and follows is not None and follows.kind == "text")
    }
    for token in tokens:
        if token.start in names:
            token.token_type = TokenType.VAR


def _syntax(error: Exception, words: list[Lexeme], text: str) -> Unreadable:
    """What the parser cannot read although its words stand in an order that can be."""
    for word in words:
        if word.text == "between":
            help = "write between 1 and 5"
            return Unreadable(Slip("expression", word.start, word.end, "`between` needs two values", help))
        if word.text == "case":
            return Unreadable(Slip("expression", word.start, word.end, "this `case` cannot be read", _CASE))
    detail = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    end = min(detail.get("col") or len(text), len(text))
    start = max(end - max(len(detail.get("highlight") or ""), 1), 0)
    message = f"this expression cannot be read at '{text[start:end]}'"
    return Unreadable(Slip("expression", start, end, message, "is an `and` or an operator missing?"))
