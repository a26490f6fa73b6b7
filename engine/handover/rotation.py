"""Whose turn it is to get another carer: one after the other, never too many of a team at once (D1.loyalty.rotate)."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import UsageError
from engine.facts.sources import nearest
from engine.handover.ground import ROTATION, Ground
from engine.handover.state import Handover, handovers, standing
from engine.policy.kinds import Kind


@dataclass(frozen=True)
class Turn:
    """A customer whose carer has had it beyond the rotation time, with the team of the carer.

    `now`: whether it is its turn; else so many others of the team and tier are under way, or stand before it.
    """

    account: str
    owner: str
    team: str | None
    tier: str
    days: int
    now: bool


def turns(ground: Ground, pending: Mapping[str, Handover], team: str | None = None) -> list[Turn]:
    """All that are due, the longest held first; `team` is a department, or a manager's id.

    Of a team's customers of one tier at most the share `rotation_share` is under way or in turn at once, but one in any
    case, and only one of a single carer's. Customers of leavers are handed over anyway.
    """
    source = ground.source
    source.measured("account", {"rotation_due": Kind.BOOLEAN, "days_with_owner": Kind.INTEGER}, "handover_rotation")
    rows = source.rows(_DUE)
    held: dict[tuple[str | None, str], int] = {}
    for who, tier, count in source.rows(_HELD):
        held[who, tier] = count
    room = {
        key: max(1, int(count * ground.limit("rotation_share", key[1]))) for key, count in held.items()
    }  # fmt: skip
    busy: set[str] = set()
    teams = dict(source.rows("select id, coalesce(department, manager) from rep"))
    tiers = dict(source.rows("select id, tier from handover_customer"))
    for account, each in pending.items():
        if each.kind == ROTATION and each.completed_on is None and account in tiers and each.rep_from is not None:
            busy.add(each.rep_from)
            key = (teams.get(each.rep_from), tiers[account])
            room[key] = room.get(key, 1) - 1
    found = []
    for account, owner, department, manager, tier, days in rows:
        if account in pending and pending[account].completed_on is None:
            continue
        key = (department or manager, tier)
        now = room.get(key, 1) > 0 and owner not in busy
        if now:
            room[key] = room.get(key, 1) - 1
            busy.add(owner)
        if team is None or team in (department, manager):
            found.append(Turn(account, owner, department or manager, tier, days, now))
    return found


def counts(ground: Ground) -> dict[str, int]:
    """How many customers are due for another carer, how many of them are in turn, and how many are under way."""
    now = standing(handovers(ground))
    found = turns(ground, now)
    under_way = sum(each.kind == ROTATION and each.completed_on is None for each in now.values())
    return {"due": len(found), "now": sum(turn.now for turn in found), "under_way": under_way}


def check_team(ground: Ground, team: str) -> None:
    """Raises UsageError with the nearest name where there is no such team."""
    rows = ground.source.rows("select department from rep union select manager from rep order by 1")
    known = [name for (name,) in rows if name is not None]
    if team not in known:
        near = nearest(team, known)
        raise UsageError(
            f"there is no team '{team[:80]}'",
            f"did you mean {near}?" if near else "name a department, or a manager's id",
        )


_DUE = """
select c.id, c.owner, r.department, r.manager, c.tier, m.days_with_owner
from handover_customer c join handover_rotation m on m.id = c.id join handover_staying r on r.id = c.owner
where m.rotation_due
order by c.tier, m.days_with_owner desc, c.id
"""
_HELD = """
select coalesce(r.department, r.manager), c.tier, count(*)
from handover_customer c join rep r on r.id = c.owner group by all
"""
