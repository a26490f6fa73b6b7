"""A snapshot: the facts of one night, typed and frozen, in a folder named by their content."""

import contextlib
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from engine.errors import FactsError, StoreError
from engine.facts import sql
from engine.facts.cells import STORED
from engine.facts.checks import Checked
from engine.facts.columns import all_fields
from engine.facts.content import content_hash
from engine.facts.origins import FILE, ROW_NUMBER
from engine.facts.work import Bench, first_line, workbench
from engine.policy.contract import Contract

FORMAT = 1
MANIFEST = "manifest.json"
_DAMAGED = "restore it from a backup, or move it away and run again on the same facts"
_LEFT_OVER_AFTER = 86_400  # seconds; an unfinished folder older than this is swept away


@dataclass(frozen=True)
class Snapshot:
    """Frozen facts. `present`: the types that had a source, even an empty one; `rows`: rows per present type."""

    hash: str
    folder: Path
    present: frozenset[str]
    rows: Mapping[str, int]

    def path(self, type_name: str) -> Path:
        """The Parquet file of a type that is present."""
        return self.folder / f"{type_name}.parquet"


def write_snapshot(bench: Bench, contract: Contract, checked: Iterable[Checked], store_folder: Path) -> Snapshot:
    """Write the rows that stand; an equal snapshot that is there already is used instead, a damaged one moved aside.

    Files are written beside their place, flushed to disk and moved there in one step. StoreError where the store
    cannot be written.
    """
    home = store_folder / "snapshots"
    making = home / f".new-{uuid.uuid4().hex}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        making.mkdir()
        try:
            return _write(bench, contract, checked, home, making)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except OSError as fault:
        raise StoreError(f"the snapshot cannot be written to {home}: {fault.strerror or fault}") from fault
    except duckdb.IOException as fault:
        raise StoreError(
            f"the snapshot cannot be written to {home}: {first_line(fault)}", "is the disk full?"
        ) from fault


def open_snapshot(folder: Path) -> Snapshot:
    """Open a snapshot by its folder; FactsError where the manifest is missing or damaged, or a file is not there."""
    manifest = _manifest(folder)
    types = manifest["types"]
    for name, told in types.items():
        path = folder / f"{name}.parquet"
        if not path.is_file() or path.stat().st_size != told["bytes"]:
            raise FactsError(f"the snapshot {folder} is damaged: {path.name} is missing or not of its size", _DAMAGED)
    return Snapshot(manifest["hash"], folder, frozenset(types), {name: told["rows"] for name, told in types.items()})


def damages(snapshot: Snapshot, *, content: bool = True) -> tuple[str, ...]:
    """Every difference between a snapshot's files and its hash, to the byte; nothing where it is whole.

    Without `content` the files' bytes alone are compared with the manifest, which is quicker.
    """
    types = _manifest(snapshot.folder)["types"]
    found = []
    with workbench() as bench:
        for name, told in types.items():
            path = snapshot.path(name)
            try:
                if _file_hash(path) != told["sha256"]:
                    found.append(f"{path.name} is not the file that was written")
                elif content and content_hash(bench, path) != told["content"]:
                    found.append(f"{path.name} does not hold what the snapshot's hash says")
            except (OSError, duckdb.Error) as fault:
                found.append(f"{path.name} cannot be read: {first_line(fault)}")
    return tuple(found)


def _write(bench: Bench, contract: Contract, checked: Iterable[Checked], home: Path, making: Path) -> Snapshot:
    types: dict[str, dict[str, Any]] = {}
    for each in checked:
        path = making / f"{each.type.name}.parquet"
        _write_type(bench, each, path)
        types[each.type.name] = {
            "rows": each.rows - each.rejected,
            "content": content_hash(bench, path),
            "sha256": _file_hash(path),
            "bytes": path.stat().st_size,
        }
    absent = sorted(set(contract) - set(types))
    shared = _share_unchanged(home, making, types)
    whole = _whole_hash(types, absent)
    manifest = {"format": FORMAT, "hash": whole, "types": types, "absent": absent}
    target = home / whole
    if target.exists():
        if _sound(target):
            return open_snapshot(target)
        target.rename(home / f".damaged-{uuid.uuid4().hex}")
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (making / MANIFEST).write_text(text, encoding="utf-8")
    for path in [*making.iterdir(), making]:
        if path not in shared:
            _flush(path)
    try:
        making.rename(target)
    except OSError:
        if not target.exists():
            raise
    _flush(home)
    return open_snapshot(target)


def _share_unchanged(home: Path, making: Path, types: Mapping[str, Mapping[str, Any]]) -> frozenset[Path]:
    """Have the files that are those of the newest snapshot, to the byte, be the same on the disk; gives these files.

    A snapshot's files are never written again. Where the disk has no hard links, each snapshot keeps its own.
    """
    manifests = [path for path in home.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(".")]
    newest = max(manifests, key=lambda path: (path.stat().st_mtime_ns, path), default=None)
    shared = set()
    with contextlib.suppress(FactsError):
        known = _manifest(newest.parent)["types"] if newest is not None else {}
        for name, told in types.items():
            if newest is None or known.get(name, {}).get("sha256") != told["sha256"]:
                continue
            path, link = making / f"{name}.parquet", making / f"{name}.link"
            with contextlib.suppress(OSError):
                if _file_hash(newest.parent / path.name) == told["sha256"]:
                    link.hardlink_to(newest.parent / path.name)
                    link.replace(path)
                    shared.add(path)
    return frozenset(shared)


def _sound(folder: Path) -> bool:
    """Whether the bytes of a snapshot are those that were written."""
    try:
        return not damages(open_snapshot(folder), content=False)
    except FactsError:
        return False


def _write_type(bench: Bench, checked: Checked, path: Path) -> None:
    """One type's file: the contract's fields in order, sorted by id, then where each row came from.

    Refs that lead nowhere are missing.
    """
    columns = []
    rows = exp.select().from_(sql.table(checked.kept, "k"))
    for n, field in enumerate(all_fields(checked.type)):
        value = sql.col(f"v{n}", "k")
        if n in checked.dangling:
            there = f"t{n}"
            same = exp.EQ(this=sql.col("v0", there), expression=value)
            rows = rows.join(sql.table(checked.dangling[n], there), on=same, join_type="left")
            value = sql.col("v0", there)
        columns.append(sql.named(sql.cast_to(value, STORED[field.kind]), field.name))
    rows = rows.join(sql.table("sources", "o"), on=exp.EQ(this=sql.col("s", "o"), expression=sql.col("s", "k")))
    columns.append(sql.named(sql.col("label", "o"), FILE))
    columns.append(sql.named(sql.cast_to(sql.col("r", "k"), "BIGINT"), ROW_NUMBER))
    rows = rows.select(*columns).order_by(exp.Ordered(this=sql.col("v0", "k"), nulls_first=False))
    copied = exp.Copy(
        this=rows.subquery(),
        kind=False,
        files=[sql.text(str(path))],
        params=[
            exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("PARQUET")),
            exp.CopyParameter(this=exp.var("COMPRESSION"), expression=exp.var("ZSTD")),
        ],
    )
    bench.run(copied)


def _whole_hash(types: Mapping[str, Mapping[str, Any]], absent: Iterable[str]) -> str:
    """The snapshot's hash: what each type says, and which types say nothing at all."""
    told = {name: [each["rows"], each["content"]] for name, each in types.items()}
    return hashlib.sha256(json.dumps([FORMAT, told, sorted(absent)], sort_keys=True).encode()).hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest's hash and types, checked against each other and the folder's name."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        types = {
            str(name): {"rows": int(told["rows"]), "bytes": int(told["bytes"])}
            | {key: str(told[key]) for key in ("content", "sha256")}
            for name, told in found["types"].items()
        }
        right = found["format"] == FORMAT and found["hash"] == folder.name == _whole_hash(types, found["absent"])
    except FileNotFoundError as fault:
        raise FactsError(f"there is no snapshot in {folder}: {MANIFEST} is missing") from fault
    except OSError as fault:
        raise FactsError(f"the snapshot {folder} cannot be read: {fault.strerror}") from fault
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise FactsError(f"the snapshot {folder} is damaged: {MANIFEST} cannot be read", _DAMAGED) from fault
    if not right:
        raise FactsError(f"the snapshot {folder} is damaged: {MANIFEST} does not fit its hash", _DAMAGED)
    return {"hash": folder.name, "types": types}


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Have the system write a file or folder to disk (folders: where the system can)."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # folders on Windows
        return
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():
            raise
    finally:
        os.close(handle)


def _sweep(home: Path) -> None:
    """Remove what a run that broke off long ago left behind."""
    for each in home.glob(".new-*"):
        with contextlib.suppress(OSError):
            if time.time() - each.stat().st_mtime > _LEFT_OVER_AFTER:
                shutil.rmtree(each, ignore_errors=True)
