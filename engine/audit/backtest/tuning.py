"""Other values of one limit: the same policy written with each of them, and the rules that this moves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.audit.backtest.observing import TIER, reads, rests_on
from engine.errors import UsageError
from engine.policy.differing import meaning
from engine.policy.faults import nearest
from engine.policy.kinds import Kind
from engine.policy.load import check
from engine.policy.model import Limit, Policy

FACTORS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0)  # of the value as it is, where none are given
MOST_VALUES = 25
_VALUE = re.compile(r"""(["']?)[\w-]+\1\s*:\s*(?P<value>[-+]?[0-9][0-9_.eE+-]*)""")


@dataclass(frozen=True)
class Variant:
    """The policy with another value of the limit; `said` is the value as people read it."""

    said: str
    now: bool
    policy: Policy


def variants(policy: Policy, limit: str, given: str | None) -> tuple[Variant, ...]:
    """The policy under each value of a limit, the one it has among them, smallest first.

    `limit` may name one tier: silent_days.A. `given`: values by commas, 1.2,1.5,2, or factors of the present one,
    x0.5,x2; a limit by tier takes one value for every tier. Raises UsageError.
    """
    name, _, tier = limit.partition(".")
    found = policy.limits.get(name)
    if found is None:
        raise UsageError(
            f"there is no limit '{name}'", nearest(name, policy.limits) or "they stand in rules/limits.yaml"
        )
    tiers = tuple(found.values)
    if tier:
        if tier not in tiers:
            raise UsageError(f"limit '{name}' has no value for tier '{tier}'", f"it has: {_said(found.values)}")
        tiers = (tier,)
    now = {each: found.values[each] for each in tiers}
    wanted = {_key(values): values for values in (now, *_values(found, now, given))}
    if len(wanted) > MOST_VALUES:
        raise UsageError(f"{len(wanted)} values are too many", f"name at most {MOST_VALUES}")
    ordered = sorted(wanted.values(), key=_key)
    return tuple(Variant(_said(values), values == now, _with(policy, found, values)) for values in ordered)


def affected(policy: Policy, others: Sequence[Policy]) -> tuple[str, ...]:
    """The signals, then risk levels, that conclude otherwise in some of the policies, by themselves or through others.

    A risk level is named where its own condition changes, not for every signal that it counts.
    """
    measures, signals, levels = set[tuple[str, str]](), set[str](), set[str]()
    for other in others:
        measures |= {key for key, m in policy.measures.items() if meaning(m) != meaning(other.measures[key])}
        signals |= {name for name, s in policy.signals.items() if _judges(s) != _judges(other.signals[name])}
        pairs = zip(policy.risk, other.risk, strict=True)
        if meaning(policy.tiers) != meaning(other.tiers):
            measures.add(TIER)
        levels |= {one.level for one, two in pairs if meaning(one.when) != meaning(two.when)}
    for name in sorted(policy.signals, key=lambda name: policy.strata["signal", name]):
        rules, read = rests_on(policy, policy.signals[name])
        if rules & signals or read & measures:
            signals.add(name)
    for level in policy.risk:
        rules, read = reads(policy, [level.when])
        if rules & signals or read & measures:
            levels.add(level.level)
    found = [name for name in policy.signals if name in signals]
    return (*found, *(f"risk.{level.level}" for level in policy.risk if level.level in levels))


def _judges(signal: object) -> object:
    return tuple(meaning(getattr(signal, name)) for name in ("when", "severity", "touches"))


def _values(
    limit: Limit, now: Mapping[str | None, int | float], given: str | None
) -> list[Mapping[str | None, int | float]]:
    if given is None:
        return [{tier: _as(limit, value * factor, whole=True) for tier, value in now.items()} for factor in FACTORS]
    found: list[Mapping[str | None, int | float]] = []
    for text in filter(None, (part.strip() for part in given.replace("，", ",").split(","))):
        factor = text.lower().startswith("x")
        try:
            number = float(text[1:] if factor else text)
        except ValueError:
            raise UsageError(f"'{text[:40]}' is no value", "write --values 1.2,1.5,2 or --values x0.5,x2") from None
        if not abs(number) < 1e12:
            raise UsageError(f"'{text[:40]}' is too large", "give a smaller one")
        if factor:
            found.append({tier: _as(limit, value * number, whole=True) for tier, value in now.items()})
        else:
            found.append(dict.fromkeys(now, _as(limit, number, whole=False)))
    if not found:
        raise UsageError("no value is given", "write --values 1.2,1.5,2")
    return found


def _as(limit: Limit, value: float, *, whole: bool) -> int | float:
    """A value as it is written: whole where it is, or where `whole` asks for it; with a dot for a limit with one."""
    if limit.kind is Kind.INTEGER and (whole or value.is_integer()):
        return round(value)
    return round(value, 6)


def _with(policy: Policy, limit: Limit, values: Mapping[str | None, int | float]) -> Policy:
    """The policy with other values written in the place of the limit's. Raises UsageError."""
    texts = dict(policy.texts)
    for tier, value in sorted(values.items(), key=lambda item: limit.places[item[0]], reverse=True):
        place = limit.places[tier]
        lines = texts[place.file].split("\n")
        line = lines[place.line - 1]
        match = _VALUE.match(line, place.column - 1)
        if match is None:
            raise UsageError(
                f"{place}: the value of '{limit.name}' does not stand behind its name", "write it on the same line"
            )
        start, end = match.span("value")
        lines[place.line - 1] = line[:start] + repr(value) + line[end:]
        texts[place.file] = "\n".join(lines)
    checked = check(texts)
    if checked.policy is None:
        raise UsageError(
            f"with {_said(values)} the policy has a fault: {checked.faults[0].message}", "name other values"
        )
    return checked.policy


def _key(values: Mapping[str | None, int | float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values.values())


def _said(values: Mapping[str | None, int | float]) -> str:
    if len(set(values.values())) == 1:
        return f"{next(iter(values.values())):g}"
    return " / ".join(f"{value:g}" for value in values.values())
