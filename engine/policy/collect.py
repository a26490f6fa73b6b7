"""Policy texts to a draft: every entry read by its shape, faults collected, nothing understood yet."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Generic, TypeVar

from engine.policy import shapes
from engine.policy.faults import Fault, Place, nearest, nearest_of
from engine.policy.reading import Spot, read_filled, read_shape
from engine.policy.yaml12 import UNREAD, VALUE, load

S = TypeVar("S")
MOST_FAULTS = 300
CONTRACT_FILE = "rules/facts.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


class Enough(Exception):
    """So many faults that more of them would help nobody."""


@dataclass(frozen=True)
class Entry(Generic[S]):
    """One named thing of the policy: its shape (None where it does not fit), and where it stands.

    `what` names it in messages; `sound`: its shape has no fault, not even one that could be read past.
    """

    name: str
    what: str
    shape: S | None
    spot: Spot
    data: object
    sound: bool = True
    generated: bool = False

    @property
    def hash(self) -> str:
        """Names what it says, however it is laid out."""
        text = json.dumps(self.data, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def place(self) -> Place:
        """Where its name stands."""
        return self.spot.places.get(("play", VALUE), self.spot.key) if not self.spot.path else self.spot.key


@dataclass
class Draft:
    """All entries of a policy by name, also those whose shape does not fit, so that no second fault follows.

    `suspects` are names that stand in something that could not be read: nobody can say that they are unknown.
    """

    texts: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    suspects: set[str] = field(default_factory=set)
    types: dict[str, Entry[shapes.FactTypeShape]] = field(default_factory=dict)
    limits: dict[str, Entry[Any]] = field(default_factory=dict)
    tiers: dict[str, Entry[shapes.TiersShape]] = field(default_factory=dict)
    cadence: dict[str, Entry[dict[str, dict[str, str]]]] = field(default_factory=dict)
    cadence_signals: dict[str, Entry[dict[str, shapes.CadenceTextShape]]] = field(default_factory=dict)
    measures: dict[str, Entry[shapes.MeasureShape]] = field(default_factory=dict)
    signals: dict[str, Entry[shapes.SignalShape]] = field(default_factory=dict)
    risk: dict[str, Entry[str]] = field(default_factory=dict)
    words: dict[str, Entry[dict[str, str]]] = field(default_factory=dict)
    plays: dict[str, Entry[shapes.PlayFile]] = field(default_factory=dict)

    def fault(self, code: str, place: Place, message: str, help: str = "", width: int = 1) -> None:
        """Note a fault. Raises Enough."""
        self.add([Fault(code, place, message, help, width)])

    def add(self, faults: Iterable[Fault]) -> None:
        """Note faults. Raises Enough."""
        self.faults += faults
        if len(self.faults) > MOST_FAULTS:
            raise Enough

    def suspect(self, data: object) -> None:
        """Take every name in something unread as one that may be defined there."""
        if isinstance(data, dict):
            for key, value in data.items():
                self.suspect(key)
                self.suspect(value)
        elif isinstance(data, list):
            for value in data:
                self.suspect(value)
        else:
            self.suspects.update(_NAME.findall(str(data)))


# section → (what an entry is called, the form of one, the form of its name)
_SECTIONS: Mapping[str, tuple[str, Any, Any]] = {
    "limits": ("limit", shapes.LimitForm, shapes.ValueName),
    "cadence": ("cadence", dict[shapes.ValueName, dict[shapes.ValueName, shapes.PlainText]], shapes.TierName),
    "cadence_signals": ("cadence text", dict[shapes.ValueName, shapes.CadenceTextShape], shapes.ValueName),
    "measures": ("measure", shapes.MeasureShape, shapes.ValueName),
    "signals": ("signal", shapes.SignalShape, shapes.RuleName),
    "risk": ("risk level", shapes.ExpressionText, shapes.RiskLevelName),
    "words": ("word", shapes.Texts, None),
}


def is_rules(file: str) -> bool:
    """Whether the file holds rules (and not the contract, nor scenario tests)."""
    return file.startswith("rules/") and file != CONTRACT_FILE and not file.startswith("rules/tests/")


def collect(draft: Draft) -> None:
    """Read every YAML text of a policy, keyed by its path from the policy's root, into the draft."""
    for file in sorted(draft.texts):
        if PurePosixPath(file).suffix not in (".yaml", ".yml"):
            continue
        if file == CONTRACT_FILE:
            _collect(draft, file, _contract)
        elif is_rules(file):
            _collect(draft, file, _rules)
        elif file.startswith("playbooks/"):
            _collect(draft, file, _play)
    if CONTRACT_FILE not in draft.texts:
        help = "copy it from a new workspace: holdfast init DIR"
        draft.fault("no-contract", Place(CONTRACT_FILE, 1, 1), "the fact contract is missing", help)


def _collect(draft: Draft, file: str, read: Callable[[Draft, dict[str, object], Spot], None]) -> None:
    data, places, faults = load(draft.texts[file], file)
    draft.add(faults)
    spot = Spot(places)
    if isinstance(data, dict):
        read(draft, data, spot)
    elif faults:
        draft.suspect(draft.texts[file])
    elif data is None and file.startswith("rules/") and file != CONTRACT_FILE:
        return  # a file whose rules are all commented out
    elif data is None:
        is_play = file.startswith("playbooks/")
        help = "write a play, or remove the file" if is_play else "copy it from a new workspace: holdfast init DIR"
        draft.fault("empty-file", Place(file, 1, 1), "this file is empty", help)
    elif isinstance(data, list):
        help = "begin with a key such as `signals:`, without a hyphen"
        draft.fault("wrong-shape", spot.value, "this file is a list, but should be a mapping (key: value)", help)
    else:
        help = "begin with a key such as `signals:`; behind the colon there is a space"
        draft.fault("wrong-shape", spot.value, "this file has no key", help)


def _contract(draft: Draft, data: dict[str, object], spot: Spot) -> None:
    for entry in _entries(draft, data, spot, "fact type", shapes.FactTypeShape, shapes.ValueName):
        draft.types[entry.name] = entry


def _rules(draft: Draft, data: dict[str, object], spot: Spot) -> None:
    for name, value in data.items():
        here = spot / name
        section = name if name in shapes.RulesFile.model_fields else _misspelt(draft, name, value, data, here)
        if section == "tiers":
            shape, faults = read_filled(shapes.TiersShape, value, here, "tiers")
            draft.add(faults)
            _add(draft, draft.tiers, Entry("tiers", "tiers", shape, here, value, not faults))
        elif section is None or value is None:
            continue
        elif not isinstance(value, dict):
            draft.suspect(draft.texts[here.key.file])
            if value is not UNREAD:
                what = "a list" if isinstance(value, list) else "a plain value"
                help = "write the names below it, each with its own keys; without hyphens"
                message = f"'{name}' should be a mapping (key: value), but is {what}"
                draft.fault("wrong-shape", here.value, message, help)
        else:
            what, form, key = _SECTIONS[section]
            for entry in _entries(draft, value, here, what, form, key):
                _add(draft, getattr(draft, section), entry)


def _misspelt(draft: Draft, name: str, value: object, data: Mapping[str, object], here: Spot) -> str | None:
    """The key that an unknown one was meant to be, where that is plain; the fault is noted."""
    known = list(shapes.RulesFile.model_fields)
    if "play" in data and name in shapes.PlayFile.model_fields:
        if name == "play":
            help = "put it into a file of its own below playbooks/"
            draft.fault("misplaced", here.key, "a play does not stand among the rules", help, len(name))
        return None
    help = nearest(name, known) or f"known keys: {', '.join(known)}"
    draft.fault("unknown-key", here.key, f"unknown key '{name}' in a rules file", help, max(len(name), 1))
    right = nearest_of(name, known)
    if right and right not in data:
        return right
    draft.suspect(value)
    return None


def _play(draft: Draft, data: dict[str, object], spot: Spot) -> None:
    name = data.get("play")
    if isinstance(name, dict) or "plays" in data:
        here = spot / ("plays" if "plays" in data else "play")
        help = "write `play: its-name`, and below it title, about, trigger and steps, not indented"
        draft.fault("wrong-shape", here.key, "a file holds one play, its keys at the left margin", help, 4)
        return
    rules = next((key for key in data if key in shapes.RulesFile.model_fields), None)
    if name is None and rules is not None:
        draft.suspect(data)
        help = "move the file to rules/"
        draft.fault("misplaced", (spot / rules).key, f"'{rules}' does not stand among the plays", help, len(rules))
        return
    what = f"play '{name}'" if isinstance(name, str) else "a play"
    shape, faults = read_filled(shapes.PlayFile, data, spot, what)
    draft.add(faults)
    if isinstance(name, str):
        _add(draft, draft.plays, Entry(name, "play", shape, Spot(spot.places), data, not faults))


def _entries(
    draft: Draft, data: Mapping[str, object], spot: Spot, what: str, form: Any, key: Any
) -> Iterator[Entry[Any]]:
    for name, value in data.items():
        here = spot / name
        if key is not None:
            _, faults = read_shape(
                dict[key, Any], {name: None}, spot, f"`{spot.path[-1]}`" if spot.path else "a contract"
            )
            draft.add(faults)
        shape, faults = read_filled(form, value, here, f"{what} '{name}'")
        draft.add(faults)
        yield Entry(name, what, shape, here, value, not faults)


def _add(draft: Draft, entries: dict[str, Entry[Any]], entry: Entry[Any]) -> None:
    first = entries.setdefault(entry.name, entry)
    if first is entry:
        return
    help = f"it stands first in {first.place}: remove one of them"
    if entry.what not in ("tiers", "cadence", "risk level"):
        help += ", or choose another name"
    about = [getattr(e.shape, "about", None) for e in (first, entry)]
    if entry.what == "measure" and about[0] != about[1]:
        help += "; a name means one measure in the whole policy, whatever it is about"
    shown = "the tiers are" if entry.what == "tiers" else f"{entry.what} '{entry.name}' is"
    draft.fault("duplicate-name", entry.place, f"{shown} defined a second time", help, len(entry.name))
