"""Why a play matched: play ← signals ← values against limits ← fact rows, each with its place in the policy."""

from dataclasses import dataclass, replace
from typing import Any

from engine.audit.behind import Behind, is_tier, measure_of, outside
from engine.audit.reasons import Reason
from engine.audit.reckoning import LIMIT, Reckoning, leaves
from engine.audit.recorded import Conclusion, Recorded
from engine.policy.expressions import Expression, Ref, rules_in
from engine.policy.model import Condition, Evidence, Play, Policy, Signal
from engine.reasoning.rete.evaluate import Row
from engine.reasoning.rete.values import stored


@dataclass(frozen=True)
class Matter:
    """What is explained: a play's match for one subject."""

    play: str
    subject_type: str
    subject: str
    account: str | None


def why(policy: Policy, behind: Behind, recorded: Recorded, matter: Matter) -> Reason:
    """The tree of reasons for a match, from recorded values; what the snapshot gives differently is noted."""
    return _Why(policy, behind, recorded, matter).tree()


class _Why(Reckoning):
    def __init__(self, policy: Policy, behind: Behind, recorded: Recorded, matter: Matter) -> None:
        super().__init__(policy, behind)
        self.recorded, self.matter = recorded, matter
        self.play = policy.plays[matter.play]

    def tree(self) -> Reason:
        row = self.behind.fact(self.matter.subject_type, self.matter.subject)
        found = {rule: self._concluded(rule) for rule in self.play.signals}
        for rule, conclusions in found.items():
            for conclusion in conclusions:
                self.behind.conclude(rule, conclusion.subject, conclusion.account)
        if self.matter.account is not None:
            self._stand(self.matter.account)
        children: list[Reason] = []
        if self.play.condition is not None:
            asked = self._asked(self.play, self.play.condition, row, found)
            children += asked.children if asked.detail.get("joiner") == "and" else [asked]
        if not set(rules_in(self.play.trigger)):
            children += [self._signal(c) for conclusions in found.values() for c in conclusions]
        detail = {
            "subject": {"type": self.matter.subject_type, "id": self.matter.subject},
            "account": self.matter.account,
        }
        detail["title"] = dict(self.play.title)
        return Reason("play", self.play.name, place=self.play.place, detail=detail, children=tuple(children))

    def _concluded(self, rule: str) -> list[Conclusion]:
        if self.policy.signals[rule].about == self.play.about:
            return self.recorded.conclusions(rule, subject=self.matter.subject)
        if self.matter.account is None:
            return []
        return self.recorded.conclusions(rule, account=self.matter.account)

    def _stand(self, account: str) -> None:
        standing = self.recorded.standing(account)
        counts = {f"signals.{name}": value for name, value in standing.items() if name not in ("level", "score")}
        self.behind.stand(account, standing["level"], {"score": standing["score"], **counts})

    def _asked(self, play: Play, part: Condition, row: Row | None, found: dict[str, list[Conclusion]]) -> Reason:
        """A part of the trigger; signals that it asks for are opened up."""
        holds = None if row is None else bool(self.behind.value(play.about, row, part.value))
        if part.parts:
            children = tuple(self._asked(play, inner, row, found) for inner in part.parts)
            return Reason(
                "condition",
                part.text,
                holds=holds,
                place=play.trigger_place,
                detail={"joiner": part.joiner},
                children=children,
            )
        rules = dict.fromkeys(rules_in(part.value))
        opened = [self._signal(conclusion) for rule in rules for conclusion in found.get(rule, [])]
        values = [self._reckoned(play, used, row) for used in part.names if row is not None]
        values = [reason for reason in values if not reason.text.startswith("signal(")]
        return Reason("condition", part.text, holds=holds, place=play.trigger_place, children=(*values, *opened))

    def _reckoned(self, play: Play, used: Evidence, row: Row) -> Reason:
        """A name that the trigger uses, reckoned from the sealed facts and the recorded risk."""
        reason = self.inner(play.about, used, row, set())
        if used.name != "risk":
            return reason
        level = next((level for level in self.policy.risk if level.level == reason.value), None)
        return replace(reason, place=level.place if level else None)

    def _signal(self, conclusion: Conclusion) -> Reason:
        signal = conclusion.signal
        for rule in dict.fromkeys(rules_in(signal.when, *(e.value for e in signal.evidence))):
            for below in self._below(signal, rule, conclusion):
                self.behind.conclude(rule, below.subject, below.account)
        row = self.behind.fact(signal.about, conclusion.subject)
        children: list[Reason] = []
        if signal.condition is not None:
            children += self._parts(signal, signal.condition, conclusion, row)
        grade = self._grade(signal, conclusion, row)
        if grade is not None:
            children.append(grade)
        if row is not None and signal.about != "account":
            children.append(self.row(signal.about, row))
        detail: dict[str, Any] = {
            "title": dict(signal.title),
            "because": dict(signal.because),
            "evidence": conclusion.evidence,
            "severity": conclusion.severity,
            "weight": conclusion.weight,
            "subject": {"type": signal.about, "id": conclusion.subject},
            "source": list(signal.source),
        }
        return Reason("signal", signal.name, holds=True, place=signal.place, detail=detail, children=tuple(children))

    def _parts(self, signal: Signal, part: Condition, conclusion: Conclusion, row: Row | None) -> list[Reason]:
        """The parts of a signal's condition, with recorded values; an outermost `and` is written out part by part."""
        if part.joiner == "and":
            return [reason for inner in part.parts for reason in self._parts(signal, inner, conclusion, row)]
        holds = None if row is None else bool(self.behind.value(signal.about, row, part.value))
        names: dict[str, None] = {}
        for leaf in leaves(part):
            names |= dict.fromkeys(used.name for used in leaf.names)
        values = [self._value(signal, name, conclusion, row, set()) for name in names]
        rests = [
            self._signal(below)
            for rule in dict.fromkeys(rules_in(part.value))
            for below in self._below(signal, rule, conclusion)
        ]
        return [Reason("condition", part.text, holds=holds, place=signal.when_place, children=(*values, *rests))]

    def _below(self, signal: Signal, rule: str, conclusion: Conclusion) -> list[Conclusion]:
        """The conclusions of another rule that a conclusion rests on."""
        if self.policy.signals[rule].about == signal.about:
            return self.recorded.conclusions(rule, subject=conclusion.subject)
        return self.recorded.conclusions(rule, account=conclusion.account) if conclusion.account else []

    def _grade(self, signal: Signal, conclusion: Conclusion, row: Row | None) -> Reason | None:
        """The branch of `severity` that was taken, where there was a choice."""
        if len(signal.grades) < 2:
            return None
        condition = next((c for name, c in signal.grades if name == conclusion.severity), None)
        text = condition.text if condition else "otherwise"
        names = dict.fromkeys(used.name for leaf in leaves(condition) for used in leaf.names)
        values = [self._value(signal, name, conclusion, row, set()) for name in names]
        return Reason(
            "severity", conclusion.severity, place=signal.place, detail={"when": text}, children=tuple(values)
        )

    def _value(self, signal: Signal, name: str, conclusion: Conclusion, row: Row | None, above: set[str]) -> Reason:
        """A name with its recorded value, and what it was made of."""
        node = next((e.value for e in signal.evidence if e.name == name), None)
        value = conclusion.evidence.get(name)
        if name.startswith(LIMIT):
            return self.limit(name, value, conclusion.account)
        let = next((let for let in signal.lets if let.name == name), None)
        if let is not None:
            inner = [self._value(signal, n, conclusion, row, above | {name}) for n in let.names if n not in above]
            return Reason("value", name, value=value, detail={"is": let.text}, children=tuple(inner))
        if node is None or row is None:
            return Reason("value", name, value=value)
        reason = Reason("value", name, value=value, children=self._checked(signal.about, row, node, value))
        measure = measure_of(self.policy, node)
        if measure is not None and isinstance(node, Ref):
            return self.measured(reason, measure, signal.about, row, node)
        return replace(reason, detail={"tier": True}) if is_tier(node) else reason

    def _checked(self, type: str, row: Row, node: Expression, value: Any) -> tuple[Reason, ...]:
        """A note where the sealed facts no longer give the recorded value."""
        now = self.behind.value(type, row, node)
        if now == stored(value, node.kind):
            return ()
        return (Reason("note", "now", detail={"now": outside(now, node.kind)}),)
