"""Who leaves with customers in hand: from the notice on, not from the last day."""

from dataclasses import dataclass
from datetime import date

from engine.handover.ground import LEAVING, Ground
from engine.handover.state import Handover, State, handovers, standing


@dataclass(frozen=True)
class Leaver:
    """Somebody who has given notice, whose last day is set, or who has left.

    `held`: customers still to be handed over, by tier; `steps`: those handed over, by the state each has reached.
    `manager` decides: the first one upwards who stays, None where there is none.
    """

    rep: str
    label: str
    department: str | None
    manager: str | None
    notice_on: date | None
    left_on: date | None
    gone: bool
    closed_on: date | None
    held: dict[str, int]
    steps: dict[State, int]

    @property
    def open(self) -> bool:
        """Whether anything is left to do."""
        return bool(sum(self.held.values())) or any(n for state, n in self.steps.items() if state != State.COMPLETE)


def leavers(ground: Ground) -> list[Leaver]:
    """All who leave, and those who have left lately or left something behind; the one who goes first stands first."""
    found = handovers(ground)
    moved = {account: each for account, each in standing(found).items() if each.kind == LEAVING}
    held = _held(ground, moved)
    watch = int(ground.limit("watch_days"))
    all = []
    for rep, department, notice_on, left_on, active, closed_on in ground.source.rows(_LEAVERS):
        steps = dict.fromkeys((State.ACCEPTED, State.TOLD, State.INTRODUCED, State.COMPLETE), 0)
        for each in moved.values():
            if each.rep_from == rep:
                steps[each.state] += 1
        one = Leaver(
            rep, ground.label(rep), department, decider(ground, rep), notice_on, left_on, not active, closed_on,
            held.get(rep, {}), steps,
        )  # fmt: skip
        recent = left_on is not None and (ground.today - left_on).days <= watch
        if active or one.open or (recent and any(steps.values())):
            all.append(one)
    return all


def is_leaving(ground: Ground, rep: str) -> bool:
    """Whether a person has given notice, has a last day, or has left."""
    return not ground.source.rows("select 1 from handover_staying where id = $1", [rep])


def decider(ground: Ground, rep: str) -> str | None:
    """Who decides about a person's customers: the first manager upwards who stays, else a director or general manager.

    A manager who is the leaver, or who leaves as well, decides nothing.
    """
    people = {id: (manager, stays) for id, manager, stays in ground.source.rows(_STAYING)}
    seen, at = {rep}, people.get(rep, (None, False))[0]
    while at is not None and at not in seen:
        seen.add(at)
        manager, stays = people.get(at, (None, False))
        if stays:
            return str(at)
        at = manager
    above = ground.source.rows(_ABOVE, [rep])
    return str(above[0][0]) if above else None


def _held(ground: Ground, moved: dict[str, Handover]) -> dict[str, dict[str, int]]:
    """By person and tier, the customers that nobody has been accepted for."""
    counts: dict[str, dict[str, int]] = {}
    for id, owner, tier in ground.source.rows("select id, owner, tier from handover_customer where owner is not null"):
        done = moved.get(id)
        if done is None or done.rep_from != owner:
            of = counts.setdefault(owner, {})
            of[tier] = of.get(tier, 0) + 1
    return counts


_LEAVERS = """
select id, department, notice_on, left_on, active, handed_over_on
from rep where notice_on is not null or left_on is not null or not active
order by left_on nulls last, notice_on, id
"""
_STAYING = "select r.id, r.manager, s.id is not null from rep r left join handover_staying s using (id)"
_ABOVE = """
select id from handover_staying
where role in ('manager', 'director', 'gm') and id <> $1
order by case role when 'director' then 0 when 'gm' then 1 else 2 end, id limit 1
"""
