"""Judging facts of one type on one stratum: what holds, how grave it is, and by which evidence."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.policy.expressions import Expression
from engine.policy.model import Evidence, Play, RiskLevel, Signal
from engine.policy.names import ACCOUNT
from engine.reasoning.rete.attributes import Cell, Sent, Sheet, fill
from engine.reasoning.rete.batch import Batch
from engine.reasoning.rete.conditions import Conditions
from engine.reasoning.rete.durable import RuleSet, release, rule_sets, settle
from engine.reasoning.rete.evaluate import Reading, Row, Scope, View
from engine.reasoning.rete.needs import Need
from engine.reasoning.rete.night import Night
from engine.reasoning.rete.values import Value


class Stage(NamedTuple):
    """Rule sets that a fact is shown to one after the other, with the attributes that they test."""

    cells: list[Cell]
    sets: list[RuleSet]


@dataclass(frozen=True)
class Matcher:
    """Conditions about facts of one type, matched by durable-rules."""

    stages: tuple[Stage, ...]
    needs: tuple[Need, ...]

    def match(self, view: View, row: Row) -> set[str]:
        """The names of the conditions that hold for a fact."""
        attributes: dict[str, Sent] = {}
        concluded: set[str] = set()
        for stage in self.stages:
            fill(attributes, stage.cells, view, row)
            for rules in stage.sets:
                found = settle(rules, attributes)
                concluded |= found
                attributes.update(dict.fromkeys(found, 1))
        return concluded

    def release(self) -> None:
        """Gives the rule sets back."""
        for stage in self.stages:
            for rules in stage.sets:
                release(rules)


def matcher(night: Night, type: str, conditions: Mapping[str, Expression]) -> Matcher:
    """What matches conditions about facts of `type`, by name."""
    sheet = Sheet()
    compiled = Conditions(night.reader, type, sheet)
    for name, node in conditions.items():
        compiled.add(name, node)
    stages = []
    for rules in compiled.stages:
        attributes = [check.attribute for rule in rules for check in rule.checks]
        stages.append(Stage(sheet.cells_of(attributes), rule_sets(rules)))
    return Matcher(tuple(stages), night.needs(type, *conditions.values()))


class Finding(NamedTuple):
    """A signal that holds for a fact."""

    signal: Signal
    row: Row
    severity: str
    evidence: dict[str, Value]


@dataclass(frozen=True)
class Proof:
    """The evidence of a rule or play, compiled."""

    readings: tuple[tuple[str, Reading], ...]
    needs: tuple[Need, ...]

    def of(self, batch: Batch, rows: Collection[Row]) -> Iterator[dict[str, Value]]:
        """The evidence for each of the rows."""
        batch.prepare(rows, (), self.needs)
        for row in rows:
            yield {name: reading(batch.view, row, None) for name, reading in self.readings}


def proof(night: Night, type: str, evidence: Iterable[Evidence]) -> Proof:
    """What gives the evidence for facts of `type`."""
    named = list(evidence)
    readings = tuple((e.name, night.reader.reading(e.value, Scope(type))) for e in named)
    return Proof(readings, night.needs(type, *(e.value for e in named)))


@dataclass(frozen=True)
class Judge:
    """The signals about one type on one stratum."""

    type: str
    signals: tuple[Signal, ...]
    conditions: Matcher
    severities: Matcher
    proofs: Mapping[str, Proof]

    def findings(self, batch: Batch, rows: Collection[Row]) -> list[Finding]:
        """The signals that hold for the rows."""
        batch.prepare(rows, (), self.conditions.needs)
        held: dict[str, list[Row]] = {}
        for row in rows:
            for name in self.conditions.match(batch.view, row):
                held.setdefault(name, []).append(row)
        graded = {row["id"]: row for s in self.signals if len(s.severity) > 1 for row in held.get(f"when {s.name}", ())}
        batch.prepare(graded.values(), (), self.severities.needs)
        grades = {id: self.severities.match(batch.view, row) for id, row in graded.items()}
        findings = []
        for signal in self.signals:
            found = held.get(f"when {signal.name}", [])
            for row, evidence in zip(found, self.proofs[signal.name].of(batch, found), strict=True):
                findings.append(Finding(signal, row, _severity(signal, grades.get(row["id"], set())), evidence))
        return findings


def judge(night: Night, type: str, signals: Iterable[Signal]) -> Judge:
    """What judges facts of `type`."""
    signals = tuple(signals)
    conditions = {f"when {s.name}": s.when for s in signals}
    severities = {
        f"severity {i} {s.name}": when for s in signals for i, (_, when) in enumerate(s.severity) if when is not None
    }
    return Judge(
        type,
        signals,
        matcher(night, type, conditions),
        matcher(night, type, severities),
        {s.name: proof(night, type, s.evidence) for s in signals},
    )


def _severity(signal: Signal, grades: set[str]) -> str:
    return next(
        name
        for i, (name, when) in enumerate(signal.severity)
        if when is None or f"severity {i} {signal.name}" in grades
    )


def risk_matcher(night: Night, levels: Iterable[RiskLevel]) -> Matcher:
    """What matches the levels of risk, each under its name."""
    return matcher(night, ACCOUNT, {f"risk {level.level}": level.when for level in levels})


def play_matcher(night: Night, type: str, plays: Iterable[Play]) -> Matcher:
    """What matches the triggers of plays about `type`, each under the play's name."""
    return matcher(night, type, {f"play {play.name}": play.trigger for play in plays})
