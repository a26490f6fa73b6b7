"""Excel workbooks, read by another process, so that a hostile or damaged one cannot take this one along."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.errors import FactsError
from engine.facts.columns import Column, all_fields
from engine.facts.limits import WORKBOOK_MEMORY, WORKBOOK_SECONDS
from engine.facts.readers import Raw, RawCell
from engine.facts.sources import Input
from engine.facts.spool import spooled
from engine.facts.work import Bench
from engine.policy.contract import Contract, FactType

_COMPOUND = b"\xd0\xcf\x11\xe0"  # how encrypted workbooks and old .xls files begin


def read_workbook(bench: Bench, given: Input, contract: Contract) -> tuple[list[Raw], tuple[str, ...]]:
    """Every wanted sheet of one workbook, and what was noticed about the workbook itself."""
    _refuse_foreign(given)
    kinds: Sequence[FactType] = [given.type] if given.type is not None else list(contract.values())
    job = {
        "path": str(given.path.absolute()),
        "label": given.label,
        "one_type": given.type is not None,
        "sheet": given.sheet,
        "columns": dict(given.columns),
        "folder": str(bench.folder),
        "stem": bench.new_file("").name,
        "types": [
            {
                "name": kind.name,
                "fields": [
                    {"name": each.name, "kind": str(each.kind), "required": each.required} for each in all_fields(kind)
                ],
            }
            for kind in kinds
        ],
    }
    told = _ask(job, given.label)
    if "fault" in told:
        raise FactsError(str(told["fault"]), str(told["hint"]))
    by_name = {kind.name: kind for kind in kinds}
    raws = [_raw(sheet, by_name[sheet["type"]], given, bench) for sheet in told["sheets"]]
    return raws, tuple(told["notices"])


def _raw(sheet: Mapping[str, Any], kind: FactType, given: Input, bench: Bench) -> Raw:
    fields = {each.name: each for each in all_fields(kind)}
    cells = tuple(
        RawCell(Column(fields[field], n, column), f"c{n}") for n, (field, column) in enumerate(sheet["columns"])
    )
    relation = None
    if sheet["rows"]:
        relation = spooled(bench.folder / sheet["file"], len(cells), sheet["longest"])
    words = {name: each for name, each in given.values.items() if name in fields}
    return Raw(kind, sheet["label"], relation, cells, words, tuple(sheet["notices"]), None)


def _refuse_foreign(given: Input) -> None:
    with given.path.open("rb") as file:
        start = file.read(4)
    if start == _COMPOUND:
        raise FactsError(
            f"{given.label} is encrypted with a password, or an old .xls file", "save it as .xlsx without a password"
        )
    if not start.startswith(b"PK"):
        raise FactsError(f"{given.label} is not an Excel workbook", "save it as .xlsx, or give it its right ending")


def _ask(job: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Run the reading process once."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_home()), *sys.path]), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "engine.facts.workbook_process"],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=WORKBOOK_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise FactsError(f"{label}: reading took longer than {WORKBOOK_SECONDS} seconds", "save it as CSV") from fault
    if done.returncode == 0:
        try:
            told = json.loads(done.stdout)
        except ValueError:
            told = None
        if isinstance(told, dict):
            return told
    raise FactsError(
        f"{label}: the workbook needs more than {WORKBOOK_MEMORY // 2**30} GB of memory, or is damaged",
        "a stray cell far right or far down makes a sheet huge: delete the empty rows and columns, or save it as CSV",
    )


def _home() -> Path:
    """The folder that holds the `engine` package."""
    return Path(__file__).resolve().parents[2]
