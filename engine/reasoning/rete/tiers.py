"""Which class an account is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from engine.policy.model import TIERS, Tiers
from engine.reasoning.rete.values import Value

Place = tuple[Any, str]  # the negated value, the id: the order of rank, best first


@dataclass(frozen=True)
class Cutoffs:
    """The last place of each class but the last, best class first; None for a class without members."""

    places: tuple[tuple[str, Place | None], ...]
    rest: str

    def tier(self, value: Value, id: str) -> str:
        """The class of an active customer with this value of the measure."""
        here = place(value, id)
        return next((name for name, last in self.places if last is not None and here <= last), self.rest)


def place(value: Value, id: str) -> Place:
    """Where an account stands in the ranking: by value descending, missing last, then by id."""
    return ((value is None, 0 if value is None else -value), id)  # type: ignore[operator]


def cutoffs(tiers: Tiers, ranked: Sequence[Place]) -> Cutoffs:
    """Where the classes end, given the places of all active customers, best first."""
    ends: list[tuple[str, Place | None]] = []
    for name, share in tiers.classes[:-1]:
        count = 0 if share is None else members(share, len(ranked))
        ends.append((name, ranked[count - 1] if count else None))
    return Cutoffs(tuple(ends), last_class(tiers))


def classes(tiers: Tiers, ranked: Sequence[Place]) -> dict[str, str]:
    """The class of each active customer that is not in the last one, given all their places, best first."""
    found: dict[str, str] = {}
    for name, share in tiers.classes[:-1]:
        count = 0 if share is None else members(share, len(ranked))
        found.update((id, name) for _, id in ranked[len(found) : count])
    return found


def members(share: float, total: int) -> int:
    """How many of `total` have (rank - 1) < share of their number; the share as it is written in decimals."""
    return min(ceil(Fraction(repr(share)) * total), total)


def last_class(tiers: Tiers) -> str:
    """The class of those who are not ranked."""
    return tiers.classes[-1][0] if tiers.classes else TIERS[-1]


def cell(tiers: Tiers, turnover: bool, profit: bool) -> str:
    """The class in the matrix."""
    return tiers.cells[turnover, profit]
