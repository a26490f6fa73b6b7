"""How urgent a task is, from 1 (at once) to 5."""

from engine.policy.model import SEVERITIES

MOST, LEAST = 1, 5
BEST_TIER = "A"


def priority(severity: str | None, tier: str | None) -> int:
    """The priority of a task: by the gravest severity behind it, one more urgent for accounts of the best tier.

    critical 1, high 2, medium 3, low 4, and 5 where no signal stands behind it.
    """
    rank = SEVERITIES.index(severity) + 1 if severity is not None else LEAST
    return max(rank - (tier == BEST_TIER), MOST)
