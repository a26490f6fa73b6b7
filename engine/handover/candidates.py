"""Which customers move, and who could take them: here, staying, not away for long, with their load and skills."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.handover.ground import Ground
from engine.handover.state import Handover

SKILLS = ("service_skill", "product_skill", "communication_skill")
# Who may take customers, group after group: the next one only where nobody of the one before is there.
FALLBACK = (("manager",), ("director", "gm"), ("service", "technician", "trainer"), ("compliance",))


@dataclass(frozen=True)
class Moving:
    """A customer that needs a new carer. `hours`: what it is due a week; `value`: its yearly orders."""

    id: str
    name: str
    tier: str
    owner: str | None
    second: str | None
    department: str | None
    places: tuple[str, ...]
    hours: float
    value: float
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take over. `hours`, `value`: of the customers held, those to come included."""

    id: str
    label: str
    role: str
    department: str | None
    region: str | None
    manager: str | None
    capacity: float
    assumed: bool
    skills: Mapping[str, int] = field(default_factory=dict)
    hours: float = 0.0
    value: float = 0.0


def moving(ground: Ground, accounts: Collection[str], barred: Mapping[str, frozenset[str]]) -> list[Moving]:
    """These customers by id. `department` is that of their carer; `barred`: people refused for them."""
    rows = ground.source.rows(_MOVING, [sorted(accounts)])
    return [
        Moving(id, name, tier, owner, second, department, tuple(filter(None, (province, city))), hours, value,
               barred.get(id, frozenset()))
        for id, name, tier, owner, second, department, province, city, hours, value in rows
    ]  # fmt: skip


def candidates(ground: Ground, leaving: Collection[Moving], coming: Mapping[str, Handover]) -> list[Candidate]:
    """Who could take these customers, by id.

    Sales people and those of the leavers' own role; where none of them is there, managers, then directors, then others.
    A customer's second carer is one whatever the role. `coming`: by account, the accepted hand-overs; they count for
    the person who takes over. `leaving` no longer count for those who hold them.
    """
    load = _load(ground, {each.id for each in leaving}, coming)
    away = _away_long(ground)
    there = [row for row in ground.source.rows(_PEOPLE) if row[0] not in away]
    roles = {row[0]: row[1] for row in ground.source.rows("select id, role from rep")}
    first = ("sales", *sorted({roles.get(each.owner or "", "sales") for each in leaving} - {"sales", "gm"}))
    group = next((g for g in (first, *FALLBACK) if any(row[1] in g for row in there)), ())
    seconds = {each.second for each in leaving}
    share, assumed = ground.limit("handover_load_share"), ground.limit("handover_hours")
    found = []
    for id, role, department, region, manager, weekly, *rated in there:
        if role not in group and id not in seconds:
            continue
        hours, value = load.get(id, (0.0, 0.0))
        skills = {name: int(rate) for name, rate in zip(SKILLS, rated, strict=True) if rate is not None}
        capacity = (assumed if weekly is None else float(weekly)) * share
        found.append(
            Candidate(id, ground.label(id), role, department, region, manager, capacity, weekly is None, skills,
                      hours, value)
        )  # fmt: skip
    return _nearest(found, leaving, int(ground.limit("handover_pool")))


def _nearest(found: list[Candidate], leaving: Collection[Moving], most: int) -> list[Candidate]:
    """At most so many: second carers and the own departments first, then whoever has the most room."""
    seconds, departments = {each.second for each in leaving}, {each.department for each in leaving}
    ranked = sorted(
        found, key=lambda c: (c.id not in seconds, c.department not in departments, c.hours - c.capacity, c.id)
    )
    return sorted(ranked[:most], key=lambda c: c.id)


def _load(ground: Ground, leaving: Collection[str], coming: Mapping[str, Handover]) -> dict[str, tuple[float, float]]:
    """Hours a week and value of what each person holds, once accepted hand-overs are through."""
    loads: dict[str, tuple[float, float]] = {}
    for id, owner, hours, value in ground.source.rows(
        "select id, owner, hours, spend from handover_customer order by id"
    ):
        if id in leaving:
            continue
        to = coming.get(id)
        taken = to is not None and to.since is not None and to.since > ground.today
        who = to.rep if to is not None and taken else owner
        before = loads.get(who, (0.0, 0.0))
        loads[who] = (before[0] + hours, before[1] + value)
    return {who: (round(hours, 6), round(value, 2)) for who, (hours, value) in loads.items()}


def _away_long(ground: Ground) -> frozenset[str]:
    """Who is away, or will be within the same time, for longer than `handover_away_days`."""
    most = int(ground.limit("handover_away_days"))
    ahead = ground.today + timedelta(most)
    found = set()
    for rep, since, until in ground.source.rows(_ABSENCES):
        first, last = max(since or date.min, ground.today), until or date.max
        if first <= ahead and last >= ground.today and (last - first).days + 1 > most:
            found.add(rep)
    return frozenset(found)


_MOVING = """
select c.id, c.name, c.tier, c.owner, c."second", r.department, c.province, c.city, c.hours, c.spend
from handover_customer c left join rep r on r.id = c.owner
where c.id in (select unnest($1)) order by c.id
"""
_PEOPLE = """
select id, role, department, region, manager, weekly_hours, service_skill, product_skill, communication_skill
from handover_staying order by id
"""
_ABSENCES = 'select rep, coalesce(since, told_on), "until" from absence order by all'
