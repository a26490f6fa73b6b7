"""Plays: what to do when a trigger holds, in steps."""

from contextlib import suppress

from engine.policy import expressions as ex
from engine.policy.building import Builder, evidence_of
from engine.policy.collect import Entry
from engine.policy.conditions import split_condition
from engine.policy.kinds import Kind
from engine.policy.model import Escalation, Play, Step
from engine.policy.names import ACCOUNT, COUNT_NAMES, RISK_NAMES, Scope, account_path
from engine.policy.people import check_assign
from engine.policy.shapes import PlayFile
from engine.policy.steps import build_due, build_steps, read_due
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
    scope = Scope(builder, about, risk=True, signals=True)
    trigger: ex.Expression | None = None
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
    given = entry.shape.escalate if entry.shape else []
    for i, item in enumerate(given):
        spot = entry.spot / "escalate" / i
        due = build_due(builder, item.after, spot / "after")
        if check_assign(builder, item.to, about, spot / "to") and due is not None:
            done.append(Escalation(due, item.to))
    if len(done) < len(given):
        raise Broken
    return tuple(done)
