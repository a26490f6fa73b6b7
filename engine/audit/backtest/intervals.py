"""Intervals of 95%: Wilson's for shares, a bootstrap by account for ratios and medians. The same each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

LEVEL = 0.95
RESAMPLES = 2_000
_BLOCK = 4_000_000  # cells of a block of resamples held at once


@dataclass(frozen=True)
class Figure:
    """A figure with its interval of 95%."""

    value: float
    low: float
    high: float


def wilson(hits: int, count: int) -> Figure:
    """A share with Wilson's interval (1927). `count` is at least 1."""
    from scipy.stats import binomtest

    interval = binomtest(hits, count).proportion_ci(LEVEL, method="wilson")
    return Figure(hits / count, float(interval.low), float(interval.high))


def ratio_of_ratios(groups: Sequence[tuple[int, ...]], seed: str) -> Figure | None:
    """(a / b) / (c / d), summed over accounts; None where it cannot be reckoned.

    `groups`: (a, b, c, d, number of accounts that have these). Accounts are drawn with replacement, each with all it
    has, so that what one account repeats is not taken for evidence from many.
    """
    import numpy as np

    def figure(sums: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (sums[:, 0] / sums[:, 1]) / (sums[:, 2] / sums[:, 3])

    return _bootstrap(groups, figure, seed)


def ratio(groups: Sequence[tuple[int, ...]], scale: float, seed: str) -> Figure | None:
    """scale * a / b, summed over accounts. `groups`: (a, b, number of accounts); drawn as in `ratio_of_ratios`."""
    import numpy as np

    def figure(sums: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return scale * sums[:, 0] / sums[:, 1]

    return _bootstrap(groups, figure, seed)


def median(groups: Sequence[tuple[tuple[int, ...], int]], seed: str) -> Figure | None:
    """The median of values. `groups`: (an account's values, number of accounts that have these)."""
    import numpy as np

    values = sorted({value for some, _ in groups for value in some})
    if not values:
        return None
    at = {value: n for n, value in enumerate(values)}
    table = np.zeros((len(groups), len(values) + 1))
    for row, (some, many) in enumerate(groups):
        for value in some:
            table[row, at[value]] += 1
        table[row, -1] = many
    sorted_values = np.array(values, dtype=float)

    def figure(sums: Any) -> Any:
        reached = np.cumsum(sums, axis=1)
        half = reached[:, -1:] / 2
        low = (reached < half).sum(axis=1).clip(max=len(values) - 1)
        high = (reached <= half).sum(axis=1).clip(max=len(values) - 1)
        return np.where(reached[:, -1] > 0, (sorted_values[low] + sorted_values[high]) / 2, np.nan)

    return _bootstrap(table, figure, seed)


def _bootstrap(groups: Any, figure: Any, seed: str) -> Figure | None:
    """The figure of all, and the middle 95% of those of resamples. The last column of `groups` counts accounts.

    Accounts that have the same are drawn together: their numbers in a resample are multinomial.
    """
    import numpy as np

    table = np.asarray(groups, dtype=float)
    if not len(table):
        return None
    many, columns = table[:, -1], table[:, :-1]
    value = float(figure((many @ columns)[None, :])[0])
    if not np.isfinite(value):
        return None
    random = np.random.default_rng(crc32(seed.encode()))
    accounts, shares = int(many.sum()), many / many.sum()
    found = []
    left = RESAMPLES
    while left:
        size = max(1, min(left, _BLOCK // len(table)))
        found.append(figure(random.multinomial(accounts, shares, size=size) @ columns))
        left -= size
    drawn = np.concatenate(found)
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(drawn) else (value, value)
    return Figure(value, float(low), float(high))
