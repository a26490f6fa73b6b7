"""The plan that both engines follow: what is judged, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.policy.expressions import Expression, Ref, refs
from engine.policy.model import Measure, Play, Policy, RiskLevel, Signal

RISK_NAMES = ("risk", "score")  # names of an account that are known only after all signals
SIGNAL_COUNTS = ("any", "critical", "high", "medium", "low", "different")  # signals.any and so on, likewise


@dataclass(frozen=True)
class NotJudged:
    """A rule that tonight's facts cannot answer, and the fact types it misses."""

    rule: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """One stratum; everything in it rests on lower ones alone."""

    measures: tuple[Measure, ...]
    tiers: bool  # whether account tiers are set on this level
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Plan:
    """What to reckon tonight. A signal() of a rule that is not among the levels' signals is false.

    `ranked`: whether the tiers' measure (or matrix) can be judged; otherwise everyone without a tier set by hand
    has the last class.
    """

    policy: Policy
    levels: tuple[Level, ...]
    ranked: bool
    risk: tuple[RiskLevel, ...]
    plays: tuple[Play, ...]
    not_judged: tuple[NotJudged, ...]

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All judged signals, lower strata first."""
        return tuple(signal for level in self.levels for signal in level.signals)


def build_plan(policy: Policy, present: frozenset[str]) -> Plan:
    """The plan for facts of the types `present` (a type with an empty file is present)."""
    rules: list[Signal | Play] = [*policy.signals.values(), *policy.plays.values()]
    not_judged = [NotJudged(r.name, tuple(sorted(r.needs - present))) for r in rules if r.needs - present]
    signals = {name: signal for name, signal in policy.signals.items() if signal.needs <= present}
    plays = tuple(
        play
        for play in policy.plays.values()
        if play.needs <= present and any(name in signals for name in play.signals)
    )
    risk = tuple(level for level in policy.risk if level.needs <= present)
    ranked = _tier_needs(policy) <= present
    wanted = _wanted(policy, signals.values(), risk, plays, ranked)
    depth = max(policy.strata.values(), default=0)
    levels = tuple(
        Level(
            measures=tuple(
                m for key, m in policy.measures.items() if key in wanted and policy.strata["measure", *key] == n
            ),
            tiers=policy.strata["tier",] == n,
            signals=tuple(s for s in signals.values() if policy.strata["signal", s.name] == n),
        )
        for n in range(1, depth + 1)
    )
    return Plan(policy, levels, ranked, risk, plays, tuple(not_judged))


def tier_expressions(policy: Policy) -> tuple[Expression, ...]:
    """What the classing of accounts reads, as expressions about account."""
    tiers = policy.tiers
    if tiers.by == "matrix":
        return tuple(e for e in (tiers.high_turnover, tiers.high_profit) if e is not None)
    if tiers.measure is None:
        return ()
    measure = policy.measures["account", tiers.measure]
    return (Ref((), "account", measure.name, measure.kind),)


def _tier_needs(policy: Policy) -> frozenset[str]:
    keys = [(ref.type, ref.name) for ref in refs(*tier_expressions(policy))]
    return frozenset().union(*(policy.measures[key].needs for key in keys if key in policy.measures))


def _wanted(
    policy: Policy, signals: Iterable[Signal], risk: Iterable[RiskLevel], plays: Iterable[Play], ranked: bool
) -> set[tuple[str, str]]:
    """The measures, by (about, name), that something judged reads, directly or through others."""
    todo: list[Expression | None] = []
    for signal in signals:
        todo += [signal.when, *(cond for _, cond in signal.severity), *(e.value for e in signal.evidence)]
        todo += [signal.touches.when] if signal.touches else []
    for play in plays:
        todo += [play.trigger, *(e.value for e in play.evidence)]
    todo += [level.when for level in risk]
    todo += tier_expressions(policy) if ranked else ()
    wanted: set[tuple[str, str]] = set()
    while todo:
        for ref in refs(todo.pop()):
            key = (ref.type, ref.name)
            if key in policy.measures and key not in wanted:
                wanted.add(key)
                measure = policy.measures[key]
                todo += [measure.where, measure.value, measure.take.of if measure.take else None]
    return wanted
