"""What reasoning gives, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.policy.model import SEVERITIES, Signal
from engine.policy.names import COUNT_NAMES
from engine.reasoning.layout import WEIGHT_SCALE, scaled_weight
from engine.reasoning.rete.values import Value

GREEN = "green"
Evidence = Mapping[str, Value]  # by name; money in ten-thousandths


@dataclass(frozen=True, slots=True)
class Concluded:
    """A rule concluded for a subject. `account` is None where it is about a person or the company."""

    subject: str
    account: str | None
    severity: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's level of risk with what it was reckoned from: names as in policy (score, signals.any, …)."""

    account: str
    level: str
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Triggered:
    """A play's trigger holds for a subject."""

    subject: str
    account: str | None
    evidence: Evidence


@dataclass
class Conclusions:
    """What was concluded, by rule and by play; of the risks only those that are not green."""

    signals: dict[str, list[Concluded]] = field(default_factory=dict)
    risk: list[Standing] = field(default_factory=list)
    plays: dict[str, list[Triggered]] = field(default_factory=dict)

    def signal(self, rule: str, concluded: Concluded) -> None:
        """Adds a conclusion of a rule."""
        self.signals.setdefault(rule, []).append(concluded)

    def play(self, name: str, triggered: Triggered) -> None:
        """Adds a triggered play."""
        self.plays.setdefault(name, []).append(triggered)


@dataclass
class Tally:
    """The conclusions of one account, counted."""

    by_severity: dict[str, int] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    weight: int = 0

    def add(self, signal: Signal, severity: str) -> None:
        """Counts a conclusion."""
        self.by_severity[severity] = self.by_severity.get(severity, 0) + 1
        if severity != SEVERITIES[-1]:
            self.rules.add(signal.name)
        self.weight += scaled_weight(signal.weight)

    def figures(self) -> dict[str, Value]:
        """The names of an account that are known after all signals, without its risk."""
        counts: dict[str, int] = {
            **self.by_severity,
            "any": sum(self.by_severity.values()),
            "different": len(self.rules),
        }
        return {"score": self.weight / WEIGHT_SCALE, **{f"signals.{name}": counts.get(name, 0) for name in COUNT_NAMES}}
