"""A scenario to its outcome, in memory: the rete engine's conclusions, then the same deciding as on a night."""

from collections.abc import Iterator
from typing import Any

from engine.action.assign import Carers, People, Person
from engine.action.away import Absences
from engine.action.calendar import Calendar
from engine.action.decide import decide, ready_steps
from engine.action.matters import Episode, Judged, Matter, StepTask
from engine.action.place import There, place
from engine.action.priority import priority
from engine.action.spread import Spread
from engine.policy.expressions import rules_in
from engine.policy.model import SEVERITIES, Play, Policy, done_name
from engine.policy.names import ACCOUNT
from engine.reasoning.plan import Plan, build_plan
from engine.reasoning.rete.conclusions import Conclusions, Triggered
from engine.reasoning.rete.known import known_facts
from engine.reasoning.rete.reason import conclusions
from engine.reasoning.rete.source import MemorySource
from engine.scenarios.model import Fired, Outcome, Scenario
from engine.scenarios.rows import REP

ABSENCE = "absence"


def run_in_memory(policy: Policy, scenario: Scenario, calendar: Calendar) -> Outcome:
    """What follows from the scenario's facts on its day, in an empty store. Raises EngineError."""
    source = MemorySource(scenario.facts)
    plan = build_plan(policy, source.present)
    concluded = conclusions(plan, source, scenario.on, calendar)
    signals = (
        Fired(rule, (("account", one.account), ("subject", one.subject), ("severity", one.severity)))
        for rule, found in concluded.signals.items()
        for one in found
    )
    return Outcome(
        tuple(sorted(signals, key=str)),
        tuple(sorted(_Deciding(plan, source, scenario, calendar).tasks(concluded), key=str)),
        {standing.account: standing.level for standing in concluded.risk},
        unjudged(plan),
    )


def unjudged(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The rules and plays that are not judged, each with the fact types it misses."""
    found = {one.rule: one.missing for one in plan.not_judged}
    judged = {play.name for play in plan.plays}
    for name, play in plan.policy.plays.items():
        if name not in judged and name not in found:
            found[name] = tuple(sorted({type for rule in play.signals for type in found.get(rule, ())}))
    return found


class _Deciding:
    """Tasks for triggered plays."""

    def __init__(self, plan: Plan, source: MemorySource, scenario: Scenario, calendar: Calendar) -> None:
        self.plan, self.scenario = plan, scenario
        known = known_facts(source, plan.policy.contract, scenario.on, owners=True)
        people = People(
            Person(
                row["id"], row.get("name") or row["id"], row.get("role") or "", row["active"],
                row.get("department"), row.get("manager"),
            )
            for row in _rows(known.every(REP) if REP in source.present else ())
        )  # fmt: skip
        absences = Absences(
            (row["rep"], row.get("since") or row.get("told_on"), row.get("until"))
            for row in _rows(known.every(ABSENCE) if ABSENCE in source.present else ())
        )
        self.there = There(people, absences, calendar, scenario.on)
        self.present = source.present
        self.judged = {signal.name for signal in plan.signals}
        accounts = list(_rows(known.every(ACCOUNT) if ACCOUNT in source.present else ()))
        self.carers = {
            row["id"]: Carers(row["id"], row.get("owner"), row.get("second"), row.get("department")) for row in accounts
        }
        self.cities = {row["id"]: row.get("city") for row in accounts}

    def tasks(self, concluded: Conclusions) -> Iterator[Fired]:
        """The tasks of tonight's matters; where steps were done before, those of the steps that follow."""
        plays = {play.name: play for play in self.plan.plays}
        judged = Judged(plays)
        spread = Spread(self.there, self.plan.policy, (), {})
        for name, play in plays.items():
            reps = self._own_reps(play.about)
            for one in sorted(
                concluded.plays.get(name, ()), key=lambda one: (not one.account, one.account or "", one.subject)
            ):
                shown = self._shown(play, one)
                matter = Matter(f"{name} {one.subject} {one.account}", name, True, self._episode(play), shown)
                [decision] = decide([matter], judged, self.scenario.on)
                wanted = ready_steps(play, shown=shown)[0] if decision.opens else decision.steps
                for step in play.steps:
                    if step.id in wanted:
                        carers = self.carers.get(one.account or "", Carers())
                        urgency = self._urgency(play, one, concluded)
                        given, due = place(
                            step.assign, step.due, carers, reps.get(one.subject), urgency, self.there
                        )  # fmt: skip
                        city = self.cities.get(one.account or "")
                        due = spread.day(given.person, step.due, due, urgency, step.contact, one.account, city)
                        spread.add(given.person, due, step.contact, one.account, city)
                        yield Fired(
                            name,
                            (
                                ("step", step.id), ("account", one.account), ("subject", one.subject),
                                ("assignee", given.person), ("queue", given.queue),
                                ("due_on", str(due)),
                            ),
                        )  # fmt: skip

    def _episode(self, play: Play) -> Episode | None:
        """A matter's earlier episode: its first steps' tasks, and all done that the test says are done."""
        done = {step for name, step in self.scenario.done if name == play.name}
        if not done:
            return None
        tasks = (
            StepTask(step.id, step.id, "done" if step.id in done else "open", self.scenario.on)
            for step in play.steps
            if step.id in done or not step.after
        )
        return Episode(1, 1, play.name, "active", tasks=tuple(tasks))

    def _shown(self, play: Play, one: Triggered) -> frozenset[str]:
        """The steps that the facts show done, where they can tell."""
        return frozenset(
            step.id
            for step in play.steps
            if step.done_when is not None
            and step.done_needs <= self.present
            and self.judged.issuperset(rules_in(step.done_when))
            and one.evidence[done_name(step.id)]
        )

    def _urgency(self, play: Play, one: Triggered, concluded: Conclusions) -> int:
        """The priority of a triggered play: by the gravest signal behind it, and the account's tier."""
        ranks = [
            SEVERITIES.index(found.severity)
            for rule in play.signals
            for found in concluded.signals.get(rule, ())
            if (
                found.subject == one.subject
                if self.plan.policy.signals[rule].about == play.about
                else found.account is not None and found.account == one.account
            )
        ]
        tier = one.evidence.get("tier")
        return priority(SEVERITIES[min(ranks)] if ranks else None, str(tier) if tier else None)

    def _own_reps(self, about: str) -> dict[str, str | None]:
        rows = self.scenario.facts.get(about, ())
        return {row["id"]: row["id"] if about == REP else row.get("rep") for row in rows}


def _rows(chunks: Any) -> Iterator[dict[str, Any]]:
    for chunk in chunks:
        yield from chunk
