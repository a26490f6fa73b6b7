"""The customer file as plain data: sections of facts, tables and texts, and what is missing in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.reports.table import As, Said, Table


@dataclass(frozen=True)
class Fact:
    """One named value. Its label is the phrase `fact_<name>`; `note` says more about it, such as why it is so."""

    name: str
    value: Any
    kind: As = As.TEXT
    note: Said | None = None


@dataclass(frozen=True)
class Section:
    """A part of the file, headed by the phrase `section_<name>`. `rows` is its table, if it has one.

    A section without rows and without a fact that is there is left out; `gap` then says what is missing.
    """

    name: str
    facts: tuple[Fact, ...] = ()
    rows: Table | None = None
    gap: Said | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is known here."""
        return all(fact.value is None for fact in self.facts) and not (self.rows and self.rows.rows)


@dataclass(frozen=True)
class Dossier:
    """All that is known of one account on `day`, by the facts of `run`.

    `gaps` names what is missing or old; `notes` which night it is from.
    """

    id: str
    name: str | None
    day: date
    run: str
    sections: tuple[Section, ...]
    gaps: tuple[Said | str, ...]
    notes: tuple[Said, ...]

    def shown(self) -> Iterator[Section]:
        """The sections in which something is known."""
        return (section for section in self.sections if not section.empty)
