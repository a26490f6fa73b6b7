"""Which change of a policy made a task differ: by the names that its play rests on, and by trying changes alone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.audit.seen import ADDED, Found
from engine.policy import expressions as ex
from engine.policy.collect import CONTRACT_FILE, is_rules
from engine.policy.differing import PolicyChange, meaning
from engine.policy.load import check
from engine.policy.model import Policy, Step
from engine.policy.yaml12 import load

Name = tuple[str, str]  # kind and name, as in PolicyChange
_CADENCE: Name = ("cadence", "")
_SECTION = {"limit": "limits", "measure": "measures", "signal": "signals", "risk": "risk", "word": "words"}
_GENERATED = ("limits", "measures", "signals")  # sections to which the cadence table adds


@dataclass(frozen=True)
class Cause:
    """What was changed in one place of a policy's YAML, with everything in the checked policy that it touches.

    `name` is that of the first change, the one to speak of; `renamed` the former name where only that changed.
    """

    name: Name
    changes: tuple[PolicyChange, ...]
    renamed: str | None = None

    @property
    def names(self) -> frozenset[Name]:
        """Kind and name of each change."""
        return frozenset((change.kind, change.name) for change in self.changes)


def causes_of(before: Policy, after: Policy, changes: Sequence[PolicyChange]) -> list[Cause]:
    """The changes by their places in the YAML: what the cadence table generates is one, and so is a renaming."""
    whole = (_raw(before.texts), _raw(after.texts))
    grouped: dict[Name, list[PolicyChange]] = {}
    renamed = dict(_renamed(before, after, changes))
    for change in changes:
        grouped.setdefault(_unit(change, whole, renamed), []).append(change)
    former = {(kind, new): old for (kind, old), new in renamed.items()}
    return [Cause(name, tuple(some), former.get(name)) for name, some in grouped.items()]


def candidates(found: Found, before: Policy, after: Policy, causes: Sequence[Cause]) -> list[Cause]:
    """The changes that may have made a task differ: those of the rules behind it, else those of its whole play."""
    policies = (after,) if found.how == ADDED else (before, after)
    for narrow in (True, False):
        names: set[Name] = set()
        for policy in policies:
            reasons = (
                {reason for one in (found.before, found.after) if one for reason in one.reasons} if narrow else None
            )
            names |= rests_on(policy, found.play, found.step, reasons)
        fitting = [cause for cause in causes if cause.names & names]
        if fitting:
            return fitting
    return [cause for cause in causes if any(change.kind in ("fact", "tiers") for change in cause.changes)]


def rests_on(policy: Policy, play: str, step: str, reasons: Iterable[str] | None) -> set[Name]:
    """Everything that a play's tasks rest on, of its signals those in `reasons` alone where they are given."""
    one = policy.plays.get(play)
    if one is None:
        return {("play", play)}
    wanted = None if reasons is None else set(reasons)
    nodes = [one.trigger, *(e.value for e in one.evidence)]
    walker = _Walker(policy, {("play", play)}, wanted)
    for each in one.steps:
        walker.step(each, each.id == step)
    walker.expressions(nodes)
    for signal in one.signals:
        walker.signal(signal)
    return walker.names


@dataclass
class _Walker:
    """Collects the names that expressions lead to; `wanted`: the only signals to be followed from the play itself."""

    policy: Policy
    names: set[Name]
    wanted: set[str] | None

    def step(self, step: Step, own: bool) -> None:
        if own:
            self.names |= {("text", f"{step.template}.{language}") for language in ("en", "zh")}
        if step.done_when is not None:
            self.expressions([step.done_when])

    def signal(self, name: str) -> None:
        if self.wanted is not None and name not in self.wanted:
            return
        self._follow(name)

    def _follow(self, name: str) -> None:
        signal = self.policy.signals.get(name)
        if signal is None or ("signal", name) in self.names:
            return
        self.names.add(("signal", name))
        wanted, self.wanted = self.wanted, None
        parts = [signal.when, *(node for _, node in signal.severity if node is not None)]
        parts += [e.value for e in signal.evidence]
        if signal.touches is not None and signal.touches.when is not None:
            parts.append(signal.touches.when)
        self.expressions(parts)
        self.names |= {("limit", name) for name in _limits(e.name for e in signal.evidence)}
        texts = [let.text for let in signal.lets]
        self.names |= {("limit", name) for name in self.policy.limits if any(f"limit.{name}" in text for text in texts)}
        self.wanted = wanted

    def expressions(self, nodes: Iterable[ex.Expression]) -> None:
        for node in nodes:
            for rule in ex.rules_in(node):
                self.signal(rule)
            for ref in ex.refs(node):
                self._ref(ref)

    def _ref(self, ref: ex.Ref) -> None:
        if ref.name == "tier":
            self._tiers()
        if ref.name in ("risk", "score", "level") or ref.name.startswith("signals"):
            self.names |= {("risk", level.level) for level in self.policy.risk}
        measure = self.policy.measures.get((ref.type, ref.name))
        if measure is None or ("measure", measure.name) in self.names:
            return
        self.names.add(("measure", measure.name))
        nodes = [measure.where, measure.value, measure.take.of if measure.take else None]
        self.expressions([node for node in nodes if node is not None])
        self.names |= {("limit", name) for name in _limits(e.name for e in measure.names)}
        self.names |= {("limit", name) for name in self.policy.limits if f"limit.{name}" in measure.text}

    def _tiers(self) -> None:
        if ("tiers", "") in self.names:
            return
        self.names.add(("tiers", ""))
        tiers = self.policy.tiers
        if tiers.measure is not None:
            self._ref(ex.Ref((), "account", tiers.measure, self.policy.measures["account", tiers.measure].kind))
        self.expressions([node for node in (tiers.high_turnover, tiers.high_profit) if node is not None])


def _limits(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name.startswith("limit."):
            yield name.removeprefix("limit.")


def alone(before: Policy, after: Policy, cause: Cause) -> Policy | None:
    """The first policy with this one change of the second; None where it cannot stand alone."""
    old, new = _raw(before.texts), _raw(after.texts)
    mixed = {section: dict(entries) for section, entries in old.items()}
    for section, name in dict.fromkeys(at for change in cause.changes for at in _raw_names(change, cause)):
        there = new.get(section, {})
        if name is None:
            mixed[section] = dict(there)
        elif name in there:
            mixed.setdefault(section, {})[name] = there[name]
        else:
            mixed.get(section, {}).pop(name, None)
    return check(_texts(mixed)).policy


def _raw_names(change: PolicyChange, cause: Cause) -> Iterator[tuple[str, str | None]]:
    """The sections of YAML where a change may stand, and the names there; None for a section as a whole."""
    match change.kind:
        case _ if cause.name == _CADENCE:
            yield "cadence", None
            yield "cadence_signals", None
        case "tiers":
            yield "tiers", None
        case "fact":
            yield CONTRACT_FILE, None
        case "play":
            yield "plays", change.name
        case "text":
            yield "texts", f"templates/{change.name}.md"
        case kind:
            yield _SECTION[kind], change.name


def _unit(
    change: PolicyChange, whole: tuple[Mapping[str, Mapping[str, object]], ...], renamed: Mapping[Name, str]
) -> Name:
    """What a change belongs to: a renaming to the new name, what the cadence table generates to the table."""
    if (change.kind, change.name) in renamed:
        return change.kind, renamed[change.kind, change.name]
    section = _SECTION.get(change.kind)
    if section in _GENERATED and not any(change.name in raw.get(section, {}) for raw in whole):
        return _CADENCE
    return change.kind, change.name


def _renamed(before: Policy, after: Policy, changes: Sequence[PolicyChange]) -> Iterator[tuple[Name, str]]:
    """What has another name and is otherwise the same: kind and former name, and the new name."""
    parts = {
        "limit": (before.limits, after.limits), "signal": (before.signals, after.signals),
        "play": (before.plays, after.plays),
    }  # fmt: skip
    for kind, (old, new) in parts.items():
        gone = [c.name for c in changes if (c.kind, c.how) == (kind, "removed")]
        come = [c.name for c in changes if (c.kind, c.how) == (kind, "added")]
        for name in gone:
            same = meaning(replace(old[name], name=""))  # type: ignore[type-var]
            like = next((other for other in come if meaning(replace(new[other], name="")) == same), None)  # type: ignore[type-var]
            if like is not None:
                come.remove(like)
                yield (kind, name), like


def _raw(texts: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """A policy's YAML as plain data by section: its plays by name, its contract, its other texts by file."""
    found: dict[str, dict[str, object]] = {"plays": {}, "texts": {}}
    for file, text in sorted(texts.items()):
        data = load(text, file)[0] if file.endswith((".yaml", ".yml")) else None
        if file == CONTRACT_FILE and isinstance(data, dict):
            found[CONTRACT_FILE] = data
        elif file.startswith("playbooks/") and isinstance(data, dict):
            found["plays"][str(data.get("play"))] = data
        elif is_rules(file) and isinstance(data, dict):
            for section, entries in data.items():
                if isinstance(entries, dict):
                    found.setdefault(section, {}).update(entries)
        elif data is None and not file.endswith((".yaml", ".yml")):
            found["texts"][file] = text
    return found


def _texts(raw: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """The same as policy texts; JSON is YAML too."""
    rules = {s: e for s, e in raw.items() if s not in ("plays", "texts", CONTRACT_FILE) and e}
    texts = {file: str(text) for file, text in raw["texts"].items()}
    texts["rules/policy.yaml"] = json.dumps(rules, ensure_ascii=False)
    texts[CONTRACT_FILE] = json.dumps(raw.get(CONTRACT_FILE, {}), ensure_ascii=False)
    for name, play in raw["plays"].items():
        texts[f"playbooks/{name}.yaml"] = json.dumps(play, ensure_ascii=False)
    return texts
