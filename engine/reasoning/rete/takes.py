"""How rows become one value: the second, plain implementation of `Take`.

A fold is shown one row after the other, in any order, and holds no more than its function needs.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from engine.policy.kinds import Kind
from engine.policy.takes import AND_MORE, BETWEEN, MOST_LISTED
from engine.reasoning.rete.values import MONEY_UNIT, Value, as_double, finite


class Taken(NamedTuple):
    """What a row gives to a take: its day (where the take has an order), its id, and the value of `of`."""

    on: date
    id: str
    value: Value


BEFORE_ALL = date.min  # the day of rows that were always known


class Fold(Protocol):
    """Rows on their way to one value."""

    def add(self, row: Taken) -> None:
        """Takes in a row."""
        ...

    def result(self) -> Value:
        """What the rows so far come to."""
        ...


def fold(function: str, kind: Kind) -> Fold:
    """The fold of a function; `kind` is that of the expression taken."""
    return _FOLDS[function](kind)


def take(function: str, kind: Kind, rows: Iterable[Taken]) -> Value:
    """The value that `function` makes of the rows."""
    folded = fold(function, kind)
    for row in rows:
        folded.add(row)
    return folded.result()


class _Count:
    def __init__(self, kind: Kind) -> None:
        self.count = 0

    def add(self, row: Taken) -> None:
        self.count += 1

    def result(self) -> Value:
        return self.count


class _Sum:
    """Exact for whole numbers and money; doubles are added in the order of ids."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.whole, self.count = kind, 0, 0
        self.doubles: list[tuple[str, float]] = []

    def add(self, row: Taken) -> None:
        if row.value is None:
            return
        self.count += 1
        if self.kind is Kind.NUMBER:
            self.doubles.append((row.id, row.value))  # type: ignore[arg-type]
        else:
            self.whole += row.value  # type: ignore[assignment, operator]

    def result(self) -> Value:
        if self.kind is not Kind.NUMBER:
            return self.whole
        total = 0.0
        for _, number in sorted(self.doubles):
            total += number
        return finite(total)


class _Average(_Sum):
    def result(self) -> Value:
        if not self.count:
            return None
        total = super().result()
        if isinstance(total, int):
            total = as_double(total, MONEY_UNIT if self.kind is Kind.MONEY else 1)
        return None if total is None else finite(total / self.count)  # type: ignore[operator]


class _Extreme:
    def __init__(self, better: Callable[[Any, Any], Any]) -> None:
        self.better = better
        self.best: Value = None

    def add(self, row: Taken) -> None:
        if row.value is not None:
            self.best = row.value if self.best is None else self.better(self.best, row.value)

    def result(self) -> Value:
        return self.best


class _Distinct:
    """The values that are there, each with its number, and what is made of them."""

    def __init__(self, made: Callable[[Counter[Any]], Value]) -> None:
        self.values: Counter[Any] = Counter()
        self.made = made

    def add(self, row: Taken) -> None:
        if row.value is not None:
            self.values[row.value] += 1

    def result(self) -> Value:
        return self.made(self.values)


class _Listed:
    """The first of the different values in order, in a memory that does not grow with their number."""

    def __init__(self) -> None:
        self.values: set[Any] = set()

    def add(self, row: Taken) -> None:
        if row.value is not None:
            self.values.add(row.value)
            if len(self.values) > 50 * MOST_LISTED:
                self.values = set(sorted(self.values)[: MOST_LISTED + 1])

    def result(self) -> Value:
        first = sorted(self.values)
        more = AND_MORE if len(first) > MOST_LISTED else ""
        return BETWEEN.join(str(value) for value in first[:MOST_LISTED]) + more if first else None


class _Latest:
    """The value of the last row, or of the one `back` rows before it, by day and id."""

    def __init__(self, back: int) -> None:
        self.back = back
        self.last: list[Taken] = []

    def add(self, row: Taken) -> None:
        self.last = sorted([*self.last, row], key=lambda each: each[:2])[-1 - self.back :]

    def result(self) -> Value:
        return self.last[0].value if len(self.last) > self.back else None


def _top_share(values: Counter[Any]) -> Value:
    return max(values.values()) / values.total() if values else None


def _gaps(values: Counter[Any]) -> list[int]:
    return [(later - earlier).days for earlier, later in pairwise(sorted(values))]


def _mean_gap(values: Counter[Any]) -> Value:
    return (max(values) - min(values)).days / (len(values) - 1) if len(values) > 1 else None


def _median_gap(values: Counter[Any]) -> Value:
    gaps = sorted(_gaps(values))
    if not gaps:
        return None
    middle = len(gaps) // 2
    return float(gaps[middle]) if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2


def _max_gap(values: Counter[Any]) -> Value:
    return max(_gaps(values), default=None)


def _spread_gap(values: Counter[Any]) -> Value:
    """By whole numbers, so that only the quotient and its root are rounded."""
    gaps = _gaps(values)
    count = len(gaps)
    if count < 2:
        return None
    squares = count * sum(gap * gap for gap in gaps) - sum(gaps) ** 2
    return math.sqrt(float(squares) / float(count * (count - 1)))


_FOLDS: dict[str, Callable[[Kind], Fold]] = {
    "count": _Count,
    "sum": _Sum,
    "avg": _Average,
    "min": lambda kind: _Extreme(min),
    "max": lambda kind: _Extreme(max),
    "count_distinct": lambda kind: _Distinct(len),
    "top_share": lambda kind: _Distinct(_top_share),
    "mean_gap": lambda kind: _Distinct(_mean_gap),
    "median_gap": lambda kind: _Distinct(_median_gap),
    "max_gap": lambda kind: _Distinct(_max_gap),
    "spread_gap": lambda kind: _Distinct(_spread_gap),
    "list": lambda kind: _Listed(),
    "latest": lambda kind: _Latest(0),
    "previous": lambda kind: _Latest(1),
}
