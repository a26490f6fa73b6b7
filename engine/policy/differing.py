"""What differs between two checked policies: by what they say, not by how or where it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.policy.expressions import Expression
from engine.policy.faults import Place
from engine.policy.model import Policy

_PLACES = frozenset(("place", "places", "when_place", "trigger_place", "body_place", "text_hash"))
_SPELLING = _PLACES | {"condition", "lets", "grades", "text", "names"}


@dataclass(frozen=True)
class PolicyChange:
    """One thing that was added, removed or changed; `kind` is limit, measure, tiers, signal, risk, play, text or word.

    `place` is where it stands in the second policy, else in the first.
    """

    kind: str
    name: str
    how: str  # added, removed, changed
    place: Place | None
    detail: str = ""


def policy_changes(before: Policy, after: Policy) -> list[PolicyChange]:
    """The differences between two policies, in the order of kinds; nothing for a mere rewriting."""
    found: list[PolicyChange] = []
    for kind, old, new in _things(before, after):
        for key in sorted(old.keys() | new.keys(), key=str):
            found += _change(kind, key, old.get(key), new.get(key))
    return found


def meaning(value: Any) -> Any:
    """A part of a policy as plain values, without places and without its author's spelling."""
    return _plain(value, _SPELLING, expressions=True)


def wording(value: Any) -> Any:
    """A part of a policy in its author's words: a limit stands there by its name and not by its value."""
    return _plain(value, _PLACES, expressions=False)


def _plain(value: Any, unsaid: frozenset[str], *, expressions: bool) -> Any:
    if isinstance(value, Place) or (not expressions and isinstance(value, Expression)):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name not in unsaid)
        return (type(value).__name__, tuple((n, _plain(v, unsaid, expressions=expressions)) for n, v in parts))
    if isinstance(value, Mapping):
        pairs = ((k, _plain(v, unsaid, expressions=expressions)) for k, v in value.items())
        return tuple(sorted(pairs, key=repr))
    if isinstance(value, frozenset | set):
        return tuple(sorted(map(str, value)))
    if isinstance(value, tuple | list):
        return tuple(_plain(item, unsaid, expressions=expressions) for item in value)
    return value


def _things(before: Policy, after: Policy) -> Iterator[tuple[str, Mapping[Any, Any], Mapping[Any, Any]]]:
    yield "limit", before.limits, after.limits
    yield "measure", before.measures, after.measures
    yield "tiers", {"": before.tiers}, {"": after.tiers}
    yield "signal", before.signals, after.signals
    yield "risk", {level.level: level for level in before.risk}, {level.level: level for level in after.risk}
    yield "play", before.plays, after.plays
    yield "text", before.templates, after.templates
    yield "word", before.words, after.words
    yield "fact", before.contract, after.contract


def _change(kind: str, key: Any, old: Any, new: Any) -> list[PolicyChange]:
    if old is not None and new is not None and (meaning(old) == meaning(new) or wording(old) == wording(new)):
        return []  # the same, or another only for a limit or measure that is named itself
    how = "changed" if old is not None and new is not None else "added" if old is None else "removed"
    one = new if new is not None else old
    place = getattr(one, "place", None) or next(iter(getattr(one, "places", {}).values()), None)
    name = {"measure": 1, "text": 0}.get(kind)
    said = key if name is None else key[name] if kind == "measure" else ".".join(key)
    return [PolicyChange(kind, str(said), how, place, _values(old, new) if kind == "limit" else "")]


def _values(old: Any, new: Any) -> str:
    return " → ".join(_limit(each) for each in (old, new) if each is not None)


def _limit(limit: Any) -> str:
    return " / ".join(f"{tier} {value}" if tier else f"{value}" for tier, value in limit.values.items())
