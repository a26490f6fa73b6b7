"""Whether the files of runs and snapshots are as the ledger sealed them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.action.sealing import fingerprint
from engine.audit.damage import Found, content_of
from engine.errors import FactsError
from engine.facts.snapshot import damages, open_snapshot
from engine.store.frozen import PART, ROWS
from engine.store.ledger import Entry
from engine.store.opening import Store


def check_files(store: Store, chain: Sequence[Entry], found: Found) -> None:
    """Every file of every sealed run and of its snapshot, but what was pruned on record."""
    pruned = [content for entry in chain if entry.kind == "prune" and (content := content_of(entry))]
    gone = {
        f"{run}/{name}": told
        for each in pruned for run, names in each.get("runs", {}).items() for name, told in names.items()
    }  # fmt: skip
    gone_snapshots = {name for each in pruned for name in each.get("snapshots", ())}
    seen: set[str] = set()
    known = {str(id) for (id,) in store.db.conn.execute("select id from run")}
    for entry in chain:
        content = content_of(entry)
        if entry.kind != "run" or "files" not in content:
            continue
        run = str(content.get("run"))
        known.add(run)
        _check_folder(store.runs / run, f"runs/{run}", content["files"], gone, entry.number, found)
        snapshot, manifest = str(content.get("snapshot")), content.get("manifest")
        if snapshot not in seen and manifest is not None and snapshot not in gone_snapshots:
            seen.add(snapshot)
            _check_snapshot(store.folder / "snapshots" / snapshot, manifest, entry.number, found)
    for folder in sorted(store.runs.iterdir()) if store.runs.is_dir() else ():
        left = folder.suffix == PART or (folder / ROWS).is_file()  # of a night broken off; the next one removes it
        if folder.name not in known and not left:
            found.add("file_added", f"runs/{folder.name}", len(chain) + 1)


def _check_folder(
    folder: Path, shown: str, files: Mapping[str, Any], gone: Mapping[str, Any], entry: int, found: Found
) -> None:
    for name, told in files.items():
        removed = gone.get(f"{folder.name}/{name}")
        if removed is not None:
            if removed != told:
                found.add("file_changed", f"{shown}/{name}", entry)
            continue
        found.files += 1
        _check_file(folder / name, f"{shown}/{name}", told, entry, found)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in files:
            found.add("file_added", f"{shown}/{name}", entry)


def _check_file(path: Path, shown: str, told: list[Any], entry: int, found: Found) -> None:
    try:
        now = fingerprint(path)
    except FileNotFoundError:
        found.add("file_missing", shown, entry)
    except OSError as error:
        found.add("file_unreadable", shown, entry, error.strerror or str(error))
    else:
        if now != told:
            found.add("file_changed", shown, entry, f"{told[0]} → {now[0]} bytes" if told[0] != now[0] else "")


def _check_snapshot(folder: Path, manifest: str, entry: int, found: Found) -> None:
    shown = f"snapshots/{folder.name}"
    path = folder / "manifest.json"
    if not folder.is_dir():
        found.add("file_missing", shown, entry)
        return
    try:
        if fingerprint(path)[1] != manifest:
            found.add("file_changed", f"{shown}/{path.name}", entry)
            return
        snapshot = open_snapshot(folder)
        for said in damages(snapshot, content=False):
            found.add("snapshot", shown, entry, said)
    except FileNotFoundError:
        found.add("file_missing", f"{shown}/{path.name}", entry)
        return
    except (OSError, FactsError) as error:
        found.add("snapshot", shown, entry, str(error))
        return
    found.files += len(snapshot.present) + 1
    for each in sorted({*folder.iterdir()} - {path, *(snapshot.path(type) for type in snapshot.present)}):
        found.add("file_added", f"{shown}/{each.name}", entry)
