"""Explanations of what a night concluded: an account's risk and signals, a single signal, a matter, a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.audit.asked import Asked
from engine.audit.behind import Behind
from engine.audit.judging import judge, subjects
from engine.audit.locating import located
from engine.audit.outcomes import Came
from engine.audit.reasons import Reason
from engine.audit.recorded import Conclusion
from engine.audit.sealed_night import SealedNight, seal_of
from engine.audit.why import Matter
from engine.audit.why_not import why_not
from engine.errors import HoldfastError
from engine.policy.expressions import Expression, Holds, Not, children
from engine.policy.model import Play, Policy, Signal
from engine.policy.names import ACCOUNT, COUNT_NAMES
from engine.store.sealed import SealedRun

HORIZONS = (7, 30)  # days ahead in which the next signal of a green account is looked for
MOST_SHOWN = 10  # conclusions of one rule for one account


@dataclass(frozen=True)
class Unmatched:
    """A play that asks for a signal and did not match all the same: the first part of its trigger that fails.

    `missing`: the fact types for want of which it was not judged.
    """

    play: Play
    first: Reason | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignalWhy:
    """A conclusion: why it holds, what came of it, and the plays that asked for more."""

    conclusion: Conclusion
    reason: Reason
    came: tuple[Came, ...]
    unmatched: tuple[Unmatched, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The conclusion's record as plain JSON values."""
        return {
            **self.reason.as_json(),
            "came": [came.as_json() for came in self.came],
            "plays_that_ask_for_more": [
                {
                    "play": each.play.name, "not_judged_for_want_of": list(each.missing),
                    "first_that_fails": each.first.as_json() if each.first else None,
                }
                for each in self.unmatched
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class MatterWhy:
    """A matter: what came of it, and why its play matched; no reason where it did not that night."""

    came: Came
    reason: Reason | None

    def as_json(self) -> dict[str, Any]:
        """The matter as plain JSON values."""
        return {**self.came.as_json(), "because": self.reason.as_json() if self.reason else None}


@dataclass(frozen=True)
class TaskWhy:
    """A task as the store has it, the tree of reasons for it, what came of its matter, and the night it is told by.

    `also`: the same of the other matters that the task serves. `asked`: the id that was asked for.
    """

    task: dict[str, Any]
    reason: Reason
    night: SealedNight
    came: Came | None = None
    also: tuple["TaskWhy", ...] = ()
    asked: str = ""

    @property
    def policy(self) -> Policy:
        """The policy of that night."""
        return self.night.policy

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why --format json` prints of a task."""
        return {
            "task": self.task, "sealed": seal_of(self.night.run), "because": self.reason.as_json(),
            "matter": self.came.as_json() if self.came else None, "also": [each.as_json() for each in self.also],
        }  # fmt: skip


@dataclass(frozen=True)
class Next:
    """What comes first if nothing but time passes: so many days later, these rules."""

    days: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Explanation:
    """What a night concluded about an account, a person or another fact; of one rule alone where `rule` is given.

    `risk` of accounts, where no rule is asked for; `matters`: with a play its matters, else those that stand with none
    of the signals. `hidden`: how many conclusions of the rule are left out; `lately`: the last run in which the
    rule did hold, where it does not, and `failing` what fails of it; `unjudged`: fact types for want of which it was
    not judged.
    """

    asked: Asked
    night: SealedNight
    rule: Signal | Play | None = None
    risk: Reason | None = None
    signals: tuple[SignalWhy, ...] = ()
    matters: tuple[MatterWhy, ...] = ()
    next: Next | None = None
    hidden: int = 0
    lately: SealedRun | None = None
    unjudged: tuple[str, ...] = ()
    failing: Reason | None = None

    @property
    def holds(self) -> bool:
        """Whether there is anything to explain."""
        return bool(self.signals or self.matters)

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why --format json` prints of all but tasks."""
        found: dict[str, Any] = {
            "about": {"type": self.asked.kind, "id": self.asked.id, "name": self.asked.name},
            "sealed": seal_of(self.night.run),
            "changed_since": [str(note.detail["now"]) for note in self.night.notes],
        }
        if self.rule is not None:
            found |= {
                "rule": self.rule.name, "kind": "signal" if isinstance(self.rule, Signal) else "play",
                "holds": self.holds, "not_judged_for_want_of": list(self.unjudged),
                "held_last_in": self.lately.id if self.lately else None,
                "first_that_fails": self.failing.as_json() if self.failing else None,
            }  # fmt: skip
        if self.risk is not None:
            found["risk"] = self.risk.as_json()
        if self.next is not None:
            found["next"] = {"days": self.next.days, "signals": [signal.name for signal in self.next.signals]}
        found["signals"] = [signal.as_json() for signal in self.signals]
        found["matters"] = [matter.as_json() for matter in self.matters]
        return found


def explain_all(night: SealedNight, asked: Asked) -> Explanation:
    """An account's risk and signals, or the signals about a person or another fact, and what came of each."""
    whose = _whose(asked)
    conclusions = [c for c in night.recorded.all_of(**whose) if asked.kind in (ACCOUNT, c.signal.about)]
    decided = night.recorded.decided(**whose)
    came = [found for each in decided if (found := night.outcomes.came(each)) is not None]
    came = [each for each in came if asked.kind in (ACCOUNT, each.play.about)]
    signals = tuple(_signal(night, conclusion, came) for conclusion in conclusions)
    told = {id(each) for signal in signals for each in signal.came}
    others = tuple(MatterWhy(each, _match(night, each)) for each in came if id(each) not in told)
    risk = following = None
    if asked.kind == ACCOUNT and night.behind.fact(ACCOUNT, asked.id) is not None:
        risk = night.why.risk(asked.id, conclusions)
        following = None if conclusions else next_signals(night.policy, night.behind, asked.id)
    return Explanation(asked, night, risk=risk, signals=signals, matters=others, next=following)


def explain_signal(night: SealedNight, asked: Asked, signal: Signal, subject: str | None) -> Explanation:
    """Why a signal holds for an account, a fact of it, or another subject."""
    conclusions = night.recorded.conclusions(signal.name, **(_whose(asked) | ({"subject": subject} if subject else {})))
    shown = conclusions[:MOST_SHOWN]
    came: list[Came] = []
    if shown:
        whose = _whose(asked) if shown[0].account is None else {"account": shown[0].account}
        came = [found for each in night.recorded.decided(**whose) if (found := night.outcomes.came(each)) is not None]
    return Explanation(
        asked, night, signal, signals=tuple(_signal(night, conclusion, came) for conclusion in shown),
        hidden=len(conclusions) - len(shown), unjudged=_unjudged(night, signal),
    )  # fmt: skip


def explain_play(night: SealedNight, asked: Asked, play: Play, subject: str | None) -> Explanation:
    """What came of a play's matters for an account or another subject, and why it matched."""
    account, about = (asked.id, subject) if asked.kind == ACCOUNT else (None, asked.id)
    decided = night.recorded.decided(account=account, subject=about, play=play.name)
    seen = {(each.subject, each.account) for each in decided}
    ever = night.outcomes.ever(play.name, account, about)
    every = (*decided, *(each for each in ever if (each.subject, each.account) not in seen))
    came = [found for each in every if (found := night.outcomes.came(each)) is not None]
    matters = tuple(MatterWhy(each, _match(night, each)) for each in came[:MOST_SHOWN])
    return Explanation(
        asked, night, play, matters=matters, hidden=len(came) - len(matters), unjudged=_unjudged(night, play)
    )


def failing(night: SealedNight, asked: Asked, rule: Signal | Play, subject: str | None) -> Reason | None:
    """What fails of a rule that does not hold: the first part, or that there is no fact that it could be about."""
    account = asked.id if asked.kind == ACCOUNT else None
    standing: Mapping[str, Any] = {"level": "green"} if account is None else night.recorded.standing(account)
    try:
        absence = why_not(
            night.policy, night.behind, rule.name, account, subject if account else asked.id, standing, tried=False
        )  # fmt: skip
    except HoldfastError:
        return None
    return absence.tree if absence.tree.detail.get("none") else absence.first


def with_origins(found: Explanation) -> Explanation:
    """The explanation, its fact rows with the source files and rows that they came from."""
    reasons = [each.reason for each in found.signals] + [each.reason for each in found.matters if each.reason]
    reasons += [found.failing] if found.failing else []
    rows_told = iter(located(found.night.behind.snapshot, *reasons))
    signals = tuple(replace(each, reason=next(rows_told)) for each in found.signals)
    matters = tuple(replace(each, reason=next(rows_told)) if each.reason else each for each in found.matters)
    return replace(found, signals=signals, matters=matters, failing=next(rows_told) if found.failing else None)


def _whose(asked: Asked) -> dict[str, str]:
    return {"account": asked.id} if asked.kind == ACCOUNT else {"subject": asked.id}


def _signal(night: SealedNight, conclusion: Conclusion, came: Sequence[Came]) -> SignalWhy:
    rule = conclusion.signal
    asking = [play for play in night.policy.plays.values() if rule.name in _wanted(play.trigger)]
    found, unmatched = [], []
    for play in asking:
        same = play.about == rule.about
        its = [c for c in came if c.play.name == play.name and (not same or c.subject == conclusion.subject)]
        found += its
        if not its and (missing := _unmatched(night, play, conclusion, same)) is not None:
            unmatched.append(missing)
    return SignalWhy(conclusion, night.why.signal(conclusion), tuple(found), tuple(unmatched))


def _wanted(node: Expression) -> set[str]:
    """The rules that an expression wants to hold, not those that must not."""
    if isinstance(node, Holds):
        return {node.rule}
    return set() if isinstance(node, Not) else {rule for child in children(node) for rule in _wanted(child)}


def _unmatched(night: SealedNight, play: Play, conclusion: Conclusion, same: bool) -> Unmatched | None:
    standing: Mapping[str, Any] = {"level": "green"}
    if conclusion.account is not None:
        standing = night.recorded.standing(conclusion.account)
    subject = conclusion.subject if same else None
    try:
        absence = why_not(night.policy, night.behind, play.name, conclusion.account, subject, standing, tried=False)
    except HoldfastError:
        return Unmatched(play, None)
    return None if absence.holds else Unmatched(play, absence.first, absence.missing)


def _match(night: SealedNight, came: Came) -> Reason | None:
    if night.recorded.play(came.play.name, came.subject, came.account) is None:
        return None
    return night.why.match(Matter(came.play.name, came.play.about, came.subject, came.account))


def _unjudged(night: SealedNight, rule: Signal | Play) -> tuple[str, ...]:
    """The fact types without any file that the rule needs, itself or through the rules that it asks for."""
    return night.recorded.not_judged().get(rule.name, ())


def next_signals(policy: Policy, behind: Behind, account: str) -> Next | None:
    """The first signals that come if nothing but time passes, within a month; None where none does."""
    rules = [signal for signal in policy.signals.values() if signal.needs <= behind.present]
    earlier = 0
    for horizon in HORIZONS:
        found = _after(policy, behind, account, rules, horizon)
        if found:
            first, last = earlier + 1, horizon
            while first < last:  # none holds on day `first - 1`, some do on day `last`
                middle = (first + last) // 2
                if some := _after(policy, behind, account, found, middle):
                    found, last = some, middle
                else:
                    first = middle + 1
            return Next(last, tuple(found))
        earlier = horizon
    return None


def _after(policy: Policy, behind: Behind, account: str, rules: Sequence[Signal], days: int) -> list[Signal]:
    then = replace(behind, today=behind.today + timedelta(days), ranked=behind.tiers())
    then.stand(account, "green", {"score": 0, **{f"signals.{name}": 0 for name in COUNT_NAMES}})
    return [
        rule
        for rule in rules
        if any(judge(policy, then, rule.name, row, account) for row in subjects(policy, then, rule.name, account))
    ]
