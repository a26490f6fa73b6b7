"""How large the numbers of an expression can grow: decides where plain 64-bit arithmetic is safe."""

import math

from engine.policy.expressions import Arithmetic, Call, Case, Expression, Literal, Negative, Ref
from engine.policy.kinds import INTEGER_LIMIT, MONEY_LIMIT, Kind
from engine.policy.model import Measure, Policy
from engine.policy.takes import GAPS

ROWS = 1e9  # more rows than a night will see
DAYS = 4e6  # more days than there are in the years 1 to 9999
WIDE = 2.0**62  # integers beyond this are reckoned in 128 bits
HUGE = 1e300  # numbers beyond this may turn infinite

_CALLS = {"year": 9999.0, "month": 12.0, "day": 31.0, "workdays": DAYS, "floor": 1e12, "ceil": 1e12}
_TAKES = {"count": ROWS, "count_distinct": ROWS, "top_share": 1.0} | dict.fromkeys(GAPS, DAYS)


def largest(policy: Policy, node: Expression) -> float:
    """An upper bound of the absolute value of a numeric expression; infinite where there is none."""
    match node:
        case Literal(value=bool() | str()):
            return 0.0
        case Literal(value=int() | float() as value):
            return float(abs(value))
        case Ref():
            return _of_ref(policy, node)
        case Arithmetic():
            return _of_arithmetic(policy, node)
        case Negative():
            return largest(policy, node.arg)
        case Case():
            arms = [value for _, value in node.branches] + ([node.otherwise] if node.otherwise is not None else [])
            return max((largest(policy, arm) for arm in arms), default=0.0)
        case Call():
            return _CALLS.get(node.function) or max(largest(policy, arg) for arg in node.args)
    return 0.0


def _of_ref(policy: Policy, ref: Ref) -> float:
    measure = policy.measures.get((ref.type, ref.name))
    if measure is not None:
        return _of_measure(policy, measure)
    return {Kind.INTEGER: float(INTEGER_LIMIT), Kind.MONEY: float(MONEY_LIMIT), Kind.NUMBER: math.inf}.get(
        ref.kind, 0.0
    )


def _of_measure(policy: Policy, measure: Measure) -> float:
    if measure.take is None:
        return largest(policy, measure.value) if measure.value is not None else 0.0
    if measure.take.function in _TAKES or measure.take.of is None:
        return _TAKES.get(measure.take.function, ROWS)
    one = largest(policy, measure.take.of)
    return one * ROWS if measure.take.function == "sum" else one


def _of_arithmetic(policy: Policy, node: Arithmetic) -> float:
    if Kind.DATE in (node.left.kind, node.right.kind):
        return DAYS
    left, right = largest(policy, node.left), largest(policy, node.right)
    if node.op in "+-":
        return left + right
    if node.op == "*":
        return left * right if left and right else 0.0
    least = _smallest(node.right)
    return left / least if least else math.inf


def _smallest(node: Expression) -> float:
    """A lower bound of the absolute value where it is not zero; 0 where there is none."""
    if isinstance(node, Literal) and isinstance(node.value, int | float):
        return float(abs(node.value))
    return {Kind.INTEGER: 1.0, Kind.MONEY: 1e-4}.get(node.kind, 0.0)
