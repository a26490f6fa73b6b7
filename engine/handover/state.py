"""How far the hand-over of a customer is: its facts, read as one of a few states with its next deadline."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.handover.ground import HANDOVER, Ground


class State(StrEnum):
    """How far it is. A proposal is none of the facts yet."""

    NOBODY = "nobody"  # nobody can be proposed
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    TOLD = "told"
    INTRODUCED = "introduced"
    COMPLETE = "complete"


STEPS = {State.TOLD: "told_on", State.INTRODUCED: "introduced_on", State.COMPLETE: "completed_on"}
BEFORE = {State.TOLD: State.ACCEPTED, State.INTRODUCED: State.TOLD, State.COMPLETE: State.INTRODUCED}
_DAYS = {
    State.ACCEPTED: "handover_tell_days", State.TOLD: "handover_introduce_days",
    State.INTRODUCED: "handover_complete_days",
}  # fmt: skip


@dataclass(frozen=True)
class Handover:
    """One row of fact type `handover`. `rep_from` hands over to `rep`, who is the carer from `since` on."""

    id: str
    account: str
    rep_from: str | None
    rep: str
    kind: str | None
    since: date | None
    opened_on: date | None
    accepted_on: date | None
    refused_on: date | None
    told_on: date | None
    introduced_on: date | None
    completed_on: date | None
    note: str | None

    @property
    def state(self) -> State:
        """The last step that has been made."""
        done = [state for state, field in STEPS.items() if getattr(self, field) is not None]
        return done[-1] if done else State.ACCEPTED

    @property
    def stands(self) -> bool:
        """Whether a manager has accepted it and nothing has taken its place."""
        return self.accepted_on is not None and self.refused_on is None


def handovers(ground: Ground) -> list[Handover]:
    """All that are known on the day, in the order they were opened."""
    if HANDOVER not in ground.policy.contract:
        return []
    return [Handover(*row) for row in ground.source.rows(_HANDOVERS)]


def standing(found: list[Handover]) -> dict[str, Handover]:
    """By account, the last one that a manager has accepted."""
    return {each.account: each for each in found if each.stands}


def refused(found: list[Handover]) -> dict[str, frozenset[str]]:
    """By account, the people whom a manager has refused for it."""
    names: dict[str, frozenset[str]] = {}
    for each in found:
        if each.refused_on is not None and each.accepted_on is None:
            names[each.account] = names.get(each.account, frozenset()) | {each.rep}
    return names


def due_on(ground: Ground, handover: Handover, tier: str) -> date | None:
    """By when the next step is due, by the tier's limits, counted from the day of acceptance; None when complete."""
    limit = _DAYS.get(handover.state)
    if limit is None or handover.accepted_on is None:
        return None
    return handover.accepted_on + timedelta(int(ground.limit(limit, tier)))


def changes_of_carer(ground: Ground, pending: dict[str, Handover]) -> dict[str, int]:
    """By account, how often its carer changed lately (`handover_change_days`), accepted changes to come included."""
    since = ground.today - timedelta(int(ground.limit("handover_change_days")))
    found = dict(ground.source.rows(_CHANGES, [since]))
    for account, handover in pending.items():
        if handover.since is not None and handover.since > ground.today:
            found[account] = found.get(account, 0) + 1
    return found


_HANDOVERS = """
select id, account, rep_from, rep, kind, since, opened_on, accepted_on, refused_on, told_on, introduced_on,
       completed_on, note
from handover order by opened_on nulls first, length(id), id
"""
# An account's first carer is no change, nor is a second row of the same one.
_CHANGES = """
select account, count(*) from (
  select account, since, rep, lag(rep) over (partition by account order by since, id) as earlier from assignment)
where since > $1 and earlier is not null and earlier <> rep
group by account
"""
