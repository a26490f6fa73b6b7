"""What expressions look at: which facts, measures and columns must be there before they are evaluated."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from engine.policy.contract import Contract
from engine.policy.expressions import Expression, Ref, refs
from engine.policy.model import Measure, Play, Policy, Signal
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.plan import Plan, tier_expressions
from engine.reasoning.rete.evaluate import Scope
from engine.reasoning.rete.known import ASSIGNMENT, OWNER, REP


class Need(NamedTuple):
    """A value at the end of a path: from the row, or in a measure from its subject."""

    of_subject: bool
    hops: tuple[tuple[str, str], ...]  # each ref with the type it leads to
    type: str
    name: str


def needs_of(contract: Contract, scope: Scope, *nodes: Expression | None) -> tuple[Need, ...]:
    """What the expressions look at, each once."""
    return tuple(dict.fromkeys(_need(contract, scope, ref) for ref in refs(*nodes)))


def to_prepare(needs: Iterable[Need], measures: Container[tuple[str, str]]) -> tuple[Need, ...]:
    """Those that are not simply there with the row."""
    return tuple(n for n in needs if n.hops or n.name == "tier" or (n.type, n.name) in measures)


def hops(contract: Contract, path: Iterable[str], type: str) -> Iterator[tuple[str, str]]:
    """Each step of a path of refs from a fact of `type`, with the type it leads to."""
    for name in path:
        type = contract[type].fields[name].ref or ""
        yield name, type


def expressions_of(rule: Signal | Play) -> list[Expression | None]:
    """Everything about the rule's own subject that must be evaluated."""
    if isinstance(rule, Play):
        return [rule.trigger, *(e.value for e in rule.evidence)]
    return [rule.when, *(when for _, when in rule.severity), *(e.value for e in rule.evidence)]


def columns(plan: Plan) -> dict[str, set[str]]:
    """The fields of each type that anything judged tonight looks at."""
    contract = plan.policy.contract
    found: dict[str, set[str]] = defaultdict(set)
    for scope, nodes in _scoped(plan):
        for need in needs_of(contract, scope, *nodes):
            at = scope.subject if need.of_subject else scope.row
            for name, target in need.hops:
                found[at].add(name)
                at = target
            found[need.type].add(need.name)
    for level in plan.levels:
        for measure in level.measures:
            _link_columns(contract, measure, found)
    for signal in plan.signals:
        if signal.touches:
            for type in (signal.about, *signal.touches.sources):
                found[type] |= {signal.touches.match, ACCOUNT}
    for type in contract:
        _standing_columns(contract, type, found)
    return {type: names & contract[type].fields.keys() for type, names in found.items() if type in contract}


def _standing_columns(contract: Contract, type: str, found: dict[str, set[str]]) -> None:
    """The columns by which rows are masked, derived and given to accounts."""
    found[type] |= {contract[type].known_from or ""}
    if account_path(contract, type):
        found[type].add(ACCOUNT)
    if type == ACCOUNT:
        found[type] |= {"kind", "lost_on", "tier"}
        if OWNER in found[type]:
            found[ASSIGNMENT] |= {ACCOUNT, REP, "since", "until"}
    if type == REP:
        found[type].add("left_on")


def _link_columns(contract: Contract, measure: Measure, found: dict[str, set[str]]) -> None:
    if measure.source is None or measure.take is None:
        return
    at = measure.source
    steps = measure.link.row_path
    for name, target in hops(contract, steps[:-1], at):
        found[at].add(name)
        at = target
    found[at] |= set(steps[-1:])
    found[measure.about].add(measure.link.subject_field)
    found[measure.source].add(measure.take.order or "")


def _scoped(plan: Plan) -> Iterator[tuple[Scope, list[Expression | None]]]:
    """Every expression of the plan, with where it stands."""
    policy: Policy = plan.policy
    yield Scope(ACCOUNT), list(tier_expressions(policy))
    yield Scope(ACCOUNT), [level.when for level in plan.risk]
    for signal in plan.signals:
        yield Scope(signal.about), expressions_of(signal)
        if signal.touches:
            yield Scope(ACCOUNT), [signal.touches.when]
    for play in plan.plays:
        yield Scope(play.about), expressions_of(play)
    for level in plan.levels:
        for measure in level.measures:
            scope = Scope(measure.about) if measure.source is None else Scope(measure.source, measure.about)
            yield scope, [measure.value, measure.where, measure.take.of if measure.take else None]


def _need(contract: Contract, scope: Scope, ref: Ref) -> Need:
    start = scope.subject if ref.subject else scope.row
    return Need(ref.subject, tuple(hops(contract, ref.path, start)), ref.type, ref.name)
