"""What a plan reads: which columns of which fact types, and whether it asks for workdays."""

from collections.abc import Iterator, Mapping

from engine.policy.expressions import Call, Expression, Holds, Ref, walk
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.plan import Plan, tier_expressions

Column = tuple[str, str]  # fact type, name
Scoped = tuple[str, str | None, Expression]  # the row's type, the subject's type, what is reckoned there


def used_columns(plan: Plan) -> Mapping[str, frozenset[str]]:
    """By fact type, the fields, measures and derived names that are read somewhere in the plan; always `id`."""
    found: dict[str, set[str]] = {type: {"id"} for type in plan.policy.contract}
    for columns in (_in_expressions(plan), _in_links(plan)):
        for type, name in columns:
            found[type].add(name)
    if "tier" in found[ACCOUNT]:
        found[ACCOUNT].add("active")
    return {type: frozenset(names) for type, names in found.items()}


def needs_workdays(plan: Plan) -> bool:
    """Whether something in the plan calls workdays()."""
    nodes = (node for _, _, expression in _expressions(plan) for node in walk(expression))
    return any(isinstance(node, Call) and node.function == "workdays" for node in nodes)


def _expressions(plan: Plan) -> Iterator[Scoped]:
    for signal in plan.signals:
        conditions = [condition for _, condition in signal.severity if condition is not None]
        for expression in (signal.when, *conditions, *(e.value for e in signal.evidence)):
            yield signal.about, None, expression
        if signal.touches is not None and signal.touches.when is not None:
            yield ACCOUNT, None, signal.touches.when
    for play in plan.plays:
        for expression in (play.trigger, *(e.value for e in play.evidence)):
            yield play.about, None, expression
    for level in plan.risk:
        yield ACCOUNT, None, level.when
    for expression in tier_expressions(plan.policy) if plan.ranked else ():
        yield ACCOUNT, None, expression
    for measure in (measure for level in plan.levels for measure in level.measures):
        if measure.value is not None:
            yield measure.about, None, measure.value
        for taken in (measure.where, measure.take.of if measure.take else None):
            if taken is not None and measure.source is not None:
                yield measure.source, measure.about, taken


def _in_expressions(plan: Plan) -> Iterator[Column]:
    for type, subject, expression in _expressions(plan):
        for node in walk(expression):
            if isinstance(node, Ref):
                root = subject if node.subject and subject is not None else type
                yield from _along(plan, root, (*node.path, node.name))
            elif isinstance(node, Holds):
                yield from _to_account(plan, type)


def _in_links(plan: Plan) -> Iterator[Column]:
    for signal in plan.signals:
        yield from _to_account(plan, signal.about)
        if signal.touches is not None and signal.touches.sources:
            yield signal.about, signal.touches.match
            for source in signal.touches.sources:
                yield source, signal.touches.match
                yield from _to_account(plan, source)
    for play in plan.plays:
        yield from _to_account(plan, play.about)
    for measure in (measure for level in plan.levels for measure in level.measures):
        if measure.source is not None and measure.link.row_path:
            yield from _along(plan, measure.source, measure.link.row_path)
            yield measure.about, measure.link.subject_field
        if measure.source is not None and measure.take is not None and measure.take.order is not None:
            yield measure.source, measure.take.order


def _to_account(plan: Plan, type: str) -> Iterator[Column]:
    yield from _along(plan, type, account_path(plan.policy.contract, type) or ())


def _along(plan: Plan, type: str, path: tuple[str, ...]) -> Iterator[Column]:
    for name in path:
        yield type, name
        field = plan.policy.contract[type].fields.get(name)
        if field is not None and field.ref is not None:
            type = field.ref
