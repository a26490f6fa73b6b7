"""Constant dates and day counts worked out beforehand, so that filters compare columns with constants."""

from datetime import date, timedelta

from engine.policy.expressions import Arithmetic, Call, Expression, Literal, Today
from engine.policy.kinds import Kind


def constant(node: Expression, today: date) -> Literal | None:
    """The value of an expression of dates and whole numbers that reads no fact; None where it is not so simple."""
    match node:
        case Literal():
            return node
        case Today():
            return Literal(today, Kind.DATE)
        case Arithmetic(op="+" | "-" | "*"):
            return _reckoned(node, today)
        case Call(function="month_start"):
            day = constant(node.args[0], today)
            return Literal(day.value.replace(day=1), Kind.DATE) if day and isinstance(day.value, date) else None
    return None


def _reckoned(node: Arithmetic, today: date) -> Literal | None:
    left, right = constant(node.left, today), constant(node.right, today)
    if left is None or right is None:
        return None
    if node.op == "*":
        both = isinstance(left.value, int) and isinstance(right.value, int)
        return Literal(left.value * right.value, Kind.INTEGER) if both else None  # type: ignore[operator]
    sign = 1 if node.op == "+" else -1
    match left.value, right.value:
        case date() as day, int() as days:
            return _shifted(day, sign * days)
        case int() as days, date() as day:
            return _shifted(day, days)
        case date() as end, date() as start:
            return Literal((end - start).days, Kind.INTEGER)
        case int() as first, int() as second:
            return Literal(first + sign * second, Kind.INTEGER)
    return None


def _shifted(day: date, days: int) -> Literal | None:
    try:
        return Literal(day + timedelta(days=days), Kind.DATE)
    except OverflowError:
        return None
