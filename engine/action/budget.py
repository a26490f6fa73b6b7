"""The nightly budget: which new matters wait since nobody has the time. docs/capacity.md tells the rules.

Only new episodes wait, as a whole; the next steps of living ones come, and take their place on the list first. A
matter waits where one of the people who would have its first tasks has no room; nothing is ever dropped.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from typing import NamedTuple, Protocol

from engine.action.assign import Carers
from engine.action.decide import ready_steps
from engine.action.facts import Facts, load_reps_of
from engine.action.hours import CONTACTS, Budget, budget, task_hours
from engine.action.lists import Count, Room, rooms, week_hours
from engine.action.place import There, place
from engine.action.tonight import Tonight
from engine.policy.model import Play, Policy

Meeting = tuple[str, str, str]  # person, account, contact: open tasks of one are one task


class Wanted(NamedTuple):
    """A task that somebody whose hours are recorded would get tonight; `begins`: with a new episode, and may wait.

    `place`: of its account's tier among the classes, from 0; `value`: what the account counts for in the ranking;
    `since`: from which night on its matter has waited, None where it has not. `free`: it would join an open task.
    """

    key: str
    step: str
    begins: bool
    play: str
    subject: str
    account: str | None
    priority: int
    person: str
    contact: str | None
    hours: float
    place: int = 0
    value: float = 0.0
    since: date | None = None
    free: bool = False

    @property
    def meeting(self) -> Meeting | None:
        """What it would share with other tasks of the same person."""
        return None if self.account is None or self.contact is None else (self.person, self.account, self.contact)


class Ranks(Protocol):
    """Says of accounts the place of their tier among the classes, from 0, and their value in the ranking."""

    def __call__(self, accounts: AbstractSet[str], /) -> Mapping[str, tuple[int, float]]: ...


@dataclass(frozen=True)
class Known:
    """What is known before: the tasks on people's lists, the open tasks that others may join, since when matters have
    waited, and `others`: what waits besides tonight's matters (in a night of one account alone)."""

    counts: Sequence[Count] = ()
    meetings: frozenset[Meeting] = frozenset()
    since: Mapping[str, date] = field(default_factory=dict)
    others: Sequence[Wanted] = ()


@dataclass(frozen=True)
class Held:
    """What came of it. `wanted`: all that was weighed, in the order; `waits`: for whose time each matter waits;
    `added`: what came on the lists; `week`: the hours of the people concerned."""

    wanted: tuple[Wanted, ...] = ()
    waits: Mapping[str, str] = field(default_factory=dict)
    added: tuple[Wanted, ...] = ()
    week: Mapping[str, float] = field(default_factory=dict)


def tasks_wanted(tonight: Tonight, policy: Policy, facts: Facts, there: There) -> list[Wanted]:
    """The tasks that tonight's decisions would give to people whose weekly hours are recorded."""
    if budget(policy) is None or not any(p.active and p.weekly_hours is not None for p in there.people.by_id.values()):
        return []
    hours = {contact: task_hours(policy, contact) for contact in CONTACTS}
    return [
        wanted for i, play in enumerate(tonight.plays) for wanted in _of_play(tonight, facts, there, i, play, hours)
    ]


_MATTERS = """
select m.key, m.step, m.episode is null, t.subject, t.account, t.priority, t.shown,
       c.owner, c."second", c.department, r.rep
from make m
join tonight t on t.key = m.key
left join carer c on c.account = t.account
left join own_rep r on r.fact = t.subject
where t.play = $1
"""


def _of_play(
    tonight: Tonight, facts: Facts, there: There, index: int, play: Play, hours: Mapping[str | None, float]
) -> Iterator[Wanted]:
    if not tonight.to_make(index):
        return
    load_reps_of(tonight.db, facts, play.about)
    steps = {step.id: step for step in play.steps}
    openers = cache(lambda shown: ready_steps(play, shown=json.loads(shown))[0])
    cursor = tonight.db.cursor().execute(_MATTERS, [index])
    while rows := cursor.fetchmany(10_000):
        for key, one, begins, subject, account, priority, shown, owner, second, department, rep in rows:
            carers = Carers(account, owner, second, department)
            for id in openers(shown) if one is None else (one,):
                step = steps[id]
                person = place(step.assign, step.due, carers, rep, priority, there)[0].person
                if person is not None and there.people.by_id[person].weekly_hours is not None:
                    yield Wanted(
                        key, id, begins and play.waits, play.name, subject, account, priority, person, step.contact,
                        hours[step.contact],
                    )  # fmt: skip


def hold_back(wanted: Sequence[Wanted], policy: Policy, there: There, known: Known, ranks: Ranks) -> Held:
    """Decide which matters wait. `ranks` tells tier and value of accounts, and is asked only where lists are full."""
    limits = budget(policy)
    if limits is None or not wanted:
        return Held()
    people = sorted({each.person for each in wanted})
    week = {person: found for person in people if (found := week_hours(person, there)) is not None}
    hours = {contact: task_hours(policy, contact) for contact in CONTACTS}
    lists = rooms(known.counts, hours, week)
    others = [each for each in known.others if each.person in lists]
    if _all_fits([*wanted, *others], lists, limits):
        return Held()
    places = ranks({each.account for each in wanted if each.account is not None})
    last = max((place for place, _ in places.values()), default=0) + 1
    weighed = []
    for each in wanted:
        place, value = places.get(each.account or "", (last, 0.0))
        free = each.meeting is not None and each.meeting in known.meetings
        weighed.append(each._replace(place=place, value=value, since=known.since.get(each.key), free=free))
    weighed = sorted([*weighed, *others], key=lambda each: _order(each, there.today))
    waits, added = _weigh(weighed, lists, limits)
    return Held(tuple(weighed), waits, tuple(added), week)


def _all_fits(wanted: Sequence[Wanted], lists: Mapping[str, Room], limits: Budget) -> bool:
    """Whether everything fits, even if nothing joined anything else: then no order is needed."""
    total: dict[str, list[float]] = {}
    for each in wanted:
        found = total.setdefault(each.person, [0.0, 0.0])
        found[0] += each.hours
        found[1] += 1
    lowest = len(next(iter(lists.values())).tasks) - 1
    return all(lists[person].takes(lowest, hours, int(tasks), limits) for person, (hours, tasks) in total.items())


def _order(each: Wanted, today: date) -> tuple[bool, int, int, float, date, str, str]:
    """The order in which work gets room: what goes on already, then priority, tier, value, age, id."""
    return each.begins, each.priority, each.place, -each.value, each.since or today, each.key, each.step


def _weigh(ordered: Iterable[Wanted], lists: Mapping[str, Room], limits: Budget) -> tuple[dict[str, str], list[Wanted]]:
    """Go through the matters in their order. Gives those that wait, each with the person who has no room, and the
    tasks that came on the lists."""
    waits: dict[str, str] = {}
    added: list[Wanted] = []
    met: set[Meeting] = set()
    for key, steps in groupby(ordered, key=lambda each: each.key):
        asked: dict[str, list[Wanted]] = {}
        meetings: set[Meeting] = set()
        for each in steps:
            meeting = each.meeting
            if each.free or (meeting is not None and (meeting in met or meeting in meetings)):
                continue
            asked.setdefault(each.person, []).append(each)
            if meeting is not None:
                meetings.add(meeting)
        full = [
            person for person, some in asked.items()
            if some[0].begins and some[0].priority > limits.always
            and not lists[person].takes(some[0].priority, sum(each.hours for each in some), len(some), limits)
        ]  # fmt: skip
        if full:
            waits[key] = full[0]
            for person in full:
                lists[person].full = True
            continue
        met |= meetings
        for person, some in asked.items():
            lists[person].add(some[0].priority, sum(each.hours for each in some), len(some))
            added += some
    return waits, added
