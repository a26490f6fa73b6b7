"""Calls of the functions that expressions know."""

from sqlglot import exp

from engine.policy import expressions as ex
from engine.policy.faults import nearest
from engine.policy.fitting import said, said_all, said_any, unified
from engine.policy.functions import FUNCTIONS, Function
from engine.policy.kinds import Kind
from engine.policy.takes import TAKES
from engine.policy.wrong import Wrong

SIGNAL = "signal"
_INSTEAD = {
    "if": "write case when … then … else … end",
    "iif": "write case when … then … else … end",
    "ifnull": "write coalesce(a, b)",
    "nvl": "write coalesce(a, b)",
    "isnull": "write a is null",
    "now": "write today",
    "datediff": "subtract the dates: later - earlier = days",
    "date": "write date '2026-01-31'",
    "dateadd": "write date + days, or add_months(date, months)",
    "networkdays": "write workdays(from, to)",
    "len": "texts are only compared",
    "lower": "texts are only compared",
    "upper": "texts are only compared",
    "round": "texts round numbers: {{ x | round }}",
}


def function_of(node: exp.Anonymous) -> Function:
    """The function that a call names. Raises Wrong where there is none, or where its values are too few or many."""
    name = node.name.lower()
    function = FUNCTIONS.get(name)
    if function is None:
        help = _INSTEAD.get(name) or nearest(name, [*FUNCTIONS, SIGNAL])
        if name in TAKES:
            help = "it goes over rows, so it stands in `take` of a measure"
        raise Wrong("unknown-function", node, f"there is no function '{node.name}' here", help or _known())
    least, given = len(function.args), len(node.expressions)
    if given < least or (given > least and not function.variadic):
        wanted = "one value" if least == 1 else f"{least} values{' or more' if function.variadic else ''}"
        raise Wrong("argument-count", node, f"{name}() takes {wanted}, but has {given}", f"it gives {function.says}")
    return function


def called(node: exp.Anonymous, function: Function, args: list[ex.Expression]) -> ex.Call:
    """The call with its values. Raises Wrong where one does not fit."""
    name = node.name.lower()
    for i, (arg, item) in enumerate(zip(args, node.expressions, strict=True)):
        admitted = function.args[min(i, len(function.args) - 1)]
        if arg.kind not in admitted:
            message = f"{name}() needs {said_any(admitted)} here, but this is {said(arg.kind)}"
            raise Wrong("wrong-kind", item, message, f"it gives {function.says}")
    kind = unified([arg.kind for arg in args]) if function.gives == "same" else Kind(function.gives)
    if kind is None:
        raise Wrong("wrong-kind", node, f"the values in {name}() differ: {said_all(args)}", "make them of one kind")
    return ex.Call(name, tuple(args), kind)


def _known() -> str:
    return f"there are: {', '.join((SIGNAL, *FUNCTIONS))}"
