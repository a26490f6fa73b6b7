"""Whether two values may be compared, and with what."""

from sqlglot import exp

from engine.policy import expressions as ex
from engine.policy.contract import Contract
from engine.policy.faults import nearest
from engine.policy.fitting import compare_help, said
from engine.policy.kinds import Kind
from engine.policy.literals import as_date
from engine.policy.names import Scope, UnknownName, listed, resolve
from engine.policy.wrong import Broken, Wrong


def compared(
    contract: Contract, op: str, a: ex.Expression, b: ex.Expression, left: exp.Expr, right: exp.Expr
) -> ex.Compare:
    """`a op b`, their nodes being `left` and `right`. Raises Wrong where they do not fit."""
    a, b = as_date(a, b, left), as_date(b, a, right)
    if a.kind != b.kind and not (a.kind.numeric and b.kind.numeric):
        if isinstance(left, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
            raise Wrong("wrong-kind", right, "comparisons cannot be chained", "write a < b and b < c")
        node = left if isinstance(a, ex.Literal) and not isinstance(b, ex.Literal) else right
        message = f"{said(a.kind)} cannot be compared with {said(b.kind)}"
        raise Wrong("wrong-kind", node, message, compare_help(a, b))
    if a.kind is Kind.BOOLEAN and op not in ("=", "<>"):
        raise Wrong("wrong-kind", left, "true and false have no order", "write = or <>, or the condition alone")
    _check_listed(contract, a, b, right)
    _check_listed(contract, b, a, left)
    return ex.Compare(op, a, b)


def refuse_null(node: exp.Expr, *sides: exp.Expr) -> None:
    """Raises Wrong where a side of a comparison is null."""
    if any(isinstance(side, exp.Null) for side in sides):
        way = "is not null" if isinstance(node, exp.NEQ) else "is null"
        raise Wrong("null", node, "a comparison with null never holds", f"write `{way}`")


def refuse_unquoted(scope: Scope, other: exp.Expr, node: exp.Expr) -> None:
    """Raises Wrong for a value of the closed list of `other` that stands without quotes, and is no name either."""
    if not isinstance(node, exp.Column) or len(node.parts) != 1 or not isinstance(other, exp.Column):
        return
    known = _resolved(scope, other)
    if isinstance(known, ex.Ref) and node.name in listed(scope.known.contract, known) and not _resolved(scope, node):
        message = f"'{node.name}' is a text, so it needs quotes around it"
        raise Wrong("unquoted-text", node, message, f"write '{node.name}' with its quotes")


def _resolved(scope: Scope, node: exp.Column) -> ex.Expression | None:
    try:
        return resolve(scope, tuple(part.name for part in node.parts))
    except (UnknownName, Broken):
        return None


def _check_listed(contract: Contract, ref: ex.Expression, literal: ex.Expression, node: exp.Expr) -> None:
    """A value that a closed list does not have would never be met."""
    if not isinstance(ref, ex.Ref) or not isinstance(literal, ex.Literal) or isinstance(literal.value, bool):
        return
    options = listed(contract, ref)
    if not options or literal.value in options:
        return
    shown = [str(option) for option in options]
    help = nearest(str(literal.value), shown) or f"one of: {', '.join(shown)}"
    raise Wrong("not-in-list", node, f"{ref.type}.{ref.name} is never '{literal.value}'", help)
