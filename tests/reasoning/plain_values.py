"""The third voice's values: what is widened, ordered, matched and taken, straight from the definitions."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import isfinite, sqrt

from engine.policy.kinds import Kind


def widen(value, kind, wanted):
    """A value of one kind as a value of a wider one."""
    if value is None or kind is wanted:
        return value
    return finite(float(value)) if wanted is Kind.NUMBER else Fraction(value)


def finite(number):
    return number if isfinite(number) else None


def ordered(op, a, b):
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


def shifted(day, days):
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def like(text, pattern):
    """SQL like, by the states that the pattern can be in."""
    places = {0}
    for char in [*text, None]:
        todo = list(places)
        while todo:
            at = todo.pop()
            if at < len(pattern) and pattern[at] == "%" and at + 1 not in places:
                places.add(at + 1)
                todo.append(at + 1)
        if char is not None:
            steps = {
                at if pattern[at] == "%" else at + 1
                for at in places
                if at < len(pattern) and pattern[at] in ("%", "_", char)
            }
            places = steps
    return len(pattern) in places


def taken(take, pairs, kind):
    """What a take makes of (row, value) pairs in the order of ids."""
    if take.function == "count":
        return len(pairs)
    if take.function in ("latest", "previous"):
        day = (lambda row: row[take.order] or date.min) if take.order else (lambda row: date.min)
        last = sorted(pairs, key=lambda pair: (day(pair[0]), pair[0]["id"]))
        back = 1 if take.function == "latest" else 2
        return last[-back][1] if len(last) >= back else None
    values = [value for _, value in pairs if value is not None]
    if take.function == "count_distinct":
        return len(set(values))
    if take.function == "sum":
        return added(values, kind)
    if not values:
        return None
    match take.function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "avg":
            total = widen(added(values, kind), kind, Kind.NUMBER)
            return None if total is None else finite(total / len(values))
        case "list":
            texts = [str(value) for value in sorted(set(values))]
            return " / ".join(texts) if len(texts) <= 20 else " / ".join([*texts[:20], "…"])
        case "top_share":
            return Counter(values).most_common(1)[0][1] / len(values)
    days = sorted({value.toordinal() for value in values})
    gaps = sorted(later - earlier for earlier, later in pairwise(days))
    if not gaps:
        return None
    if take.function == "max_gap":
        return gaps[-1]
    if take.function == "spread_gap":
        return stdev(gaps) if len(gaps) > 1 else None
    if take.function == "mean_gap":
        return sum(gaps) / len(gaps)
    half = len(gaps) // 2
    return float(gaps[half]) if len(gaps) % 2 else (gaps[half - 1] + gaps[half]) / 2


def stdev(gaps):
    """The sample standard deviation, its square exact until it is one quotient of doubles."""
    n = len(gaps)
    return sqrt(float(n * sum(g * g for g in gaps) - sum(gaps) ** 2) / float(n * (n - 1)))


def added(values, kind):
    """A sum; of numbers as doubles, one after the other."""
    total = 0.0 if kind is Kind.NUMBER else Fraction(0) if kind is Kind.MONEY else 0
    for value in values:
        total += value
    return finite(total) if kind is Kind.NUMBER else total
