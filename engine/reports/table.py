"""A report as plain data: a table with typed columns, whose words are said only when somebody reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class As(StrEnum):
    """How the values of a column read."""

    TEXT = "text"  # as it is
    WORD = "word"  # a closed-list value, said by the policy's words
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"  # a share: 0.25 reads 25%
    DATE = "date"
    DAYS = "days"  # a whole number of days
    FLAG = "flag"  # true or false


@dataclass(frozen=True)
class Said:
    """Something to say in the reader's language: the name of a phrase and its values."""

    phrase: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SaidWord:
    """A closed-list value inside a phrase, said by the policy's words."""

    value: str


@dataclass(frozen=True)
class Column:
    """A column. `name` is its key in JSON and CSV; its heading is the phrase `column_<name>`, or `heading` as it is.

    A `spare` column is left out where lines are short, as in a terminal of 80 columns; JSON and CSV have it always.
    """

    name: str
    kind: As = As.TEXT
    heading: str | None = None
    spare: bool = False


@dataclass(frozen=True)
class Table:
    """A report. A row has a value per column: None where it is missing, money as Decimal, dates as date.

    `total` counts all rows where a limit left some out of `rows`.
    """

    title: Said
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[Said, ...] = ()
    total: int | None = None
