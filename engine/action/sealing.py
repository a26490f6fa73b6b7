"""What a night puts into the ledger about itself, in the transaction that commits it."""

import hashlib
import sqlite3
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

from pydantic import TypeAdapter

from engine import __version__
from engine.action.compare import Verdict
from engine.action.matters import Episode
from engine.store.frozen import KNOWN, ROWS, read_known, write_known, write_rows
from engine.store.ledger import append
from engine.store.opening import Store

LIBRARIES = ("duckdb", "durable-rules", "holidays", "sqlglot")
_EPISODE = TypeAdapter(Episode)


def seal_run(
    tx: sqlite3.Connection, store: Store, part: Path, run: Mapping[str, Any], calendar: object, verdict: Verdict
) -> None:
    """Freeze what the decisions rest on, and seal the run: the last of its writing before it is committed.

    `part`: the folder of its conclusions and decisions; `run`: the columns of its row.
    """
    known = {key: _EPISODE.dump_json(episode).decode() for key, episode in verdict.seen.items()}
    write_known(part / KNOWN, known, verdict.lost)
    count = write_rows(tx, part / ROWS)
    manifest = store.folder / "snapshots" / str(run["snapshot"]) / "manifest.json"
    body = {
        **{name: run[name] for name in ("today", "engine", "policy", "snapshot")},
        "run": run["id"],
        "versions": versions(),
        "calendar": calendar_terms(calendar),
        "manifest": fingerprint(manifest)[1] if manifest.is_file() else None,
        "rows": count,
        "files": {
            path.relative_to(part).as_posix(): fingerprint(path) for path in sorted(part.rglob("*")) if path.is_file()
        },
    }
    append(tx, "run", body)


def known_episodes(folder: Path) -> tuple[dict[str, Episode], frozenset[str]]:
    """What the decisions of a sealed run rest on: episodes by key, and lost accounts."""
    known, lost = read_known(folder / KNOWN)
    return {key: _EPISODE.validate_json(text) for key, text in known.items()}, lost


def fingerprint(path: Path) -> list[Any]:
    """A file's length in bytes and its SHA-256."""
    with path.open("rb") as file:
        return [path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()]


def versions() -> dict[str, str]:
    """The versions of holdfast, Python and the libraries that conclusions rest on."""
    found = {"holdfast": __version__, "python": python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def calendar_terms(calendar: object) -> dict[str, Any]:
    """What a calendar was made from."""
    return {
        "country": getattr(calendar, "country", None),
        "subdivision": getattr(calendar, "subdivision", None),
        "extra_holidays": sorted(day.isoformat() for day in getattr(calendar, "extra_holidays", ())),
        "extra_workdays": sorted(day.isoformat() for day in getattr(calendar, "extra_workdays", ())),
    }
