"""Measures: one value per fact, taken from rows or reckoned from the fact's own names."""

from engine.policy import expressions as ex
from engine.policy.building import Builder, evidence_of
from engine.policy.collect import Entry
from engine.policy.contract_file import RESERVED
from engine.policy.faults import nearest
from engine.policy.fitting import said, said_any
from engine.policy.kinds import Kind
from engine.policy.lexing import KEYWORDS, Lexeme, Unreadable, lexemes
from engine.policy.links import check_company_wide, link_rows
from engine.policy.model import Measure, Take
from engine.policy.names import Scope
from engine.policy.reading import Spot
from engine.policy.shapes import MeasureShape
from engine.policy.takes import BY_ROW, GAPS, TAKES
from engine.policy.wrong import Broken

_EITHER = "a measure has either from and take, or value"


def build_measure(builder: Builder, name: str, entry: Entry[MeasureShape]) -> Measure:
    """A measure from its shape. Raises Broken with its faults noted."""
    shape, spot = entry.shape, entry.spot
    if shape is None:
        raise Broken
    about = builder.type_of(shape.about, spot / "about")
    _check_name(builder, name, about, spot)
    if shape.value is None:
        return _from_rows(builder, name, about, entry, shape)
    rows = {"from": shape.source, "by": shape.by, "where": shape.where, "take": shape.take}
    extra = next((key for key, value in rows.items() if value is not None), None)
    if extra is not None:
        message = f"`{extra}` does not go with `value`"
        builder.draft.fault("measure-form", (spot / extra).key, message, _EITHER, len(extra))
        raise Broken
    compiled = builder.compile(shape.value, Scope(builder, about), spot / "value")
    needs = builder.needs(about, compiled.value)
    text, names = " ".join(shape.value.split()), evidence_of(compiled.names)
    kind = compiled.value.kind
    return Measure(name, about, kind, spot.key, value=compiled.value, needs=needs, text=text, names=names)


def _check_name(builder: Builder, name: str, about: str, spot: Spot) -> None:
    if name in builder.contract[about].fields or name == "id":
        message = f"a fact of type {about} has a field '{name}' already"
        builder.draft.fault("name-taken", spot.key, message, "choose another name", len(name))
        raise Broken
    check_free(builder, "measure", name, spot)


def check_free(builder: Builder, what: str, name: str, spot: Spot, more: tuple[str, ...] = ()) -> None:
    """Where an expression would understand the name as something else, raises Broken with the fault noted."""
    if name in KEYWORDS or name in (*RESERVED, "tier", *more):
        message = f"no {what} can be called '{name}': in an expression the word means something else"
        builder.draft.fault("name-reserved", spot.key, message, "choose another name", len(name))
        raise Broken


def _from_rows(builder: Builder, name: str, about: str, entry: Entry[MeasureShape], shape: MeasureShape) -> Measure:
    spot = entry.spot
    if shape.source is None or shape.take is None:
        missing = "from" if shape.source is None else "take"
        if entry.sound:
            message = f"measure '{name}' needs the key '{missing}'"
            if shape.source is None and shape.take is None:
                message = f"measure '{name}' does not say what it is"
            builder.draft.fault("missing-key", spot.key, message, _EITHER, len(name))
        raise Broken
    source = builder.type_of(shape.source, spot / "from")
    scope = Scope(builder, source, subject=about)
    link = taken = where = None
    broken = False
    try:
        link = link_rows(builder, about, source, shape.by, spot)
    except Broken:
        broken = True
    try:
        where = builder.compile(shape.where, scope, spot / "where", Kind.BOOLEAN).value if shape.where else None
    except Broken:
        broken = True
    try:
        taken = _take(builder, shape.take, scope, spot / "take")
    except Broken:
        broken = True
    if broken or taken is None or link is None:
        raise Broken
    take, kind = taken
    check_company_wide(builder, about, shape.by, spot, where, take.of)
    needs = builder.needs(source, where, take.of, subject=about) | {about}
    text = " ".join(f"{shape.take} of {source} {'where ' + shape.where if shape.where else ''}".split())
    return Measure(
        name, about, kind, spot.key, source=source, link=link, where=where, take=take, needs=needs, text=text
    )  # fmt: skip


def _take(builder: Builder, text: str, scope: Scope, spot: Spot) -> tuple[Take, Kind]:
    function, inner, offset = _called(builder, text, spot)
    admitted, gives = TAKES[function].of, TAKES[function].gives
    known = builder.contract[scope.about].known_from
    if function == "count":
        if inner.strip() not in ("", "*"):
            help = "write count, with the rows to count in `where`; or count_distinct(field)"
            builder.draft.fault("argument-count", spot.value, "count takes no value", help, len(text))
            raise Broken
        return Take("count", None), Kind.INTEGER
    if function in GAPS and not inner.strip():
        if known is None:
            message = f"a fact of type {scope.about} has no date from which it is known"
            builder.draft.fault("argument-count", spot.value, message, f"name one: {function}(field)", len(text))
            raise Broken
        return Take(function, ex.Ref((), scope.about, known, Kind.DATE)), Kind.NUMBER
    if not inner.strip():
        help = f"write {function}(field)"
        builder.draft.fault("argument-count", spot.value, f"{function} takes a value", help, len(text))
        raise Broken
    if function in BY_ROW and known is None:
        message = f"facts of type {scope.about} have no order: no date says from when they are known"
        builder.draft.fault("take-order", spot.value, message, "take max(field) or min(field)", len(text))
        raise Broken
    compiled = builder.compile_part(inner, offset, text, scope, spot)
    if compiled.value.kind not in admitted:
        place, width = builder.within(spot.value, text, offset, offset + len(inner.rstrip()))
        message = f"{function} takes {said_any(admitted)}, but this is {said(compiled.value.kind)}"
        builder.draft.fault("wrong-kind", place, message, "name another field", width)
        raise Broken
    order = known if function in BY_ROW else None
    return Take(function, compiled.value, order), gives or compiled.value.kind


def _called(builder: Builder, text: str, spot: Spot) -> tuple[str, str, int]:
    """The function that `take` names, the text in its brackets, and where that begins. Raises Broken."""
    try:
        words = lexemes(text)
    except Unreadable as unreadable:
        builder.slip(unreadable.slip, text, spot)
        raise Broken from None
    first = words[0]
    function = first.text.lower()
    alone = len(words) == 1
    if first.kind == "word" and function in TAKES and (alone or _wraps(words)):
        if alone:
            return function, "", len(text)
        return function, text[words[1].end : words[-1].start], words[1].end
    if first.kind == "word" and function in TAKES:
        help = f"take {function}(…) here, and reckon further in a measure with `value`"
        builder.draft.fault("unknown-take", spot.value, "`take` is one function and nothing else", help, len(text))
        raise Broken
    if first.kind == "word" and len(words) > 1 and words[1].text == "(":
        help = nearest(function, TAKES) or f"there are: {', '.join(TAKES)}"
        builder.draft.fault("unknown-take", spot.value, f"`take` has no {first.text}()", help, len(first.text))
    else:
        help = f"there are: {', '.join(TAKES)}; as in sum(amount)"
        builder.draft.fault("unknown-take", spot.value, "`take` should be a function of the rows", help, len(text))
    raise Broken


def _wraps(words: list[Lexeme]) -> bool:
    """Whether everything behind the first word stands in one pair of brackets."""
    depth = 0
    for i, word in enumerate(words[1:], 1):
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0:
            return i == len(words) - 1 and i > 1
    return False
