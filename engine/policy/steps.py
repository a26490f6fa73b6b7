"""The steps of a play: who does what by when, and what waits for what."""

import re
from graphlib import CycleError, TopologicalSorter

from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.collect import Entry
from engine.policy.faults import nearest
from engine.policy.kinds import Kind
from engine.policy.model import Due, Step, done_name
from engine.policy.names import Scope, account_path
from engine.policy.people import check_assign
from engine.policy.reading import Spot
from engine.policy.shapes import PlayFile, StepShape
from engine.policy.template_files import Templates
from engine.policy.text_checks import text_names
from engine.policy.wrong import Broken

_DUE = re.compile(r"(?:([0-9]{1,3})\.\.)?([0-9]{1,3})\s+(workdays?|days?)")
_TEMPLATE = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
GIVEN = ("assignee", "reasons", "due", "step", "play_title")  # what a task text knows besides the facts


def read_due(text: str) -> Due | None:
    """A span such as `1 workday`, `3 days` or `today`, or a range of such, `1..5 workdays`; None where it is none."""
    if text.strip() == "today":
        return Due(0, workdays=False)
    found = _DUE.fullmatch(text.strip())
    if found is None:
        return None
    return Due(int(found[2]), found[3].startswith("workday"), int(found[1]) if found[1] else None)


def build_due(builder: Builder, text: str, spot: Spot, *, range: bool = False) -> Due | None:
    """The span at `spot`, None with a fault noted where it is none, or a range where none is meant."""
    due = read_due(text)
    message, help = f"'{text}' says no number of days", "write `1 workday`, `3 days` or `today`"
    if range:
        help = "write `1 workday`, `3 days`, `today` or `1..5 workdays`"
    if due is not None:
        if due.first is None:
            return due
        unit = text.split()[-1]
        if not range:
            message, help = f"'{text}' is a range of days, and one is meant", f"write `{due.days} {unit}`"
        elif due.first == 0:
            message, help = f"'{text}' begins before the first day", f"write `1..{due.days} {unit}`, or `today`"
        elif due.first > due.days:
            message, help = f"'{text}' ends before it begins", f"write `{due.days}..{due.first} {unit}`"
        elif due.first == due.days:
            message, help = f"'{text}' is one day and no range", f"write `{due.days} {unit}`"
        else:
            return due
    builder.draft.fault("wrong-due", spot.value, message, help, max(len(text), 1))
    return None


def build_steps(
    builder: Builder, entry: Entry[PlayFile], scope: Scope, templates: Templates, names: dict[str, ex.Expression]
) -> tuple[Step, ...]:
    """The play's steps; what their templates use is added to `names`. Raises Broken with their faults noted."""
    given = entry.shape.steps if entry.shape else []
    spot = entry.spot / "steps"
    ids = [step.id for step in given]
    done: list[Step] = []
    broken = False
    for i, step in enumerate(given):
        here = spot / i
        sound = _check_id(builder, step.id, ids[:i], here / "id")
        sound &= _check_after(builder, step, ids, here / "after")
        sound &= check_assign(builder, step.assign, scope.about, here / "assign")
        sound &= _check_template(builder, entry, step.template, scope, here / "template", templates, names)
        sound &= _check_contact(builder, step, scope, here / "contact")
        due = build_due(builder, step.due, here / "due", range=True)
        done_when: ex.Expression | None = None
        try:
            done_when = _done_when(builder, step, scope, here / "done_when", names)
        except Broken:
            sound = False
        broken |= not sound or due is None
        if due is not None:
            needs = builder.needs(scope.about, done_when) if done_when is not None else frozenset[str]()
            done.append(
                Step(
                    step.id, step.assign, due, step.template, tuple(step.after), here.key, done_when, needs,
                    step.contact,
                )
            )  # fmt: skip
    if broken | _waits_in_ring(builder, given, ids, spot):
        raise Broken
    return tuple(done)


def _check_id(builder: Builder, id: str, before: list[str], spot: Spot) -> bool:
    if id not in before:
        return True
    message = f"a step '{id}' stands above already"
    builder.draft.fault("duplicate-step", spot.value, message, "choose another id", len(id))
    return False


def _done_when(
    builder: Builder, step: StepShape, scope: Scope, spot: Spot, names: dict[str, ex.Expression]
) -> ex.Expression | None:
    """The step's condition that facts show it done, added to `names`. Raises Broken with its faults noted."""
    if step.done_when is None:
        return None
    if None in scope.lets.values():
        raise Broken
    value = builder.compile(step.done_when, scope, spot, Kind.BOOLEAN).value
    names[done_name(step.id)] = value
    return value


def _check_contact(builder: Builder, step: StepShape, scope: Scope, spot: Spot) -> bool:
    signals = (entry.shape for entry in builder.draft.signals.values() if entry.shape is not None)
    touching = any(signal.touches is not None and signal.about == scope.about for signal in signals)
    if step.contact is None or touching or account_path(builder.contract, scope.about) is not None:
        return True
    message = f"a fact of type {scope.about} has no account, so nobody is met by this step"
    builder.draft.fault("no-contact", spot.value, message, "remove `contact`", len(step.contact))
    return False


def _check_after(builder: Builder, step: StepShape, ids: list[str], spot: Spot) -> bool:
    sound = True
    for i, name in enumerate(step.after):
        place = listed_spot(spot, i)
        if name == step.id:
            help = "remove `after`, or name an earlier step"
            builder.draft.fault("step-itself", place.value, f"step '{name}' waits for itself", help, len(name))
            sound = False
        else:
            sound &= step_known(builder, name, ids, place, "to wait for")
    return sound


def step_known(builder: Builder, name: str, ids: list[str], spot: Spot, purpose: str) -> bool:
    """Whether a step of the play is called so; where none is, the fault is noted."""
    if name in ids:
        return True
    help = nearest(name, ids) or f"the steps: {', '.join(ids)}"
    builder.draft.fault("unknown-step", spot.value, f"there is no step '{name}' {purpose}", help, max(len(name), 1))
    return False


def listed_spot(spot: Spot, i: int) -> Spot:
    """Where the entry `i` of a list stands, which may also be written as a single name."""
    return spot / i if (*spot.path, i) in spot.places else spot


def _waits_in_ring(builder: Builder, steps: list[StepShape], ids: list[str], spot: Spot) -> bool:
    """Whether steps wait for each other, noted once per ring; one that waits for itself is told elsewhere."""
    waits = {step.id: {name for name in step.after if name in ids and name != step.id} for step in steps}
    found = False
    while True:
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            ring = list(reversed(error.args[1]))[:-1]
            start = min(range(len(ring)), key=lambda i: ids.index(ring[i]))
            ring = [*ring[start:], *ring[:start]]
            at = spot / ids.index(ring[0]) / "after"
            message = f"these steps wait for each other: {' → '.join([*ring, ring[0]])}"
            help = "remove `after` from one of them, so that it can begin"
            builder.draft.fault("step-cycle", at.value, message, help, 1)
            found = True
            for name in ring:
                waits.pop(name)
            continue
        return found


def _check_template(
    builder: Builder,
    entry: Entry[PlayFile],
    name: str,
    scope: Scope,
    spot: Spot,
    templates: Templates,
    names: dict[str, ex.Expression],
) -> bool:
    if not _TEMPLATE.fullmatch(name):
        message = f"'{name}' is no place in the folder templates"
        help = "write folder/name in small letters, without templates/ and without an ending, such as promise/call"
        builder.draft.fault("template-outside", spot.value, message, help, max(len(name), 1))
        return False
    found = templates.of(name)
    if not found and name not in templates.names:
        help = nearest(name, templates.names) or f"write the file templates/{name}.en.md or templates/{name}.zh.md"
        builder.draft.fault("missing-template", spot.value, f"there is no template '{name}'", help, len(name))
    sound = bool(found)
    asking = f", in a task of the play '{entry.name}' about {scope.about}"
    for template in found:
        if (template.name, template.language) in templates.faulty:
            sound = False
            continue
        for text, place in ((template.title, template.place), (template.body, template.body_place)):
            sound &= text_names(builder, text, scope, Spot({(): place}), names, GIVEN, asking)
    return sound
