"""A condition as its author wrote it: the parts that `and` and `or` join, each with the names it uses."""

from itertools import pairwise

from engine.policy import expressions as ex
from engine.policy.building import Builder, evidence_of
from engine.policy.lexing import Lexeme, lexemes
from engine.policy.model import Condition
from engine.policy.names import Scope
from engine.policy.reading import Spot


def split_condition(builder: Builder, text: str, scope: Scope, spot: Spot) -> Condition:
    """The parts of a condition that is already known to be sound, in its author's words."""
    text = _on_one_line(text)
    return _split(builder, text, lexemes(text), scope, spot)


def _split(builder: Builder, text: str, words: list[Lexeme], scope: Scope, spot: Spot) -> Condition:
    while _wrapped(words):
        words = words[1:-1]
    for joiner in ("or", "and"):
        parts = _parts(words, joiner)
        if len(parts) > 1:
            done = tuple(_split(builder, text, part, scope, spot) for part in parts)
            values = tuple(part.value for part in done)
            value: ex.Expression = ex.Or(values) if joiner == "or" else ex.And(values)
            names = tuple({each.name: each for part in done for each in part.names}.values())
            return Condition(_text(text, words), value, names, joiner, done)
    said = _text(text, words)
    compiled = builder.compile(said, scope, spot)
    return Condition(said, compiled.value, evidence_of(compiled.names))


def _on_one_line(text: str) -> str:
    """The text with white space made one blank each, except within quotes."""
    words = lexemes(text)
    gaps = [" " if follows.start > word.end else "" for word, follows in pairwise(words)]
    return "".join(text[w.start : w.end] + gap for w, gap in zip(words, [*gaps, ""], strict=True))


def _text(text: str, words: list[Lexeme]) -> str:
    return text[words[0].start : words[-1].end]


def _parts(words: list[Lexeme], joiner: str) -> list[list[Lexeme]]:
    """The words between the joiners that stand outside brackets, `case … end` and `between … and`."""
    parts: list[list[Lexeme]] = [[]]
    depth = between = 0
    for word in words:
        key = word.text if word.kind in ("key", "mark") else ""
        if depth == 0 and key == joiner and not (key == "and" and between):
            parts.append([])
            continue
        parts[-1].append(word)
        depth += (key in ("(", "case")) - (key in (")", "end"))
        if depth == 0 and key == "between":
            between += 1
        elif depth == 0 and key == "and":
            between -= bool(between)
    return parts


def _wrapped(words: list[Lexeme]) -> bool:
    """Whether one pair of brackets holds everything."""
    if words[0].text != "(":
        return False
    depth = 0
    for i, word in enumerate(words):
        key = word.text if word.kind == "mark" else ""
        depth += (key == "(") - (key == ")")
        if depth == 0:
            return i == len(words) - 1
    return False
