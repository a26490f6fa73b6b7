"""A figure by two traits: rows down, columns across, and the same as a stacked chart."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from engine.reports.cube import OTHERS_KEY, TOTAL, Cube, Figure, Key, Sums, added
from engine.reports.dimensions import Dimension, label
from engine.reports.report import CHARTED, Chart, Form, Part, Series
from engine.reports.table import As, Column, Said, Table

ACROSS = 8  # columns of a second dimension; the rest stand together as others
ROOM = 58  # terminal cells for them, beside the first column and the totals
MISSING = "—"


def crossed(
    name: str, title: Said, cells: Cube, figures: Sequence[Figure], first: Dimension, other: Dimension,
    labels: Sequence[str], shown: int, *, trim: bool = False, snapshots: bool = False,
) -> Part:  # fmt: skip
    """The leading figure of cells keyed by pairs; for programs all figures, a row for each pair.

    A course of time goes down, never across: `labels` are its steps. `snapshots`: counts at the end of each step,
    which do not add up over time.
    """
    lead = figures[0]
    down = arranged(_along(cells, 0), first, lead, labels if first.is_time else (), trim)
    across = arranged(_along(cells, 1), other, lead, (), trim)
    data = _long(cells, figures, first, other, down, across, title)
    down = down if first.is_time or first.order else down.folded(shown)
    charted, across = across.folded(ACROSS), across.folded(_fitting(across, other, lead))
    found = _folded_cells(cells, down, across)
    heads = [_head(other, n, key, lead.kind) for n, (key, _) in enumerate(across.rows)]
    rows = [
        (
            label(key, first),
            *(cells.value(lead, found[key, k], ()) for k, _ in across.rows),
            cells.value(lead, sums, ()),
        )
        for key, sums in down.rows
    ]
    if len(rows) > 1 and not (snapshots and first.is_time):
        last = [cells.value(lead, sums, ()) for _, sums in across.rows]
        rows.append((TOTAL, *last, cells.value(lead, down.total, ())))
    table = Table(title, (Column(first.name, first.kind), *heads, Column("total", lead.kind)), tuple(rows))
    return Part(name, table, _chart(cells, first, other, down, charted, lead), data)


def _chart(
    cells: Cube, first: Dimension, other: Dimension, down: Cube, across: Cube, lead: Figure
) -> tuple[Chart, ...]:
    """The figure stacked: along the rows, a series for each column."""
    along = down if first.is_time else down.folded(CHARTED)
    found = _folded_cells(cells, along, across)
    series = tuple(
        Series(label(key, other), tuple(cells.value(lead, found[k, key], ()) for k, _ in along.rows))
        for key, _ in across.rows
    )
    if not series or not along.rows:
        return ()
    form = Form.STACKED if first.is_time else Form.STACKED_BARS
    labels = tuple(label(k, first) for k, _ in along.rows)
    return (Chart(Said(f"column_{lead.name}"), form, labels, series, lead.kind, Said(f"column_{other.name}")),)


def arranged(cube: Cube, dimension: Dimension, lead: Figure, labels: Sequence[str], trim: bool) -> Cube:
    """The rows in the dimension's own order, else by size; a course of time has every step."""
    if dimension.is_time:
        full = cube.in_order(labels)
        if trim:
            first = next((n for n, (_, sums) in enumerate(full.rows) if any(sums)), 0)
            full = replace(full, rows=full.rows[first:])
        return full
    ranked = replace(cube, rows=tuple(r for r in cube.ranked(lead.part).rows if any(r[1])))
    if not dimension.order:
        return ranked
    return ranked.in_order(dimension.order)


def _along(cells: Cube, at: int) -> Cube:
    """Cells of two dimensions added up along one of them."""
    found: dict[Key, list[Sums]] = {}
    for key, sums in cells.rows:
        found.setdefault(key[at], []).append(sums)
    width = len(cells.parts)
    return Cube(cells.parts, tuple((key, added(rows, width)) for key, rows in found.items()))


def _folded_cells(cells: Cube, down: Cube, across: Cube) -> dict[tuple[Key, Key], Sums]:
    """The cells by row and column; what is in no row or column of its own is in that of the others."""
    rows, columns = {key for key, _ in down.rows}, {key for key, _ in across.rows}
    gathered: dict[tuple[Key, Key], list[Sums]] = {(r, c): [] for r in rows for c in columns}
    for (r, c), sums in cells.rows:
        gathered.setdefault((r if r in rows else OTHERS_KEY, c if c in columns else OTHERS_KEY), []).append(sums)
    return {key: added(found, len(cells.parts)) for key, found in gathered.items()}


def _fitting(across: Cube, other: Dimension, lead: Figure) -> int:
    """How many columns a line of the terminal has room for, at least two, at most ACROSS."""
    least = 12 if lead.kind is As.MONEY else 5
    width, count = 0, 0
    for key, _ in across.rows[: ACROSS + 1]:
        said = label(key, other)
        width += 2 + max(least, least if isinstance(said, Said) else cell_len(str(said)))
        if width > ROOM:
            break
        count += 1
    return min(max(count, 2), ACROSS)


def _head(other: Dimension, n: int, key: Key, kind: As) -> Column:
    said = label(key, other)
    if isinstance(said, Said):
        return Column(said.phrase.removeprefix("column_"), kind)
    return Column(f"{other.name}_{n}", kind, MISSING if said is None else str(said))


def _long(
    cells: Cube, figures: Sequence[Figure], first: Dimension, other: Dimension, down: Cube, across: Cube, title: Said
) -> Table:
    """A row for each pair, as programs like it."""
    columns = (Column(first.name, first.kind), Column(other.name, other.kind), *(f.column for f in figures))
    found = dict(cells.rows)
    nothing = (0,) * len(cells.parts)
    rows = tuple(
        (a, b, *cells.values(figures, found.get((a, b), nothing), ())) for a, _ in down.rows for b, _ in across.rows
    )
    return Table(title, columns, rows)
