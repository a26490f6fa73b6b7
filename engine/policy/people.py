"""To whom a task may go."""

from engine.policy.building import Builder
from engine.policy.faults import nearest
from engine.policy.names import account_path
from engine.policy.reading import Spot

PEOPLE = ("owner", "second", "rep")


def check_assign(builder: Builder, text: str, about: str, spot: Spot) -> bool:
    """Whether `text` says who is meant, for a fact of type `about`; where not, a fault is noted."""
    rep = builder.contract.get("rep")
    if rep is None or "rep" in builder.faulty:
        return False  # nobody can say which roles there are
    roles = [str(role) for role in rep.fields["role"].one_of] if "role" in rep.fields else []
    first, *rest = text.split(".")
    known = (*PEOPLE, *roles)
    if first not in known:
        help = nearest(first, known) or f"one of: {', '.join(known)}"
        message = f"'{first}' is neither a role nor a person here" if first else "nobody is named here"
    elif rest and set(rest) != {"manager"}:
        message, help = f"'{text}' leads to nobody", f"only .manager may follow: {first}.manager"
    elif len(rest) > 3:
        message, help = f"'{text}' goes too far up", f"write {first}.manager.manager at most"
    elif first == "rep" and "rep" not in builder.contract[about].fields and about != "rep":
        message = f"a fact of type {about} has no rep of its own"
        help = "write owner" if account_path(builder.contract, about) is not None else "name a role, such as manager"
    else:
        return True
    builder.draft.fault("unknown-assignee", spot.value, message, help, max(len(text), 1))
    return False
