"""All tests of a policy, run and compared."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec

from engine.action.calendar import Calendar
from engine.action.night import Settings
from engine.policy.model import Policy
from engine.scenarios.comparing import differences
from engine.scenarios.model import Difference, Outcome, Result, Scenario
from engine.scenarios.nightly import run_night_of
from engine.scenarios.running import run_in_memory

Run = Callable[[Scenario], Outcome]


def run_tests(
    policy: Policy, scenarios: Iterable[Scenario], settings: Settings, calendar: Calendar, both: bool = False
) -> Iterator[Result]:
    """Each test with what it led to. `both`: by both engines, which must agree. Raises HoldfastError."""
    quick = _in_memory(policy, calendar)
    for scenario in scenarios:
        outcome = run_night_of(policy, scenario, settings) if quick is None else quick(scenario)
        result = Result(scenario, outcome, differences(scenario, outcome))
        if both and quick is not None:
            other = run_night_of(policy, scenario, settings)
            result = replace(result, differences=(*result.differences, *_disagreements(outcome, other)))
        yield result


def _in_memory(policy: Policy, calendar: Calendar) -> Run | None:
    """The quick way, None where durable-rules is not installed."""
    if find_spec("durable_rules_engine") is None:
        return None
    return lambda scenario: run_in_memory(policy, scenario, calendar)


def _disagreements(outcome: Outcome, other: Outcome) -> Iterator[Difference]:
    pairs = (
        (set(outcome.signals), set(other.signals)),
        (set(outcome.tasks), set(other.tasks)),
        (set(outcome.risk.items()), set(other.risk.items())),
    )
    for one, two in pairs:
        for engine, found in (("rete", one - two), ("columnar", two - one)):
            for each in sorted(found, key=str):
                yield Difference("engines", {"engine": engine, "fired": each})
