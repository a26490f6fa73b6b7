"""What of the policy no test exercises."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.policy.expressions import refs
from engine.policy.model import Condition, Policy, Signal
from engine.scenarios.comparing import matching
from engine.scenarios.model import SIGNALS, TASKS, Outcome, Result, Scenario, Wanted

_LIMIT = re.compile(r"\blimit\.(\w+)")
Side = tuple[str, str | None]  # a limit and the tier for which it was at stake


@dataclass(frozen=True)
class Coverage:
    """Names of what is not exercised.

    A signal, severity, play or step that no test expects; a limit (of a tier) on which a signal or play rests, unless
    one test expects such a one for an account of the tier, and one excludes it.
    """

    signals: tuple[str, ...]
    severities: tuple[str, ...]
    plays: tuple[str, ...]
    steps: tuple[str, ...]
    limits: tuple[str, ...]


def coverage(policy: Policy, results: Iterable[Result]) -> Coverage:
    """What the tests leave out."""
    used = {name: _limits_of(policy, signal) for name, signal in policy.signals.items()}
    used |= {play.name: _limits_in(policy, [play.condition], play.name) for play in policy.plays.values()}
    for play in policy.plays.values():
        used[play.name] |= {limit for rule in play.signals for limit in used.get(rule, ())}
    came: set[tuple[str, str]] = set()
    steps: set[tuple[str, str]] = set()
    sides: dict[bool, set[Side]] = {True: set(), False: set()}
    for result in results:
        scenario, outcome = result.scenario, result.outcome
        for wanted in scenario.signals:
            came |= {(one.name, one.get("severity") or "") for one in matching(wanted, outcome.signals)}
        for wanted in scenario.tasks:
            steps |= {(one.name, one.get("step") or "") for one in matching(wanted, outcome.tasks)}
        for side, name, tiers in _stakes(policy, scenario, outcome):
            sides[side] |= {(limit, tier) for limit in used.get(name, ()) for tier in tiers}
    plays = {play for play, _ in steps}
    return Coverage(
        tuple(name for name in policy.signals if name not in {rule for rule, _ in came}),
        tuple(
            f"{name} {severity}"
            for name, signal in policy.signals.items()
            for severity, _ in signal.severity
            if (name, severity) not in came
        ),
        tuple(name for name in policy.plays if name not in plays),
        tuple(f"{p.name}/{s.id}" for p in policy.plays.values() for s in p.steps if (p.name, s.id) not in steps),
        tuple(_unexercised(policy, set().union(*used.values()), sides[True], sides[False])),
    )


def _unexercised(policy: Policy, used: set[str], fired: set[Side], held: set[Side]) -> Iterator[str]:
    for name, limit in policy.limits.items():
        for tier in limit.values if name in used else ():
            if not all(any(n == name and tier in (None, t) for n, t in side) for side in (fired, held)):
                yield name if tier is None else f"{name} {tier}"


def _stakes(policy: Policy, scenario: Scenario, outcome: Outcome) -> Iterator[tuple[bool, str, set[str | None]]]:
    """(came or not, rule or play, tiers of the accounts) for each expectation."""
    fired = (*outcome.signals, *outcome.tasks)
    tiers = {row["id"]: row.get("tier") for row in scenario.facts.get("account", ())}
    every: set[str | None] = {None, *tiers.values()}
    for wanted in (*scenario.signals, *scenario.tasks):
        for one in matching(wanted, fired):
            account = one.get("account")
            yield True, one.name, {tiers.get(account)} if account else every
    for wanted in (*scenario.no_signals, *scenario.no_tasks):
        for name in wanted.names:
            yield False, name, _tiers_of(wanted, scenario, tiers) or every
    held: Mapping[str, Mapping[str, object]] = {SIGNALS: policy.signals, TASKS: policy.plays}
    for kind in scenario.only:
        yield from ((False, name, every) for name in held[kind] if name not in outcome.unjudged)


def _tiers_of(wanted: Wanted, scenario: Scenario, tiers: Mapping[str, str | None]) -> set[str | None]:
    account, subject = wanted.fields.get("account"), wanted.fields.get("subject")
    if account is None and subject is not None:
        rows = (row for found in scenario.facts.values() for row in found if row["id"] == subject)
        return {tiers.get(row.get("account") or row["id"]) for row in rows}
    return {tiers.get(account)} if account is not None else set()


def _limits_of(policy: Policy, signal: Signal) -> set[str]:
    conditions = [signal.condition, *(grade for _, grade in signal.grades)]
    found = _limits_in(policy, conditions, signal.name)
    found |= {limit for let in signal.lets for limit in _LIMIT.findall(let.text)}
    expressions = [signal.when, *(when for _, when in signal.severity)]
    return found | _limits_of_measures(policy, expressions)


def _limits_in(policy: Policy, conditions: Iterable[Condition | None], name: str) -> set[str]:
    found: set[str] = set()
    todo = list(conditions)
    while todo:
        condition = todo.pop()
        if condition is not None:
            found |= set(_LIMIT.findall(condition.text))
            todo += condition.parts
    play = policy.plays.get(name)
    return found | (_limits_of_measures(policy, [play.trigger]) if play else set())


def _limits_of_measures(policy: Policy, expressions: Iterable[object]) -> set[str]:
    found: set[str] = set()
    todo = list(expressions)
    seen: set[tuple[str, str]] = set()
    while todo:
        for ref in refs(todo.pop()):  # type: ignore[arg-type]
            key = (ref.type, ref.name)
            measure = policy.measures.get(key)
            if measure is not None and key not in seen:
                seen.add(key)
                found |= set(_LIMIT.findall(measure.text))
                todo += [measure.where, measure.value, measure.take.of if measure.take else None]
    return found
