"""One file to a raw relation: every source looks the same to what comes after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.facts.columns import Column
from engine.facts.sql import Sql
from engine.policy.contract import FactType


@dataclass(frozen=True)
class Raw:
    """What one source holds for one type, before typing.

    `relation`: a table function or table; None where the source holds no rows. `cells`: for each field found, its
    column there and that column's DuckDB type. `first_row`: the spreadsheet row of the first one, where rows are
    counted in the order they come; None where the relation is a spool and carries its own row numbers and flaws.
    `instead`: another way to read the same, should this one fail on a row that does not fit.
    """

    type: FactType
    label: str
    relation: Sql | None
    cells: tuple["RawCell", ...]
    words: Mapping[str, Mapping[str, str]]
    notices: tuple[str, ...]
    first_row: int | None
    instead: "Callable[[], Raw] | None" = None


@dataclass(frozen=True)
class RawCell:
    """One field's column in a raw relation: `source` is its name there, `physical` its DuckDB type."""

    column: Column
    source: str
    physical: str = "VARCHAR"
