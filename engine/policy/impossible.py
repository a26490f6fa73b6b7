"""Conditions that nothing can meet: contradictory ones, and those on what the facts never fill.

The reasoning is simple and errs on one side: what it calls impossible is; what it cannot follow counts as possible.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import combinations
from typing import Any

from engine.policy import expressions as ex
from engine.policy.domains import Domain, Terms, comparison, strict
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.model import Condition, Measure, Policy, Signal
from engine.policy.takes import GAPS

MOST_BRANCHES = 3_000  # of one condition; beyond, it counts as possible
_MOST_PARTS = 30
_NEVER_MISSING = ("count", "count_distinct", "sum")
_TIERS = ("A", "B", "C")
Names = frozenset[tuple[str, str]]  # (fact type, field or measure)


@dataclass(frozen=True)
class Clash:
    """Why something is impossible. `kind`: contradiction of `one` and `two`, never `one`, rests on signal `one`."""

    kind: str
    one: str
    two: str = ""


@dataclass(frozen=True)
class Impossible:
    """A signal or play that can match nobody, or a severity of one that can never come."""

    rule: str
    place: Place
    why: Clash
    severity: str | None = None


@dataclass(frozen=True)
class World:
    """What is known of the facts: names that are never filled, measures that are always 0, signals that never hold."""

    policy: Policy
    unfilled: Names = frozenset()
    zero: Names = frozenset()
    dead: frozenset[str] = frozenset()


@dataclass
class _Branch:
    """What is taken to hold on one way through a condition's alternatives."""

    domains: dict[Terms, Domain] = field(default_factory=dict)
    there: set[ex.Expression] = field(default_factory=set)
    missing: set[ex.Expression] = field(default_factory=set)
    atoms: dict[ex.Expression, bool] = field(default_factory=dict)

    def copy(self) -> "_Branch":
        return _Branch(dict(self.domains), set(self.there), set(self.missing), dict(self.atoms))


def impossible(policy: Policy, unfilled: Names = frozenset()) -> tuple[Impossible, ...]:
    """Every signal, severity and play that nothing can meet. `unfilled`: fields (type, name) that no fact has."""
    world = _with_measures(World(policy, unfilled))
    found: list[Impossible] = []
    for name in sorted(policy.signals, key=lambda name: policy.strata["signal", name]):
        signal = policy.signals[name]
        why = _clash(world, signal.when, signal.condition)
        if why is not None:
            found.append(Impossible(name, signal.when_place, why))
            world = replace(world, dead=world.dead | {name})
        else:
            found += _severities(world, signal)
    for play in policy.plays.values():
        why = _clash(world, play.trigger, play.condition)
        if why is not None:
            found.append(Impossible(play.name, play.trigger_place, why))
    return tuple(found)


def possible(world: World, *wanted: tuple[ex.Expression, bool]) -> bool:
    """Whether all of the conditions can hold (or fail, where False) at once."""
    budget = [MOST_BRANCHES]
    return _possible(world, list(wanted), _Branch(), budget)


def _with_measures(world: World) -> World:
    """The measures that are always missing, or always 0, because no row can count."""
    for key in sorted(world.policy.measures, key=lambda key: world.policy.strata["measure", *key]):
        measure = world.policy.measures[key]
        if measure.value is not None:
            if measure.kind is not Kind.BOOLEAN and _unfilled(world, measure.value):
                world = replace(world, unfilled=world.unfilled | {key})
        elif measure.take is not None:
            nobody = measure.where is not None and not possible(world, (measure.where, True))
            empty = nobody or (measure.take.of is not None and _unfilled(world, measure.take.of))
            if empty and measure.take.function in _NEVER_MISSING:
                world = replace(world, zero=world.zero | {key})
            elif empty:
                world = replace(world, unfilled=world.unfilled | {key})
    return world


def _severities(world: World, signal: Signal) -> Iterator[Impossible]:
    said = dict(signal.grades)
    before: list[tuple[ex.Expression, bool]] = [(signal.when, True)]
    for severity, when in signal.severity:
        if when is None:
            return
        if not possible(world, *before, (when, True)):
            part = said.get(severity)
            text, condition = part.text if part else severity, signal.condition
            kind = "contradiction" if possible(world, (when, True)) and condition is not None else "never"
            two = condition.text if condition is not None and kind == "contradiction" else ""
            yield Impossible(signal.name, signal.place, Clash(kind, text, two), severity)
        before.append((when, False))


def _clash(world: World, node: ex.Expression, condition: Condition | None) -> Clash | None:
    """Why a condition cannot hold, in its author's words and as briefly as may be; None where it can."""
    if possible(world, (node, True)):
        return None
    parts = condition.parts if condition is not None and condition.joiner == "and" else ()
    for part in parts:
        if not possible(world, (part.value, True)):
            return _of_one(world, part.value, part.text)
    for one, two in combinations(parts[:_MOST_PARTS], 2):
        if not possible(world, (one.value, True), (two.value, True)):
            return Clash("contradiction", one.text, two.text)
    return _of_one(world, node, condition.text if condition is not None else "")


def _of_one(world: World, node: ex.Expression, text: str) -> Clash:
    dead = [rule for rule in ex.rules_in(node) if rule in world.dead]
    return Clash("rests", dead[0]) if dead else Clash("never", text)


def _possible(world: World, todo: list[tuple[ex.Expression, bool]], branch: _Branch, budget: list[int]) -> bool:
    while todo:
        node, holds = todo.pop()
        match node:
            case ex.Literal():
                if bool(node.value) is not holds:
                    return False
            case ex.Not():
                todo.append((node.arg, not holds))
            case ex.And() | ex.Or() if isinstance(node, ex.And) is holds:
                todo += [(arg, holds) for arg in node.args]
            case ex.And() | ex.Or():
                ways = [[(arg, holds)] for arg in node.args]
                return _any(world, ways, todo, branch, budget)
            case ex.Compare() if (choice := _choice(node)) is not None:
                return _any(world, _arms(node, choice, holds), todo, branch, budget)
            case _:
                if not _take(world, branch, node, holds):
                    return False
    return _stands(world, branch)


def _any(
    world: World, ways: list[list[tuple[ex.Expression, bool]]], todo: list[tuple[ex.Expression, bool]],
    branch: _Branch, budget: list[int],
) -> bool:  # fmt: skip
    for way in ways:
        budget[0] -= 1
        if budget[0] < 0 or _possible(world, [*todo, *way], branch.copy(), budget):
            return True
    return False


def _take(world: World, branch: _Branch, node: ex.Expression, holds: bool) -> bool:
    """Notes one test as holding or not; False where that clashes at once."""
    match node:
        case ex.Compare() if node.left.kind.numeric or node.left.kind is Kind.DATE:
            terms, op, constant, whole = comparison(node, holds)
            if not terms:
                return _constant(op, constant) or (not holds and bool(strict(node.left) | strict(node.right)))
            domain = branch.domains.get(terms) or _first(world, terms)
            branch.domains[terms] = replace(domain.narrowed(op, constant), whole=domain.whole or whole)
            return not holds or _present(world, branch, terms, strict(node.left) | strict(node.right))
        case ex.Compare(op="=" | "<>", right=ex.Literal(value=value)):
            op = node.op if holds else {"=": "<>", "<>": "="}[node.op]
            return _note(world, branch, node.left, op, (value,), holds)
        case ex.In():
            values = tuple(option.value for option in node.options)
            return _note(world, branch, node.arg, "=" if holds else "<>", values, holds)
        case ex.IsMissing() if isinstance(node.arg, ex.Ref):
            if not holds:
                return _present(world, branch, None, strict(node.arg))
            branch.missing.add(node.arg)
            return node.arg not in branch.there and not _always_there(world, node.arg)
        case ex.Ref():
            return _note(world, branch, node, "=" if holds else "<>", (True,), holds)
        case ex.Holds() if holds and node.rule in world.dead:
            return False
    if branch.atoms.setdefault(node, holds) is not holds:
        return False
    needs = (ex.Compare, ex.Like)
    if holds and isinstance(node, needs):
        args = (node.left, node.right) if isinstance(node, ex.Compare) else (node.arg,)
        return _present(world, branch, None, frozenset[ex.Expression]().union(*(strict(arg) for arg in args)))
    return True


def _constant(op: str, constant: float) -> bool:
    """Whether `0 op constant`."""
    return not Domain().narrowed("=", 0.0).narrowed(op, constant).empty


def _note(world: World, branch: _Branch, arg: ex.Expression, op: str, values: tuple[Any, ...], holds: bool) -> bool:
    terms: Terms = ((arg, 1.0),)
    domain = branch.domains.get(terms) or _first(world, terms)
    values = tuple(v.toordinal() if hasattr(v, "toordinal") else v for v in values)
    out = replace(domain, excluded=domain.excluded | frozenset(values))
    domain = domain.among(values) if op == "=" else out
    branch.domains[terms] = domain
    return not holds or _present(world, branch, terms, strict(arg))


def _present(world: World, branch: _Branch, terms: Terms | None, names: frozenset[ex.Expression]) -> bool:
    """Notes that names have a value; False where that cannot be."""
    branch.there |= names
    if terms is not None:
        branch.domains[terms] = replace(branch.domains[terms], there=True)
    return not any(_key(name) in world.unfilled for name in names) and branch.missing.isdisjoint(names)


def _stands(world: World, branch: _Branch) -> bool:
    """Whether every value that must be there still has a choice."""
    for terms, domain in branch.domains.items():
        names = [strict(term) for term, _ in terms]
        there = domain.there or all(
            name and all(each in branch.there or _always_there(world, each) for each in name) for name in names
        )
        if there and domain.empty:
            return False
    return branch.there.isdisjoint(branch.missing)


def _first(world: World, terms: Terms) -> Domain:
    """What a name may be before any condition."""
    [(node, _), *rest] = terms
    if rest or not isinstance(node, ex.Ref):
        return Domain()
    measure = world.policy.measures.get(_key(node))
    if measure is not None:
        return _of_measure(world, measure)
    if _key(node) == ("account", "tier"):
        return Domain(allowed=frozenset(_TIERS))
    if node.kind is Kind.BOOLEAN:
        return Domain(allowed=frozenset({True, False}))
    known = world.policy.contract.get(node.type)
    listed = known.fields[node.name].one_of if known is not None and node.name in known.fields else ()
    return Domain(allowed=frozenset(listed)) if listed else Domain(whole=node.kind is Kind.INTEGER)


def _of_measure(world: World, measure: Measure) -> Domain:
    if (measure.about, measure.name) in world.zero:
        return Domain(0.0, 0.0)
    function = measure.take.function if measure.take is not None else ""
    if function in ("count", "count_distinct", "max_gap"):
        return Domain(0.0, whole=True)
    if function in GAPS:
        return Domain(0.0)
    return Domain(0.0, 1.0, low_open=True) if function == "top_share" else Domain()


def _always_there(world: World, name: ex.Expression) -> bool:
    if not isinstance(name, ex.Ref) or name.path:
        return False  # what lies behind a ref is missing where the ref is
    measure = world.policy.measures.get(_key(name))
    return measure is not None and measure.take is not None and measure.take.function in _NEVER_MISSING


def _unfilled(world: World, node: ex.Expression) -> bool:
    return any(_key(name) in world.unfilled for name in strict(node))


def _key(name: ex.Expression) -> tuple[str, str]:
    return (name.type, name.name) if isinstance(name, ex.Ref) else ("", "")


def _choice(node: ex.Expression) -> ex.Case | None:
    """The first `case` without whose value a comparison's sides have none."""
    match node:
        case ex.Case():
            return node if node.kind is not Kind.BOOLEAN else None
        case ex.Compare() | ex.Arithmetic():
            return _choice(node.left) or _choice(node.right)
        case ex.Negative():
            return _choice(node.arg)
    return None


def _arms(node: ex.Compare, choice: ex.Case, holds: bool) -> list[list[tuple[ex.Expression, bool]]]:
    """The ways in which a comparison with a `case` comes about: one for each of its arms."""
    ways: list[list[tuple[ex.Expression, bool]]] = []
    passed: list[tuple[ex.Expression, bool]] = []
    for when, value in choice.branches:
        ways.append([*passed, (when, True), (_put(node, choice, value), holds)])
        passed.append((when, False))
    if choice.otherwise is not None:
        ways.append([*passed, (_put(node, choice, choice.otherwise), holds)])
    elif not holds:
        ways.append(passed)  # it is missing there, and so the comparison does not hold
    return ways


def _put(node: Any, old: ex.Expression, new: ex.Expression) -> Any:
    """An expression with another one in the place of a part."""
    if node == old:
        return new
    if isinstance(node, tuple):
        return tuple(_put(each, old, new) for each in node)
    if not isinstance(node, ex.Expression) or isinstance(node, ex.Literal | ex.Ref | ex.Today | ex.Holds):
        return node
    return replace(node, **{f.name: _put(getattr(node, f.name), old, new) for f in fields(node)})
