"""Why a play matched: play ← signals ← values against limits ← fact rows, each with its place in the policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.audit.behind import Behind, is_tier, measure_of, outside
from engine.audit.reasons import Reason
from engine.audit.reckoning import LIMIT, Reckoning, leaves
from engine.audit.recorded import Conclusion, Recorded
from engine.policy.expressions import Expression, Ref, rules_in
from engine.policy.faults import Place
from engine.policy.model import Condition, Evidence, Play, Policy, Signal
from engine.policy.names import ACCOUNT
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
    return Why(policy, behind, recorded).match(matter)


class Why(Reckoning):
    """Explains what one run concluded: matches of plays, single signals, an account's risk."""

    def __init__(self, policy: Policy, behind: Behind, recorded: Recorded) -> None:
        super().__init__(policy, behind)
        self.recorded = recorded

    def match(self, matter: Matter) -> Reason:
        """Why a play matched."""
        play = self.policy.plays[matter.play]
        row = self.behind.fact(matter.subject_type, matter.subject)
        found = {rule: self._concluded(play, rule, matter) for rule in play.signals}
        for rule, conclusions in found.items():
            self._take_in(rule, conclusions)
        if matter.account is not None:
            self._stand(matter.account)
        children: list[Reason] = []
        if play.condition is not None:
            asked = self._asked(play, play.condition, row, found)
            children += asked.children if asked.detail.get("joiner") == "and" else [asked]
        if not set(rules_in(play.trigger)):
            children += [self.signal(c) for conclusions in found.values() for c in conclusions]
        detail = {
            "subject": {"type": matter.subject_type, "id": matter.subject},
            "account": matter.account,
            "title": dict(play.title),
            "text_hash": play.text_hash,
            "source": list(play.source),
        }
        return Reason("play", play.name, place=play.place, detail=detail, children=tuple(children))

    def risk(self, account: str, conclusions: Sequence[Conclusion]) -> Reason:
        """Why an account has its level: each level's condition down to the one that held, and the weights added up.

        `conclusions`: all of the account that night.
        """
        for conclusion in conclusions:
            self._take_in(conclusion.signal.name, [conclusion])
        standing = self._stand(account)
        row = self.behind.fact(ACCOUNT, account)
        levels: list[Reason] = []
        for level in self.policy.risk:
            holds = level.level == standing["level"]
            missing = sorted(level.needs - self.behind.present)
            parts: tuple[Reason, ...] = ()
            if not missing and row is not None and level.condition is not None:
                parts = (self._level(level.condition, row, level.place),)
            detail = {"text_hash": level.text_hash, **({"missing": missing} if missing else {})}
            levels.append(Reason("level", level.level, holds=holds, place=level.place, detail=detail, children=parts))
            if holds:
                break
        weights = tuple(
            Reason(
                "weight", c.signal.name, value=c.weight,
                detail={"title": dict(c.signal.title), "subject": {"type": c.signal.about, "id": c.subject}},
            )
            for c in sorted(conclusions, key=lambda c: -c.weight)
        )  # fmt: skip
        score = Reason("value", "score", value=standing["score"], children=weights)
        return Reason("risk", standing["level"], children=(*levels, score), detail={"account": account, **standing})

    def signal(self, conclusion: Conclusion) -> Reason:
        """Why a signal concluded."""
        signal = conclusion.signal
        for rule in dict.fromkeys(rules_in(signal.when, *(e.value for e in signal.evidence))):
            self._take_in(rule, self._below(signal, rule, conclusion))
        row = self.behind.fact(signal.about, conclusion.subject)
        children: list[Reason] = []
        if signal.condition is not None:
            children += self._parts(signal, signal.condition, conclusion, row)
        grade = self._grade(signal, conclusion, row)
        if grade is not None:
            children.append(grade)
        if row is not None and signal.about != ACCOUNT:
            children.append(self.row(signal.about, row))
        detail: dict[str, Any] = {
            "title": dict(signal.title),
            "because": dict(signal.because),
            "evidence": conclusion.evidence,
            "severity": conclusion.severity,
            "weight": conclusion.weight,
            "subject": {"type": signal.about, "id": conclusion.subject},
            "account": conclusion.account,
            "text_hash": signal.text_hash,
            "source": list(signal.source),
        }
        return Reason("signal", signal.name, holds=True, place=signal.place, detail=detail, children=tuple(children))

    def _take_in(self, rule: str, conclusions: Sequence[Conclusion]) -> None:
        for conclusion in conclusions:
            self.behind.conclude(rule, conclusion.subject, conclusion.account)

    def _concluded(self, play: Play, rule: str, matter: Matter) -> list[Conclusion]:
        if self.policy.signals[rule].about == play.about:
            return self.recorded.conclusions(rule, subject=matter.subject)
        if matter.account is None:
            return []
        return self.recorded.conclusions(rule, account=matter.account)

    def _stand(self, account: str) -> dict[str, Any]:
        standing = self.recorded.standing(account)
        counts = {f"signals.{name}": value for name, value in standing.items() if name not in ("level", "score")}
        self.behind.stand(account, standing["level"], {"score": standing["score"], **counts})
        return standing

    def _level(self, part: Condition, row: Row, place: Place) -> Reason:
        """A part of a level's condition with the values of its names."""
        holds = bool(self.behind.value(ACCOUNT, row, part.value))
        if part.parts:
            inner = tuple(self._level(each, row, place) for each in part.parts)
            return Reason(
                "condition", part.text, holds=holds, place=place, detail={"joiner": part.joiner}, children=inner
            )
        values = (self.inner(ACCOUNT, used, row, set()) for used in part.names)
        values = (value for value in values if not value.text.startswith("signal("))
        return Reason("condition", part.text, holds=holds, place=place, children=tuple(values))

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
        opened = [self.signal(conclusion) for rule in rules for conclusion in found.get(rule, [])]
        values = [self._reckoned(play, used, row) for used in part.names if row is not None]
        values = [reason for reason in values if not reason.text.startswith("signal(")]
        return Reason("condition", part.text, holds=holds, place=play.trigger_place, children=(*values, *opened))

    def _reckoned(self, play: Play, used: Evidence, row: Row) -> Reason:
        """A name that the trigger uses, reckoned from the sealed facts and the recorded risk; a risk with its why."""
        reason = self.inner(play.about, used, row, set())
        level = next((level for level in self.policy.risk if level.level == reason.value), None)
        if not isinstance(used.value, Ref) or used.value.name != "risk" or level is None:
            return reason
        _, account = self.behind.follow(play.about, row, used.value.path)
        below: tuple[Reason, ...] = ()
        if level.condition is not None and account is not None:
            below = (self._level(level.condition, account, level.place),)
        return replace(reason, place=level.place, children=below)

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
            self.signal(below)
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
