"""The numbers that managers tune."""

from engine.policy.collect import Draft
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.lexing import KEYWORDS
from engine.policy.model import TIERS, Limit


def build_limits(draft: Draft) -> dict[str, Limit]:
    """The limits by name; faults are noted."""
    limits: dict[str, Limit] = {}
    for name, entry in draft.limits.items():
        if entry.shape is None:
            draft.suspects.add(name)
            continue
        by_tier = isinstance(entry.shape, dict)
        values: dict[str | None, int | float] = dict(entry.shape) if by_tier else {None: entry.shape}
        missing = [] if entry.generated or not by_tier else [tier for tier in TIERS if tier not in values]
        if missing:
            message = f"limit '{name}' has no value for tier {' and '.join(missing)}"
            help = f"add {missing[0]}: …, or give one number for all"
            draft.fault("limit-tier", entry.place, message, help, len(name))
        if name in KEYWORDS:
            message = f"no limit can be called '{name}': in an expression the word means something else"
            draft.fault("name-reserved", entry.place, message, "choose another name", len(name))
        kind = Kind.NUMBER if any(isinstance(value, float) for value in values.values()) else Kind.INTEGER
        places: dict[str | None, Place] = {tier: (entry.spot / (tier or "")).key for tier in values}
        limits[name] = Limit(name, {t: float(v) if kind is Kind.NUMBER else v for t, v in values.items()}, kind, places)
    return limits
