"""A scenario test, what it led to, and how that differs from what it expects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.policy.faults import Place

SIGNALS, TASKS = "signals", "tasks"


@dataclass(frozen=True)
class Wanted:
    """A signal or task that is expected or excluded.

    `text`: its name as written; `names`: the rules or plays that it may be; `fields`: what else must be equal.
    """

    text: str
    names: frozenset[str]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Scenario:
    """A test ready to run. `facts` are typed rows by type; `only`: kinds (signals, tasks) of which no more may come."""

    name: str
    place: Place
    on: date
    facts: Mapping[str, list[dict[str, Any]]]
    done: frozenset[tuple[str, str]]  # (play, step)
    signals: tuple[Wanted, ...]
    tasks: tuple[Wanted, ...]
    no_signals: tuple[Wanted, ...]
    no_tasks: tuple[Wanted, ...]
    risk: Mapping[str, str]
    unjudged: tuple[str, ...]
    only: frozenset[str]


@dataclass(frozen=True, order=True)
class Fired:
    """A signal that came, or a task that was made: its rule's or play's name and its other fields."""

    name: str
    fields: tuple[tuple[str, str | None], ...]

    def get(self, field: str) -> str | None:
        """A field's value."""
        return dict(self.fields).get(field)


@dataclass(frozen=True)
class Outcome:
    """What followed. `risk`: accounts that are not green; `unjudged`: rule or play → fact types that it misses."""

    signals: tuple[Fired, ...]
    tasks: tuple[Fired, ...]
    risk: Mapping[str, str]
    unjudged: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """One expectation that was not met; `kind` names the sentence, `values` fill it."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A test that was run."""

    scenario: Scenario
    outcome: Outcome
    differences: tuple[Difference, ...]
