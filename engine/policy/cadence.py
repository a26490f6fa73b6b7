"""The cadence table as measures, limits and signals of the ordinary kind.

A line such as `A: sales: visit: 2..3 per month` gives, for all tiers that have a line of the role and channel: the
limits sales_visit_days (the duty, by the looser end) and sales_visit_target_days (the tighter end), the measure
last_sales_visit, and the signal sales-visit-overdue. A month counts 30 days, a year (twelve months) 365. Who was
never contacted counts from signed_on, else created_on; without either the contact is overdue.
Source: D1.cadence.A, D1.cadence.B, D1.cadence.C.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.policy.collect import Draft, Entry
from engine.policy.contract import Contract
from engine.policy.faults import Place, nearest
from engine.policy.kinds import Kind
from engine.policy.reading import Spot
from engine.policy.shapes import CadenceTextShape, MeasureShape, SignalShape
from engine.policy.yaml12 import Path

CONDITION = "when"
SALES = "sales"
_NUMBER = r"([0-9]{1,3})"
_RATE = re.compile(rf"{_NUMBER}(?:\.\.{_NUMBER})?\s+per\s+(day|week|month|quarter|year)")
_SPAN = re.compile(rf"every\s+(?:{_NUMBER}(?:\.\.{_NUMBER})?\s+)?(day|week|month|quarter|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


@dataclass(frozen=True)
class Line:
    """One line of the table: at the latest every `duty` days, better every `target` days, `when` that holds."""

    duty: int
    target: int
    when: str | None
    spot: Spot
    when_spot: Spot


def read_span(text: str) -> tuple[int, int] | None:
    """Duty and target in days of `3 per month`, `2..3 per month`, `every 6 months`, `every 1..2 months`, or None."""
    if found := _RATE.fullmatch(text.strip()):
        low, high, unit = int(found[1]), int(found[2] or found[1]), found[3]
        if not 0 < low <= high:
            return None
        return max(_DAYS[unit] // low, 1), max(_DAYS[unit] // high, 1)
    if found := _SPAN.fullmatch(text.strip()):
        low, high, unit = int(found[1] or 1), int(found[2] or found[1] or 1), found[3]
        if not 0 < low <= high:
            return None
        return _span_days(high, unit), _span_days(low, unit)
    return None


def _span_days(count: int, unit: str) -> int:
    if unit == "month":
        years, months = divmod(count, 12)
        return years * 365 + months * 30
    return count * _DAYS[unit]


Lines = dict[tuple[str, str], dict[str, Line]]  # by role and channel, then tier


@dataclass(frozen=True)
class Cadence:
    """What the table became: the lines by the name of their signal, and the measure that each rests on."""

    lines: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)


def expand_cadence(draft: Draft, contract: Contract, faulty: frozenset[str]) -> Cadence:
    """Add the table's limits, measures and signals to the draft; a measure that the policy defines itself stays."""
    if not draft.cadence:
        _check_texts(draft, {})
        return Cadence()
    roles, channels = _listed(contract, "rep", "role"), _listed(contract, "interaction", "channel")
    before = len(draft.faults)
    broken = any(entry.shape is None or not entry.sound for entry in draft.cadence.values())
    lines: Lines = defaultdict(dict)
    if not contract or faulty & {"account", "rep", "interaction"}:
        broken = True
    elif _contract_serves(draft, contract):
        for tier, entry in draft.cadence.items():
            for role, cells in (entry.shape or {}).items():
                if role in roles:
                    _read_cells(draft, lines, tier, role, cells, entry.spot / role, channels)
                else:
                    help = nearest(role, roles) or f"one of: {', '.join(roles)}"
                    draft.fault("cadence-role", (entry.spot / role).key, f"'{role}' is no role", help, len(role))
    if broken or len(draft.faults) > before:
        for role in (*roles, *(role for entry in draft.cadence.values() for role in entry.shape or {})):
            for channel in channels:
                draft.suspects.update(_names(role, channel))
    else:
        _check_texts(draft, lines)
    own = _account_dates(contract)
    for (role, channel), by_tier in lines.items():
        _add(draft, role, channel, by_tier, own)
    return Cadence(
        {_names(*key)[0]: by_tier for key, by_tier in lines.items()}, {_names(*k)[0]: _names(*k)[1] for k in lines}
    )


def _names(role: str, channel: str) -> tuple[str, str, str, str]:
    """The names that a line makes: signal, measure, and the limits for duty and target."""
    stem = f"{role}_{channel}"
    return f"{stem}_overdue".replace("_", "-"), f"last_{stem}", f"{stem}_days", f"{stem}_target_days"


def _listed(contract: Contract, type: str, field: str) -> tuple[str, ...]:
    known = contract[type].fields.get(field) if type in contract else None
    return tuple(str(value) for value in known.one_of) if known else ()


def _account_dates(contract: Contract) -> list[str]:
    """From which dates of an account its first contact is counted."""
    fields = contract["account"].fields if "account" in contract else {}
    return [name for name in ("signed_on", "created_on") if name in fields and fields[name].kind is Kind.DATE]


def _contract_serves(draft: Draft, contract: Contract) -> bool:
    """Whether the contract has what the table rests on; where not, a fault is noted."""
    needed = {
        "interaction.account": "account", "interaction.rep": "rep", "interaction.channel": "one_of",
        "interaction.happened_on": Kind.DATE, "rep.role": "one_of", "account.owner": "rep",
    }  # fmt: skip
    for name, wanted in needed.items():
        type, _, field_name = name.partition(".")
        known = contract[type].fields.get(field_name) if type in contract else None
        serves = known is not None and (bool(known.one_of) if wanted == "one_of" else wanted in (known.ref, known.kind))
        if not serves:
            place = next(iter(draft.cadence.values())).spot.key
            message = f"the cadence needs {name} in rules/facts.yaml"
            draft.fault("cadence-contract", place, message, "copy it from a new workspace: holdfast init DIR")
            return False
    return True


def _check_texts(draft: Draft, lines: Lines) -> None:
    """Words for a line that the table does not have."""
    for role, texts in draft.cadence_signals.items():
        for channel in texts.shape or {}:
            if (role, channel) not in lines:
                message = f"the cadence has no line for {role} and {channel}"
                place = (texts.spot / channel).key
                draft.fault("cadence-text", place, message, "remove these words, or add the line", len(channel))


def _read_cells(
    draft: Draft,
    lines: Lines,
    tier: str,
    role: str,
    cells: dict[str, str],
    spot: Spot,
    channels: tuple[str, ...],
) -> None:
    if not set(cells) - {CONDITION}:
        help = "write {visit: 3 per month}"
        draft.fault("cadence-span", spot.key, f"nothing says how '{role}' keeps contact", help, len(role))
    for channel, text in cells.items():
        here = spot / channel
        if channel == CONDITION:
            continue
        if channel not in channels:
            help = nearest(channel, channels) or f"one of: {', '.join((*channels, CONDITION))}"
            draft.fault("cadence-channel", here.key, f"'{channel}' is no channel of contact", help, len(channel))
            continue
        days = read_span(text)
        if days is None:
            draft.fault(
                "cadence-span", here.value, f"'{text}' does not say how often",
                "write `3 per month`, `2..3 per month`, `every 6 months` or `every 1..2 months`", len(text),
            )  # fmt: skip
            continue
        lines[role, channel][tier] = Line(*days, cells.get(CONDITION), here, spot / CONDITION)


def _add(draft: Draft, role: str, channel: str, lines: dict[str, Line], own: list[str]) -> None:
    rule, measure_name, duty, target = _names(role, channel)
    first = next(iter(lines.values()))
    spot = Spot({(): first.spot.key})
    for name, values in (
        (duty, {tier: line.duty for tier, line in lines.items()}),
        (target, {tier: line.target for tier, line in lines.items()}),
    ):
        places: dict[Path, Place] = {(): first.spot.key} | {(tier,): line.spot.key for tier, line in lines.items()}
        limit = {tier: values[tier] for tier in draft.cadence if tier in values}
        _make(draft, draft.limits, Entry(name, "limit", limit, Spot(places), limit, generated=True))
    measure = {
        "about": "account",
        "from": "interaction",
        "where": f"channel = '{channel}' and {_by(role)}",
        "take": "max(happened_on)",
    }
    shape = MeasureShape.model_validate(measure)
    draft.measures.setdefault(measure_name, Entry(measure_name, "measure", shape, spot, measure, generated=True))
    signal = _signal(draft, role, channel, lines, own)
    entry = draft.cadence_signals.get(role)
    texts = entry.spot / channel if entry else spot
    rule_places: dict[Path, Place] = {(): first.spot.key, ("when",): first.spot.key}
    for key in ("title", "because"):
        for language in ("en", "zh"):
            here = texts / key / language
            rule_places[(key, language)] = here.value if here.path in here.places else first.spot.key
    made = Entry(rule, "signal", SignalShape.model_validate(signal), Spot(rule_places), signal, generated=True)
    _make(draft, draft.signals, made)


def _make(draft: Draft, entries: dict[str, Entry[Any]], entry: Entry[Any]) -> None:
    """Add what the table makes, unless the policy has something of that name."""
    taken = entries.setdefault(entry.name, entry)
    if taken is not entry:
        message = f"the cadence makes a {entry.what} of this name ({entry.place})"
        draft.fault("name-taken", taken.place, message, "choose another name", len(entry.name))


def _signal(draft: Draft, role: str, channel: str, lines: dict[str, Line], own: list[str]) -> dict[str, object]:
    _, last, duty, _ = _names(role, channel)
    conditions = [f"(tier <> '{tier}' or ({line.when}))" for tier, line in lines.items() if line.when]
    since = f"coalesce({', '.join((last, *own))})" if own else last
    entry = draft.cadence_signals.get(role)
    texts = (entry.shape or {}).get(channel) if entry else None
    texts = texts or CadenceTextShape.model_validate({})
    return {
        "title": texts.title or {"en": f"{role} {channel} overdue", "zh": f"{role} {channel} 逾期"},
        "about": "account",
        "let": {
            "last_contact": since,
            "days_since": f"today - {since}",
            "contact_due_on": f"{since} + limit.{duty}",
        },
        "when": " and ".join(
            ["active", f"limit.{duty} is not null", f"(last_contact is null or days_since > limit.{duty})", *conditions]
        ),
        "severity": "medium",
        "weight": texts.weight if texts.weight is not None else 10,
        "because": texts.because or _because(f"{role} {channel}"),
        "source": texts.source if texts.source is not None else [f"D1.cadence.{tier}" for tier in sorted(lines)],
    }


def _by(role: str) -> str:
    """Whose contacts count: those of the role; a sales duty is also done by the account's owner, whatever the role."""
    return f"(rep.role = '{role}' or rep = account.owner)" if role == SALES else f"rep.role = '{role}'"


def _because(contact: str) -> dict[str, str]:
    days = "{{ days_since | days }}"
    return {"en": f"{days} since the last {contact}", "zh": f"距上次联系（{contact}）已 {days}"}
