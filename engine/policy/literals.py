"""Constants in expressions: numbers, texts, dates."""

import datetime
import re

from sqlglot import exp

from engine.policy import expressions as ex
from engine.policy.kinds import INTEGER_LIMIT, Kind
from engine.policy.wrong import Wrong

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]+")


def literal(node: exp.Literal) -> ex.Literal:
    """A number or a text. Raises Wrong."""
    if node.is_string:
        return ex.Literal(node.name, Kind.TEXT)
    text = node.name
    if _DIGITS.fullmatch(text):
        if len(text) > 20 or int(text) >= INTEGER_LIMIT:
            raise Wrong("number-too-large", node, f"whole numbers end at {INTEGER_LIMIT - 1:,}", "write a smaller one")
        return ex.Literal(int(text), Kind.INTEGER)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Wrong("number-too-large", node, "this number is too large", "write a smaller one")
    return ex.Literal(number, Kind.NUMBER)


def date_literal(text: str, node: exp.Expr) -> ex.Literal:
    """The date that a text spells. Raises Wrong."""
    try:
        if _DATE.fullmatch(text):
            return ex.Literal(datetime.date.fromisoformat(text), Kind.DATE)
    except ValueError:
        raise Wrong("wrong-date", node, f"there is no day '{text}'", "look at its month and its day") from None
    raise Wrong("wrong-date", node, f"'{text}' is no date", "write year-month-day: date '2026-01-31'")


def as_date(value: ex.Expression, other: ex.Expression, node: exp.Expr) -> ex.Expression:
    """A text that stands against a date, as the date it spells. Raises Wrong."""
    if other.kind is Kind.DATE and isinstance(value, ex.Literal) and isinstance(value.value, str):
        return date_literal(value.value, node)
    return value
