"""The source file and row of every fact that an explanation shows, looked up once the explanation is there."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.audit.reasons import Reason
from engine.facts.origins import Origin, origins_of
from engine.facts.snapshot import Snapshot

Found = Mapping[tuple[str, str], Origin]  # by type and id


def located(snapshot: Snapshot, *reasons: Reason) -> tuple[Reason, ...]:
    """The reasons, each fact row in them with its `origin`, where the snapshot knows it. Raises StoreError."""
    wanted: dict[str, set[str]] = {}
    for reason in reasons:
        for row in _rows(reason):
            wanted.setdefault(row.detail["type"], set()).add(_id(row))
    found = {
        (type, id): origin
        for type, ids in wanted.items() if type in snapshot.present
        for id, origin in origins_of(snapshot.path(type), ids).items()
    }  # fmt: skip
    return tuple(_with(reason, found) for reason in reasons) if found else reasons


def _rows(reason: Reason) -> Iterator[Reason]:
    if reason.kind == "row":
        yield reason
    for child in reason.children:
        yield from _rows(child)


def _with(reason: Reason, found: Found) -> Reason:
    children = tuple(_with(child, found) for child in reason.children)
    if reason.kind != "row" or (origin := found.get((reason.detail["type"], _id(reason)))) is None:
        return replace(reason, children=children)
    detail = {**reason.detail, "origin": {"file": origin.file, "row": origin.row}}
    return replace(reason, detail=detail, children=children)


def _id(row: Reason) -> str:
    return str(row.detail["fields"]["id"])
