"""Signals and the levels of risk."""

from dataclasses import dataclass, field

from engine.policy import expressions as ex
from engine.policy.building import Builder, evidence_of
from engine.policy.collect import Entry
from engine.policy.conditions import split_condition
from engine.policy.kinds import Kind
from engine.policy.measures import check_free
from engine.policy.model import Condition, Let, RiskLevel, Signal, Touches
from engine.policy.names import ACCOUNT, Scope
from engine.policy.reading import Spot
from engine.policy.shapes import PlayFile, SignalShape
from engine.policy.text_checks import plain_title, text_names, text_sound
from engine.policy.touches import build_touches
from engine.policy.wrong import Broken

OTHERWISE = "otherwise"
OWN_NAMES = ("owner", "account")  # a `let` of such a name would hide what every expression knows


@dataclass
class Lets:
    """The `let` names of a rule, with what they use."""

    values: dict[str, ex.Expression | None] = field(default_factory=dict)  # None: it has a fault
    definitions: list[Let] = field(default_factory=list)
    names: dict[str, ex.Expression] = field(default_factory=dict)


def build_signal(builder: Builder, entry: Entry[SignalShape]) -> Signal:
    """A signal from its shape. Raises Broken with its faults noted."""
    shape, spot = entry.shape, entry.spot
    if shape is None:
        raise Broken
    about = builder.type_of(shape.about, spot / "about")
    lets = lets_of(builder, shape, about, spot / "let")
    scope = Scope(builder, about, lets=lets.values, signals=True)
    names = lets.names
    when: ex.Expression | None = None
    severity: tuple[tuple[str, ex.Expression | None], ...] = ()
    touches: Touches | None = None
    broken = None in lets.values.values()
    try:
        compiled = builder.compile(shape.when, scope, spot / "when", Kind.BOOLEAN)
        when = compiled.value
        names |= compiled.names
    except Broken:
        broken = True
    try:
        severity = _severity(builder, shape, scope, spot / "severity", names)
    except Broken:
        broken = True
    try:
        touches = build_touches(builder, about, entry)
    except Broken:
        broken = True
    for language, text in shape.because.items():
        here = spot / "because" / language
        broken |= not (text_sound(builder, text, here) and text_names(builder, text, scope, here, names))
    for language, text in shape.title.items():
        broken |= not plain_title(builder, text, spot / "title" / language)
    if broken or when is None:
        raise Broken
    return Signal(
        name=entry.name,
        about=about,
        when=when,
        severity=severity,
        weight=shape.weight,
        title={str(k): text for k, text in shape.title.items()},
        because={str(k): text for k, text in shape.because.items()},
        evidence=evidence_of(names),
        source=tuple(shape.source),
        place=spot.key,
        when_place=(spot / "when").key,
        needs=_signal_needs(builder, about, when, severity, touches),
        condition=split_condition(builder, shape.when, scope, spot / "when"),
        lets=tuple(lets.definitions),
        grades=_grades(builder, shape, scope, spot / "severity"),
        touches=touches,
        text_hash=entry.hash,
        generated=entry.generated,
    )


def lets_of(builder: Builder, shape: SignalShape | PlayFile, about: str, spot: Spot, *, risk: bool = False) -> Lets:
    """The `let` names of a rule or play, each knowing those above it; faults are noted. `risk` as in Scope."""
    lets = Lets()
    for name, text in shape.let.items():
        here = spot / name
        later = tuple(other for other in shape.let if other not in lets.values and other != name)
        scope = Scope(builder, about, lets=dict(lets.values), later=later, risk=risk, signals=True)
        lets.values[name] = None
        try:
            check_free(builder, "`let`", name, here, OWN_NAMES)
            compiled = builder.compile(text, scope, here)
        except Broken:
            continue
        lets.values[name] = compiled.value
        lets.definitions.append(Let(name, text, tuple(compiled.names)))
        lets.names |= {**compiled.names, name: compiled.value}
    return lets


def _signal_needs(
    builder: Builder,
    about: str,
    when: ex.Expression,
    severity: tuple[tuple[str, ex.Expression | None], ...],
    touches: Touches | None,
) -> frozenset[str]:
    needs = builder.needs(about, when, *(condition for _, condition in severity))
    if touches is None:
        return needs
    return needs | {ACCOUNT} | (builder.needs(ACCOUNT, touches.when) if touches.when else frozenset())


def _severity(
    builder: Builder, shape: SignalShape, scope: Scope, spot: Spot, names: dict[str, ex.Expression]
) -> tuple[tuple[str, ex.Expression | None], ...]:
    if isinstance(shape.severity, str):
        return ((shape.severity, None),)
    branches: list[tuple[str, ex.Expression | None]] = []
    last = list(shape.severity)[-1]
    broken = False
    for name, text in shape.severity.items():
        here = spot / name
        if text == OTHERWISE and name != last:
            message = "what stands below `otherwise` is never reached"
            builder.draft.fault("severity-order", here.value, message, "move this line to the end", len(text))
            broken = True
        elif text == OTHERWISE:
            branches.append((name, None))
            continue
        elif name == last:
            only = len(shape.severity) == 1
            message = "nothing says how grave it is when no condition holds"
            help = f"write severity: {name}" if only else f"write {name}: otherwise"
            if OTHERWISE not in shape.severity.values():
                builder.draft.fault("severity-open", here.key, message, help, len(name))
            broken = True
        if text == OTHERWISE:
            continue
        try:
            compiled = builder.compile(text, scope, here, Kind.BOOLEAN)
            names |= compiled.names
            branches.append((name, compiled.value))
        except Broken:
            broken = True
    if broken:
        raise Broken
    return tuple(branches)


def _grades(builder: Builder, shape: SignalShape, scope: Scope, spot: Spot) -> tuple[tuple[str, Condition | None], ...]:
    if isinstance(shape.severity, str):
        return ((shape.severity, None),)
    return tuple(
        (name, None if text == OTHERWISE else split_condition(builder, text, scope, spot / name))
        for name, text in shape.severity.items()
    )


def build_risk(builder: Builder) -> tuple[RiskLevel, ...]:
    """The levels of risk, gravest first; those with faults are left out."""
    levels = []
    for name in ("red", "amber"):
        entry = builder.draft.risk.get(name)
        if entry is None or entry.shape is None:
            continue
        try:
            scope = Scope(builder, builder.account(), risk=True, signals=True)
            compiled = builder.compile(entry.shape, scope, entry.spot, Kind.BOOLEAN)
            for ref in ex.refs(compiled.value):
                if (ref.type, ref.name) == (ACCOUNT, "risk"):
                    help = "rest it on signals.… and score"
                    builder.draft.fault("cycle", entry.spot.value, "the level of risk rests on itself", help)
                    raise Broken
        except Broken:
            continue
        condition = split_condition(builder, entry.shape, scope, entry.spot)
        needs = builder.needs(ACCOUNT, compiled.value)
        levels.append(RiskLevel(name, compiled.value, entry.spot.key, needs, condition, entry.hash))
    return tuple(levels)
