"""Files in, snapshot rows and rejects out."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
from contract_for_tests import contract_of

from engine.facts.importing import Imported, import_facts
from engine.facts.snapshot import Snapshot
from engine.facts.sources import Source
from engine.policy.contract import Contract

SMALL = contract_of(
    {
        "account": {
            "fields": {
                "name": {"type": "text", "required": True},
                "owner": {"ref": "rep"},
                "tier": {"one_of": ["A", "B"]},
            }
        },
        "rep": {"fields": {"name": "text", "manager": {"ref": "rep"}, "skill": {"one_of": [1, 2, 3]}}},
        "order": {
            "known_from": "ordered_on",
            "fields": {
                "account": {"ref": "account"},
                "ordered_on": "date",
                "amount": "money",
                "weight": "number",
                "pieces": "integer",
                "urgent": "boolean",
                "channel": {"one_of": ["visit", "call", "customer_visit"]},
                "note": "text",
            },
        },
    }
)
ACCOUNTS = "id,name\na1,Ann\na2,Bob\n"


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder, accounts added where none are given."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(name.lower().startswith("account.") for name in files):
        files = {"account.csv": ACCOUNTS, **files}
    for name, text in files.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def take(
    tmp_path: Path,
    what: Mapping[str, str | bytes] | Path | Sequence[Source],
    *,
    share: float = 1.0,
    contract: Contract = SMALL,
) -> Imported:
    """Import files (or a path, or sources) into a store below tmp_path."""
    sources = put(tmp_path / "facts", what) if isinstance(what, Mapping) else what
    return import_facts(contract, sources, tmp_path / "store", tmp_path / "rejects.csv", share)


def rows(snapshot: Snapshot, kind: str) -> list[dict[str, Any]]:
    """A type's rows as they lie in the snapshot; missing values left out."""
    with duckdb.connect() as con:
        found = con.execute('select * exclude ("@file", "@row") from read_parquet(?)', [str(snapshot.path(kind))])
        names = [each[0] for each in found.description]
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in found.fetchall()
        ]


def orders(tmp_path: Path, text: str | bytes, name: str = "order.csv", **options: Any) -> list[dict[str, Any]]:
    """The order rows that come of one file."""
    return rows(take(tmp_path, {name: text}, **options).snapshot, "order")


def listed(tmp_path: Path) -> list[dict[str, str]]:
    """The list of rejects."""
    path = tmp_path / "rejects.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def told(tmp_path: Path) -> list[tuple[str, str, str]]:
    """Row, column and reason of each reject."""
    return [(each["row"], each["column"], each["reason"]) for each in listed(tmp_path)]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """A real Excel workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    book.save(path)
    return path
