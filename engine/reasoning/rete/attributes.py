"""The attributes of a fact as durable-rules sees it: short names, whole numbers and texts.

durable-rules takes no exponents and compares across types, so every value is sent as a whole number that orders
as the value does, and only texts that are compared for equality as texts. A missing value is left out; its marker
attribute, which is always there, is then 1.
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from engine.reasoning.rete.evaluate import Row, Truth, View
from engine.reasoning.rete.values import Value

Sent = int | str
Maker = Callable[[View, Row], Sent | None]
LARGEST = 2**62  # whole numbers are cut off here; the constants that they are compared with are smaller
HERE, MISSING = 0, 1  # what a marker says


@dataclass(frozen=True)
class Cell:
    """An attribute that is worked out from a row, and its marker."""

    value: str
    marker: str
    make: Maker


@dataclass
class Sheet:
    """The attributes that the conditions about one type ask for, each worked out once however many ask."""

    cells: dict[str, Cell] = field(default_factory=dict)  # by attribute, of values and markers
    _known: dict[object, Cell] = field(default_factory=dict)

    def cell(self, key: object, make: Callable[[], Maker]) -> Cell:
        """The cell for `key`, made at the first call."""
        if key not in self._known:
            n = len(self._known)
            cell = Cell(f"v{n}", f"m{n}", make())
            self._known[key] = self.cells[cell.value] = self.cells[cell.marker] = cell
        return self._known[key]

    def cells_of(self, attributes: Iterable[str]) -> list[Cell]:
        """The cells that make these attributes (derived ones have none)."""
        return list({id(cell): cell for name in attributes if (cell := self.cells.get(name))}.values())


def fill(fact: dict[str, Sent], cells: Iterable[Cell], view: View, row: Row) -> None:
    """Works out attributes."""
    for cell in cells:
        value = cell.make(view, row)
        if value is None:
            fact[cell.marker] = MISSING
        else:
            fact[cell.marker] = HERE
            fact[cell.value] = value


def sent(value: Value) -> Sent | None:
    """A value as an attribute; None where it is missing."""
    if value is None:
        return None
    match value:
        case bool():
            return int(value)
        case date():
            return value.toordinal()
        case float():
            return _ordered(value)
        case int():
            return max(-LARGEST, min(LARGEST, value))
    return value


def constant(value: Value) -> Sent | None:
    """A constant as it is compared with attributes; None where it is too large for that."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        return None
    return sent(value)


def flag(truth: Truth) -> Maker:
    """An attribute that is 1 where the condition holds, else 0."""
    return lambda view, row: int(truth(view, row, None))


def _ordered(value: float) -> int:
    """A whole number of 64 bits that orders as the double does, and is equal where it is."""
    bits = int.from_bytes(struct.pack("<d", value), "little", signed=True)
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)
