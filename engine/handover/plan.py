"""A person's hand-over as a whole: every customer with its new carer or the proposal, and what moves along."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.handover.candidates import Candidate, Moving, candidates, moving
from engine.handover.closing import Matter, open_matters
from engine.handover.ground import HANDOVER, LEAVING, ROTATION, Ground
from engine.handover.leavers import decider, is_leaving
from engine.handover.proposing import Proposal, Weights, propose
from engine.handover.reasons import reasons
from engine.handover.rotation import check_team, turns
from engine.handover.state import STEPS, Handover, State, changes_of_carer, due_on, handovers, refused, standing
from engine.policy.kinds import Kind
from engine.reports.table import Said
from engine.store.tellings import tellings_of


@dataclass(frozen=True)
class Watch:
    """Orders before and after the change: of `watch_days` before it, and of the `days` since."""

    before: Decimal | None
    after: Decimal | None
    days: int
    of: int


@dataclass(frozen=True)
class Line:
    """One customer of a hand-over. `rep`: who takes over or is proposed.

    `asks`: its carer has changed as often as may be without a manager's word (`changes` times). `said`: the steps
    that were made, each with its day and who said so, where it was told. `due_on`: by when the next step is due.
    """

    account: str
    name: str
    tier: str
    hours: float
    value: float
    owner: str | None
    state: State
    rep: str | None
    reasons: tuple[Said, ...] = ()
    asks: bool = False
    changes: int = 0
    change_days: int = 0
    refused: tuple[str, ...] = ()
    handover: Handover | None = None
    said: tuple[tuple[State, date, str | None], ...] = ()
    due_on: date | None = None
    watch: Watch | None = None


@dataclass(frozen=True)
class Load:
    """Hours a week of somebody who is to take customers: before, after, and how many there are for them."""

    rep: str
    accounts: int
    before: float
    after: float
    capacity: float


@dataclass(frozen=True)
class Plan:
    """All of a person's hand-over, or of a team's rotation (`rep` is then None).

    `manager` decides. `matters` move along; `loads`: those who are proposed.
    """

    kind: str
    rep: str | None
    department: str | None
    manager: str | None
    notice_on: date | None
    left_on: date | None
    closed_on: date | None
    lines: tuple[Line, ...]
    matters: tuple[Matter, ...]
    loads: tuple[Load, ...]

    @property
    def missing(self) -> tuple[Line | Matter, ...]:
        """What has no active carer yet, for which the departure cannot be closed."""
        lines = [line for line in self.lines if line.handover is None]
        return (*lines, *(matter for matter in self.matters if matter.carer is None))


def plan_of(ground: Ground, rep: str) -> Plan:
    """The hand-over of a leaver's customers; of anybody else the rotation that is in turn or under way."""
    found = handovers(ground)
    now = standing(found)
    kind = LEAVING if is_leaving(ground, rep) else ROTATION
    done = [
        each for each in now.values()
        if each.rep_from == rep and (kind == LEAVING or each.completed_on is None or _watched(ground, each))
    ]  # fmt: skip
    if kind == LEAVING:
        owned = ground.source.rows("select id from handover_customer where owner = $1", [rep])
        moved = {each.account for each in done}
        waiting = {id for (id,) in owned if id not in moved}
        lines, loads = _proposed(ground, waiting, found, now)
    else:
        lines, loads = _in_turn(ground, found, now, {rep})
    lines += _under_way(ground, done)
    carers = {line.account: _carer(ground, rep, line) for line in lines}
    matters = open_matters(ground, rep, carers, carers) if kind == LEAVING else []
    [row] = ground.source.rows("select department, notice_on, left_on, handed_over_on from rep where id = $1", [rep])
    department, notice_on, left_on, closed_on = row
    return Plan(
        kind, rep, department, decider(ground, rep), notice_on, left_on, closed_on, _in_order(lines), tuple(matters),
        tuple(loads),
    )  # fmt: skip


def rotation_of(ground: Ground, team: str | None) -> Plan:
    """The customers whose turn it is to get another carer, of one team or of all, and those under way."""
    if team is not None:
        check_team(ground, team)
    found = handovers(ground)
    now = standing(found)
    rows = ground.source.rows("select id, department, manager from rep")
    members = {id for id, department, manager in rows if team is None or team in (department, manager)}
    lines, loads = _in_turn(ground, found, now, members)
    done = [
        each for each in now.values()
        if each.kind == ROTATION and each.rep_from in members and (each.completed_on is None or _watched(ground, each))
    ]  # fmt: skip
    lines += _under_way(ground, done)
    return Plan(ROTATION, None, team, None, None, None, None, _in_order(lines), (), tuple(loads))


def weights_of(ground: Ground) -> Weights:
    """The terms of the division as the policy weighs them."""
    names = ("department", "second", "region", "skill", "load", "value", "over")
    return Weights(**{name: round(ground.limit(f"handover_weight_{name}")) for name in names})


def _in_turn(
    ground: Ground, found: list[Handover], now: Mapping[str, Handover], owners: Collection[str]
) -> tuple[list[Line], list[Load]]:
    """The proposals for all that are in turn, then those whose owner is wanted: a part is proposed as the whole is."""
    due = [turn for turn in turns(ground, now) if turn.now]
    lines, loads = _proposed(ground, {turn.account for turn in due}, found, now)
    kept = [line for line in lines if line.owner in owners]
    people = {line.rep for line in kept}
    return kept, [load for load in loads if load.rep in people]


def _proposed(
    ground: Ground, accounts: Collection[str], found: list[Handover], now: Mapping[str, Handover]
) -> tuple[list[Line], list[Load]]:
    barred = refused(found)
    customers = moving(ground, accounts, barred)
    people = candidates(ground, customers, now)
    care = {tier: ground.care(tier) for tier in {each.tier for each in customers}}
    proposals = propose(customers, people, care, weights_of(ground))
    changes = changes_of_carer(ground, dict(now))
    most = int(ground.limit("handover_changes"))
    by_id = {person.id: person for person in people}
    lines = [
        _line(ground, each, proposals[each.id], by_id, changes.get(each.id, 0), most) for each in customers
    ]  # fmt: skip
    return lines, _loads(customers, people, proposals)


def _line(
    ground: Ground, each: Moving, proposal: Proposal, people: Mapping[str, Candidate], changes: int, most: int
) -> Line:
    to = people.get(proposal.rep or "")
    said = reasons(each, to, proposal, proposal.fit) if to is not None and proposal.fit is not None else ()
    return Line(
        each.id, each.name, each.tier, each.hours, each.value, each.owner,
        State.PROPOSED if to else State.NOBODY, proposal.rep, said, changes >= most, changes,
        int(ground.limit("handover_change_days")), tuple(sorted(ground.label(rep) for rep in each.barred)),
    )  # fmt: skip


def _loads(customers: Sequence[Moving], people: Sequence[Candidate], proposals: Mapping[str, Proposal]) -> list[Load]:
    loads = []
    for person in people:
        mine = [each for each in customers if proposals[each.id].rep == person.id]
        if mine:
            after = person.hours + sum(each.hours for each in mine)
            loads.append(
                Load(person.id, len(mine), round(person.hours, 1), round(after, 1), round(person.capacity, 1))
            )  # fmt: skip
    return loads


def _under_way(ground: Ground, done: Collection[Handover]) -> list[Line]:
    source = ground.source
    wanted = {"spend_before_change": Kind.MONEY, "spend_since_change": Kind.MONEY, "days_with_owner": Kind.INTEGER}
    source.measured("account", wanted, "handover_watch")
    watched = {id: rest for id, *rest in source.rows(_WATCHED)}
    customers = {each.id: each for each in moving(ground, [each.account for each in done], {})}
    words = tellings_of(ground.store, HANDOVER, [each.id for each in done])
    lines = []
    for each in done:
        customer = customers.get(each.account)
        if customer is None:  # lost since
            continue
        who = {name: t.who for t in words.get(each.id, ()) if t.undone_at is None for name in t.fields}
        steps = (
            (state, getattr(each, field), who.get(field))
            for state, field in ((State.ACCEPTED, "accepted_on"), *STEPS.items())
        )
        said = tuple((state, day, by) for state, day, by in steps if day is not None)
        watch = None
        if each.since is not None and each.since <= ground.today and customer.owner == each.rep:
            before, after, days = watched.get(each.account, (None, None, None))
            watch = Watch(before, after, days or 0, int(ground.limit("watch_days")))
        base = (customer.id, customer.name, customer.tier, customer.hours, customer.value, customer.owner)
        due = due_on(ground, each, customer.tier)
        lines.append(Line(*base, each.state, each.rep, handover=each, said=said, due_on=due, watch=watch))
    return lines


def _watched(ground: Ground, each: Handover) -> bool:
    """Whether the customer's orders are still looked at."""
    return each.since is not None and (ground.today - each.since).days <= ground.limit("watch_days")


def _carer(ground: Ground, leaver: str, line: Line) -> str | None:
    """Who has the customer once the leaver has gone; None where nobody does."""
    who = line.rep if line.handover is not None else None
    if who is None or who == leaver:
        return None
    there = ground.source.rows("select 1 from handover_staying where id = $1",
                               [who])  # fmt: skip
    return who if there else None


def _in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.tier, -line.value, line.account)))


_WATCHED = "select id, spend_before_change, spend_since_change, days_with_owner from handover_watch"
