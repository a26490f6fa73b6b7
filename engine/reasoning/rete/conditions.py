"""Conditions to formulas over attributes: what is left to durable-rules to match."""

from dataclasses import dataclass, field

from engine.policy import expressions as ex
from engine.policy.kinds import Kind
from engine.reasoning.rete import values
from engine.reasoning.rete.attributes import HERE, MISSING, Cell, Maker, Sheet, constant, flag, sent
from engine.reasoning.rete.evaluate import NOTHING, Reader, Scope, is_constant
from engine.reasoning.rete.formulas import FALSE, TRUE, Branch, Check, Formula, branches, cut, every, some

OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Rule:
    """One branch of a condition: where all its checks pass, `concludes` holds (a condition, or a derived attribute)."""

    concludes: str
    checks: Branch


@dataclass
class Conditions:
    """The conditions about facts of one type that are matched together, as rules by stage.

    What a rule concludes on one stage may be a derived attribute that rules on later stages check.
    """

    reader: Reader
    type: str
    sheet: Sheet
    stages: list[list[Rule]] = field(default_factory=list)
    _derived: dict[Formula, tuple[Check, int]] = field(default_factory=dict)

    def add(self, name: str, node: ex.Expression) -> None:
        """Adds a condition; `name` is concluded where it holds. Names of conditions do not start with `d`."""
        formula, stage = cut(self._formula(node, True), self._derive)
        self._add(name, formula, stage)

    def _derive(self, formula: Formula, stage: int) -> tuple[Check, int]:
        if formula not in self._derived:
            name = f"d{len(self._derived)}"
            self._add(name, formula, stage)
            self._derived[formula] = Check(name, "=", 1), stage + 1
        return self._derived[formula]

    def _add(self, name: str, formula: Formula, stage: int) -> None:
        while len(self.stages) <= stage:
            self.stages.append([])
        self.stages[stage] += [Rule(name, checks or (self._always(),)) for checks in branches(formula)]

    def _always(self) -> Check:
        return Check(self.sheet.cell("always", lambda: lambda view, row: 1).value, "=", 1)

    def _formula(self, node: ex.Expression, wanted: bool) -> Formula:
        """Where the formula holds, `node` has the outcome `wanted`."""
        match node:
            case ex.Not():
                return self._formula(node.arg, not wanted)
            case ex.And() | ex.Or():
                parts = [self._formula(arg, wanted) for arg in node.args]
                return every(parts) if isinstance(node, ex.And) == wanted else some(parts)
            case _ if is_constant(node):
                holds = self.reader.truth(node, Scope(self.type))(NOTHING, {}, None)
                return TRUE if holds == wanted else FALSE
            case ex.Compare():
                return self._compare(node, wanted)
            case ex.In():
                parts = [self._compare(ex.Compare("=", node.arg, option), True) for option in node.options]
                if wanted:
                    return some(parts)
                return every(self._compare(ex.Compare("=", node.arg, option), False) for option in node.options)
            case ex.IsMissing():
                return Check(self._value(node.arg, node.arg.kind).marker, "=", MISSING if wanted else HERE)
        cell = self.sheet.cell(node, lambda: flag(self.reader.truth(node, Scope(self.type))))
        return Check(cell.value, "=", int(wanted))

    def _compare(self, node: ex.Compare, wanted: bool) -> Formula:
        op, left, right = node.op, node.left, node.right
        if is_constant(left) and not is_constant(right):
            op, left, right = MIRRORED[op], right, left
        kind = values.common(left.kind, right.kind)
        if kind is Kind.TEXT and op not in ("=", "<>"):
            return self._ordered(node, wanted)
        if not is_constant(right):
            return self._ordered(node, wanted)
        value = self.reader.widened(right, kind, Scope(self.type))(NOTHING, {}, None)
        if value is None:
            return FALSE if wanted else TRUE
        limit = constant(value)
        if limit is None:
            return self._ordered(node, wanted)
        return _tested(self._value(left, kind), op, limit, wanted)

    def _ordered(self, node: ex.Compare, wanted: bool) -> Formula:
        """A comparison of two values of the fact: the attribute is their order."""

        def make() -> Maker:
            order = self.reader.order(node, Scope(self.type))
            return lambda view, row: order(view, row, None)

        return _tested(self.sheet.cell(("order", node.left, node.right), make), node.op, 0, wanted)

    def _value(self, node: ex.Expression, kind: Kind) -> Cell:
        def make() -> Maker:
            read = self.reader.widened(node, kind, Scope(self.type))
            return lambda view, row: sent(read(view, row, None))

        return self.sheet.cell(("value", kind, node), make)


def _tested(cell: Cell, op: str, limit: int | str, wanted: bool) -> Formula:
    """The comparison of a cell with a constant; not to hold takes in that the value is missing."""
    if wanted:
        return Check(cell.value, op, limit)
    return some([Check(cell.value, OPPOSITE[op], limit), Check(cell.marker, "=", MISSING)])
