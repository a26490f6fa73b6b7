"""Which kinds of value fit together, and how to say that they do not."""

from engine.policy import expressions as ex
from engine.policy.kinds import Kind


def unified(kinds: list[Kind]) -> Kind | None:
    """The one kind that holds values of all the given kinds, or None."""
    distinct = set(kinds)
    if len(distinct) == 1:
        return kinds[0]
    if all(kind.numeric for kind in distinct):
        return Kind.NUMBER if Kind.NUMBER in distinct else Kind.MONEY
    return None


def arithmetic_kind(op: str, a: Kind, b: Kind) -> Kind | None:
    """What `a op b` gives, or None where it does not fit."""
    if a is Kind.DATE and b is Kind.DATE:
        return Kind.INTEGER if op == "-" else None
    if a is Kind.DATE and b is Kind.INTEGER and op in "+-":
        return Kind.DATE
    if b is Kind.DATE and a is Kind.INTEGER and op == "+":
        return Kind.DATE
    if not (a.numeric and b.numeric):
        return None
    if op == "/" or Kind.NUMBER in (a, b):
        return Kind.NUMBER
    if op == "*":
        return Kind.NUMBER if a is b is Kind.MONEY else unified([a, b])
    return unified([a, b])


def said(kind: Kind) -> str:
    words = {
        Kind.TEXT: "a text", Kind.INTEGER: "a whole number", Kind.NUMBER: "a number", Kind.MONEY: "an amount of money",
        Kind.DATE: "a date", Kind.BOOLEAN: "true or false",
    }  # fmt: skip
    return words[kind]


def article(type: str) -> str:
    """A type of fact in a sentence: "an order"."""
    return f"{'an' if type[:1] in 'aeiou' else 'a'} {type}"


def said_all(values: list[ex.Expression]) -> str:
    return ", ".join(dict.fromkeys(said(value.kind) for value in values))


def said_any(kinds: tuple[Kind, ...]) -> str:
    """The kinds as a choice; the numeric ones together are a number."""
    words = [said(kind) for kind in kinds]
    if {Kind.INTEGER, Kind.NUMBER, Kind.MONEY} <= set(kinds):
        words = [said(Kind.NUMBER), *(said(kind) for kind in kinds if not kind.numeric)]
    return " or ".join(words)


def compare_help(a: ex.Expression, b: ex.Expression) -> str:
    kinds = {a.kind, b.kind}
    for value, other in ((a, b), (b, a)):
        if not isinstance(value, ex.Literal):
            continue
        if value.kind is Kind.TEXT and other.kind.numeric:
            plain = _is_number(str(value.value))
            return f"write {value.value} without quotes" if plain else "write a number, without quotes"
        if value.kind.numeric and other.kind is Kind.TEXT:
            return f"put it in quotes: '{value.value}'"
        if value.kind is Kind.TEXT and other.kind is Kind.BOOLEAN:
            return "write true or false, without quotes"
    if Kind.DATE in kinds and any(kind.numeric for kind in kinds):
        return "days are today - date: compare these with the number"
    if Kind.BOOLEAN in kinds:
        return "a condition stands alone: it needs no comparison"
    return "compare values of one kind"


def arithmetic_help(op: str, a: ex.Expression, b: ex.Expression) -> str:
    if a.kind is b.kind is Kind.DATE:
        return "two dates can only be subtracted: later - earlier = days"
    if Kind.DATE in (a.kind, b.kind) and op in "+-":
        return "a date takes whole days: date + 30"
    if Kind.TEXT in (a.kind, b.kind):
        return "reckon with numbers; texts are only compared"
    return "reckon with numbers and dates"


def _is_number(text: str) -> bool:
    try:
        return bool(text) and float(text) is not None
    except ValueError:
        return False
