"""Plain YAML data to shapes, with a plain sentence and a place for everything that does not fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from engine.policy.faults import Fault, Place, nearest, nearest_of
from engine.policy.shape_keys import keys_at
from engine.policy.shape_words import NO_VALUE, STEP, WANTED, name_help, options, said, shape_help
from engine.policy.yaml12 import UNREAD, VALUE, Path

T = TypeVar("T")


@dataclass(frozen=True)
class Spot:
    """A value in a YAML document: its path, and where its key and its text stand."""

    places: Mapping[Path, Place]
    path: Path = ()

    def __truediv__(self, key: str | int) -> "Spot":
        return Spot(self.places, (*self.path, key))

    @property
    def key(self) -> Place:
        """Where its key stands, or the nearest key above it."""
        return self._near(self.path)

    @property
    def value(self) -> Place:
        """Where its text starts, or its key where it has none."""
        return self.places.get((*self.path, VALUE)) or self.key

    def _near(self, path: Path) -> Place:
        while path and path not in self.places:
            path = path[:-1]
        found = self.places.get(path) or self.places.get((VALUE,))
        return found or next(iter(self.places.values()), Place("", 1, 1))


def read_filled(form: Any, data: object, spot: Spot, what: str) -> tuple[Any, list[Fault]]:
    """As `read_shape`, but a key that stands without a value is a fault even where it may be left out."""
    shape, faults = read_shape(form, data, spot, what)
    told = {fault.place for fault in faults}
    empty = [here for here in _empty(data, spot) if here.key not in told]
    return shape, faults + [_no_value(here, f"'{here.path[-1]}'") for here in empty]


def _empty(data: object, spot: Spot) -> Iterator[Spot]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if value is None and isinstance(data, dict):
                yield spot / key
            else:
                yield from _empty(value, spot / key)


def _no_value(here: Spot, shown: str) -> Fault:
    width = max(len(str(here.path[-1])), 1) if here.path else 1
    return Fault("no-value", here.key, f"{shown} has no value", NO_VALUE, width)


def read_shape(form: Any, data: object, spot: Spot, what: str) -> tuple[Any, list[Fault]]:
    """`data` as an instance of `form` (a Shape or an annotation), or None and why not. `what` names it in messages.

    Where only a key is unknown, the rest is read all the same: with the key taken for the one that is nearest, or
    left out. So what else is wrong there comes out at the same time.
    """
    adapter = _adapter(form)
    try:
        return adapter.validate_python(data), []
    except ValidationError as error:
        details = _first_by_place(error, spot)
    reader = _Reader(form, spot, what, details)
    faults = [fault for detail in details if (fault := reader.fault(detail)) is not None]
    try:
        return adapter.validate_python(reader.mended(data)), faults
    except ValidationError:
        return None, faults


@lru_cache(maxsize=64)
def _adapter(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def _first_by_place(error: ValidationError, spot: Spot) -> list[ErrorDetails]:
    """One complaint per value, none about values whose fault is noted already."""
    found: dict[tuple[Path, str], ErrorDetails] = {}
    for detail in error.errors(include_url=False):
        if detail["input"] is UNREAD:
            continue
        wanted = str(detail["loc"][-1]) if detail["type"] in ("missing", "extra_forbidden") else ""
        found.setdefault((_reached(detail["loc"], spot).path, wanted), detail)
    return list(found.values())


def _reached(loc: tuple[str | int, ...], spot: Spot) -> Spot:
    """The value that a complaint is about; the names that pydantic puts between are left out."""
    here = spot
    for part in loc:
        deeper = here / part
        if deeper.path in spot.places or (*deeper.path, VALUE) in spot.places:
            here = deeper
    return here


@dataclass(frozen=True)
class _Reader:
    form: Any
    spot: Spot
    what: str
    details: list[ErrorDetails]

    def fault(self, detail: ErrorDetails) -> Fault | None:
        """What a complaint says in plain words; None where another one says it."""
        loc, kind, given = detail["loc"], detail["type"], detail["input"]
        context = detail.get("ctx", {})
        here = _reached(loc, self.spot)
        below = here.path[len(self.spot.path) :]
        name = str(below[-1]) if below else self.what
        shown = f"'{name}'" if below and isinstance(below[-1], str) else self._owner(here)
        width = len(str(given)) if isinstance(given, str | int | float) and "\n" not in str(given) else 1
        if kind == "extra_forbidden":
            return self._unknown_key(loc, given)
        if kind == "missing":
            return self._missing_key(detail, here)
        if loc and loc[-1] == "[key]":
            return _key_fault(kind, context, here, self._within(here), self._value_at(detail))
        if kind == "literal_error":
            return _not_an_option(given, shown, context, here, width)
        if kind == "string_pattern_mismatch":
            return Fault("wrong-name", here.value, f"'{given}' cannot be a name", name_help(context), width)
        if kind in ("too_short", "string_too_short"):
            message = "a play needs at least one step" if name == "steps" else f"{shown} is empty"
            code = "no-steps" if name == "steps" else "empty"
            help = "write at least one" if kind == "too_short" else "write something, or remove it"
            return Fault(code, here.key, message, help, len(name))
        if kind in ("too_long", "string_too_long"):
            most = f"{context['max_length']:,} {'characters' if kind == 'string_too_long' else 'entries'}"
            return Fault("too-long", here.value, f"{shown} is longer than {most}", "shorten it")
        if kind in ("greater_than_equal", "less_than_equal"):
            word, bound = ("least", context["ge"]) if "ge" in context else ("most", context["le"])
            message = f"{shown} is {given}, but must be at {word} {bound}"
            return Fault("wrong-value", here.value, message, "write another number", width)
        if kind == "dict_type" and isinstance(given, str) and name in ("title", "because"):
            kind = "texts"
        message = f"{shown} should be {WANTED.get(kind, 'something else')}, but is {said(given)}"
        if given is None:
            return _no_value(here, shown)
        return Fault("wrong-shape", here.value, message, shape_help(kind, given), width)

    def mended(self, data: object) -> object:
        """The data with each unknown key renamed to the nearest one that is free, or left out."""
        for detail in self.details:
            if detail["type"] == "extra_forbidden":
                path = _reached(detail["loc"], self.spot).path[len(self.spot.path) :]
                right = nearest_of(str(path[-1]), keys_at(self.form, detail["loc"][:-1])) if path else ""
                data = _renamed(data, path, right) if path else data
        return data

    def _unknown_key(self, loc: tuple[str | int, ...], given: object) -> Fault:
        here, wrong = _reached(loc, self.spot), str(loc[-1])
        known = keys_at(self.form, loc[:-1])
        missing = [str(d["loc"][-1]) for d in self.details if d["type"] == "missing" and d["loc"][:-1] == loc[:-1]]
        help = nearest(wrong, missing) or nearest(wrong, known)
        if not help and len(missing) == 1:
            help = f"the key '{missing[0]}' is missing: is it that?"
        if wrong == "<<":
            help = "YAML 1.2 has no merging of keys: write them out"
        help = help or f"known keys: {', '.join(known)}"
        return Fault("unknown-key", here.key, f"unknown key '{wrong}' in {self._within(here)}", help, len(wrong))

    def _missing_key(self, detail: ErrorDetails, here: Spot) -> Fault | None:
        loc, key = detail["loc"], str(detail["loc"][-1])
        unknown = [d for d in self.details if d["type"] == "extra_forbidden" and d["loc"][:-1] == loc[:-1]]
        missing = [d for d in self.details if d["type"] == "missing" and d["loc"][:-1] == loc[:-1]]
        near = [nearest_of(str(d["loc"][-1]), [str(m["loc"][-1]) for m in missing]) for d in unknown]
        if key in near or (unknown and len(missing) == 1 and not any(near)):
            return None  # the unknown key is this one, misspelt
        what = self._owner(here)
        place = here.key if here.path in here.places else here.value
        known = isinstance(here.path[-1], str) if here.path else False
        return Fault(
            "missing-key", place, f"{what} needs the key '{key}'", f"add `{key}: …`",
            len(str(here.path[-1])) if known else 1,
        )  # fmt: skip

    def _within(self, here: Spot) -> str:
        """What holds the key at `here`."""
        return self._owner(Spot(here.places, here.path[:-1]))

    def _owner(self, here: Spot) -> str:
        """A mapping in words: "`touches` in signal 'recall'"."""
        below = here.path[len(self.spot.path) :]
        words = [f"`{part}`" if isinstance(part, str) else f"entry {part + 1}" for part in reversed(below)]
        return STEP.sub(r"step \1", " of ".join([*words, self.what]))

    def _value_at(self, detail: ErrorDetails) -> Place | None:
        here = _reached(detail["loc"], self.spot)
        return here.places.get((*here.path, VALUE))


def _renamed(data: object, path: Path, right: str) -> object:
    """A copy with the key at `path` called `right`, or without it where that is empty or taken."""
    if not isinstance(data, dict) and not isinstance(data, list):
        return data
    if len(path) > 1:
        items = dict(data) if isinstance(data, dict) else list(data)
        try:
            items[path[0]] = _renamed(items[path[0]], path[1:], right)  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return data
        return items
    if not isinstance(data, dict):
        return data
    taken = not right or right in data
    return {right if key == path[0] else key: value for key, value in data.items() if key != path[0] or not taken}


def _not_an_option(given: object, shown: str, context: Mapping[str, Any], here: Spot, width: int) -> Fault:
    known = options(context)
    if given is None:
        return _no_value(here, shown)
    if isinstance(given, dict | list):
        message = f"{shown} should be one of {', '.join(known)}, but is {said(given)}"
        return Fault("wrong-shape", here.value, message, "write one of them")
    help = nearest(str(given), known) or f"one of: {', '.join(known)}"
    return Fault("wrong-value", here.value, f"'{given}' is not a value of {shown}", help, width)


def _key_fault(kind: str, context: Mapping[str, Any], here: Spot, within: str, value: Place | None) -> Fault:
    name = str(here.path[-1])
    if kind == "literal_error":
        known = options(context)
        help = nearest(name, known) or f"one of: {', '.join(known)}"
        if "en" in known and value is not None and value.line == here.key.line and " " in name:
            help = "a text that holds a comma needs quotes around it"
        return Fault("unknown-key", here.key, f"unknown key '{name}' in {within}", help, len(name))
    if kind == "string_too_long":
        help = f"at most {context['max_length']} characters"
        return Fault("too-long", here.key, f"the name '{name[:20]}…' is too long", help, len(name))
    return Fault("wrong-name", here.key, f"'{name}' cannot be a name", name_help(context), max(len(name), 1))
