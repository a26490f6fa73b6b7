"""The one place that speaks to durable-rules: rule sets built once, one fact in at a time.

durable-rules 2.0.28 is used within the limits in which it was found exact: one constant session, explicit fact
ids, one fact asserted, settled and retracted before the next, at most 50 rules in a set. The C module is called
directly: the library's own Host starts two threads that run rules at any time, and goes through far more JSON.
Without actions of ours, none can fail. A rule set is never given back in full by the library: build them once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any

from engine.errors import EngineError
from engine.reasoning.rete.attributes import Sent
from engine.reasoning.rete.conditions import Rule
from engine.reasoning.rete.formulas import Check

RULES_AT_MOST = 50  # a fact that meets more than 64 is refused
ATTRIBUTES_AT_MOST = 150  # a fact with more than 255 is refused
CHECKS_AT_MOST = 400  # more than 512 different ones hang or crash
SESSION, FACT = "s", "f"
MATCHED, NO_MATCH = 0, 1
HINT = (
    "pip install 'holdfast[rete]'; it is compiled, so a C compiler must be there, and on Python 3.13 and later "
    "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject in the environment"
)
_OPERATORS = {"<>": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_numbers = count()


@dataclass(frozen=True)
class RuleSet:
    """Rules that durable-rules holds. `concludes`: what each of its rules stands for."""

    handle: int
    attributes: tuple[str, ...]
    concludes: Mapping[str, str]


def library() -> Any:
    """The C module of durable-rules. Raises EngineError where it is not installed."""
    try:
        return import_module("durable_rules_engine")
    except ImportError as error:
        raise EngineError(f"durable-rules, which the rete engine needs, cannot be loaded: {error}", HINT) from error


def rule_sets(rules: Iterable[Rule]) -> list[RuleSet]:
    """The rules in as few sets as the limits allow. A fact must be shown to each of them."""
    return [_built(part) for part in _parts(rules)]


def release(rules: RuleSet) -> None:
    """Gives a rule set back; about half of its memory stays with the library."""
    library().delete_ruleset(rules.handle)


def settle(rules: RuleSet, attributes: Mapping[str, Sent]) -> set[str]:
    """What the rules conclude from one fact. Nothing of it stays behind."""
    engine = library()
    fact: dict[str, Sent] = {name: attributes[name] for name in rules.attributes if name in attributes}
    text = json.dumps({"id": FACT, "sid": SESSION, **fact})
    concluded: set[str] = set()
    try:
        outcome, state = engine.assert_fact(rules.handle, text)
        if outcome == MATCHED:
            started = engine.start_action_for_state(rules.handle, state)
            message = started[1] if started else None
            while message:
                concluded.update(rules.concludes[name] for name in json.loads(message))
                message = engine.complete_and_start_action(rules.handle, state)
        elif outcome != NO_MATCH:
            raise EngineError(f"durable-rules did not take a fact (outcome {outcome})", "use the columnar engine")
        engine.retract_fact(rules.handle, text)
    except engine.error as error:
        raise EngineError(f"durable-rules failed: {error}", "use the columnar engine") from error
    return concluded


def _parts(rules: Iterable[Rule]) -> Iterable[list[Rule]]:
    part: list[Rule] = []
    checks: set[Check] = set()
    for rule in rules:
        wider = checks.union(rule.checks)
        too_wide = len(wider) > CHECKS_AT_MOST or len({check.attribute for check in wider}) > ATTRIBUTES_AT_MOST
        if part and (len(part) == RULES_AT_MOST or too_wide):
            yield part
            part, wider = [], set(rule.checks)
        part.append(rule)
        checks = wider
    if part:
        yield part


def _built(rules: Sequence[Rule]) -> RuleSet:
    engine = library()
    definition = {f"r{i}": {"all": [{"m": {"$and": [_said(t) for t in r.checks]}}]} for i, r in enumerate(rules)}
    attributes = tuple(sorted({check.attribute for rule in rules for check in rule.checks}))
    try:
        handle = engine.create_ruleset(f"holdfast {next(_numbers)}", json.dumps(definition))
    except engine.error as error:
        raise EngineError(f"durable-rules did not take a rule set: {error}", "use the columnar engine") from error
    return RuleSet(handle, attributes, {f"r{i}": rule.concludes for i, rule in enumerate(rules)})


def _said(check: Check) -> dict[str, Any]:
    if check.op == "=":
        return {check.attribute: check.constant}
    return {_OPERATORS[check.op]: {check.attribute: check.constant}}
