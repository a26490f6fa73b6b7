"""A plan made ready for durable-rules: all rule sets of a run, built once."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from engine.policy.expressions import rules_in
from engine.policy.model import Play
from engine.reasoning.rete.judge import Judge, Matcher, Proof, judge, play_matcher, proof, risk_matcher
from engine.reasoning.rete.needs import expressions_of
from engine.reasoning.rete.night import Night
from engine.reasoning.rete.touching import Touch, touches_of


@dataclass(frozen=True)
class Plays:
    """The plays about one type."""

    type: str
    plays: tuple[Play, ...]
    triggers: Matcher
    proofs: Mapping[str, Proof]


@dataclass(frozen=True)
class Rulebook:
    """What judges facts: `levels` by type, lower strata first."""

    levels: tuple[Mapping[str, Judge], ...]
    risk: Matcher
    plays: Mapping[str, Plays]
    touches: Mapping[str, Touch]

    def types(self) -> frozenset[str]:
        """The types that some signal or play is about."""
        return frozenset(type for level in self.levels for type in level) | frozenset(self.plays)


@contextmanager
def rulebook(night: Night, of_accounts: bool = False) -> Iterator[Rulebook]:
    """The rule sets of a plan; given back at the end. `of_accounts`: only those that conclude for accounts."""
    book = _built(night, _touching(night) if of_accounts else frozenset(night.plan.policy.signals))
    try:
        yield book
    finally:
        matchers = [m for level in book.levels for j in level.values() for m in (j.conditions, j.severities)]
        for matcher in (*matchers, book.risk, *(plays.triggers for plays in book.plays.values())):
            matcher.release()


def _touching(night: Night) -> frozenset[str]:
    """The signals about persons and the company that touch accounts, and those that these ask."""
    signals = {signal.name: signal for signal in night.plan.signals}
    touching = {name for name, signal in signals.items() if signal.touches}
    plays = [p for p in night.plan.plays if p.about in night.lasting_types and touching & set(p.signals)]
    todo = [*touching, *(name for play in plays for name in rules_in(*expressions_of(play)))]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name in signals and name not in found:
            found.add(name)
            todo += rules_in(*expressions_of(signals[name]))
    return frozenset(found)


def _built(night: Night, lasting: frozenset[str]) -> Rulebook:
    """`lasting`: the signals about persons and the company that are judged."""
    plan = night.plan

    def judged(about: str, name: str) -> bool:
        return about not in night.lasting_types or name in lasting

    levels = []
    for level in plan.levels:
        signals = [signal for signal in level.signals if judged(signal.about, signal.name)]
        abouts = dict.fromkeys(signal.about for signal in signals)
        levels.append({type: judge(night, type, [s for s in signals if s.about == type]) for type in abouts})
    plays = [p for p in plan.plays if p.about not in night.lasting_types or any(name in lasting for name in p.signals)]
    by_type = {type: _plays(night, type, plays) for type in dict.fromkeys(play.about for play in plays)}
    return Rulebook(tuple(levels), risk_matcher(night, plan.risk), by_type, touches_of(night))


def _plays(night: Night, type: str, plays: Iterable[Play]) -> Plays:
    some = tuple(play for play in plays if play.about == type)
    proofs = {play.name: proof(night, type, play.evidence) for play in some}
    return Plays(type, some, play_matcher(night, type, some), proofs)
