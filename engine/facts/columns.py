"""From a file's header to the contract's fields."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import FactsError
from engine.facts.limits import BLANKS
from engine.facts.sources import nearest
from engine.facts.spool import shown
from engine.policy.contract import DERIVED, FactType, Field
from engine.policy.kinds import Kind

ID = Field("id", Kind.TEXT, required=True)
_LISTED = 30  # columns named in one message
_COMPARED = 500  # columns whose names are compared with the contract's


@dataclass(frozen=True)
class Column:
    """A column of the file that holds a field: its place (from 0) and its own name."""

    field: Field
    index: int
    name: str


@dataclass(frozen=True)
class Matched:
    """Which columns hold which fields, in the contract's order, and what was noticed."""

    columns: tuple[Column, ...]
    notices: tuple[str, ...]


def all_fields(kind: FactType) -> tuple[Field, ...]:
    """The fields of a type that files hold, with `id` first, in the contract's order; derived ones are left out."""
    left_out = {"id", *_derived(kind)}
    return (ID, *(each for each in kind.fields.values() if each.name not in left_out))


def _derived(kind: FactType) -> set[str]:
    return {each.name for each in DERIVED.get(kind.name, ())}


def tidy(name: str) -> str:
    """A column's name as it is compared."""
    return name.strip(BLANKS).casefold()


def match_columns(kind: FactType, header: Sequence[str], mapping: Mapping[str, str], label: str) -> Matched:
    """Find each field's column: by the mapping, else by its own name. FactsError where a required one is not there."""
    folded = [tidy(each) for each in header]
    times = Counter(folded)
    columns: list[Column] = []
    faults: list[str] = []
    for field in all_fields(kind):
        mapped = mapping.get(field.name)
        wanted = tidy(mapped if mapped is not None else field.name)
        if times[wanted] > 1:
            faults.append(f"the column '{shown(wanted)}' stands {times[wanted]} times")
        elif times[wanted] == 1:
            index = folded.index(wanted)
            columns.append(Column(field, index, shown(header[index].strip(BLANKS))))
        elif mapped is not None:
            faults.append(f"there is no column '{mapped}' (mapped to {field.name}){_guess(mapped, header)}")
        elif field.required:
            faults.append(f"the required column '{field.name}' is missing{_guess(field.name, header)}")
    if faults:
        raise FactsError(
            f"{label}: {'; '.join(faults)}. Columns there: {_listed(header)}", _mapping_hint(kind, columns)
        )
    return Matched(tuple(columns), _unread(kind, header, {each.index for each in columns}, label))


def _guess(word: str, header: Sequence[str]) -> str:
    near = nearest(word, [each for each in header[:_COMPARED] if each.strip()])
    return f" (is it '{shown(near)}'?)" if near else ""


def _listed(header: Sequence[str]) -> str:
    names = [shown(each.strip(BLANKS)) or "(no name)" for each in header[:_LISTED]]
    more = f" and {len(header) - _LISTED} more" if len(header) > _LISTED else ""
    return ", ".join(names) + more if names else "none"


def _mapping_hint(kind: FactType, found: Sequence[Column]) -> str:
    have = {each.field.name for each in found}
    missing = [each.name for each in all_fields(kind) if each.required and each.name not in have] or ["id"]
    pairs = ", ".join(f"{each}: name of the column" for each in missing)
    return f"rename the column, or write in holdfast.yaml, under the source of {kind.name}: columns: {{{pairs}}}"


def _unread(kind: FactType, header: Sequence[str], read: set[int], label: str) -> tuple[str, ...]:
    notices: list[str] = []
    plain: list[str] = []
    nameless = 0
    taken = {tidy(header[each]) for each in read}
    free = [each.name for each in all_fields(kind) if each.name.casefold() not in taken]
    for index, name in enumerate(header):
        if index in read:
            continue
        if not tidy(name):
            nameless += 1
            continue
        if tidy(name) in _derived(kind):
            notices.append(f"{label}: the column '{tidy(name)}' is not read: it is worked out from the other columns")
            continue
        near = nearest(name, free) if index < _COMPARED else None
        if near is not None:
            notices.append(f"{label}: the column '{shown(name.strip(BLANKS))}' is not read; did you mean {near}?")
        else:
            plain.append(shown(name.strip(BLANKS)))
    if plain:
        notices.append(f"{label}: columns not read: {_listed(plain)}")
    if nameless:
        notices.append(
            f"{label}: {nameless} columns without a name are not read"
            if nameless > 1
            else f"{label}: one column without a name is not read"
        )
    return tuple(notices[:_LISTED])
