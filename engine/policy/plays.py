"""Plays: what to do when a trigger holds, in steps."""

from collections.abc import Mapping
from contextlib import suppress

from engine.policy import expressions as ex
from engine.policy.building import Builder, evidence_of
from engine.policy.collect import Entry
from engine.policy.conditions import split_condition
from engine.policy.kinds import Kind
from engine.policy.model import Due, Escalation, MaxFires, Play, Step
from engine.policy.names import ACCOUNT, COUNT_NAMES, RISK_NAMES, Scope, account_path
from engine.policy.people import check_assign
from engine.policy.reading import Spot
from engine.policy.rules import lets_of
from engine.policy.shapes import PlayFile, TierName
from engine.policy.steps import build_due, build_steps, listed_spot, read_due, step_known
from engine.policy.template_files import Templates
from engine.policy.text_checks import plain_title
from engine.policy.wrong import Broken

__all__ = ["build_play", "check_assign", "read_due"]

_RISK = {*RISK_NAMES, *(f"signals.{name}" for name in COUNT_NAMES)}


def build_play(builder: Builder, entry: Entry[PlayFile], templates: Templates) -> Play:
    """A play from its shape. Raises Broken with its faults noted."""
    shape, spot = entry.shape, entry.spot
    if shape is None:
        raise Broken
    about = builder.type_of(shape.about, spot / "about")
    lets = lets_of(builder, shape, about, spot / "let", risk=True)
    scope = Scope(builder, about, lets=lets.values, risk=True, signals=True)
    trigger: ex.Expression | None = None
    if None not in lets.values.values():
        with suppress(Broken):
            trigger = _trigger(builder, entry, scope)
    names: dict[str, ex.Expression] = {}
    steps: tuple[Step, ...] | None = None
    escalate: tuple[Escalation, ...] | None = None
    with suppress(Broken):
        steps = build_steps(builder, entry, scope, templates, names)
    with suppress(Broken):
        escalate = _escalations(builder, entry, about)
    titles = [plain_title(builder, text, spot / "title" / language) for language, text in (shape.title or {}).items()]
    if trigger is None or steps is None or escalate is None or not all(titles):
        raise Broken
    path = account_path(builder.contract, about)
    if path is not None:
        names.setdefault("tier", ex.Ref(path, ACCOUNT, "tier", Kind.TEXT))  # a task's priority rests on it
    named = tuple(dict.fromkeys(ex.rules_in(trigger)))
    return Play(
        name=shape.play,
        about=about,
        trigger=trigger,
        signals=named or tuple(builder.draft.signals),
        steps=steps,
        title={str(k): text for k, text in (shape.title or {}).items()},
        evidence=evidence_of(names),
        source=tuple(shape.source),
        place=entry.place,
        trigger_place=(spot / "trigger").key,
        cooldown_days=shape.cooldown_days,
        clear_after_runs=shape.clear_after_runs,
        escalate=escalate,
        needs=builder.needs(about, trigger),
        condition=split_condition(builder, shape.trigger, scope, spot / "trigger"),
        text_hash=entry.hash,
        lets=tuple(lets.definitions),
        rearm=shape.rearm,
        max_fires=MaxFires(shape.max_fires.n, shape.max_fires.per_days) if shape.max_fires else None,
        waits=shape.waits,
        enabled=shape.enabled,
    )


def _trigger(builder: Builder, entry: Entry[PlayFile], scope: Scope) -> ex.Expression:
    text, spot = entry.shape.trigger if entry.shape else "", entry.spot / "trigger"
    trigger = builder.compile(text, scope, spot, Kind.BOOLEAN).value
    rests = any(ref.type == ACCOUNT and ref.name in _RISK for ref in ex.refs(trigger))
    if not rests and next(ex.rules_in(trigger), None) is None:
        place, width = builder.within(spot.value, text, 0, len(text))
        message = "this trigger rests on no signal and not on risk, so no task could say why it is there"
        help = "put the condition into a signal, and write trigger: signal('its-name')"
        builder.draft.fault("trigger", place, message, help, width)
        raise Broken
    return trigger


def _escalations(builder: Builder, entry: Entry[PlayFile], about: str) -> tuple[Escalation, ...]:
    done: list[Escalation] = []
    shape = entry.shape
    given = shape.escalate if shape else []
    ids = [step.id for step in shape.steps] if shape else []
    for i, item in enumerate(given):
        spot = entry.spot / "escalate" / i
        after = _spans(builder, item.after, about, spot / "after")
        sound = check_assign(builder, item.to, about, spot / "to") and after is not None
        for n, name in enumerate(item.steps):
            sound &= step_known(builder, name, ids, listed_spot(spot / "steps", n), "to escalate")
        if sound and after is not None:
            done.append(Escalation(after, item.to, tuple(item.steps)))
    if len(done) < len(given):
        raise Broken
    return tuple(done)


def _spans(
    builder: Builder, given: str | Mapping[TierName, str], about: str, spot: Spot
) -> dict[str | None, Due] | None:
    """The span by tier, or under None the one for all; None with its faults noted."""
    if isinstance(given, str):
        span = build_due(builder, given, spot)
        return None if span is None else {None: span}
    if account_path(builder.contract, about) is None:
        message = f"a fact of type {about} has no account and so no tier"
        builder.draft.fault("no-tier", spot.value, message, "write one span for all")
        return None
    spans = {tier: build_due(builder, text, spot / tier) for tier, text in given.items()}
    found: dict[str | None, Due] = {tier: span for tier, span in spans.items() if span is not None}
    return found if len(found) == len(given) else None
