"""What the names in an expression stand for.

They resolve in this order: `let` of the rule, fields of the row's type (refs followed by dots), measures on it, its
account's, its owner's, tier, limits, today. In a measure that is taken from rows these are the names of a row; those
of its subject stand behind `subject.`, or behind the subject type's name where the rows are of another type.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.policy.contract import Contract
from engine.policy.expressions import Case, Compare, Expression, Literal, Ref, Today
from engine.policy.faults import nearest
from engine.policy.kinds import Kind
from engine.policy.model import SEVERITIES, Limit
from engine.policy.wrong import Broken

ACCOUNT = "account"
SUBJECT = "subject"  # in a measure, the fact that it is about
RISK_NAMES: Mapping[str, Kind] = {"risk": Kind.TEXT, "score": Kind.NUMBER}
COUNT_NAMES = ("any", "different", *SEVERITIES)


RISK_VALUES = ("red", "amber", "green")
MAX_PATH = 6  # refs that a name may follow
_TODAY = ("now", "date", "current_date", "sysdate", "getdate", "current_day")


class UnknownName(Exception):
    """A name that stands for nothing here. `position` is the index of the part that is wrong."""

    def __init__(self, position: int, message: str, help: str = "") -> None:
        super().__init__(message)
        self.position, self.message, self.help = position, message, help


class Known(Protocol):
    """What a scope needs to know of the rest of the policy."""

    @property
    def contract(self) -> Contract: ...
    @property
    def limits(self) -> Mapping[str, Limit]: ...
    def measure_kind(self, about: str, name: str) -> Kind | None:
        """The kind of a measure; None where there is none of the name. Raises Broken where it has a fault."""

    def measure_names(self, about: str) -> Iterator[str]:
        """The names of the measures about a type."""

    def measure_about(self, name: str) -> str | None:
        """The type that the measure of this name is about, None where there is none."""

    def is_rule(self, name: str) -> bool:
        """Whether a signal is called so."""

    def unsure(self, type: str, name: str) -> bool:
        """Whether the name may stand in something with a fault: the type itself, or a file that cannot be read."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: the type of its row, the subject of its measure, and what else it may use.

    `lets` holds None for those that have a fault; `later` those that stand further below.
    """

    known: Known
    about: str
    subject: str | None = None
    lets: Mapping[str, Expression | None] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    risk: bool = False  # whether risk, score and signals.* are known here
    signals: bool = False  # whether signal() may be called here


def account_path(contract: Contract, type: str) -> tuple[str, ...] | None:
    """The refs from a fact of the type to its account; None where it concerns a person or the company."""
    if type == ACCOUNT:
        return ()
    fields = contract[type].fields
    return (ACCOUNT,) if ACCOUNT in fields and fields[ACCOUNT].ref == ACCOUNT else None


def listed(contract: Contract, ref: Ref) -> tuple[str | int, ...]:
    """The closed list of values that a name has, or nothing."""
    if (ref.type, ref.name) == (ACCOUNT, "risk"):
        return RISK_VALUES
    known = contract[ref.type].fields.get(ref.name)
    return known.one_of if known else ()


def resolve(scope: Scope, parts: tuple[str, ...]) -> Expression:
    """What the dotted name stands for. Raises UnknownName, or Broken where a fault elsewhere hides the answer."""
    try:
        return _resolve(scope, parts)
    except UnknownName as unknown:
        types = (scope.about, *((scope.subject,) if scope.subject else ()))
        if any(scope.known.unsure(type, parts[min(unknown.position, len(parts) - 1)]) for type in types):
            raise Broken from None
        raise


def _resolve(scope: Scope, parts: tuple[str, ...]) -> Expression:
    for attempt in (_let, _special, _on_row, _on_subject, _on_account):
        found = attempt(scope, parts)
        if found is not None:
            return found
    name = parts[0]
    if len(parts) == 1 and name in scope.known.contract:
        help = "name one of its fields, or write a measure that counts its rows"
        raise UnknownName(0, f"'{name}' is a type of fact, not a value", help)
    raise UnknownName(0, f"nothing here is called '{'.'.join(parts)}'", _help(scope, parts))


def _help(scope: Scope, parts: tuple[str, ...]) -> str:
    """The way out for a name that means nothing."""
    name, known = parts[0], scope.known
    if len(parts) == 1:
        about = known.measure_about(name)
        if name in scope.later:
            return "it is defined below: a `let` uses only those above it"
        if name in known.limits:
            return f"did you mean 'limit.{name}'?"
        if account_path(known.contract, scope.about) and (name in known.contract[ACCOUNT].fields or about == ACCOUNT):
            return f"did you mean 'account.{name}'?"
        if scope.subject and (name in known.contract[scope.subject].fields or about == scope.subject):
            return f"did you mean '{scope.subject}.{name}'?"
        if known.is_rule(name):
            return f"did you mean signal('{name}')?"
        if about is not None:
            return f"the measure of this name is about {about}, not about {scope.about}"
        if name.lower() in _TODAY:
            return "did you mean 'today'?"
        if name == SUBJECT and scope.subject:
            return f"write subject.name: what the {scope.subject} that the measure is about has"
    if name == SUBJECT and scope.subject is None:
        return "subject stands only in `where` and `take` of a measure; here write the name alone"
    names = list(dict.fromkeys(candidate_names(scope)))
    some = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    return nearest(name, names) or f"a text needs quotes around it: '{name}'; known names: {some}"


def candidate_names(scope: Scope) -> Iterator[str]:
    """The names that could stand in the scope, for the nearest right one."""
    yield from scope.lets
    yield from ("today", "limit")
    if account_path(scope.known.contract, scope.about) is not None:
        yield from ("tier", "account", "owner")
    yield from scope.known.contract[scope.about].fields
    yield from scope.known.measure_names(scope.about)
    if scope.subject:
        yield from (scope.subject, SUBJECT)
    if scope.risk:
        yield from (*RISK_NAMES, "signals")


def limit_expression(scope: Scope, limit: Limit) -> Expression:
    """A limit's value: a constant, or a choice by the account's tier. Raises UnknownName where there is no account."""
    if None in limit.values:
        return Literal(limit.values[None], limit.kind)
    tier = _tier(scope)
    if tier is None:
        raise UnknownName(
            1, f"limit.{limit.name} differs by tier, but a fact of type {scope.about} has no account and so no tier",
            "use a limit with one value for all",
        )  # fmt: skip
    branches = tuple(
        (Compare("=", tier, Literal(name or "", Kind.TEXT)), Literal(value, limit.kind))
        for name, value in limit.values.items()
    )
    return Case(branches, None, limit.kind)


def _let(scope: Scope, parts: tuple[str, ...]) -> Expression | None:
    if len(parts) != 1 or parts[0] not in scope.lets:
        return None
    found = scope.lets[parts[0]]
    if found is None:
        raise Broken
    return found


def _special(scope: Scope, parts: tuple[str, ...]) -> Expression | None:
    if parts == ("today",):
        return Today()
    if parts[0] == "limit":
        limits = scope.known.limits
        if len(parts) == 2 and parts[1] in limits:
            return limit_expression(scope, limits[parts[1]])
        wrong = parts[1] if len(parts) > 1 else ""
        if not wrong or wrong in limits:
            message = "a limit is written limit.name" if not wrong else f"'limit.{wrong}' has no parts of its own"
            raise UnknownName(len(parts) - 1, message, "as in limit.grace_days")
        help = nearest(wrong, limits) or "add it to rules/limits.yaml"
        raise UnknownName(1, f"there is no limit '{wrong}'", help)
    if parts == ("tier",):
        tier = _tier(scope)
        if tier is None:
            help = "this is about a person or the company"
            raise UnknownName(0, f"a fact of type {scope.about} has no account, so there is no tier here", help)
        return tier
    if parts[0] in RISK_NAMES or parts[0] == "signals":
        return _risk(scope, parts)
    return None


def _risk(scope: Scope, parts: tuple[str, ...]) -> Expression:
    if not scope.risk:
        raise UnknownName(
            0, f"'{'.'.join(parts)}' comes of the signals, so it is known only in risk and in plays",
            "a signal rests on another one by signal('its-name')",
        )  # fmt: skip
    path = account_path(scope.known.contract, scope.about)
    if path is None:
        help = "this is about a person or the company"
        raise UnknownName(0, f"a fact of type {scope.about} has no account, so there is no risk here", help)
    if parts[0] in RISK_NAMES and len(parts) == 1:
        return Ref(path, ACCOUNT, parts[0], RISK_NAMES[parts[0]])
    if parts[0] == "signals" and len(parts) == 2 and parts[1] in COUNT_NAMES:
        return Ref(path, ACCOUNT, ".".join(parts), Kind.INTEGER)
    known = ", ".join(f"signals.{name}" for name in COUNT_NAMES)
    help = nearest(parts[-1], COUNT_NAMES) or f"there are: {known}"
    raise UnknownName(len(parts) - 1, f"there is no '{'.'.join(parts)}'", help)


def _tier(scope: Scope) -> Ref | None:
    path = account_path(scope.known.contract, scope.about)
    if path is not None:
        return Ref(path, ACCOUNT, "tier", Kind.TEXT)
    if scope.subject and (path := account_path(scope.known.contract, scope.subject)) is not None:
        return Ref(path, ACCOUNT, "tier", Kind.TEXT, subject=True)
    return None


def _on_row(scope: Scope, parts: tuple[str, ...]) -> Expression | None:
    """A name of the row; its type before it is optional, but does not tell rows from a subject of the same type."""
    if parts[0] == scope.about == scope.subject and len(parts) > 1:
        name = ".".join(parts[1:])
        message = f"'{'.'.join(parts)}' may be of the row or of the {scope.about} that the measure is about"
        raise UnknownName(0, message, f"write {name} for the row's, subject.{name} for the other's")
    if parts[0] == scope.about and len(parts) > 1 and parts[0] not in scope.known.contract[scope.about].fields:
        return _walk(scope, scope.about, (), parts[1:], 1, False)
    return _walk(scope, scope.about, (), parts, 0, False)


def _on_subject(scope: Scope, parts: tuple[str, ...]) -> Expression | None:
    if scope.subject is None or len(parts) < 2 or parts[0] not in (scope.subject, SUBJECT):
        return None
    return _walk(scope, scope.subject, (), parts[1:], 1, True)


def _on_account(scope: Scope, parts: tuple[str, ...]) -> Expression | None:
    path = account_path(scope.known.contract, scope.about)
    if parts[0] != "owner" or path is None:
        return None
    return _walk(scope, ACCOUNT, path, parts, 0, False)


def _walk(
    scope: Scope, type: str, path: tuple[str, ...], parts: tuple[str, ...], skipped: int, subject: bool
) -> Expression | None:
    """Follow `parts` from a fact of `type`; None where already the first part is unknown there."""
    known = scope.known
    for i, part in enumerate(parts):
        fields = known.contract[type].fields
        last = i == len(parts) - 1
        if part in fields and last:
            return Ref(path, type, part, fields[part].kind, subject)
        if part in fields:
            target = fields[part].ref
            if target is None:
                message = f"'{part}' is a {fields[part].kind} and has no fields of its own"
                raise UnknownName(i + skipped + 1, message, f"write {'.'.join(parts[: i + 1])} alone")
            if len(path) == MAX_PATH:
                message = f"a name goes over at most {MAX_PATH} other facts"
                raise UnknownName(i + skipped, message, "write a measure about the fact in the middle")
            path, type = (*path, part), target
            continue
        if last and part == "id":
            return Ref(path, type, "id", Kind.TEXT, subject)
        kind = known.measure_kind(type, part) if last else None
        if kind is not None:
            return Ref(path, type, part, kind, subject)
        if i == 0 and not skipped:
            return None
        if known.unsure(type, part):
            raise Broken
        names = (*fields, "id", *known.measure_names(type))
        if not last:
            names = tuple(name for name in fields if fields[name].ref)
        help = nearest(part, names) or f"it has: {', '.join(names[:12])}{' …' if len(names) > 12 else ''}"
        raise UnknownName(i + skipped, f"a fact of type {type} has no '{part}'", help)
    return None
