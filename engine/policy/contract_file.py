"""rules/facts.yaml to the fact contract."""

from engine.policy.collect import CONTRACT_FILE, Draft
from engine.policy.contract import DERIVED, Contract, FactType, Field
from engine.policy.faults import Place, nearest
from engine.policy.kinds import Kind
from engine.policy.lexing import KEYWORDS
from engine.policy.reading import Spot
from engine.policy.shapes import FieldShape

RESERVED = ("today", "limit", "signals", "score", "risk")  # names that mean something else in expressions


def build_contract(draft: Draft) -> tuple[Contract, frozenset[str]]:
    """The contract from the draft's fact types, and those of them that have faults, which are noted.

    `active` is added to account and rep.
    """
    types: dict[str, FactType] = {}
    faulty: set[str] = set()
    for name, entry in draft.types.items():
        before = len(draft.faults)
        fields: dict[str, Field] = {}
        for field_name, form in (entry.shape.fields if entry.shape else {}).items():
            field = _field(draft, name, field_name, form, entry.spot / "fields" / field_name)
            if field is not None:
                fields[field_name] = field
        fields |= {derived.name: derived for derived in DERIVED.get(name, ())}
        known_from = entry.shape.known_from if entry.shape else None
        if known_from is not None and known_from not in fields and not entry.sound:
            known_from = None
        elif known_from is not None and (known_from not in fields or fields[known_from].kind is not Kind.DATE):
            dates = [f.name for f in fields.values() if f.kind is Kind.DATE]
            help = nearest(known_from, dates) or f"its dates: {', '.join(dates) or 'none'}"
            message = f"'{known_from}' is no date field of {name}, so nothing can be known from it"
            draft.fault("contract", (entry.spot / "known_from").value, message, help, len(known_from))
            known_from = None
        types[name] = FactType(name, known_from, fields)
        if len(draft.faults) > before or not entry.sound or entry.shape is None:
            faulty.add(name)
    if draft.types and "account" not in types and not any(f.place.file == CONTRACT_FILE for f in draft.faults):
        help = "copy it from a new workspace: holdfast init DIR"
        draft.fault("contract", Place(CONTRACT_FILE, 1, 1), "the contract has no type 'account'", help)
    return types, frozenset(faulty)


def _field(draft: Draft, type: str, name: str, form: object, spot: Spot) -> Field | None:
    if name == "id" or name in {derived.name for derived in DERIVED.get(type, ())}:
        what = "every type has an `id` already" if name == "id" else f"`{name}` of {type} is reckoned by the engine"
        draft.fault("contract", spot.key, what, "remove this field", len(name))
        return None
    if name in RESERVED or name in KEYWORDS:
        message = f"no field can be called '{name}': in an expression the word means something else"
        draft.fault("contract", spot.key, message, "choose another name", len(name))
        return None
    if isinstance(form, str):
        return Field(name, Kind(form))
    if not isinstance(form, FieldShape):
        return None
    if form.ref is not None:
        return _ref(draft, name, form, spot)
    kind = Kind(form.type) if form.type else None
    if form.one_of is not None:
        kinds = {Kind.INTEGER if isinstance(value, int) else Kind.TEXT for value in form.one_of}
        if len(kinds) > 1 or (kind is not None and kind not in kinds):
            wanted = kind if kind in (Kind.TEXT, Kind.INTEGER) else "either texts or whole numbers"
            message, help = f"the values of '{name}' should be {wanted}", "put all of them in quotes, or none"
            draft.fault("contract", (spot / "one_of").key, message, help, len("one_of"))
            return None
        kind = next(iter(kinds))
    if kind is None:
        help = "write a kind such as text or date, or add type, ref or one_of"
        draft.fault("contract", spot.key, f"nothing says what '{name}' holds", help, len(name))
        return None
    if form.planned and kind is not Kind.DATE:
        help = "remove `planned`"
        draft.fault("contract", (spot / "planned").key, "only a date can be planned", help, len("planned"))
    return Field(name, kind, None, tuple(form.one_of or ()), form.required, form.planned)


def _ref(draft: Draft, name: str, form: FieldShape, spot: Spot) -> Field | None:
    ref = form.ref or ""
    extra = next((key for key in ("type", "one_of", "planned") if getattr(form, key)), None)
    if ref not in draft.types:
        help = nearest(ref, draft.types) or f"the types: {', '.join(draft.types)}"
        draft.fault("contract", (spot / "ref").value, f"'{ref}' is no type of fact", help, len(ref))
        return None
    if extra is not None:
        message = f"`{extra}` does not go with `ref`: an id is a text"
        draft.fault("contract", (spot / extra).key, message, f"remove `{extra}`", len(extra))
        return None
    return Field(name, Kind.TEXT, ref=ref, required=form.required)
