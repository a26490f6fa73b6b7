"""What the compilers of measures, signals, tiers and plays share: names, placed faults, needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.policy import expressions as ex
from engine.policy.collect import Draft, Entry
from engine.policy.compiling import Compiled, compile_expression
from engine.policy.contract import Contract
from engine.policy.faults import Place, nearest
from engine.policy.kinds import Kind
from engine.policy.lexing import Unreadable, joined, lexemes
from engine.policy.model import Evidence, Limit, Measure
from engine.policy.names import ACCOUNT, Scope, UnknownName
from engine.policy.placing import locate
from engine.policy.reading import Spot
from engine.policy.shapes import MeasureShape
from engine.policy.wrong import Broken, Slip

__all__ = ["Broken", "Builder", "evidence_of"]


@dataclass
class Builder:
    """The policy as far as it is checked; measures are compiled by `build_measure` when first asked for.

    `faulty`: types of fact whose definition has a fault; what is about them is not looked at.
    """

    draft: Draft
    contract: Contract
    limits: Mapping[str, Limit]
    build_measure: Callable[["Builder", str, Entry[MeasureShape]], Measure]
    faulty: frozenset[str] = frozenset()
    measures: dict[tuple[str, str], Measure] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    opening: list[tuple[str, str]] = field(default_factory=list)

    def measure_names(self, about: str) -> Iterator[str]:
        """The names of the measures about a type."""
        for name, entry in self.draft.measures.items():
            if entry.shape is not None and entry.shape.about == about:
                yield name

    def measure_about(self, name: str) -> str | None:
        """The type that the measure of this name is about, None where there is none."""
        entry = self.draft.measures.get(name)
        return entry.shape.about if entry is not None and entry.shape is not None else None

    def measure_kind(self, about: str, name: str) -> Kind | None:
        """A measure's kind, None where there is none of the name. Raises Broken where it has a fault."""
        entry = self.draft.measures.get(name)
        if entry is None or (entry.shape is not None and entry.shape.about != about):
            return None
        key = (about, name)
        if entry.shape is None or key in self.broken:
            raise Broken
        if key not in self.measures:
            if key in self.opening:
                self._cycle(key)
            self.opening.append(key)
            try:
                self.measures[key] = self.build_measure(self, name, entry)
            except Broken:
                self.broken.add(key)
                raise
            finally:
                self.opening.remove(key)
        return self.measures[key].kind

    def _cycle(self, key: tuple[str, str]) -> None:
        """A measure rests on itself. Raises Broken with the fault noted, at the member that stands first."""
        ring = self.opening[self.opening.index(key) :]
        self.broken.update(ring)
        entries = sorted((self.draft.measures[name] for _, name in ring), key=lambda entry: entry.place)
        names = [name for _, name in ring]
        start = names.index(entries[0].name)
        shown = " → ".join([*names[start:], *names[:start], names[start]])
        message, help = f"these measures rest on each other: {shown}", "let one of them do without the next"
        if len(names) == 1:
            message, help = "this measure rests on itself", "remove its name from its own definition"
        self.draft.fault("cycle", entries[0].place, message, help, len(entries[0].name))
        raise Broken

    def is_rule(self, name: str) -> bool:
        """Whether a signal is called so."""
        return name in self.draft.signals

    def unsure(self, type: str, name: str) -> bool:
        """Whether the name may stand in something with a fault: the type itself, or a file that cannot be read."""
        return type in self.faulty or name in self.draft.suspects

    def rule_about(self, rule: str) -> str:
        """The type that a signal is about. Raises UnknownName, or Broken where it has a fault."""
        entry = self.draft.signals.get(rule)
        if entry is None:
            if rule in self.draft.suspects:
                raise Broken
            known = self.draft.signals
            help = nearest(rule, known) or f"the signals: {', '.join(list(known)[:8])}{' …' if len(known) > 8 else ''}"
            raise UnknownName(0, f"there is no signal '{rule}'", help if known else "there are no signals yet")
        if entry.shape is None:
            raise Broken
        return entry.shape.about

    def type_of(self, name: str, spot: Spot) -> str:
        """`name` where it is a fact type. Raises Broken, with a fault where it is none."""
        if name not in self.contract and self.contract and name not in self.draft.suspects:
            help = nearest(name, self.contract) or f"the types: {', '.join(self.contract)}"
            self.draft.fault("unknown-type", spot.value, f"'{name}' is no type of fact", help, len(name))
        if name not in self.contract or name in self.faulty:
            raise Broken
        return name

    def account(self) -> str:
        """The type of the accounts. Raises Broken where the contract has a fault there."""
        if ACCOUNT not in self.contract or ACCOUNT in self.faulty:
            raise Broken
        return ACCOUNT

    def compile(self, text: str, scope: Scope, spot: Spot, kind: Kind | None = None) -> Compiled:
        """The checked expression at `spot`. Raises Broken with its faults noted."""
        return self.compile_part(text, 0, text, scope, spot, kind)

    def compile_part(
        self, text: str, offset: int, whole: str, scope: Scope, spot: Spot, kind: Kind | None = None
    ) -> Compiled:
        """As `compile`, for a part of the text at `spot` that begins at `offset` of the `whole`."""
        compiled, slips = compile_expression(text, scope, self.rule_about, kind)
        if slips:
            bare = self._bare_rules(text)
            slips = bare + [slip for slip in slips if not any(_overlap(slip, b) for b in bare)]
        for slip in slips:
            self.slip(slip, whole, spot, offset)
        if compiled is None:
            raise Broken
        return compiled

    def _bare_rules(self, text: str) -> list[Slip]:
        """Rules that are named without signal('…'): what else is wrong comes of that."""
        try:
            found = list(joined(text, lexemes(text)))
        except Unreadable:
            return []
        return [
            Slip("bare-signal", start, end, f"'{name}' is a signal, not a name", f"write signal('{name}')")
            for name, start, end in found
            if name in self.draft.signals
        ]

    def slip(self, slip: Slip, text: str, spot: Spot, offset: int = 0) -> None:
        """Note what is wrong within the text at `spot`."""
        place, width = self.within(spot.value, text, slip.start + offset, slip.end + offset)
        self.draft.fault(slip.code, place, slip.message, slip.help, width)

    def within(self, start: Place, text: str, first: int, last: int) -> tuple[Place, int]:
        """Where the characters first to last (exclusive) of a value stand in the file, and how wide they are."""
        return locate(self.draft.texts.get(start.file, ""), start, text, first, last)

    def needs(self, about: str, *nodes: ex.Expression | None, subject: str | None = None) -> frozenset[str]:
        """The fact types that expressions about a type cannot be judged without, their signals' needs left out."""
        found = {about}
        for ref in ex.refs(*nodes):
            type = subject if ref.subject and subject else about
            for name in ref.path:
                type = self.contract[type].fields[name].ref or type
                found.add(type)
            measure = self.measures.get((ref.type, ref.name))
            if measure is not None:
                found |= measure.needs
        return frozenset(found)


def _overlap(one: Slip, other: Slip) -> bool:
    return one.start < other.end and other.start < one.end


def evidence_of(*names: Mapping[str, ex.Expression]) -> tuple[Evidence, ...]:
    """Names with their expressions as evidence, each once, as they come."""
    merged: dict[str, ex.Expression] = {}
    for mapping in names:
        merged |= mapping
    return tuple(Evidence(name, value) for name, value in merged.items())
