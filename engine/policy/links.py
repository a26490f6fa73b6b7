"""How the rows that a measure takes reach its subject."""

from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.faults import nearest
from engine.policy.fitting import article
from engine.policy.model import Link
from engine.policy.names import ACCOUNT, Scope
from engine.policy.reading import Spot
from engine.policy.wrong import Broken

ALL = "all"
_SHARED = "add `by:` with a field that both share, or `by: all` for every row"


def link_rows(builder: Builder, about: str, source: str, by: str | None, spot: Spot) -> Link:
    """The one way from rows of type `source` to a fact of type `about`. Raises Broken with a fault noted.

    Without any way, or `by: all`, the rows are company-wide: every one counts for every subject.
    """
    if by is not None and by.strip() == ALL:
        return Link()
    if by is not None:
        return _link_by(builder, about, source, by, spot / "by")
    fields, own = builder.contract[source].fields, builder.contract[about].fields
    direct = [name for name, field in fields.items() if field.ref == about]
    if len(direct) == 1:
        return Link((direct[0],), "id")
    here = spot / "from"
    if direct:
        message = f"{article(source)} can belong to {article(about)} by {' or '.join(direct)}"
        help = f"say which: by: {direct[0]}"
        builder.draft.fault("link", here.value, message, help, len(source))
        raise Broken
    if source == about:
        message = f"nothing says which rows of {source} belong to {article(about)}"
        builder.draft.fault("link", here.value, message, _SHARED, len(source))
        raise Broken
    shared = [name for name, field in fields.items() if field.ref and name in own and own[name].ref == field.ref]
    if shared:
        message = f"{article(source)} does not name the {about} that it belongs to; both have {' and '.join(shared)}"
        builder.draft.fault("link", here.value, message, f"say by what: by: {shared[0]}", len(source))
        raise Broken
    return Link()


def check_company_wide(builder: Builder, about: str, by: str | None, spot: Spot, *nodes: ex.Expression | None) -> None:
    """Of `by: all`: `where` and `take` (the nodes) read the rows alone. Raises Broken with a fault noted."""
    if by is None or by.strip() != ALL or not any(ref.subject for ref in ex.refs(*nodes)):
        return
    message = f"`by: all` counts the same rows for every {about}, so these cannot look at the {about} itself"
    help = f"say which rows belong to {article(about)}, or compare in a measure with `value`"
    builder.draft.fault("link", (spot / "by").value, message, help, len(by))
    raise Broken


def _link_by(builder: Builder, about: str, source: str, by: str, spot: Spot) -> Link:
    row_text, equals, subject_text = (part.strip() for part in by.partition("="))
    ref = builder.compile_part(row_text, 0, by, Scope(builder, source), spot).value
    if not isinstance(ref, ex.Ref) or (ref.name not in builder.contract[ref.type].fields and ref.name != "id"):
        help = "name a field that holds an id, such as account"
        builder.draft.fault("link", spot.value, f"'{by}' is no field of {article(source)}", help, len(by))
        raise Broken
    if (ref.type, ref.name) == (ACCOUNT, "tier") or (equals and (about, subject_text) == (ACCOUNT, "tier")):
        message = "rows cannot be joined by tier: it comes of the measures"
        help = "write `by: all` with `where: tier = 'A'`, a measure for each tier"
        builder.draft.fault("link", spot.value, message, help, len(by))
        raise Broken
    target = builder.contract[ref.type].fields.get(ref.name)
    own = builder.contract[about].fields
    path = (*ref.path, ref.name)
    if equals:
        if subject_text not in own and subject_text != "id":
            help = nearest(subject_text, (*own, "id")) or "write row field = subject field"
            builder.draft.fault("link", spot.value, f"{article(about)} has no field '{subject_text}'", help, len(by))
            raise Broken
        if subject_text != "id" and own[subject_text].kind is not ref.kind:
            message = f"'{row_text}' and '{subject_text}' are not of one kind, so they are never equal"
            builder.draft.fault("link", spot.value, message, "name two fields that hold the same", len(by))
            raise Broken
        return Link(path, subject_text)
    if target is not None and target.ref == about:
        return Link(path, "id")
    if target is not None and ref.name in own and own[ref.name].ref == target.ref and own[ref.name].kind is target.kind:
        return Link(path, ref.name)
    message = f"'{by}' does not lead from {article(source)} to {article(about)}"
    leading = [name for name, field in builder.contract[source].fields.items() if field.ref == about]
    help = nearest(by, leading) or (f"one of: {', '.join(leading)}" if leading else "name a field that both share")
    builder.draft.fault("link", spot.value, message, help, len(by))
    raise Broken
