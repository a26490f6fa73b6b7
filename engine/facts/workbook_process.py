"""The process that reads one workbook: a job as JSON on stdin, spool files, an answer as JSON on stdout."""

import contextlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine

from engine.errors import FactsError
from engine.facts.columns import match_columns, tidy
from engine.facts.excel_cells import cell_text
from engine.facts.limits import WORKBOOK_LIMIT, WORKBOOK_MEMORY
from engine.facts.sources import nearest
from engine.facts.spool import Spool, shown
from engine.policy.contract import FactType, Field
from engine.policy.kinds import Kind

_CHUNK = 2**20
_ERROR_CELL = re.compile(rb"""\st=["']e["']""")
_DATE_1904 = re.compile(rb"""date1904=["'](1|true|on)["']""")


@dataclass(frozen=True)
class _Book:
    """What was found in the zip archive itself."""

    since_1904: bool
    error_cells: int


def main() -> None:
    """Read the job, do it, say what came of it."""
    _bound_memory()
    job = json.loads(sys.stdin.buffer.read())
    try:
        answer = _read(job)
    except FactsError as fault:
        answer = {"fault": fault.message, "hint": fault.hint}
    except MemoryError:
        raise SystemExit(1) from None
    except Exception as fault:  # whatever is wrong with the workbook, the caller wants a sentence
        reason = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
        answer = {"fault": f"{job['label']} cannot be read: {shown(reason)}", "hint": "is the workbook complete?"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (WORKBOOK_MEMORY, WORKBOOK_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(job: Mapping[str, Any]) -> dict[str, Any]:
    path, label = Path(job["path"]), str(job["label"])
    found = _survey(path, label)
    notices: list[str] = []
    if found.error_cells:
        notices.append(f"{label}: {found.error_cells} cells hold an Excel error (such as #N/A) and read as missing")
    kinds = [_fact_type(each) for each in job["types"]]
    with calamine.load_workbook(str(path)) as book:
        chosen, said = _choose(book.sheet_names, kinds, job, label)
        notices += said
        sheets = [_sheet(book, sheet, kind, job, found.since_1904, n) for n, (sheet, kind) in enumerate(chosen)]
    return {"sheets": sheets, "notices": notices}


def _fact_type(told: Mapping[str, Any]) -> FactType:
    fields = {
        each["name"]: Field(each["name"], Kind(each["kind"]), required=each["required"]) for each in told["fields"]
    }
    return FactType(told["name"], None, fields)


def _survey(path: Path, label: str) -> _Book:
    """Check the sizes the archive declares, then unpack it once, which proves them."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        total = sum(each.file_size for each in entries)
        if total > WORKBOOK_LIMIT:
            raise FactsError(
                f"{label}: unpacked, the workbook would take {total / 2**30:.1f} GB "
                f"(at most {WORKBOOK_LIMIT // 2**30} GB are read)",
                "save it as CSV",
            )
        since_1904, errors = False, 0
        for entry in entries:
            if entry.flag_bits & 1:
                raise FactsError(f"{label} is encrypted", "save it without a password")
            before = b""
            with archive.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    if entry.filename == "xl/workbook.xml":
                        since_1904 = since_1904 or bool(_DATE_1904.search(before + chunk))
                    if entry.filename.startswith("xl/worksheets/"):
                        seam = before + chunk
                        errors += len(_ERROR_CELL.findall(seam)) - len(_ERROR_CELL.findall(before))
                    before = chunk[-16:]
        return _Book(since_1904, errors)


def _choose(
    names: Sequence[str], kinds: Sequence[FactType], job: Mapping[str, Any], label: str
) -> tuple[list[tuple[str, FactType]], list[str]]:
    """Which sheet holds which type."""
    by_fold = {tidy(each): each for each in names}
    if job["one_type"]:
        kind = kinds[0]
        wanted = job["sheet"]
        if wanted is None:
            return [(by_fold.get(kind.name.casefold(), names[0]), kind)], []
        if tidy(wanted) not in by_fold:
            raise FactsError(f"{label}: there is no sheet '{wanted}'", f"sheets: {', '.join(map(shown, names))}")
        return [(by_fold[tidy(wanted)], kind)], []
    if job["sheet"] is not None:
        raise FactsError(
            f"{label}: the sheet '{job['sheet']}' bears no fact type's name", "name the type of this source"
        )
    known = {kind.name.casefold(): kind for kind in kinds}
    chosen = [(each, known[tidy(each)]) for each in names if tidy(each) in known]
    notices = []
    for each in names:
        if tidy(each) not in known:
            guess = nearest(each, [kind.name for kind in kinds])
            asked = f"; did you mean {guess}?" if guess else ", no fact type of that name"
            notices.append(f"{label}: the sheet '{shown(each)}' is not read{asked}")
    if not chosen:
        raise FactsError(
            f"{label}: no sheet bears a fact type's name (sheets: {', '.join(map(shown, names))})",
            "name each sheet after its fact type, such as account or order",
        )
    return chosen, notices


def _rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Rows that hold something, with the row number that Excel shows."""
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        if any(each.strip() if isinstance(each, str) else each is not None for each in cells):
            yield row, cells


def _sheet(
    book: calamine.CalamineWorkbook, name: str, kind: FactType, job: Mapping[str, Any], since_1904: bool, n: int
) -> dict[str, Any]:
    label = f"{job['label']}, sheet {shown(name)}"
    answer: dict[str, Any] = {"type": kind.name, "label": label, "columns": [], "notices": [], "rows": 0}
    rows = _rows(book.get_sheet_by_name(name))
    first = next(rows, None)
    if first is None:
        return answer
    _, top = first
    header = [each if isinstance(each, str) else cell_text(each, Kind.TEXT, since_1904) for each in top]
    matched = match_columns(kind, header, job["columns"], label)
    places = [(each.index, each.field.kind) for each in matched.columns]
    file = f"{job['stem']}-{n}.rows"
    with Spool(Path(job["folder"]) / file, len(places)) as out:
        for row, cells in rows:
            texts = [
                each if type(each) is str else cell_text(each, wanted, since_1904)
                for each, wanted in ((cells[index] if index < len(cells) else "", wanted) for index, wanted in places)
            ]
            out.add(row, texts)
    answer["columns"] = [[each.field.name, each.name] for each in matched.columns]
    return answer | {"notices": list(matched.notices), "rows": out.rows, "longest": out.longest, "file": file}


if __name__ == "__main__":
    main()
