"""Conditions as formulas over checks of attributes, and those in disjunctive normal form.

A check compares one attribute of a fact with a constant. Negation is pushed down to the checks; where it meets a
comparison, the case that a value is missing becomes a check of its own, of a marker attribute that is always there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

WIDEST = 30  # checks in one branch
MOST = 12  # branches of a condition inside another one


class Check(NamedTuple):
    """`attribute op constant`; false where the fact lacks the attribute."""

    attribute: str
    op: str  # = <> < <= > >=
    constant: int | str


@dataclass(frozen=True)
class Every:
    """All of the parts hold; without parts: true."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Some:
    """One of the parts holds; without parts: false."""

    parts: tuple["Formula", ...]


Formula = Check | Every | Some
Branch = tuple[Check, ...]  # all of them hold; one branch is one rule
TRUE, FALSE = Every(()), Some(())


def every(parts: Iterable[Formula]) -> Formula:
    """All of the parts, nothing nested that need not be."""
    flat: list[Formula] = []
    for part in parts:
        flat += part.parts if isinstance(part, Every) else [part]
    if FALSE in flat:
        return FALSE
    flat = list(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else Every(tuple(flat))


def some(parts: Iterable[Formula]) -> Formula:
    """One of the parts, nothing nested that need not be."""
    flat: list[Formula] = []
    for part in parts:
        flat += part.parts if isinstance(part, Some) else [part]
    if TRUE in flat:
        return TRUE
    flat = list(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def branches(formula: Formula) -> tuple[Branch, ...]:
    """The disjunctive normal form: the formula holds where one of the branches does."""
    if isinstance(formula, Check):
        return ((formula,),)
    if isinstance(formula, Some):
        return tuple(dict.fromkeys(branch for part in formula.parts for branch in branches(part)))
    joined = (tuple(dict.fromkeys(t for b in chosen for t in b)) for chosen in product(*map(branches, formula.parts)))
    return tuple(dict.fromkeys(joined))


def count(formula: Formula) -> int:
    """How many branches the formula has at most."""
    if isinstance(formula, Check):
        return 1
    counts = [count(part) for part in formula.parts]
    if isinstance(formula, Some):
        return sum(counts)
    total = 1
    for n in counts:
        total *= n
    return total


def width(formula: Formula) -> int:
    """How many checks the widest branch has at most."""
    if isinstance(formula, Check):
        return 1
    widths = [width(part) for part in formula.parts]
    return max(widths, default=0) if isinstance(formula, Some) else sum(widths)


Derive = Callable[[Formula, int], tuple[Check, int]]  # a formula, its stage → its outcome's check, the next one


def cut(formula: Formula, derive: Derive) -> tuple[Formula, int]:
    """The formula with parts replaced by checks of derived attributes, so that it has few and narrow branches.

    `derive` takes a part that is small enough to be matched on its own. Also given: the stage on which the rest can
    be matched, 0 where nothing was derived.
    """
    if isinstance(formula, Check):
        return formula, 0
    pairs = [cut(part, derive) for part in formula.parts]
    if isinstance(formula, Some):
        return some(part for part, _ in pairs), max((stage for _, stage in pairs), default=0)
    while True:
        whole = every(part for part, _ in pairs)
        if count(whole) <= MOST and width(whole) <= WIDEST:
            return whole, max((stage for _, stage in pairs), default=0)
        pairs = _smaller(pairs, derive)


def _smaller(pairs: list[tuple[Formula, int]], derive: Derive) -> list[tuple[Formula, int]]:
    """The parts of a conjunction with the one of most branches derived, or where all have one, some of them joined."""
    largest = max(range(len(pairs)), key=lambda i: (count(pairs[i][0]), width(pairs[i][0])))
    formula, stage = pairs[largest]
    if count(formula) > 1:
        return [*pairs[:largest], derive(formula, stage), *pairs[largest + 1 :]]
    some_parts, rest = pairs[:WIDEST], pairs[WIDEST:]
    joined = every(part for part, _ in some_parts)
    return [derive(joined, max(stage for _, stage in some_parts)), *rest]
