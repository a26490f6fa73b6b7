"""What a name may still be, once some conditions on it are taken to hold: a range of numbers or days, or a set."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, floor, inf

from engine.policy import expressions as ex
from engine.policy.kinds import Kind

Terms = tuple[tuple[ex.Expression, float], ...]
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WHOLE = (Kind.INTEGER, Kind.DATE)


@dataclass(frozen=True)
class Domain:
    """The values left: from `low` to `high` (each open or not), or one of `allowed`, and none of `excluded`.

    `whole`: only whole numbers. `there`: the value is not missing.
    """

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    allowed: frozenset[object] | None = None
    excluded: frozenset[object] = frozenset()
    whole: bool = False
    there: bool = False

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.allowed is not None and not self.left():
            return True
        low, high = self._closed()
        if low > high or (low == high and (self.low_open or self.high_open) and not self.whole):
            return True
        return low == high and low in self.excluded

    def left(self) -> frozenset[object]:
        """Those of `allowed` that are in the range and not excluded."""
        return frozenset(v for v in self.allowed or () if v not in self.excluded and self._within(v))

    def narrowed(self, op: str, value: object) -> "Domain":
        """What is left where `value op` holds as well."""
        match op, value:
            case "=", int() | float() if not isinstance(value, bool):
                return self.narrowed(">=", value).narrowed("<=", value)
            case "=", _:
                return self.among((value,))
            case "<>", _:
                return replace(self, excluded=self.excluded | {value})
            case ((">" | ">="), int() | float()):
                if (value, op == ">") > (self.low, self.low_open):
                    return replace(self, low=float(value), low_open=op == ">")
            case (("<" | "<="), int() | float()):
                if (-value, op == "<") > (-self.high, self.high_open):
                    return replace(self, high=float(value), high_open=op == "<")
        return self

    def among(self, values: Iterable[object]) -> "Domain":
        """What is left where it is one of these."""
        wanted = frozenset(values)
        return replace(self, allowed=wanted if self.allowed is None else self.allowed & wanted)

    def _closed(self) -> tuple[float, float]:
        """The ends of the range; of whole numbers the first and last ones within it."""
        if not self.whole:
            return self.low, self.high
        low = floor(self.low) + 1 if self.low_open and self.low > -inf else self.low
        high = ceil(self.high) - 1 if self.high_open and self.high < inf else self.high
        return (ceil(low) if low > -inf else low), (floor(high) if high < inf else high)

    def _within(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        above = value > self.low or (value == self.low and not self.low_open)
        return above and (value < self.high or (value == self.high and not self.high_open))


def linear(node: ex.Expression) -> tuple[dict[ex.Expression, float], float]:
    """A number or date as a sum of terms, each times a factor, and a constant; dates count in days."""
    match node:
        case ex.Literal(value=date() as day):
            return {}, float(day.toordinal())
        case ex.Literal(value=int() | float() as value) if not isinstance(value, bool):
            return {}, float(value)
        case ex.Negative():
            return _times(linear(node.arg), -1.0)
        case ex.Arithmetic(op="+" | "-"):
            left, right = linear(node.left), linear(node.right)
            return _plus(left, right if node.op == "+" else _times(right, -1.0))
        case ex.Arithmetic(op="*" | "/"):
            left, right = linear(node.left), linear(node.right)
            if not right[0] and right[1]:
                return _times(left, right[1] if node.op == "*" else 1 / right[1])
            if not left[0] and node.op == "*" and left[1]:
                return _times(right, left[1])
    return {node: 1.0}, 0.0


def comparison(node: ex.Compare, holds: bool) -> tuple[Terms, str, float, bool]:
    """A comparison of numbers or dates as `terms op constant`; the last says whether the terms are whole numbers.

    Two comparisons of the same names get the same terms, whatever side these stand on.
    """
    terms, constant = _plus(linear(node.left), _times(linear(node.right), -1.0))
    op = node.op if holds else _OPPOSITE[node.op]
    ordered = sorted(((term, factor) for term, factor in terms.items() if factor), key=lambda item: repr(item[0]))
    if not ordered:
        return (), op, -constant, False
    first = ordered[0][1]
    if first < 0:
        op = _MIRRORED[op]
    scaled = tuple((term, factor / first) for term, factor in ordered)
    whole = all(term.kind in _WHOLE and factor.is_integer() for term, factor in scaled)
    return scaled, op, -constant / first + 0.0, whole


def strict(node: ex.Expression) -> frozenset[ex.Expression]:
    """The names without which the expression is missing."""
    match node:
        case ex.Ref():
            return frozenset({node})
        case ex.Arithmetic():
            return strict(node.left) | strict(node.right)
        case ex.Negative():
            return strict(node.arg)
        case ex.Call() if node.function != "coalesce":
            return frozenset[ex.Expression]().union(*(strict(arg) for arg in node.args))
    return frozenset()


def _plus(
    one: tuple[dict[ex.Expression, float], float], two: tuple[dict[ex.Expression, float], float]
) -> tuple[dict[ex.Expression, float], float]:
    terms = dict(one[0])
    for term, factor in two[0].items():
        terms[term] = terms.get(term, 0.0) + factor
    return terms, one[1] + two[1]


def _times(one: tuple[dict[ex.Expression, float], float], factor: float) -> tuple[dict[ex.Expression, float], float]:
    return {term: each * factor for term, each in one[0].items()}, one[1] * factor
