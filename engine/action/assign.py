"""Who gets a task. Nobody who has left, or has not begun, is ever assigned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from zlib import crc32

LEADERS = ("manager", "director", "gm")
NOBODYS = "unassigned"  # the queue of what nobody can take
_INSTEAD = {  # the role that stands in where nobody holds one
    "technician": "service",
    "compliance": "director",
    "director": "gm",
    "gm": "director",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A rep as known today; `active` is hired and not left; `weekly_hours` for customers, None where not recorded."""

    id: str
    name: str
    role: str
    active: bool
    department: str | None = None
    manager: str | None = None
    weekly_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Carers:
    """Who cares for an account today: the owner by the assignment in force, the second carer, the department."""

    account: str | None = None
    owner: str | None = None
    second: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task's person, or where there is none the queue that holds it."""

    person: str | None
    queue: str | None = None


class People:
    """Everyone who works or worked here, and who of them is active by role and department."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self.by_id: Mapping[str, Person] = {person.id: person for person in persons}
        self.departments = {p.department for p in self.by_id.values() if p.active and p.department is not None}
        self._roles: dict[tuple[str, str | None], list[str]] = {}
        for person in sorted(self.by_id.values(), key=lambda p: p.id):
            if person.active:
                self._roles.setdefault((person.role, None), []).append(person.id)
                if person.department is not None:
                    self._roles.setdefault((person.role, person.department), []).append(person.id)

    def active(self, person: str | None) -> bool:
        """Whether the person is known, hired and not left."""
        return person is not None and person in self.by_id and self.by_id[person].active

    def holders(self, role: str, department: str | None) -> list[str]:
        """The active people of the role in the department; of all departments where it has none."""
        near = self._roles.get((role, department)) if department is not None else None
        return near or self._roles.get((role, None), [])

    def managers(self, person: str | None) -> Iterator[str]:
        """The managers above a person, nearest first, whether active or not; each once."""
        seen = {person}
        while person is not None and person in self.by_id:
            person = self.by_id[person].manager
            if person is None or person in seen:
                return
            seen.add(person)
            yield person


def assign(to: str, carers: Carers, rep: str | None, people: People) -> Assignment:
    """Who takes a task meant for `to`: owner, second, rep (`rep`: the fact's own) or a role, or such a one's .manager.

    Falls back from owner to second, the owner's managers, the account's department as a queue (when somebody works
    there), director, gm. `x.manager` is never x. Several holders of a role: those of the account's department first,
    then spread by account.
    """
    whom, *managers = to.split(".")
    for person in _chain(whom, len(managers), carers, rep, people):
        if people.active(person):
            return Assignment(person)
    department = _department(carers, rep, people)
    if not managers and whom in ("owner", "second", "rep", "sales", "service", "technician"):
        if department in people.departments:
            return Assignment(None, department)
        for person in chain(_holder("director", carers, rep, people), _holder("gm", carers, rep, people)):
            return Assignment(person)
    return Assignment(None, department or NOBODYS)


def _chain(whom: str, above: int, carers: Carers, rep: str | None, people: People) -> Iterator[str | None]:
    """The people to try in turn, some of them missing or gone."""
    if above:
        yield from _above(whom, above, carers, rep, people)
    elif whom == "rep":
        yield rep
        yield from _owner_chain(carers, people) if carers.owner or carers.second else people.managers(rep)
    elif whom in ("owner", "sales"):
        yield from _owner_chain(carers, people)
    elif whom == "second":
        yield carers.second
        yield from _owner_chain(carers, people)
    elif whom == "manager":
        yield from _managers(carers.owner if carers.account else rep, carers, rep, people)
    elif whom == "trainer":
        yield from _holder("trainer", carers, rep, people)
        yield from _managers(carers.owner, carers, rep, people)
    elif whom in ("service", "technician"):
        yield from _roles(whom, carers, rep, people)
        yield from _owner_chain(carers, people)
    else:
        yield from _roles(whom, carers, rep, people)


def _owner_chain(carers: Carers, people: People) -> Iterator[str | None]:
    yield carers.owner
    yield carers.second
    yield from people.managers(carers.owner)


def _above(whom: str, above: int, carers: Carers, rep: str | None, people: People) -> Iterator[str | None]:
    """The managers `above` steps over the one meant, then whoever manages instead; never the one meant."""
    if whom in ("owner", "second", "rep"):
        base = {"owner": carers.owner, "second": carers.second, "rep": rep}[whom]
    else:
        base = next(filter(people.active, _chain(whom, 0, carers, rep, people)), None)
    ladder = [base, *people.managers(base)]
    yield from ladder[above:]
    leads = base is not None and base in people.by_id and people.by_id[base].role in LEADERS
    instead = _roles("director", carers, rep, people) if leads else _managers(None, carers, rep, people)
    yield from (p for p in instead if p != base)


def _managers(person: str | None, carers: Carers, rep: str | None, people: People) -> Iterator[str | None]:
    """The person's managers, else a manager of the department, else the director, else the gm."""
    yield from people.managers(person)
    yield from _holder("manager", carers, rep, people)
    yield from _roles("director", carers, rep, people)


def _roles(role: str | None, carers: Carers, rep: str | None, people: People) -> Iterator[str]:
    """Holders of the role, then of the roles that stand in for it."""
    tried: set[str] = set()
    while role is not None and role not in tried:
        tried.add(role)
        yield from _holder(role, carers, rep, people)
        role = _INSTEAD.get(role)


def _holder(role: str, carers: Carers, rep: str | None, people: People) -> Iterator[str]:
    """The active holders of a role for this account, beginning with the one it falls to."""
    found = people.holders(role, _department(carers, rep, people))
    if found:
        start = crc32((carers.account or rep or "").encode()) % len(found)
        yield from found[start:]
        yield from found[:start]


def _department(carers: Carers, rep: str | None, people: People) -> str | None:
    """The account's department, else its owner's, else that of the fact's rep."""
    for person in (carers.owner, rep):
        if carers.department is None and person is not None and person in people.by_id:
            department = people.by_id[person].department
            if department is not None:
                return department
    return carers.department
