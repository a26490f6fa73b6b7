"""What work takes, and how much of it a list may hold, by the policy's limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.policy.model import Policy

SHARE, ALWAYS = "budget_share", "budget_always"
LEAST_TASKS, MOST_TASKS = "budget_least_tasks", "budget_most_tasks"
DEFAULT_LEAST_TASKS, DEFAULT_ALWAYS = 5, 1
WEEK_WORKDAYS = 5  # the workdays that somebody's weekly hours are meant for
CONTACTS = ("visit", "meeting", "call", "message", None)
_HOURS: Mapping[str | None, tuple[str, float]] = {
    "visit": ("visit_hours", 1.5), "meeting": ("visit_hours", 1.5), "call": ("call_hours", 0.25),
    "message": ("message_hours", 0.1), None: ("task_hours", 0.5),
}  # fmt: skip


@dataclass(frozen=True)
class Budget:
    """How full lists may become. `share` of a week's own hours; a list of up to `least_tasks` open tasks is not full,
    one of `most_tasks` is (None: whatever their number); matters of a priority up to `always` are never deferred."""

    share: float
    least_tasks: int
    most_tasks: int | None
    always: int


def budget(policy: Policy) -> Budget | None:
    """How full lists may become; None where the policy does not say so (no limit `budget_share`): never full."""
    share = _limit(policy, SHARE)
    if share is None:
        return None
    least, most, always = (_limit(policy, name) for name in (LEAST_TASKS, MOST_TASKS, ALWAYS))
    return Budget(
        share,
        DEFAULT_LEAST_TASKS if least is None else int(least),
        None if most is None else int(most),
        DEFAULT_ALWAYS if always is None else int(always),
    )


def task_hours(policy: Policy, contact: str | None) -> float:
    """The hours that a task takes, by how the customer is met (visit, meeting, call, message, or not at all)."""
    name, otherwise = _HOURS.get(contact, _HOURS[None])
    hours = _limit(policy, name)
    return otherwise if hours is None else hours


def _limit(policy: Policy, name: str) -> float | None:
    """A limit that is one for all; of one by tier the first."""
    limit = policy.limits.get(name)
    return float(next(iter(limit.values.values()))) if limit is not None and limit.values else None
