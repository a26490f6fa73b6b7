"""What a back-test goes by: when a customer counts as lost, which days are looked at, how much data is enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import UsageError
from engine.policy.model import Policy

MOST_DAYS = 1_000  # days looked at in one back-test
_YEAR = 364


@dataclass(frozen=True)
class Terms:
    """The limits of a back-test. Spans are in days.

    A loss within `horizon` after a signal is foreseen by it. Without a stated date a customer is lost when silence has
    lasted `lost_cycles` of its own mean order cycles, at least `lost_least_days`; or `lost_days` where it has fewer
    than `cycle_least_orders` order days within `cycle_window`. An action within `acted_days` of a signal answers it.
    With less than `least_alarms` alarms, `least_losses` losses or `least_months` customer-months no figure is given.
    """

    horizon: int
    lost_cycles: float
    lost_least_days: int
    lost_days: int
    cycle_least_orders: int
    cycle_window: int
    acted_days: int
    least_alarms: int
    least_losses: int
    least_months: int


@dataclass(frozen=True)
class Period:
    """The days on which the policy is held against the facts, `every` days apart; `end` is the last known day."""

    days: tuple[date, ...]
    every: int
    end: date

    @property
    def first(self) -> date:
        """The first day."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The last day."""
        return self.days[-1]


_LIMITS: Mapping[str, tuple[str, float]] = {
    "horizon": ("backtest_horizon_days", 180),
    "lost_cycles": ("backtest_lost_cycles", 4.0),
    "lost_least_days": ("backtest_lost_least_days", 120),
    "lost_days": ("backtest_lost_days", 365),
    "cycle_least_orders": ("cycle_least_orders", 4),
    "cycle_window": ("cycle_window_days", 1095),
    "acted_days": ("backtest_acted_days", 30),
    "least_alarms": ("backtest_least_alarms", 20),
    "least_losses": ("backtest_least_losses", 10),
    "least_months": ("backtest_least_months", 100),
}


def terms_of(policy: Policy, horizon: int | None = None) -> Terms:
    """The policy's terms, with another horizon where one is given. Raises UsageError."""
    found = {name: limit_of(policy, limit, default) for name, (limit, default) in _LIMITS.items()}
    if horizon is not None:
        found["horizon"] = horizon
    if found["horizon"] < 1:
        raise UsageError(f"a horizon of {found['horizon']:g} days sees nothing", "give at least 1")
    cycles = found.pop("lost_cycles")
    whole = {name: int(value) for name, value in found.items()}
    return Terms(lost_cycles=cycles, **whole)


def limit_of(policy: Policy, name: str, default: float) -> float:
    """A limit that is one for all; `default` where the policy has none of this name, or one by tier."""
    found = policy.limits.get(name)
    return float(found.values.get(None, default)) if found is not None else default


def period_of(
    terms: Terms, end: date, every: int, since: date | None, until: date | None, first_known: date | None
) -> Period:
    """The days from `since` to `until`, counted back from `until`.

    By default the last day whose horizon lies within the known days, and a year before it, but not before
    `first_known`, the day of the oldest fact. Raises UsageError where that leaves no day.
    """
    last = until or end - timedelta(days=terms.horizon)
    if last > end:
        raise UsageError(f"{last} is after the last night, {end}", "give an earlier --until")
    first = since or max(last - timedelta(days=_YEAR), first_known or date.min)
    if first > last:
        known = "no facts have a date" if first_known is None else f"the facts begin on {first_known}"
        raise UsageError(
            f"no day is left to look at: {known}, the last night is {end}, and {terms.horizon} days must follow",
            "give a shorter --horizon" if since is None else "give an earlier --since",
        )
    count = (last - first).days // every + 1
    if count > MOST_DAYS:
        raise UsageError(f"these are {count} days to look at, more than {MOST_DAYS}", "give a larger --every")
    days = tuple(last - timedelta(days=every * n) for n in reversed(range(count)))
    return Period(days, every, end)
