"""What people told, read back: for lists, for the next import, and to take it back.

A row of `told` is live until it is undone. `taken` says whether the last night's facts hold it; `before` what its
fields held when it was told, where it changed a fact that was there. A field of it is settled once the facts'
own source has said the same, and from then on the source speaks.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from engine.errors import UsageError
from engine.store.opening import Store

Fields = Mapping[str, str]  # field names with their values as text; empty: cleared

_COLUMNS = "id, type, fact, fields, who, at, task, undone_at, undone_by, before, taken"


@dataclass(frozen=True)
class Telling:
    """One row of `told`. `before`: what the fields held, as text; None where the fact is new or nobody looked."""

    id: int
    type: str
    fact: str
    fields: Fields
    who: str
    at: str
    task: str | None = None
    undone_at: str | None = None
    undone_by: str | None = None
    before: Fields | None = None
    taken: bool = False

    @property
    def by(self) -> str:
        """Who told it and when, as the list of rejects names a place."""
        return f"told by {self.who} on {self.at[:10]}"


@dataclass(frozen=True)
class ToldFact:
    """All that is told of one fact, later words over earlier ones: each field with the telling that it is from."""

    type: str
    id: str
    fields: Mapping[str, tuple[str, Telling]] = field(default_factory=dict)

    @property
    def last(self) -> Telling:
        """The latest telling behind it."""
        return max((telling for _, telling in self.fields.values()), key=lambda telling: telling.id)


def list_told(store: Store, *, who: str | None = None, type: str | None = None, live: bool = False) -> list[Telling]:
    """What was told, the latest first; of one person, of one type, or only what was not taken back."""
    rows = store.rows(
        f"select {_COLUMNS} from told where (? is null or who = ?) and (? is null or type = ?)"  # noqa: S608 - constants
        " and (not ? or undone_at is null) order by id desc",
        [who, who, type, type, int(live)],
    )
    return [_telling(row) for row in rows]


def told_facts(db: sqlite3.Connection) -> Iterator[ToldFact]:
    """What the next import takes in: every live fact by type and id, without the fields that are settled."""
    settled = "select json_group_array(field) from told_settled s where s.told = t.id"
    rows = db.execute(
        f"select {_COLUMNS}, ({settled}) from told t where undone_at is null order by type, fact, id"  # noqa: S608 - constants
    )
    for (type, fact), group in groupby(rows, key=lambda row: (row[1], row[2])):
        fields: dict[str, tuple[str, Telling]] = {}
        for row in group:
            telling, done = _telling(row[:-1]), set(json.loads(row[-1]))
            for name, text in telling.fields.items():
                fields.pop(name, None)
                if name not in done:
                    fields[name] = (text, telling)
        if fields:
            yield ToldFact(type, fact, fields)


def untaken(store: Store) -> list[Telling]:
    """What the last night's facts do not show yet, in the order it was told: new tellings, and those taken back."""
    rows = store.rows(f"select {_COLUMNS} from told where taken <> (undone_at is null) order by id")  # noqa: S608 - constants
    return [_telling(row) for row in rows]


def tellings_of(store: Store, type: str, facts: Iterable[str]) -> dict[str, list[Telling]]:
    """All tellings about some facts of a type, by fact, in the order they were told."""
    rows = store.rows(
        f"select {_COLUMNS} from told where type = ? and fact in (select value from json_each(?)) order by id",  # noqa: S608 - constants
        [type, json.dumps(list(facts))],
    )
    found: dict[str, list[Telling]] = {}
    for row in rows:
        telling = _telling(row)
        found.setdefault(telling.fact, []).append(telling)
    return found


def settled_fields(store: Store, tellings: Iterable[int]) -> dict[int, frozenset[str]]:
    """By telling, the fields that the facts' own source has said as well; tellings without any are left out."""
    rows = store.rows(
        "select told, field from told_settled where told in (select value from json_each(?))",
        [json.dumps(list(tellings))],
    )
    found: dict[int, frozenset[str]] = {}
    for telling, name in rows:
        found[telling] = found.get(telling, frozenset()) | {name}
    return found


def find_telling(store: Store, name: str) -> Telling:
    """A telling by its number, or the latest one, not taken back, of the fact with this id. Raises UsageError."""
    text = name.strip().lstrip("#")
    if text.isascii() and text.isdigit() and len(text) < 19:
        rows = store.rows(f"select {_COLUMNS} from told where id = ?", [int(text)])  # noqa: S608 - constants
        if rows:
            return _telling(rows[0])
    rows = store.rows(
        f"select {_COLUMNS} from told where fact = ? order by undone_at is not null, id desc",  # noqa: S608 - constants
        [name.strip()],
    )
    if not rows:
        raise UsageError(f"nothing was told under '{name[:80]}'", "see what was told with `holdfast told`")
    found = [_telling(row) for row in rows]
    types = sorted({telling.type for telling in found if telling.undone_at is None})
    if len(types) > 1:
        raise UsageError(
            f"'{name[:80]}' was told as {' and '.join(types)}", "give the number in the first column of `holdfast told`"
        )
    return found[0]


def note_before(tx: sqlite3.Connection, telling: int, before: Fields | None) -> None:
    """Keep what the fields of a telling held before it, inside an open transaction."""
    text = None if before is None else json.dumps(dict(before), ensure_ascii=False, sort_keys=True)
    tx.execute("update told set before = ? where id = ?", [text, telling])


def undo_telling(tx: sqlite3.Connection, telling: Telling, who: str, at: datetime) -> None:
    """Take a telling back, inside an open transaction. Raises UsageError where it was already."""
    done = tx.execute(
        "update told set undone_at = ?, undone_by = ? where id = ? and undone_at is null",
        [at.isoformat(timespec="seconds"), who, telling.id],
    )
    if done.rowcount != 1:
        (when, by) = tx.execute("select undone_at, undone_by from told where id = ?", [telling.id]).fetchone()
        raise UsageError(f"number {telling.id} was already taken back by {by} on {when[:10]}", "tell it anew")


def mark_taken(tx: sqlite3.Connection, seen: Iterable[Telling], settled: Iterable[tuple[str, str, str]]) -> None:
    """After a night, inside a transaction: `seen` is what its import knew to be new or taken back, `settled` the
    fields (type, fact, field) that the facts' own source said as well."""
    tx.executemany(
        "update told set taken = ? where id = ?", [(int(telling.undone_at is None), telling.id) for telling in seen]
    )
    for type, fact, name in settled:
        rows = tx.execute(
            "select id, fields from told where type = ? and fact = ? and undone_at is null and taken order by id desc",
            [type, fact],
        )
        telling = next((id for id, fields in rows if name in json.loads(fields)), None)
        if telling is not None:
            tx.execute("insert or ignore into told_settled (told, field) values (?, ?)", [telling, name])


def _telling(row: tuple[object, ...]) -> Telling:
    id, type, fact, fields, who, at, task, undone_at, undone_by, before, taken = row
    return Telling(
        int(str(id)), str(type), str(fact), json.loads(str(fields)), str(who), str(at),
        None if task is None else str(task), None if undone_at is None else str(undone_at),
        None if undone_by is None else str(undone_by), None if before is None else json.loads(str(before)), bool(taken),
    )  # fmt: skip
