"""Help for the tests of reports: a night of the shipped policy over a few facts by hand."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.action.calendar import Calendar
from engine.action.night import Settings, run_night
from engine.delivery.render import render
from engine.facts.importing import import_facts
from engine.policy.load import load_policy
from engine.policy.model import Policy
from engine.shipped import shipped_root

DAY = date(2026, 11, 22)  # a Sunday
Rows = Iterable[Mapping[str, Any]]


@lru_cache
def shipped() -> Policy:
    return load_policy(shipped_root())


def night(folder: Path, facts: Mapping[str, Rows], day: date = DAY, policy: Policy | None = None) -> Path:
    """The store of one night over facts by type; a type with no rows is an empty file."""
    policy = policy or shipped()
    source = folder / "facts"
    source.mkdir(parents=True, exist_ok=True)
    for type, rows in facts.items():
        columns = ["id", *policy.contract[type].fields]
        with (source / f"{type}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return night_of(folder, source, day, policy)


def night_of(folder: Path, source: Path, day: date = DAY, policy: Policy | None = None) -> Path:
    """The store of one night over a folder of facts."""
    policy = policy or shipped()
    store = folder / "store"
    imported = import_facts(policy.contract, source, store, folder / "rejects.csv", 0.05)
    assert imported.rejected == 0, (folder / "rejects.csv").read_text(encoding="utf-8")
    run_night(policy, imported.snapshot, day, Settings(store, Calendar(), "en", {}, render)).close()
    return store
