"""The fact contract: which types of fact there are, and their fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.policy.kinds import Kind


@dataclass(frozen=True)
class Field:
    """One field of a fact type. `ref` names the type whose id it holds (its kind is then text)."""

    name: str
    kind: Kind
    ref: str | None = None
    one_of: tuple[str | int, ...] = ()
    required: bool = False
    planned: bool = False  # a date that is known before it comes; other dates are missing until their day


@dataclass(frozen=True)
class FactType:
    """A type of fact. A row is known from the day in its `known_from` field, always where that is missing."""

    name: str
    known_from: str | None
    fields: Mapping[str, Field]  # without `id`, which every type has: text, unique, required


Contract = Mapping[str, FactType]

# derived by the engines: an active account is a customer (or of unknown kind) and not lost; an active rep has not left
DERIVED: Mapping[str, tuple[Field, ...]] = {
    "account": (Field("active", Kind.BOOLEAN),),
    "rep": (Field("active", Kind.BOOLEAN),),
}
