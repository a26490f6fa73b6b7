"""Facts as they would be after a change: for trying out what would make a rule hold."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.audit.behind import Behind
from engine.reasoning.rete.source import Overlay, Raw, Source
from engine.reasoning.rete.values import Value


@dataclass(frozen=True)
class Change:
    """What would be otherwise: days gone by, facts that are new, fields with another value, facts that are not there.

    `added` are (type, fields with `id`), `fields` (type, id, field, value), `gone` (type, id).
    """

    days: int = 0
    added: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    fields: tuple[tuple[str, str, str, Any], ...] = ()
    gone: tuple[tuple[str, str], ...] = ()

    def __and__(self, other: "Change") -> "Change":
        """Both changes together."""
        fields = {each[:3]: each for each in (*self.fields, *other.fields)}
        gone = dict.fromkeys((*self.gone, *other.gone))
        return Change(max(self.days, other.days), self.added + other.added, tuple(fields.values()), tuple(gone))

    @property
    def size(self) -> tuple[int, int, int]:
        """How large the change is: facts taken away weigh most, then facts told, then days."""
        return len(self.gone), len(self.added) + len(self.fields), self.days


class _Without:
    """The rows of a source but for some."""

    def __init__(self, base: Source, gone: Mapping[str, Collection[str]]) -> None:
        self._base, self._gone = base, gone

    @property
    def present(self) -> frozenset[str]:
        return self._base.present

    def every(self, type: str, order: str | None = None) -> Iterator[list[Raw]]:
        return self._left(type, self._base.every(type, order))

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Raw]]:
        return self._left(type, self._base.where(type, field, wanted, order))

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Raw]]:
        return self._left(type, self._base.adrift(type, field, target))

    def _left(self, type: str, chunks: Iterator[list[Raw]]) -> Iterator[list[Raw]]:
        gone = self._gone.get(type, ())
        return ([row for row in rows if row["id"] not in gone] for rows in chunks)


def suppose(behind: Behind, change: Change) -> Behind:
    """The same facts after a change, in memory; the ranking of accounts stays as it was."""
    source = behind.source
    assert source is not None  # noqa: S101 - set by Behind itself
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for type, row in change.added:
        told.setdefault(type, {})[str(row["id"])] = dict(row)
    for type, id, field, value in change.fields:
        rows = told.setdefault(type, {})
        if id not in rows:
            rows[id] = next((dict(raw) for chunk in source.where(type, "id", {id}) for raw in chunk), {"id": id})
        rows[id][field] = value
    after: Source = Overlay(source, {type: list(rows.values()) for type, rows in told.items()}) if told else source
    if change.gone:
        gone: dict[str, set[str]] = {}
        for type, id in change.gone:
            gone.setdefault(type, set()).add(id)
        after = _Without(after, gone)
    return replace(behind, today=behind.today + timedelta(change.days), source=after, ranked=behind.tiers())
