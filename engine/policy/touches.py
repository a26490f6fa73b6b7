"""Whom a fact touches that has no account of its own."""

from engine.policy.building import Builder
from engine.policy.collect import Entry
from engine.policy.faults import nearest
from engine.policy.kinds import Kind
from engine.policy.model import Touches
from engine.policy.names import Scope, account_path
from engine.policy.reading import Spot
from engine.policy.shapes import SignalShape
from engine.policy.wrong import Broken

_FORM = "write touches: {from: [order], match: product}, or touches: {when: tier = 'A'}"


def build_touches(builder: Builder, about: str, entry: Entry[SignalShape]) -> Touches | None:
    """The signal's `touches`, None where it has none. Raises Broken with its faults noted."""
    shape = entry.shape.touches if entry.shape else None
    spot = entry.spot / "touches"
    if shape is None:
        return None
    if account_path(builder.contract, about) is not None:
        message = f"a fact of type {about} has its account already"
        raise _fault(builder, spot, message, "remove `touches`")
    if shape.when is not None:
        if shape.source or shape.match:
            raise _fault(builder, spot, "`when` does not go with `from` and `match`", "keep one of the two")
        scope = Scope(builder, builder.account())
        return Touches(when=builder.compile(shape.when, scope, spot / "when", Kind.BOOLEAN).value)
    if not shape.source or not shape.match:
        missing = "match" if shape.source else "from" if shape.match else "from and match, or when"
        if not entry.sound:
            raise Broken
        raise _fault(builder, spot, f"`touches` needs {missing}", _FORM)
    return _matching(builder, about, shape.source, shape.match, spot)


def _matching(builder: Builder, about: str, sources: list[str], match: str, spot: Spot) -> Touches:
    own = builder.contract[about].fields
    if match not in own:
        help = nearest(match, own) or f"it has: {', '.join(own)}"
        message = f"a fact of type {about} has no field '{match}'"
        builder.draft.fault("touches", (spot / "match").value, message, help, len(match))
        raise Broken
    broken = False
    for i, source in enumerate(sources):
        here = spot / "from" / i
        try:
            builder.type_of(source, here)
        except Broken:
            broken = True
            continue
        fields = builder.contract[source].fields
        message, help = "", "name a type that belongs to accounts and has this field"
        if account_path(builder.contract, source) is None:
            message = f"a fact of type {source} has no account"
        elif match not in fields:
            message = f"a fact of type {source} has no field '{match}'"
        elif fields[match].kind is not own[match].kind:
            message = f"'{match}' is {own[match].kind} in {about}, but {fields[match].kind} in {source}"
        if message:
            builder.draft.fault("touches", here.value, message, help, len(source))
            broken = True
    if broken:
        raise Broken
    return Touches(sources=tuple(sources), match=match)


def _fault(builder: Builder, spot: Spot, message: str, help: str) -> Broken:
    builder.draft.fault("touches", spot.key, message, help, len("touches"))
    return Broken()
