"""The list of rows and cells that do not fit, as a CSV file that a spreadsheet opens safely."""

import csv
from collections.abc import Sequence
from pathlib import Path

from engine.errors import FactsError
from engine.facts.spool import shown
from engine.facts.work import Bench
from engine.messages import in_language

HEADER = ("kind", "type", "file", "row", "column", "value", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_FETCHED = 5000
_LIST = """
select x.kind, x.type, coalesce(p.place, o.label), x.r, x.c, x.v, x.w
from rejects as x join sources as o on o.s = x.s
left join told_places as p on o.label = 'told' and p.type = x.type and p.r = x.r
order by x.kind, x.type, x.s, x.r, x.c, x.w
"""
_FIRST = """
select coalesce(p.place, o.label), x.r, x.c, x.v, x.w from rejects as x join sources as o on o.s = x.s
left join told_places as p on o.label = 'told' and p.type = x.type and p.r = x.r
where x.type = ? and x.kind = 'reject' order by x.s, x.r, x.c, x.w limit ?
"""

_TOLD = """
select count(distinct x.r) from rejects as x join sources as o on o.s = x.s
where o.label = 'told' and x.kind = 'reject' and x.type = ?
"""


def told_rejects(bench: Bench, name: str) -> int:
    """How many facts of one type that people told were set aside."""
    return bench.number(_TOLD, [name])


def write_rejects(bench: Bench, path: Path, language: str = "en") -> bool:
    """Write the whole list, rejects first, reasons in `language`. False if it is empty; an older file goes."""
    empty = bench.number("select count(*) from rejects") == 0
    try:
        if empty:
            if path.is_file():
                path.unlink()
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(HEADER)
            found = bench.con.execute(_LIST)
            while rows := found.fetchmany(_FETCHED):
                out.writerows([[harmless(each) for each in (*row, in_language(why, language))] for *row, why in rows])
    except OSError as fault:
        raise FactsError(f"the list of rejects cannot be written to {path}: {fault.strerror}") from fault
    return True


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = shown("" if value is None else str(value), limit=None)
    return f"'{text}" if text.startswith(_FORMULA) else text


def first_reasons(bench: Bench, name: str, at_most: int) -> Sequence[str]:
    """The first rejects of one type as sentences."""
    found = bench.con.execute(_FIRST, [name, at_most]).fetchall()
    return [
        f"{label} row {row}"
        + (f", {shown(column)}" if column else "")
        + (f" '{shown(value)[:60]}'" if value else "")
        + f": {why}"
        for label, row, column, value, why in found
    ]
