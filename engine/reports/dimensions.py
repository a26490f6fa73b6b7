"""What figures can be counted by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.policy.model import TIERS
from engine.reports.cube import OTHERS_KEY, Key
from engine.reports.period import UNITS
from engine.reports.table import As, Said


@dataclass(frozen=True)
class Dimension:
    """A trait by which rows are grouped: the `column` of the views in `ground.py`.

    `order` gives values that have an order of their own, `values` those with words of ours (column_<name>_<value>).
    `measures`: the only ones that have it, where not all do.
    """

    name: str
    column: str
    kind: As = As.TEXT
    order: tuple[str, ...] = ()
    values: tuple[Key, ...] = ()
    measures: frozenset[str] = frozenset()

    @property
    def is_time(self) -> bool:
        """Whether it is a course of time."""
        return self.name in UNITS


_CHURN = frozenset({"churn"})
_LEAVERS = frozenset({"leavers"})
_KINDS = ("active", "passive")
LENGTHS = ("new", "year", "backbone")  # of service, as `leavers.py` tells them apart

DIMENSIONS: Mapping[str, Dimension] = {
    d.name: d
    for d in (
        Dimension("province", "province"),
        Dimension("city", "city"),
        Dimension("type", "type"),
        Dimension("industry", "industry"),
        Dimension("tier", "tier", order=TIERS),
        Dimension("grade", "grade"),
        Dimension("origin", "origin"),
        Dimension("rep", "rep_label"),
        Dimension("department", "department"),
        *(Dimension(unit, unit) for unit in reversed(UNITS)),
        Dimension("kind", "lost_kind", As.WORD, _KINDS, _KINDS, _CHURN),
        Dimension("controllable", "controllable", As.FLAG, values=(True, False), measures=_CHURN),
        Dimension("cause", "lost_cause", measures=_CHURN),
        Dimension("service", "service", As.WORD, LENGTHS, LENGTHS, _LEAVERS),
    )
}
ALIASES = {"trade": "industry", "source": "origin", "carer": "rep", "lost_kind": "kind", "tenure": "service"}
_OF_REPS = ("service", "rep", "department", "quarter", "month", "year")


def dimension(name: str, measure: str | None = None) -> Dimension:
    """The dimension of that name, for a measure. Raises UsageError, which names those there are."""
    found = DIMENSIONS.get(ALIASES.get(name, name))
    fitting = [d.name for d in DIMENSIONS.values() if measure is None or fits(d, measure)]
    if found is None:
        near = nearest(name, [*fitting, *ALIASES])
        raise UsageError(f"there is no dimension '{name}'", near or f"choose from {', '.join(fitting)}")
    if measure is not None and not fits(found, measure):
        raise UsageError(f"{measure} cannot be told by {found.name}", f"choose from {', '.join(fitting)}")
    return found


def fits(dimension: Dimension, measure: str) -> bool:
    """Whether a measure can be told by the dimension."""
    if measure == "leavers":
        return dimension.name in _OF_REPS
    return not dimension.measures or measure in dimension.measures


def label(key: Key, dimension: Dimension) -> Any:
    """What people read for a value of the dimension, or for the row of all others."""
    if key == OTHERS_KEY:
        return Said("column_others")
    if key in dimension.values:
        return Said(f"column_{dimension.name}_{str(key).lower()}")
    return key
