"""What is found other than sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.store.ledger import Entry


@dataclass(frozen=True)
class Damage:
    """Something that is other than sealed. `kind` names how; `name` what; `entry` the entry that speaks against it."""

    kind: str
    name: str
    entry: int
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `audit check --format json` prints it."""
        return {"kind": self.kind, "name": self.name, "entry": self.entry, "detail": self.detail}


@dataclass
class Found:
    """What is found while a store is checked, and how many files and rows were compared."""

    damages: list[Damage] = field(default_factory=list)
    files: int = 0
    rows: int = 0

    def add(self, kind: str, name: str, entry: int, detail: str = "") -> None:
        """Note a damage."""
        self.damages.append(Damage(kind, name, entry, detail))


def content_of(entry: Entry) -> Mapping[str, Any]:
    """What an entry says; nothing where its text was damaged."""
    try:
        found = entry.content
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
