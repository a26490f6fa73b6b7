"""Sums by one or two dimensions, and the figures that are read off them: totals, shares, ratios, the rest folded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.reports.table import As, Column, Said

Key = Any  # what a row is told by: a text, a truth, a pair of them; None where it is not known
Sums = tuple[int | Decimal | None, ...]
TOTAL = Said("column_total")


@dataclass(frozen=True)
class Figure:
    """A figure of a report: a sum; one sum over another; or the share of a sum in that of all rows."""

    name: str
    kind: As
    part: str
    over: str | None = None
    share: bool = False
    spare: bool = False

    @property
    def column(self) -> Column:
        """The column it stands in."""
        return Column(self.name, self.kind, spare=self.spare)


@dataclass(frozen=True)
class Cube:
    """Sums by key. `parts` names them; `rows` holds key and sums, None for a sum that could not be judged."""

    parts: tuple[str, ...]
    rows: tuple[tuple[Key, Sums], ...]

    @property
    def total(self) -> Sums:
        """The sums of all rows."""
        return added((sums for _, sums in self.rows), len(self.parts))

    def part(self, sums: Sums, name: str) -> int | Decimal | None:
        """One of the sums by its name."""
        return sums[self.parts.index(name)]

    def value(self, figure: Figure, sums: Sums, total: Sums) -> Any:
        """The figure of a row: missing where a sum is, or where it would be divided by nothing."""
        above = self.part(sums, figure.part)
        if figure.share:
            return ratio(above, self.part(total, figure.part))
        if figure.over is None:
            return above
        found = ratio(above, self.part(sums, figure.over))
        return found if found is None or figure.kind is not As.MONEY else Decimal(repr(round(found, 4)))

    def values(self, figures: Sequence[Figure], sums: Sums, total: Sums) -> tuple[Any, ...]:
        """All figures of a row."""
        return tuple(self.value(figure, sums, total) for figure in figures)

    def ranked(self, part: str) -> "Cube":
        """The rows by one sum, the greatest first; ties by key, rows without a key last."""
        at = self.parts.index(part)

        def place(row: tuple[Key, Sums]) -> tuple[bool, Any, str]:
            return row[0] is None, -(row[1][at] or 0), str(row[0])

        return replace(self, rows=tuple(sorted(self.rows, key=place)))

    def folded(self, most: int) -> "Cube":
        """The first rows, and one for all others where there are more than `most`."""
        if len(self.rows) <= most:
            return self
        kept, rest = self.rows[: most - 1], self.rows[most - 1 :]
        return replace(self, rows=(*kept, (OTHERS_KEY, added((sums for _, sums in rest), len(self.parts)))))

    def in_order(self, keys: Iterable[Key]) -> "Cube":
        """A row for each of `keys` in this order, of zeros where there is none; other rows follow, as they stand."""
        found = dict(self.rows)
        wanted = tuple(keys)
        rows = tuple((key, found.get(key, (0,) * len(self.parts))) for key in wanted)
        return replace(self, rows=(*rows, *(row for row in self.rows if row[0] not in wanted)))


OTHERS_KEY = ("others",)  # no value of a dimension: those are texts


def added(rows: Iterable[Sums], width: int) -> Sums:
    """Sums added up; missing where one was missing in every row, or there is none of `width`."""
    found: list[int | Decimal | None] = [None] * width
    some = False
    for row in rows:
        some = True
        for n, value in enumerate(row):
            if value is not None:
                found[n] = value + (found[n] or 0)
    return tuple(found) if some else (0,) * width


def ratio(above: int | Decimal | None, below: int | Decimal | None) -> float | None:
    """One over the other; missing where either is, or the lower is nothing."""
    if above is None or not below:
        return None
    return float(Fraction(above) / Fraction(below))


def by_key(rows: Iterable[Sequence[Any]], parts: Sequence[str]) -> Cube:
    """A cube of rows whose first column is the key."""
    return Cube(tuple(parts), tuple((first, tuple(rest)) for first, *rest in rows))


def merged(cubes: Mapping[str, Cube | None], keys: Iterable[Key] = ()) -> Cube:
    """Cubes of other sums over the same keys as one; a cube that is not there gives missing sums.

    `cubes`: the name that the (only) sum of each gets.
    """
    found = {name: dict(cube.rows) for name, cube in cubes.items() if cube is not None}
    order = dict.fromkeys(keys) | dict.fromkeys(key for cube in found.values() for key in cube)
    rows = [(key, tuple(found[name].get(key, (0,))[0] if name in found else None for name in cubes)) for key in order]
    return Cube(tuple(cubes), tuple(rows))
