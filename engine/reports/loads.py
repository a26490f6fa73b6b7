"""How full people's weeks are: what the cadence table asks of each in hours a week, and the hours that they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from engine.action.hours import WEEK_WORKDAYS
from engine.reports.source import ReportSource
from engine.reports.table import Said

TIGHT, TIGHT_SHARE = "capacity_tight_share", 0.85
FITS, CLOSE, OVER, UNKNOWN = "fits", "tight", "cannot_be_met", "hours_unknown"
MOVE, NO_CARER = "fits_if_moved", "needs_a_carer"  # of a role whose people have it unevenly; of nobody's customers
NOBODY = Said("capacity_nobody")
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Load:
    """What the table asks of a person a week, in hours, and what they have; None where no hours are recorded.

    `customers` and `by_tier` (hours) are by tier; `demand` by the duty, `wish` by the tighter end of each line.
    """

    rep: str | None
    name: Any
    role: str | None
    department: str | None
    manager: str | None
    customers: dict[str, int]
    by_tier: dict[str, float]
    demand: float
    wish: float
    weekly_hours: float | None
    days_off: int
    hours: float | None

    @property
    def short(self) -> float:
        """The hours a week that are missing; 0 where none are, or where nothing is recorded."""
        over = 0.0 if self.hours is None else self.demand - self.hours
        return over if over > _ROUNDING else 0.0


def loads_of(source: ReportSource, weeks: int) -> list[Load]:
    """Everyone who is here and has hours or customers to see, the fullest first; then what nobody here has."""
    found: dict[str | None, dict[str, tuple[int, float, float]]] = {}
    for rep, tier, *counts in source.rows(_DEMANDED):
        found.setdefault(rep, {})[tier] = (int(counts[0]), float(counts[1]), float(counts[2]))
    loads = []
    for id, label, role, department, manager, weekly, there, worked in source.rows(_THERE):
        hours = None if weekly is None or weekly < 0 else float(weekly) / WEEK_WORKDAYS * there / weeks
        if id in found or hours is not None:
            weekly = None if hours is None else float(weekly)
            off = int(worked - there)
            loads.append(_load(found.get(id, {}), id, label, role, department, manager, weekly, off, hours))
    loads.sort(key=lambda load: (load.demand == 0, load.hours is None, -_filled(load), str(load.rep)))
    if None in found:
        loads.append(_load(found[None], None, NOBODY, None, None, None, None, 0, None))
    return loads


def _load(tiers: dict[str, tuple[int, float, float]], rep: str | None, name: Any, *who: Any) -> Load:
    role, department, manager, weekly, off, hours = who
    customers = {tier: counts[0] for tier, counts in tiers.items()}
    by_tier = {tier: counts[1] for tier, counts in tiers.items()}
    demand, wish = sum(by_tier.values()), sum(counts[2] for counts in tiers.values())
    return Load(rep, name, role, department, manager, customers, by_tier, demand, wish, weekly, off, hours)


def _filled(load: Load) -> float:
    if load.hours is None:
        return load.demand
    return load.demand / load.hours if load.hours else float("inf") if load.demand else 0.0


def verdict(demand: float, hours: float | None, tight: float) -> str:
    """fits, tight (from the share `tight` on), cannot_be_met, or hours_unknown."""
    if hours is None:
        return UNKNOWN
    if demand > hours + _ROUNDING:
        return OVER
    return CLOSE if demand > 0 and demand >= hours * tight - _ROUNDING else FITS


def tight_share(source: ReportSource) -> float:
    """The share of the hours from which a week is tight, by the policy."""
    limit = source.policy.limits.get(TIGHT)
    return float(limit.values.get(None, TIGHT_SHARE)) if limit else TIGHT_SHARE


def filled_share(demand: float, hours: float | None) -> float | None:
    """Demand over hours; None over none."""
    return demand / hours if hours else None


def fewer(load: Load, tier: str) -> int | None:
    """How many customers of the tier fewer would do; None where not even all of them."""
    count, hours = load.customers.get(tier, 0), load.by_tier.get(tier, 0.0)
    if not hours:
        return None
    needed = ceil(load.short * count / hours - _ROUNDING)
    return needed if needed <= count else None


def more_people(short: float, role: str | None, everyone: Sequence[Load]) -> float | None:
    """The same in people, each with the mean hours of their role (of everyone where none of the role has any)."""
    known = [load for load in everyone if load.hours]
    known = [load for load in known if load.role == role] or known
    return short / (sum(load.hours or 0.0 for load in known) / len(known)) if known else None


_DEMANDED = """
select p.id, d.tier, count(distinct d.account), sum(7 * l.hours / l.days), sum(7 * l.hours / l.target_days)
from demand d join cadence_line l using (line)
left join figure_rep p on p.id = d.rep
group by all
"""
_THERE = """
with there as (select rep, count(*) as days from figure_present group by rep)
select f.id, coalesce(f.label, f.id), f.role, f.department, f.manager, r.weekly_hours, coalesce(t.days, 0),
       (select count(*) from figure_worked)
from figure_rep f join rep r on r.id = f.id left join there t on t.rep = f.id
where f.active
"""
