"""The checked expression tree that both engines read.

A tree holds only what the engines must do: names are resolved, `let` values and limits are written out, every
node has a kind. Missing values: a comparison with one is false, `not` of that is true, arithmetic with one is
missing; `and`, `or` and `not` therefore never see a missing value, except a missing boolean fact, which is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any

from engine.policy.kinds import Kind


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: str, int, float (kind number), bool or date."""

    value: str | int | float | bool | date
    kind: Kind


@dataclass(frozen=True, slots=True)
class Today:
    """The day that the run is for."""

    kind: Kind = Kind.DATE


@dataclass(frozen=True, slots=True)
class Ref:
    """A column of a fact reached from the row along `path`, a chain of refs; () is the row itself.

    `type` is the fact type at the end of the path; `name` one of its fields, `id`, a measure on it, or for accounts
    `active`, `tier`, `risk`, `score`, `signals.high` and the like; for reps `active`. In a measure's `where` and
    `take`, `subject` means that the path starts at the measure's subject and not at the row it is taken from.
    """

    path: tuple[str, ...]
    type: str
    name: str
    kind: Kind
    subject: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """signal('rule'): whether the rule concluded for this subject, or for its account (see `names.py`)."""

    rule: str
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    arg: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    args: tuple["Expression", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    args: tuple["Expression", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`, op one of = <> < <= > >=; false when either is missing. Both numeric, or of one kind."""

    op: str
    left: "Expression"
    right: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class In:
    """Whether `arg` equals one of the options (literals); false when missing."""

    arg: "Expression"
    options: tuple[Literal, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class IsMissing:
    arg: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Like:
    """SQL like: % any run of characters, _ one character, case counts; false when missing."""

    arg: "Expression"
    pattern: str
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right`, op one of + - * /. Kinds:

    date - date: integer days. date + or - integer: date (missing outside the years 1 to 9999).
    integer with integer: integer, but / gives number. money + - money or integer, money * integer: money.
    Everything else numeric: number, both sides taken as double first. Division by zero is missing.
    """

    op: str
    left: "Expression"
    right: "Expression"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Negative:
    arg: "Expression"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose condition holds, else `otherwise`, else missing."""

    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression | None"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Call:
    """One of the functions in `functions.py`, by name."""

    function: str
    args: tuple["Expression", ...]
    kind: Kind


Expression = (
    Literal
    | Today
    | Ref
    | Holds
    | Not
    | And
    | Or
    | Compare
    | In
    | IsMissing
    | Like
    | Arithmetic
    | Negative
    | Case
    | Call
)


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly below `node`."""
    for name in _field_names(type(node)):  # type: ignore[arg-type]
        yield from _expressions(getattr(node, name))


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif hasattr(value, "kind"):
        yield value  # type: ignore[misc]


def walk(node: Expression) -> Iterator[Expression]:
    """`node` and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def refs(*nodes: Expression | None) -> Iterator[Ref]:
    """Every Ref in the given expressions, in order, with repeats."""
    for node in nodes:
        if node is not None:
            yield from (n for n in walk(node) if isinstance(n, Ref))


def rules_in(*nodes: Expression | None) -> Iterator[str]:
    """The rules named by signal() in the given expressions, in order, with repeats."""
    for node in nodes:
        if node is not None:
            yield from (n.rule for n in walk(node) if isinstance(n, Holds))
