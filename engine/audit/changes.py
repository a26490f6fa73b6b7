"""Small changes of facts that could turn a condition: proposed by its shape, to be tried out by whoever asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from engine.audit.behind import Behind, outside
from engine.audit.judging import settle, subjects
from engine.audit.supposing import Change
from engine.policy import expressions as ex
from engine.policy.kinds import MONEY_PLACES, Kind
from engine.policy.model import Measure, Policy
from engine.policy.names import account_path
from engine.reasoning.rete.evaluate import Row

MOST_DAYS = 1100  # ahead; a longer wait is no answer
MOST_NEW = 50  # facts to be added; more is no small change
MOST_GONE = 3  # facts to be taken away: history is seldom another
TRIED = 12  # proposals for one part of a condition
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}
_STEP = {Kind.INTEGER: 1, Kind.NUMBER: 0.01, Kind.MONEY: 10**MONEY_PLACES // 100}


@dataclass(frozen=True)
class At:
    """The fact that a condition is about: its type, its row, its account."""

    type: str
    row: Row
    account: str | None


class Proposer:
    """Proposes changes of the facts behind `behind` under a policy."""

    def __init__(self, policy: Policy, behind: Behind) -> None:
        self.policy, self.behind = policy, behind
        self._new = 0

    def wish(self, node: ex.Expression, at: At, want: bool = True) -> list[Change]:
        """Changes after which the condition might be as wanted; none where it is so already or none is known."""
        return list(islice(self._wish(node, at, want), TRIED))

    def _wish(self, node: ex.Expression, at: At, want: bool) -> Iterator[Change]:
        if self._holds(node, at) == want:
            yield Change()
            return
        match node:
            case ex.Not():
                yield from self._wish(node.arg, at, not want)
            case ex.And() | ex.Or():
                if isinstance(node, ex.And) == want:
                    yield from self._all([self.wish(a, at, want) for a in node.args])
                else:
                    for arg in node.args:
                        yield from self._wish(arg, at, want)
            case ex.Compare():
                yield from self._compare(node, at, want)
            case ex.In() if want:
                for option in node.options[:2]:
                    yield from self._reach(node.arg, "=", option.value, at)
            case ex.IsMissing():
                yield from self._missing(node.arg, at, want)
            case ex.Holds():
                yield from self._conclusion(node.rule, at, want)
            case ex.Ref() if node.kind is Kind.BOOLEAN:
                yield from self._reach(node, "=", want, at)

    def _all(self, each: list[list[Change]]) -> Iterator[Change]:
        """Every combination of one change for each part, the small ones first."""
        if all(each):
            for chosen in islice(product(*(sorted(found, key=lambda c: c.size) for found in each)), TRIED):
                whole = Change()
                for change in chosen:
                    whole &= change
                yield whole

    def _compare(self, node: ex.Compare, at: At, want: bool) -> Iterator[Change]:
        op = node.op if want else _OPPOSITE[node.op]
        left, right = (self._value(side, at) for side in (node.left, node.right))
        if right is not None:
            yield from self._reach(node.left, op, _as(node.left.kind, right, node.right.kind), at)
        if left is not None:
            yield from self._reach(node.right, _FLIPPED[op], _as(node.right.kind, left, node.left.kind), at)

    def _missing(self, node: ex.Expression, at: At, want: bool) -> Iterator[Change]:
        if not isinstance(node, ex.Ref):
            return
        if want and not node.path and self._field(node):
            yield self._set(node, None, at)
        elif not want:
            value: Any = self.behind.today if node.kind is Kind.DATE else True if node.kind is Kind.BOOLEAN else None
            if value is not None:
                yield from self._reach(node, "=", value, at)
        elif node.kind is Kind.DATE:
            yield from self._fewer(node, at, lambda _: True)

    def _conclusion(self, rule: str, at: At, want: bool) -> Iterator[Change]:
        below = self.policy.signals[rule]
        rows = [at.row] if below.about == at.type else subjects(self.policy, self.behind, rule, at.account)
        if not want:
            wishes = [self.wish(below.when, At(below.about, row, at.account), False) for row in rows]
            yield from self._all(wishes)
            return
        for row in rows:
            yield from self._wish(below.when, At(below.about, row, at.account), True)

    def _reach(self, node: ex.Expression, op: str, target: Any, at: At) -> Iterator[Change]:
        """Changes after which the expression might stand to the target as `op` says."""
        match node:
            case ex.Today() if op in (">", ">=", "=") and isinstance(target, date):
                days = (target - self.behind.today).days + (op == ">")
                if 0 < days <= MOST_DAYS:
                    yield Change(days=days)
            case ex.Ref():
                yield from self._reach_ref(node, op, target, at)
            case ex.Arithmetic(op=sign) if sign in ("+", "-"):
                yield from self._reach_sum(node, op, target, at)
            case ex.Negative():
                yield from self._reach(node.arg, _FLIPPED[op], -target, at)
            case ex.Call(function="coalesce" | "greatest" | "least"):
                for arg in node.args:
                    yield from self._reach(arg, op, target, at)
            case ex.Call(function="workdays") if op in (">", ">="):
                days = int(target) - int(self._value(node, at) or 0) + (op == ">")
                for more in range(days, days + 15):
                    if 0 < more <= MOST_DAYS and isinstance(node.args[1], ex.Today):
                        yield Change(days=more)

    def _reach_sum(self, node: ex.Arithmetic, op: str, target: Any, at: At) -> Iterator[Change]:
        left, right = (self._value(side, at) for side in (node.left, node.right))
        if node.kind is Kind.INTEGER and node.left.kind is Kind.DATE:  # days between two dates
            span = timedelta(int(target))
            if isinstance(right, date):
                yield from self._reach(node.left, op, right + span, at)
            if isinstance(left, date):
                yield from self._reach(node.right, _FLIPPED[op], left - span, at)
            return
        moved = timedelta if node.kind is Kind.DATE else _itself
        if right is not None:
            yield from self._reach(
                node.left, op, target - moved(right) if node.op == "+" else target + moved(right), at
            )
        if left is not None and node.kind is not Kind.DATE:
            rest = target - left if node.op == "+" else left - target
            yield from self._reach(node.right, op if node.op == "+" else _FLIPPED[op], rest, at)

    def _reach_ref(self, node: ex.Ref, op: str, target: Any, at: At) -> Iterator[Change]:
        measure = self.policy.measures.get((node.type, node.name))
        if measure is None:
            if self._field(node):
                yield self._set(node, _beyond(op, target, node.kind), at)
            return
        _, subject = self.behind.follow(at.type, at.row, node.path)
        if subject is None:
            return
        there = At(node.type, subject, at.account)
        if measure.value is not None:
            yield from self._reach(measure.value, op, target, there)
        elif measure.take is not None and measure.source is not None:
            yield from self._reach_rows(measure, node, op, target, there, at)

    def _reach_rows(self, measure: Measure, node: ex.Ref, op: str, target: Any, there: At, at: At) -> Iterator[Change]:
        take = measure.take
        if take is None or measure.source is None:
            return
        now = self._value(node, at)
        wanted = _beyond(op, target, measure.kind)
        match take.function:
            case "count" | "count_distinct":
                more = int(wanted) - int(now or 0)
                if 0 < more <= MOST_NEW and take.function == "count":
                    yield from self._more(measure, there, more)
                elif -MOST_GONE <= more < 0:
                    rows = self.behind.rows((measure.about, measure.name), there.row)
                    yield Change(gone=tuple((measure.source, str(row["id"])) for row in rows[:-more]))
            case "sum" if isinstance(take.of, ex.Ref) and not take.of.path and isinstance(wanted, int | float):
                missing = wanted - (now or 0)
                if missing > 0:
                    yield from self._more(measure, there, 1, {take.of.name: outside(missing, take.of.kind)})
            case "max" | "latest" if isinstance(take.of, ex.Ref) and not take.of.path:
                if op in (">", ">=", "=") and wanted is not None:
                    yield from self._more(measure, there, 1, {take.of.name: outside(wanted, take.of.kind)})
                else:
                    yield from self._fewer(node, at, lambda value: not _stands(value, op, target))

    def _fewer(self, node: ex.Ref, at: At, gone: Any) -> Iterator[Change]:
        """Without the rows of a measure whose value is one of those that are in the way."""
        measure = self.policy.measures.get((node.type, node.name))
        _, subject = self.behind.follow(at.type, at.row, node.path)
        if measure is None or measure.take is None or measure.source is None or subject is None:
            return
        of = measure.take.of
        rows = [
            row
            for row in self.behind.rows((measure.about, measure.name), subject)
            if of is None or gone(self.behind.value(measure.source, row, of))
        ]
        if 0 < len(rows) <= MOST_GONE:
            yield Change(gone=tuple((measure.source, str(row["id"])) for row in rows))

    def _more(self, measure: Measure, there: At, count: int, fields: dict[str, Any] | None = None) -> Iterator[Change]:
        """With so many more rows of the measure's kind, made to meet its `where`."""
        source = measure.source or ""
        made: dict[str, Any] = {}
        if measure.link.row_path:
            if len(measure.link.row_path) > 1:
                return
            made[measure.link.row_path[0]] = there.row.get(measure.link.subject_field)
        type = self.policy.contract[source]
        if "account" in type.fields and "account" not in made and there.account is not None:
            made["account"] = there.account
        if type.known_from is not None:
            made[type.known_from] = self.behind.today
        if measure.where is not None and not self._meet(measure.where, source, there, made):
            return
        made |= fields or {}
        rows = []
        for _ in range(count):
            self._new += 1
            rows.append((source, {"id": f"supposed-{self._new}", **made}))
        yield Change(added=tuple(rows))

    def _meet(self, node: ex.Expression, source: str, there: At, made: dict[str, Any]) -> bool:
        """Fill in fields so that a row might meet a condition; whether a way is known."""
        match node:
            case ex.And():
                met = [self._meet(arg, source, there, made) for arg in node.args]
                return all(met)
            case ex.Or():
                return any(self._meet(arg, source, there, made) for arg in node.args)
            case ex.Compare(left=ex.Ref() as ref) if not ref.subject:
                side = node.right
                if any(not r.subject for r in ex.refs(side)):
                    return not ref.path
                value = self.behind.subject_value(there.type, there.row, source, side)
                if value is None:
                    return False
                return self._give(ref, outside(_beyond(node.op, value, ref.kind), ref.kind), node.op, made)
            case ex.In(arg=ex.Ref() as ref) if not ref.subject:
                return self._give(ref, node.options[0].value, "=", made)
            case ex.Not(arg=ex.IsMissing(arg=ex.Ref() as ref)) if not ref.path:
                return self._give(ref, self.behind.today if ref.kind is Kind.DATE else True, "=", made)
            case ex.Ref() if not node.path and node.kind is Kind.BOOLEAN:
                return self._give(node, True, "=", made)
        return True  # perhaps it holds as it is; the trial will tell

    def _give(self, ref: ex.Ref, value: Any, op: str, made: dict[str, Any]) -> bool:
        if ref.path:
            if len(ref.path) > 1 or op not in ("=", "in"):
                return True
            found = next((row for row in self.behind.every(ref.type) if row.get(ref.name) == value), None)
            if found is not None:
                made[ref.path[0]] = found["id"]
            return found is not None
        if ref.name not in self.policy.contract[ref.type].fields:
            return True
        known = made.get(ref.name)
        if not (op in (">", ">=") and known is not None and known >= value) and not (
            op in ("<", "<=") and known is not None and known <= value
        ):
            made[ref.name] = value
        return True

    def _holds(self, node: ex.Expression, at: At) -> bool:
        settle(self.policy, self.behind, at.type, at.row, at.account, node)
        return bool(self.behind.value(at.type, at.row, node))

    def _value(self, node: ex.Expression, at: At) -> Any:
        return self.behind.value(at.type, at.row, node)

    def _field(self, node: ex.Ref) -> bool:
        """Whether it is a field that a fact has of its own, and not its bond to other facts."""
        field = self.policy.contract[node.type].fields.get(node.name) if node.type in self.policy.contract else None
        return field is not None and field.ref is None and node.name != "active"

    def _set(self, node: ex.Ref, value: Any, at: At) -> Change:
        type, row = self.behind.follow(at.type, at.row, node.path)
        if row is None:
            return Change(days=MOST_DAYS + 1)
        return Change(fields=((type, str(row["id"]), node.name, outside(value, node.kind)),))


def of_account(policy: Policy, type: str, row: Row) -> str | None:
    """The account that a fact belongs to."""
    path = account_path(policy.contract, type)
    if path is None:
        return None
    return str(row["id"]) if not path else row.get(path[0])


def _as(kind: Kind, value: Any, given: Kind) -> Any:
    """A value of the kind `given` as one of another kind; money is held in ten-thousandths."""
    if kind is given or Kind.MONEY not in (kind, given):
        return value
    scaled = value * 10**MONEY_PLACES if kind is Kind.MONEY else value / 10**MONEY_PLACES
    return round(scaled) if kind in (Kind.MONEY, Kind.INTEGER) else scaled


def _itself(value: Any) -> Any:
    return value


def _beyond(op: str, target: Any, kind: Kind) -> Any:
    """The nearest value that stands to the target as `op` says."""
    if op in ("=", "<=", ">="):
        return target
    if isinstance(target, bool):
        return not target
    if isinstance(target, str):
        return None
    step: Any = timedelta(1) if isinstance(target, date) else _STEP.get(kind, 1)
    return target - step if op == "<" else target + step


def _stands(value: Any, op: str, target: Any) -> bool:
    if value is None:
        return False
    return bool(
        {
            "<": value < target,
            "<=": value <= target,
            ">": value > target,
            ">=": value >= target,
            "=": value == target,
            "<>": value != target,
        }[op]
    )
