"""Values and what is reckoned with them, one pure function per kind of node. A missing value is None.

Money is a whole number of ten-thousandths, so that sums and comparisons are exact. A number that is not finite
is missing, in results and comparisons alike.
"""

import math
import operator
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.policy.expressions import Literal
from engine.policy.kinds import INTEGER_LIMIT, MONEY_PLACES, Kind
from engine.reasoning.days import Workdays, within

Value = str | int | float | bool | date | None
MONEY_UNIT: int = 10**MONEY_PLACES
LAST_ORDINAL = date.max.toordinal()
Operation = Callable[..., Value]


def stored(value: object, kind: Kind) -> Value:
    """A value from outside (a snapshot, or `tell`) in the form reckoned with here."""
    if value is None:
        return None
    if kind is Kind.MONEY:
        return int(Decimal(str(value)).scaleb(MONEY_PLACES))
    if kind is Kind.NUMBER:
        return finite(float(value))  # type: ignore[arg-type]
    return value  # type: ignore[return-value]


def literal(node: Literal) -> Value:
    """The value of a constant."""
    return stored(node.value, node.kind)


def finite(value: float) -> float | None:
    """The number, or missing where it is infinite or not a number."""
    return value if math.isfinite(value) else None


def as_double(value: int, unit: int = 1) -> float | None:
    """The double nearest to a whole number divided by `unit`."""
    try:
        return value / unit
    except OverflowError:
        return None


def converter(source: Kind, target: Kind) -> Callable[[Value], Value] | None:
    """What turns a value that is not missing into a wider kind; None where nothing is to be done."""
    if source is target:
        return None
    if target is Kind.MONEY and source is Kind.INTEGER:
        return lambda v: v * MONEY_UNIT  # type: ignore[operator]
    if target is Kind.NUMBER and source is Kind.INTEGER:
        return as_double  # type: ignore[return-value]
    if target is Kind.NUMBER and source is Kind.MONEY:
        return lambda v: as_double(v, MONEY_UNIT)  # type: ignore[arg-type]
    raise TypeError(f"{source} does not widen to {target}")


def common(left: Kind, right: Kind) -> Kind:
    """The kind in which two values are compared."""
    if left is right:
        return left
    return Kind.NUMBER if Kind.NUMBER in (left, right) else Kind.MONEY


def operand_kinds(op: str, left: Kind, right: Kind, result: Kind) -> tuple[Kind, Kind]:
    """The kinds that the two sides of an arithmetic node are taken in."""
    if result is Kind.NUMBER:
        return Kind.NUMBER, Kind.NUMBER
    if result is Kind.MONEY and op in "+-":
        return Kind.MONEY, Kind.MONEY
    return left, right


def arithmetic(op: str, left: Kind, right: Kind, result: Kind) -> Operation:
    """The operation on two values that are there, taken in the kinds of `operand_kinds`."""
    if Kind.DATE in (left, right):
        return _date_arithmetic(op, left, right)
    if result is Kind.NUMBER:
        return _NUMBER[op]
    return _EXACT[op]


def _date_arithmetic(op: str, left: Kind, right: Kind) -> Operation:
    if left is right:
        return lambda a, b: a.toordinal() - b.toordinal()
    if op == "-":
        return lambda a, b: day(a.toordinal() - b)
    if left is Kind.DATE:
        return lambda a, b: day(a.toordinal() + b)
    return lambda a, b: day(b.toordinal() + a)


def day(ordinal: int) -> date | None:
    """The date of an ordinal; missing outside the years 1 to 9999."""
    return date.fromordinal(ordinal) if 1 <= ordinal <= LAST_ORDINAL else None


_EXACT: dict[str, Operation] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
_NUMBER: dict[str, Operation] = {
    "+": lambda a, b: finite(a + b),
    "-": lambda a, b: finite(a - b),
    "*": lambda a, b: finite(a * b),
    "/": lambda a, b: finite(a / b) if b else None,
}


def sign(left: Value, right: Value) -> int:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`; both of one kind and there."""
    return (left > right) - (left < right)  # type: ignore[operator]


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(maxsize=1000)
def like_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression of a SQL like pattern, to be matched in full."""
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _whole(rounded: Callable[[float], int]) -> Operation:
    return lambda x: rounded(x) if abs(x) <= INTEGER_LIMIT else None


def add_months(start: date, months: int) -> date | None:
    """The same day `months` later, or the last day of that month; missing outside the years 1 to 9999."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def function(name: str, calendar: Workdays) -> Operation:
    """The function of that name, on arguments that are there (`coalesce` is for the caller)."""
    if name == "workdays":
        return lambda a, b: calendar.workdays_between(a, b) if within(a) and within(b) else None
    return _FUNCTIONS[name]


_FUNCTIONS: dict[str, Operation] = {
    "least": lambda *args: min(args),
    "greatest": lambda *args: max(args),
    "abs": abs,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "year": lambda d: d.year,
    "month": lambda d: d.month,
    "day": lambda d: d.day,
    "month_start": lambda d: d.replace(day=1),
    "add_months": add_months,
}
