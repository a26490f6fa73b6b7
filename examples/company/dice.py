"""Seeded choices that come out the same on every Python: only `Random.random()` is drawn on."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

SEED = 20261122


class Dice:
    """One stream of choices. Each account and purpose has its own, so a change to one leaves the others alone."""

    def __init__(self, purpose: int, number: int = 0) -> None:
        self._random = Random(SEED * 1_000_000 + purpose * 10_000 + number)

    def chance(self, share: float) -> bool:
        """True in the given share of throws."""
        return self._random.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def near(self, value: float, spread: float) -> float:
        """The value, up to the given share more or less."""
        return value * (1 + spread * (2 * self._random.random() - 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[int(self._random.random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, by weight."""
        left = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]
