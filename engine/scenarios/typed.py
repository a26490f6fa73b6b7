"""Cells to typed values, by the very rules that hold for imported facts; all tests at once."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from engine.errors import PolicyError
from engine.facts.columns import all_fields
from engine.facts.loading import load
from engine.facts.readers_json import read_jsonl
from engine.facts.sources import Format, Input
from engine.facts.work import Bench, workbench
from engine.policy.contract import Contract
from engine.policy.faults import Fault
from engine.scenarios.rows import Row

Typed = dict[str, Any]


def typed_rows(contract: Contract, rows: Sequence[Row]) -> tuple[list[Typed], list[Fault]]:
    """The rows with typed values, in their order, and a fault for every cell that does not fit."""
    typed: list[Typed] = [{} for _ in rows]
    faults: list[Fault] = []
    by_type: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        by_type.setdefault(row.type.name, []).append(n)
    with workbench() as bench:
        for number, (type, places) in enumerate(by_type.items()):
            found = _load(bench, contract, type, [rows[n] for n in places], number)
            for n, (values, bad) in zip(places, found, strict=True):
                typed[n] = values
                faults += [_fault(rows[n], *each) for each in bad]
    return typed, faults


def _load(
    bench: Bench, contract: Contract, type: str, rows: list[Row], number: int
) -> list[tuple[Typed, list[tuple[str, str]]]]:
    fields = [field.name for field in all_fields(contract[type])]
    path = bench.new_file(".jsonl")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            cells = dict.fromkeys(fields) | dict(row.cells)
            file.write(json.dumps(cells, ensure_ascii=False, default=date.isoformat) + "\n")
    given = Input(contract[type], path, Format.JSONL, type)
    table = load(bench, read_jsonl(bench, given, contract[type]), number).table
    found = bench.con.table(table).order("r").fetchall()
    if len(found) != len(rows):
        raise PolicyError(f"the given rows of {type} cannot be read", "look for very long texts among them")
    columns = bench.con.table(table).columns
    done = []
    for values in found:
        named = dict(zip(columns, values, strict=True))
        bad = [(each["c"], each["w"]) for each in named["bad"] or () if each is not None]
        done.append(({name: named[f"v{n}"] for n, name in enumerate(fields)}, bad))
    return done


def _fault(row: Row, field: str, reason: str) -> Fault:
    here = row.spot / field
    value = row.cells.get(field)
    width = len(value) if isinstance(value, str) and field in row.cells else 1
    what = f"'{field}' of {row.type.name}"
    if value is None:
        return Fault("no-value", row.spot.value, f"{what} is {reason}", f"add `{field}: …`")
    return Fault("wrong-value", here.value, f"{what} does not fit: {reason}", "see the type in rules/facts.yaml", width)
