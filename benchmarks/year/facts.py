"""The exports of the company's other systems: a CSV file per fact type, written again on the days it changed.

Columns, names and dice are those of the example company.
"""

import csv
import sys
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2] / "examples" / "company"))

from book import TABLES
from dice import Dice
from names import CITIES, INDUSTRIES, ORIGINS, PRODUCTS, PROVINCE, RIVALS, SUBSCRIPTIONS, company, person

__all__ = [
    "CITIES", "INDUSTRIES", "ORIGINS", "PRODUCTS", "PROVINCE", "RIVALS", "SUBSCRIPTIONS", "Dice", "Files", "Row",
    "company", "person",
]  # fmt: skip

Row = dict[str, Any]


class Files:
    """All rows by type, each with an id that never changes, and the folder that they are exported to."""

    def __init__(self, folder: Path, types: Collection[str] = tuple(TABLES)) -> None:
        """`types`: those that are exported; all are kept."""
        self.folder, self.types = folder, types
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self._changed = set(TABLES)

    def add(self, type: str, /, **fields: Any) -> Row:
        """Put a row in and give it, with an id of its own unless it has one."""
        rows = self.rows[type]
        fields.setdefault("id", f"{TABLES[type][0]}{len(rows) + 1}")
        rows[fields["id"]] = fields
        self._changed.add(type)
        return fields

    def change(self, type: str, row: Row, /, **fields: Any) -> None:
        """Put something else into a row."""
        row.update(fields)
        self._changed.add(type)

    def write(self) -> None:
        """Export the types that changed since the last time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for type in sorted(self._changed.intersection(self.types)):
            columns = ["id", *TABLES[type][2].split()]
            with (self.folder / f"{type}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows([_text(row.get(column)) for column in columns] for row in self.rows[type].values())
        self._changed.clear()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value
