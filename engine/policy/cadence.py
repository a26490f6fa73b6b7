"""The cadence table as measures, limits and signals of the ordinary kind.

A line such as `A: sales: visit: 2..3 per month` gives, for all tiers that have a line of the role and channel: the
limits sales_visit_days (the duty, by the looser end) and sales_visit_target_days (the tighter end), the measure
last_sales_visit, and the signal sales-visit-overdue. A line with `when` makes a signal of its own, such as
gm-visit-overdue-b, so that what its condition needs is not needed by the lines of other tiers. Who was never
contacted counts from signed_on, else created_on; without either the contact is overdue.
Source: D1.cadence.A, D1.cadence.B, D1.cadence.C.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.policy.collect import Draft, Entry
from engine.policy.contract import Contract
from engine.policy.faults import Place, nearest
from engine.policy.kinds import Kind
from engine.policy.model import LANGUAGES, TIERS, CadenceLine
from engine.policy.reading import Spot
from engine.policy.shapes import CadenceTextShape, MeasureShape, SignalShape
from engine.policy.spans import Rhythm, read_rhythm, read_span
from engine.policy.yaml12 import Path

CONDITION = "when"
SALES = "sales"


@dataclass(frozen=True)
class Line:
    """One line of the table: at the latest every `duty` days, better every `target` days, `when` that holds."""

    rhythm: Rhythm
    duty: int
    target: int
    when: str | None
    spot: Spot
    when_spot: Spot


Lines = dict[tuple[str, str], dict[str, Line]]  # by role and channel, then tier


@dataclass(frozen=True)
class Duty:
    """A signal of the table: its name, the key of its own words, and the lines that it speaks for, by tier."""

    rule: str
    words: str
    lines: Mapping[str, Line]


@dataclass(frozen=True)
class Cadence:
    """What the table became: by the name of each signal its lines, and the measure that it rests on."""

    lines: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    table: tuple[CadenceLine, ...] = ()


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
                draft.suspects.update(_own_names(role, channel, tier)[0] for tier in TIERS)
    else:
        _check_texts(draft, lines)
    own = _account_dates(contract)
    for (role, channel), by_tier in lines.items():
        _add(draft, role, channel, by_tier, own)
    duties = [(key, duty) for key, by_tier in lines.items() for duty in _duties(*key, by_tier)]
    measures = {duty.rule: _names(*key)[1] for key, duty in duties}
    table = [
        CadenceLine(
            tier, *key, duty.rule, measures[duty.rule], line.rhythm, line.duty, line.target, line.when is not None
        )
        for key, duty in duties for tier, line in duty.lines.items()
    ]  # fmt: skip
    return Cadence(
        {duty.rule: duty.lines for _, duty in duties}, measures, tuple(sorted(table, key=lambda line: line.tier))
    )


def _names(role: str, channel: str) -> tuple[str, str, str, str]:
    """The names that a line makes: signal, measure, and the limits for duty and target."""
    stem = f"{role}_{channel}"
    return f"{stem}_overdue".replace("_", "-"), f"last_{stem}", f"{stem}_days", f"{stem}_target_days"


def _own_names(role: str, channel: str, tier: str) -> tuple[str, str]:
    """The signal that a tier's line with a condition makes, and the key of its words."""
    return f"{_names(role, channel)[0]}-{tier.lower()}", f"{channel}_{tier.lower()}"


def _duties(role: str, channel: str, lines: Mapping[str, Line]) -> Iterator[Duty]:
    """The signals of a role and channel: one for all tiers without a condition, one for each that has one."""
    if plain := {tier: line for tier, line in lines.items() if line.when is None}:
        yield Duty(_names(role, channel)[0], channel, plain)
    for tier, line in lines.items():
        if line.when is not None:
            yield Duty(*_own_names(role, channel, tier), {tier: line})


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
    known = {
        (role, duty.words) for (role, channel), by_tier in lines.items() for duty in _duties(role, channel, by_tier)
    }
    for role, texts in draft.cadence_signals.items():
        for channel in texts.shape or {}:
            if (role, channel) not in known | lines.keys():
                message, help = (
                    f"the cadence has no line for {role} and {channel}",
                    "remove these words, or add the line",
                )
                if (role, channel[:-2]) in lines:
                    message = f"'{channel}' has no words of its own: no line of that tier and channel has a `when`"
                    help = f"write them below {channel[:-2]}, or add a `when` to the line"
                draft.fault("cadence-text", (texts.spot / channel).key, message, help, len(channel))


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
        days, rhythm = read_span(text), read_rhythm(text)
        if days is None or rhythm is None:
            draft.fault(
                "cadence-span", here.value, f"'{text}' does not say how often",
                "write `3 per month`, `2..3 per month`, `every 6 months` or `every 1..2 months`", len(text),
            )  # fmt: skip
            continue
        lines[role, channel][tier] = Line(rhythm, *days, cells.get(CONDITION), here, spot / CONDITION)


def _add(draft: Draft, role: str, channel: str, lines: dict[str, Line], own: list[str]) -> None:
    _, measure_name, duty, target = _names(role, channel)
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
    for each in _duties(role, channel, lines):
        signal = _signal(draft, role, channel, each, len(lines), own)
        places = _rule_places(draft, role, channel, each)
        made = Entry(each.rule, "signal", SignalShape.model_validate(signal), Spot(places), signal, generated=True)
        _make(draft, draft.signals, made)


def _rule_places(draft: Draft, role: str, channel: str, duty: Duty) -> dict[Path, Place]:
    """Where the parts of a made signal stand: in the table, or in its words."""
    start = next(iter(duty.lines.values())).spot.key
    places: dict[Path, Place] = {(): start, ("when",): start}
    entry = draft.cadence_signals.get(role)
    for key in ("title", "because"):
        for language in LANGUAGES:
            spots = [entry.spot / words / key / language for words in (duty.words, channel)] if entry else []
            places[(key, language)] = next((here.value for here in spots if here.path in here.places), start)
    return places


def _texts(draft: Draft, role: str, channel: str, duty: Duty) -> CadenceTextShape:
    """The words of a made signal: its own, and what they leave unsaid as for its channel."""
    entry = draft.cadence_signals.get(role)
    shapes = entry.shape if entry and entry.shape else {}
    said: dict[str, object] = {}
    for words in (channel, duty.words):
        if words in shapes:
            said |= shapes[words].model_dump(exclude_none=True)
    return CadenceTextShape.model_validate(said)


def _make(draft: Draft, entries: dict[str, Entry[Any]], entry: Entry[Any]) -> None:
    """Add what the table makes, unless the policy has something of that name."""
    taken = entries.setdefault(entry.name, entry)
    if taken is not entry:
        message = f"the cadence makes a {entry.what} of this name ({entry.place})"
        draft.fault("name-taken", taken.place, message, "choose another name", len(entry.name))


def _signal(
    draft: Draft, role: str, channel: str, made: Duty, of_all: int, own: list[str]
) -> dict[str, object]:  # fmt: skip
    """What the signal says; `of_all`: how many tiers have a line of this role and channel."""
    _, last, duty, _ = _names(role, channel)
    tiers = [f"tier = '{tier}'" for tier in made.lines]
    among = [] if len(tiers) == of_all else [f"({' or '.join(tiers)})"]
    conditions = [f"({line.when})" for line in made.lines.values() if line.when is not None]
    since = f"coalesce({', '.join((last, *own))})" if own else last
    late = f"days_since > limit.{duty}"
    texts = _texts(draft, role, channel, made)
    return {
        "title": texts.title or {"en": f"{role} {channel} overdue", "zh": f"{role} {channel} 逾期"},
        "about": "account",
        "let": {
            "last_contact": since,
            "days_since": f"today - {since}",
            "contact_due_on": f"{since} + limit.{duty}",
        },
        "when": " and ".join(
            ["active", *among, f"limit.{duty} is not null", f"(last_contact is null or {late})", *conditions]
        ),
        "severity": "medium",
        "weight": texts.weight if texts.weight is not None else 10,
        "because": texts.because or _because(f"{role} {channel}"),
        "source": texts.source if texts.source is not None else [f"D1.cadence.{tier}" for tier in sorted(made.lines)],
    }


def _by(role: str) -> str:
    """Whose contacts count: those of the role; a sales duty is also done by the account's owner, whatever the role."""
    return f"(rep.role = '{role}' or rep = account.owner)" if role == SALES else f"rep.role = '{role}'"


def _because(contact: str) -> dict[str, str]:
    days = "{{ days_since | days }}"
    return {"en": f"{days} since the last {contact}", "zh": f"距上次联系（{contact}）已 {days}"}
