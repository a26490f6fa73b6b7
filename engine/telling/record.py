"""Taking down a fact that somebody tells: checked as an import would, written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.errors import FactsError, UsageError
from engine.facts.columns import all_fields
from engine.facts.snapshot import Snapshot
from engine.facts.sources import nearest
from engine.facts.told import ToldRow, read_told
from engine.facts.work import Bench
from engine.policy.contract import DERIVED, Contract, FactType
from engine.store.opening import Store
from engine.store.tellings import Telling, find_telling, note_before, tellings_of, undo_telling
from engine.store.told import write_told
from engine.telling.merged import Changed, Row, row_of, rows_where

LONGEST_WHO = 200  # characters of the name of who tells
_FIELDS_SHOWN = 30


@dataclass(frozen=True)
class Told:
    """What was taken down. `row`: the fact as it is now, None where it was taken back and nothing is left of it;
    `before`: as it was, None for a new one; `filled`: fields that were filled in for the teller."""

    telling: Telling
    kind: FactType
    row: Row | None
    before: Row | None
    filled: tuple[str, ...] = ()


def parse_fields(contract: Contract, type: str, given: Sequence[str]) -> tuple[FactType, dict[str, str]]:
    """The fact type, and the cells of `field=value` arguments. Raises UsageError with the nearest right name."""
    if type not in contract:
        guess = nearest(type, contract)
        hint = f"did you mean {guess}?" if guess else f"one of: {', '.join(contract)}"
        raise UsageError(f"there is no fact type '{type[:80]}'", hint)
    kind = contract[type]
    names = [field.name for field in all_fields(kind)]
    derived = {field.name for field in DERIVED.get(type, ())}
    cells: dict[str, str] = {}
    for each in given:
        name, equals, text = each.partition("=")
        name = name.strip()
        if not equals:
            raise UsageError(f"'{each[:80]}' is not field=value", f"such as {names[min(1, len(names) - 1)]}=…")
        if name in derived:
            raise UsageError(f"{type}.{name} is worked out from the other fields", "tell those")
        if name not in names:
            guess = nearest(name, names)
            hint = f"did you mean {guess}?" if guess else f"{type} has: {', '.join(names[:_FIELDS_SHOWN])}"
            raise UsageError(f"{type} has no field '{name[:80]}'", hint)
        if name in cells:
            raise UsageError(f"{name} is given twice", "give each field once")
        cells[name] = text.strip()
    return kind, cells


def take_down(
    bench: Bench, contract: Contract, store: Store, base: Snapshot | None, changed: Changed,
    kind: FactType, cells: Mapping[str, str], who: str, at: datetime, today: date,
) -> Told:  # fmt: skip
    """Check a fact and write it down.

    `base` and `changed`: the facts as they are known now. A fact whose id is known changes in the named fields; any
    other is new, and known from `today` on where no other day is given. Raises UsageError, and FactsError where a
    value does not fit.
    """
    who = checked_who(who)
    fact = cells.get("id", "")
    before = current(bench, kind, base, changed, fact) if fact else None
    named = {name: text for name, text in cells.items() if name != "id"}
    filled: tuple[str, ...] = ()
    if before is None and kind.known_from and kind.known_from not in named:
        named[kind.known_from] = today.isoformat()
        filled = (kind.known_from,)
    if not named:
        raise UsageError("nothing is told", f"name fields of {kind.name}, such as {next(iter(kind.fields), 'id')}=…")
    read = read_told(bench, kind, [ToldRow(kind.name, fact or "new", named, 1, "")], changes=before is not None)[1]
    faults = [*read.faults, *_unknown_refs(bench, contract, base, changed, kind, read.values)]
    if faults:
        known = base is not None and kind.name in base.present
        lead = (
            f"no {kind.name} '{fact[:80]}' is known, and as a new one it does not fit"
            if fact and known and before is None
            else f"this {kind.name} does not fit"
        )
        raise FactsError("\n  ".join([f"{lead}:", *faults]), "nothing was taken down; see docs/facts.md for the fields")
    with store.transaction() as tx:
        id = fact or _new_id(bench, store, kind, base, changed)
        number = write_told(tx, kind.name, id, named, who, at)
        held = None if before is None else {name: as_text(before.get(name)) for name in named}
        note_before(tx, number, held)
    telling = Telling(number, kind.name, id, named, who, at.isoformat(timespec="seconds"), before=held)
    blank: Row = {f.name: None for f in all_fields(kind)} | {"id": id}
    return Told(telling, kind, (before or blank) | dict(read.values), before, filled)


def take_back(store: Store, contract: Contract, name: str, who: str, at: datetime) -> Telling:
    """Take back what was told under a number or a fact's id. Raises UsageError."""
    who = checked_who(who)
    telling = find_telling(store, name)
    with store.transaction() as tx:
        undo_telling(tx, telling, who, at)
    return telling


def current(bench: Bench, kind: FactType, base: Snapshot | None, changed: Changed, fact: str) -> Row | None:
    """A fact as it is known now, None where there is none of the id."""
    rows = changed.get(kind.name, {})
    return rows[fact] if fact in rows else row_of(bench, kind, base, fact)


def as_text(value: Any) -> str:
    """A value as it would stand in a CSV file."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def checked_who(who: str) -> str:
    """The name of who tells, without control characters. Raises UsageError where there is none."""
    clean = "".join(c if c.isprintable() else " " for c in who).strip()
    if not clean:
        raise UsageError("it must be said who tells it", "add --by with an id or a name")
    if len(clean) > LONGEST_WHO:
        raise UsageError(f"the name of who tells is longer than {LONGEST_WHO} characters", "make it shorter")
    return clean


def _unknown_refs(
    bench: Bench, contract: Contract, base: Snapshot | None, changed: Changed, kind: FactType, values: Mapping[str, Any]
) -> list[str]:
    """The refs that lead nowhere, with the nearest id. A type without any facts is not checked, as in an import."""
    faults = []
    for name, value in values.items():
        ref = kind.fields[name].ref if name in kind.fields else None
        if ref is None or value is None or base is None or (ref not in base.present and ref not in changed):
            continue
        if current(bench, contract[ref], base, changed, value) is None:
            near = _nearest_id(bench, contract[ref], base, value)
            faults.append(
                f"{name} '{value[:60]}': there is no {ref} of this id{f'; did you mean {near}?' if near else ''}"
            )
    return faults


_NEAREST = """
select id from read_parquet($path, hive_partitioning = false)
where levenshtein(lower(id), lower($wanted)) <= greatest(1, length($wanted) // 4)
order by levenshtein(lower(id), lower($wanted)), id limit 1
"""
_BY_NAME = "select id from read_parquet($path, hive_partitioning = false) where name = $wanted order by id limit 1"


def _nearest_id(bench: Bench, kind: FactType, base: Snapshot, wanted: str) -> str | None:
    """The id that was meant: of the fact with this name, else one that is spelled alike."""
    if kind.name not in base.present or len(wanted) > LONGEST_WHO:
        return None
    values = {"path": bench.plain_path(base.path(kind.name)), "wanted": wanted}
    queries = (_BY_NAME, _NEAREST) if "name" in kind.fields else (_NEAREST,)
    found = (bench.con.execute(query, values).fetchone() for query in queries)
    return next((str(row[0]) for row in found if row), None)


def _new_id(bench: Bench, store: Store, kind: FactType, base: Snapshot | None, changed: Changed) -> str:
    """A new fact's id: `told-` and the number under which it is told; with more letters where that is taken."""
    [(number,)] = store.rows("select coalesce(max(id), 0) + 1 from told")
    id = f"told-{number}"
    while (
        current(bench, kind, base, changed, id) is not None
        or tellings_of(store, kind.name, [id])
        or rows_where(bench, kind, base, "id", [id])
    ):
        id += "x"
    return id
