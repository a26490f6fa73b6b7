"""Expressions to Python functions that give their value for one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from engine.policy import expressions as ex
from engine.policy.contract import Contract
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT, COUNT_NAMES, RISK_NAMES
from engine.reasoning.days import Workdays
from engine.reasoning.rete import values
from engine.reasoning.rete.values import Value

Row = Mapping[str, Any]  # a fact as known today: `id`, its fields, and what is derived (owner, active)
Key = tuple[str, str]  # (type, name) of a measure
STANDING = frozenset(RISK_NAMES) | frozenset(f"signals.{name}" for name in COUNT_NAMES)


class Scope(NamedTuple):
    """The type of the row that an expression is about, and in a measure that of its subject."""

    row: str
    subject: str = ""


@dataclass
class View:
    """What is known so far, for expressions to look at. Whoever evaluates one has made sure that it is there."""

    facts: dict[str, dict[str, Row | None]]
    measured: dict[Key, dict[str, Value]]
    tiers: dict[str, str] = field(default_factory=dict)
    standing: dict[str, Mapping[str, Value]] = field(default_factory=dict)  # risk, score, signals.… by account
    holding: dict[str, set[str]] = field(default_factory=dict)  # rule → subjects it concluded for
    touched: dict[str, set[str]] = field(default_factory=dict)  # rule → accounts it concluded for

    def holds(self, rule: str, about: str, scope: str, row: Row) -> bool:
        """Whether `rule` (about `about`) concluded for a row of type `scope` or its account."""
        if about == scope:
            return row["id"] in self.holding.get(rule, ())
        account = row["id"] if scope == ACCOUNT else row.get(ACCOUNT)
        return account in self.touched.get(rule, ())


NOTHING = View({}, {})
Reading = Callable[[View, Row, Row | None], Value]  # the view, the row, and in a measure its subject
Truth = Callable[[View, Row, Row | None], bool]
Target = Callable[[View, Row, Row | None], Row | None]


@dataclass(frozen=True)
class Reader:
    """Compiles expressions. `abouts`: the type that each rule is about."""

    contract: Contract
    measures: frozenset[Key]
    abouts: Mapping[str, str]
    today: date
    calendar: Workdays

    def reading(self, node: ex.Expression, scope: Scope) -> Reading:
        """The value of `node` for a row (and subject) of the scope's types."""
        if is_constant(node):
            constant = self.constant(node)
            return lambda view, row, subject: constant
        return self._reading(node, scope)

    def constant(self, node: ex.Expression) -> Value:
        """The value of an expression that looks at no fact."""
        match node:
            case ex.Literal():
                return values.literal(node)
            case ex.Today():
                return self.today
        return self._reading(node, Scope(""))(NOTHING, {}, None)

    def _reading(self, node: ex.Expression, scope: Scope) -> Reading:
        match node:
            case ex.Ref():
                return self._ref(node, scope)
            case ex.Arithmetic():
                return self._arithmetic(node, scope)
            case ex.Negative():
                arg = self.reading(node.arg, scope)
                return lambda view, row, subject: None if (v := arg(view, row, subject)) is None else -v  # type: ignore[operator]
            case ex.Case():
                return self._case(node, scope)
            case ex.Call():
                return self._call(node, scope)
        return self.truth(node, scope)

    def truth(self, node: ex.Expression, scope: Scope) -> Truth:
        """Whether `node` holds; a missing boolean does not."""
        match node:
            case ex.Not():
                arg = self.truth(node.arg, scope)
                return lambda view, row, subject: not arg(view, row, subject)
            case ex.And(args=(first, second)):
                one, two = self.truth(first, scope), self.truth(second, scope)
                return lambda view, row, subject: one(view, row, subject) and two(view, row, subject)
            case ex.And():
                parts = [self.truth(a, scope) for a in node.args]
                return lambda view, row, subject: all(part(view, row, subject) for part in parts)
            case ex.Or():
                parts = [self.truth(a, scope) for a in node.args]
                return lambda view, row, subject: any(part(view, row, subject) for part in parts)
            case ex.Compare():
                return self._compare(node, scope)
            case ex.In():
                return self._in(node, scope)
            case ex.IsMissing():
                inner = self.reading(node.arg, scope)
                return lambda view, row, subject: inner(view, row, subject) is None
            case ex.Like():
                text, pattern = self.reading(node.arg, scope), values.like_pattern(node.pattern)
                return lambda view, row, subject: (
                    isinstance(v := text(view, row, subject), str) and pattern.fullmatch(v) is not None
                )
            case ex.Holds():
                rule, about = node.rule, self.abouts.get(node.rule, "")
                return lambda view, row, subject: view.holds(rule, about, scope.row, row)
        value = self.reading(node, scope)
        return lambda view, row, subject: value(view, row, subject) is True

    def _compare(self, node: ex.Compare, scope: Scope) -> Truth:
        kind, holds = values.common(node.left.kind, node.right.kind), values.COMPARISONS[node.op]
        left = self.widened(node.left, kind, scope)
        if is_constant(node.right):
            limit = self.widened(node.right, kind, scope)(NOTHING, {}, None)
            if limit is None:
                return lambda view, row, subject: False
            return lambda view, row, subject: (v := left(view, row, subject)) is not None and holds(v, limit)
        right = self.widened(node.right, kind, scope)

        def compare(view: View, row: Row, subject: Row | None) -> bool:
            a = left(view, row, subject)
            b = None if a is None else right(view, row, subject)
            return b is not None and holds(a, b)

        return compare

    def order(self, node: ex.Compare, scope: Scope) -> Callable[[View, Row, Row | None], int | None]:
        """-1, 0, 1 as the left side is less than, equal to, greater than the right one; None where one is missing."""
        kind = values.common(node.left.kind, node.right.kind)
        left, right = self.widened(node.left, kind, scope), self.widened(node.right, kind, scope)

        def order(view: View, row: Row, subject: Row | None) -> int | None:
            a = left(view, row, subject)
            b = None if a is None else right(view, row, subject)
            return None if b is None else values.sign(a, b)

        return order

    def widened(self, node: ex.Expression, kind: Kind, scope: Scope) -> Reading:
        """The value of `node` as one of `kind`."""
        value, convert = self.reading(node, scope), values.converter(node.kind, kind)
        if convert is None:
            return value
        return lambda view, row, subject: None if (v := value(view, row, subject)) is None else convert(v)

    def target(self, node: ex.Ref, scope: Scope) -> Target:
        """The row at the end of a path of refs; None where one of them is missing or leads to nothing known."""
        of_subject = node.subject
        hops = self.hops(node.path, scope.subject if of_subject else scope.row)

        def target(view: View, row: Row, subject: Row | None) -> Row | None:
            at = subject if of_subject else row
            for name, type in hops:
                key = None if at is None else at.get(name)
                if key is None:
                    return None
                at = view.facts[type].get(key)
            return at

        return target

    def hops(self, path: tuple[str, ...], type: str) -> list[tuple[str, str]]:
        """Each step of a path from a fact of `type`, with the type it leads to."""
        hops = []
        for name in path:
            type = self.contract[type].fields[name].ref or ""
            hops.append((name, type))
        return hops

    def _ref(self, node: ex.Ref, scope: Scope) -> Reading:
        name, key = node.name, (node.type, node.name)
        found = self.target(node, scope)
        if node.type == ACCOUNT and name == "tier":
            return lambda view, row, subject: (
                None if (at := found(view, row, subject)) is None else view.tiers.get(at["id"])
            )
        if node.type == ACCOUNT and name in STANDING and name not in self.contract[ACCOUNT].fields:
            return lambda view, row, subject: (
                None if (at := found(view, row, subject)) is None else view.standing[at["id"]][name]
            )
        if key in self.measures:
            return lambda view, row, subject: (
                None if (at := found(view, row, subject)) is None else view.measured[key][at["id"]]
            )
        if not node.path and not node.subject:
            return lambda view, row, subject: row.get(name)
        return lambda view, row, subject: None if (at := found(view, row, subject)) is None else at.get(name)

    def _arithmetic(self, node: ex.Arithmetic, scope: Scope) -> Reading:
        kinds = values.operand_kinds(node.op, node.left.kind, node.right.kind, node.kind)
        left, right = self.widened(node.left, kinds[0], scope), self.widened(node.right, kinds[1], scope)
        operation = values.arithmetic(node.op, *kinds, node.kind)

        def arithmetic(view: View, row: Row, subject: Row | None) -> Value:
            a = left(view, row, subject)
            b = None if a is None else right(view, row, subject)
            return None if b is None else operation(a, b)

        return arithmetic

    def _case(self, node: ex.Case, scope: Scope) -> Reading:
        branches = [(self.truth(when, scope), self.widened(then, node.kind, scope)) for when, then in node.branches]
        otherwise = None if node.otherwise is None else self.widened(node.otherwise, node.kind, scope)

        def case(view: View, row: Row, subject: Row | None) -> Value:
            for when, then in branches:
                if when(view, row, subject):
                    return then(view, row, subject)
            return None if otherwise is None else otherwise(view, row, subject)

        return case

    def _in(self, node: ex.In, scope: Scope) -> Truth:
        parts = [self.truth(ex.Compare("=", node.arg, option), scope) for option in node.options]
        return lambda view, row, subject: any(part(view, row, subject) for part in parts)

    def _call(self, node: ex.Call, scope: Scope) -> Reading:
        if node.function == "coalesce":
            arms = [self.widened(a, node.kind, scope) for a in node.args]
            return lambda view, row, subject: next(
                (v for arm in arms if (v := arm(view, row, subject)) is not None), None
            )
        args = [self.widened(a, _argument_kind(node, a), scope) for a in node.args]
        operation = values.function(node.function, self.calendar)

        def call(view: View, row: Row, subject: Row | None) -> Value:
            given = [arg(view, row, subject) for arg in args]
            return None if None in given else operation(*given)

        return call


def is_constant(node: ex.Expression) -> bool:
    """Whether an expression looks at no fact."""
    return not any(isinstance(n, ex.Ref | ex.Holds) for n in ex.walk(node))


def _argument_kind(node: ex.Call, arg: ex.Expression) -> Kind:
    """The kind in which a function takes an argument."""
    if node.function in ("least", "greatest", "abs"):
        return node.kind
    return Kind.NUMBER if node.function in ("floor", "ceil") else arg.kind
