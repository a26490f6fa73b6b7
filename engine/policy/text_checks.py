"""Whether the texts of a policy can be filled in, and with which values."""

from collections.abc import Mapping

from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.faults import nearest
from engine.policy.names import Scope, UnknownName, listed, resolve
from engine.policy.reading import Spot
from engine.policy.template_words import plainly
from engine.policy.texts import template_comparisons, template_faults, template_names
from engine.policy.wrong import Broken


def text_sound(builder: Builder, text: str, spot: Spot) -> bool:
    """Whether the text at `spot` is within what texts may hold; faults are noted."""
    faults = template_faults(text)
    for line, column, message in faults:
        start, end, said, help = plainly(text, _offset(text, line, column), message)
        place, width = builder.within(spot.value, text, start, end)
        builder.draft.fault("template-syntax", place, said, help, width)
    return not faults


def text_names(
    builder: Builder,
    text: str,
    scope: Scope,
    spot: Spot,
    names: dict[str, ex.Expression],
    given: tuple[str, ...] = (),
    asking: str = "",
) -> bool:
    """Add the names that a sound text uses to `names`; whether all of them are known.

    `given` names come from elsewhere; `asking` says whose text it is, where one text serves several.
    """
    sound = True
    for found in template_names(text):
        parts = tuple(found.name.split("."))
        if parts[0] in given and len(parts) == 1:
            continue
        try:
            names[found.name] = resolve(scope, parts)
        except Broken:
            sound = False
        except UnknownName as unknown:
            start = _offset(text, found.line, found.column)
            place, width = builder.within(spot.value, text, start, start + len(found.name))
            help = nearest(parts[0], given) or unknown.help.partition("; ")[2] or unknown.help
            builder.draft.fault("unknown-name", place, unknown.message + asking, help, width)
            sound = False
    return sound and _values_sound(builder, text, scope, spot, names)


def _values_sound(builder: Builder, text: str, scope: Scope, spot: Spot, names: Mapping[str, ex.Expression]) -> bool:
    """Whether closed lists are compared only with values that they have."""
    sound = True
    for name, value, line, column in template_comparisons(text):
        ref = names.get(name)
        options = [str(option) for option in listed(builder.contract, ref)] if isinstance(ref, ex.Ref) else []
        if options and value not in options:
            start = _offset(text, line, column)
            place, width = builder.within(spot.value, text, start, start + len(value) + 2)
            help = nearest(value, options) or f"one of: {', '.join(options)}"
            builder.draft.fault("not-in-list", place, f"{name} is never '{value}'", help, width)
            sound = False
    return sound


def plain_title(builder: Builder, title: str, spot: Spot) -> bool:
    """Whether a title is plain text; where it holds braces the fault is noted."""
    at = min((title.find(mark) for mark in ("{{", "{%") if mark in title), default=-1)
    if at < 0:
        return True
    place, width = builder.within(spot.value, title, at, at + 2)
    help = "remove the braces; values belong into `because` and into templates"
    builder.draft.fault("title-braces", place, "a title is plain text: no value is filled in here", help, width)
    return False


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1
