"""The states of an episode: any order of nights, missed nights and words keeps what people rely on."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from nights import play, step

from engine.action.decide import decide, ready_steps
from engine.action.matters import CONFIRM, Decision, Episode, Judged, Matter, Outcome, StepTask, Why
from engine.action.saying import What, speak
from engine.errors import UsageError
from engine.policy.model import MaxFires, Play

START = date(2026, 1, 5)
KEYS = ("one", "two")
STEPS = ("call", "write", "visit")
STATES = ("active", "clearing", "cleared")


@dataclass
class Memory:
    """What a store would hold: every episode of each matter, the last one at the end."""

    episodes: dict[str, list[Episode]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    made: int = 0

    def last(self, key: str) -> Episode | None:
        return self.episodes[key][-1] if self.episodes.get(key) else None

    def put(self, key: str, episode: Episode) -> None:
        self.episodes[key][-1] = episode

    def task(self, step: str) -> StepTask:
        self.made += 1
        return StepTask(f"t{self.made}", step, "open")

    def carry_out(self, play: Play, decision: Decision, day: date) -> None:
        """Do what a decision says, as the commit does."""
        key, episode = decision.matter.key, decision.matter.episode
        if episode is not None:
            tasks = [_changed(task, decision, day) for task in episode.tasks]
            tasks += [self.task(name) for name in decision.steps]
            ends = decision.state == "cleared"
            self.put(
                key,
                replace(
                    episode,
                    state=decision.state or episode.state,
                    missed=decision.missed if decision.state else episode.missed,
                    missed_on=(day if decision.missed else None) if decision.state else episode.missed_on,
                    ended_on=day if ends else episode.ended_on,
                    ended_why=decision.why if ends else episode.ended_why,
                    snoozed_until=None if decision.wake else episode.snoozed_until,
                    skipped=episode.skipped.union(decision.skip),
                    tasks=tuple(tasks),
                ),
            )
        if decision.opens is not None:
            steps, skipped = ready_steps(play, shown=decision.matter.shown)
            fires = (*(episode.fires if episode else ()), day)
            opened = Episode(
                self.made, decision.opens, play.name, "active", account=key, fires=fires, skipped=frozenset(skipped),
                tasks=tuple(self.task(name) for name in steps),
            )  # fmt: skip
            self.episodes.setdefault(key, []).append(opened)


def _changed(task: StepTask, decision: Decision, day: date) -> StepTask:
    if task.id in decision.close:
        return replace(task, status="closed", ended_on=day, ended_why=decision.why, asks=None)
    if task.id in decision.finish:
        return replace(task, status="done", ended_on=day, ended_why=Why.FACTS, asks=None)
    if task.id in decision.ask:
        return replace(task, asks=CONFIRM)
    return replace(task, asks=None) if task.id in decision.unask else task


plays = st.builds(
    lambda cooldown, clear, rearm, fires, after, enabled: play(
        steps=(step("call"), step("write"), step("visit", after=after)),
        cooldown_days=cooldown,
        clear_after_runs=clear,
        rearm=rearm,
        max_fires=fires,
        enabled=enabled,
    ),
    cooldown=st.sampled_from((0, 3, 14)),
    clear=st.sampled_from((1, 2, 3)),
    rearm=st.sampled_from(("cooldown", "cleared")),
    fires=st.sampled_from((None, MaxFires(1, 30), MaxFires(2, 10))),
    after=st.sampled_from(((), ("call",), ("call", "write"))),
    enabled=st.just(True),
)
holding = st.dictionaries(st.sampled_from(KEYS), st.frozensets(st.sampled_from(STEPS)), max_size=len(KEYS))


class Nights(RuleBasedStateMachine):
    """Nights, each with its conclusions, and words between them."""

    @initialize(play=plays)
    def begin(self, play: Play) -> None:
        self.play, self.memory, self.day = play, Memory(), START
        self.ended: dict[str, str] = {}
        self.held_back: dict[str, date] = {}

    @rule(holds=holding, days=st.sampled_from((0, 1, 1, 1, 2, 7, 40)), known=st.sampled_from((True, True, True, False)))
    def night(self, holds: dict[str, frozenset[str]], days: int, known: bool) -> None:
        self.day += timedelta(days)
        judged = Judged(
            {"keep": self.play}, frozenset() if known else frozenset({"keep"}), lost=frozenset(self.memory.lost)
        )
        self.decide(holds if known else {}, judged)
        again = {key: list(found) for key, found in self.memory.episodes.items()}
        for decision in self.decide(holds if known else {}, judged):
            assert decision.opens is None
            assert not (decision.steps or decision.close or decision.ask or decision.unask or decision.finish)
        assert self.memory.episodes == again, "the same night twice changes nothing"

    def decide(self, holds: dict[str, frozenset[str]], judged: Judged) -> list[Decision]:
        matters = [
            Matter(key, "keep", key in holds, self.memory.last(key), holds.get(key, frozenset()))
            for key in KEYS
            if key in holds or self.memory.last(key) is not None
        ]
        decisions = decide(matters, judged, self.day)
        for decision in decisions:
            if decision.opens is not None:
                assert self.held_back.get(decision.matter.key, self.day) <= self.day
            if decision.outcome is Outcome.SNOOZED:
                assert not (decision.steps or decision.close or decision.finish)
            self.memory.carry_out(self.play, decision, self.day)
        return decisions

    @rule(enabled=st.booleans())
    def switch(self, enabled: bool) -> None:
        self.play = replace(self.play, enabled=enabled)

    @rule(
        key=st.sampled_from(KEYS),
        what=st.sampled_from((What.START, What.DONE, What.SNOOZE, What.FALSE_ALARM, What.KEPT, What.LOST)),
        number=st.integers(0, 3),
        days=st.integers(-1, 30),
    )
    def word(self, key: str, what: What, number: int, days: int) -> None:
        episode = self.memory.last(key)
        if episode is None or number >= len(episode.tasks):
            return
        task = episode.tasks[number]
        try:
            said = speak(what, episode, task.id, self.day, self.day + timedelta(days))
        except UsageError:
            assert not task.unfinished or (what is What.START and task.status == "started") or days <= 0
            return
        tasks = tuple(
            replace(t, status=said.tasks[t.id][0], ended_why=said.tasks[t.id][1], asks=None,
                    ended_on=None if said.tasks[t.id][1] is None else self.day)
            if t.id in said.tasks else t
            for t in episode.tasks
        )  # fmt: skip
        until = said.snoozed_until or (None if said.wake or said.state else episode.snoozed_until)
        ended = {"state": said.state, "ended_on": self.day, "ended_why": said.why} if said.state else {}
        self.memory.put(key, replace(episode, tasks=tasks, snoozed_until=until, **ended))  # type: ignore[arg-type]
        if what is What.FALSE_ALARM:
            self.held_back[key] = self.day + timedelta(90)
        if what is What.LOST:
            self.memory.lost.add(key)
            self.held_back[key] = date.max

    @invariant()
    def one_open_episode_a_matter(self) -> None:
        for episodes in self.known().values():
            assert [e.number for e in episodes] == list(range(1, len(episodes) + 1))
            assert all(e.state == "cleared" for e in episodes[:-1])
            assert all(e.state in STATES for e in episodes)

    @invariant()
    def nothing_is_left_open_in_an_ended_episode(self) -> None:
        for episodes in self.known().values():
            for episode in episodes:
                assert episode.state != "cleared" or not any(task.unfinished for task in episode.tasks)

    @invariant()
    def no_step_comes_twice_and_none_before_its_time(self) -> None:
        for episodes in self.known().values():
            for episode in episodes:
                made = [task.step for task in episode.tasks]
                assert len(made) == len(set(made))
                assert not episode.skipped.intersection(made)

    @invariant()
    def what_has_ended_stays_ended(self) -> None:
        now = {t.id: t.status for found in self.known().values() for e in found for t in e.tasks if not t.unfinished}
        assert self.seen().items() <= now.items()
        self.ended = now

    @invariant()
    def a_matter_begins_no_oftener_than_allowed(self) -> None:
        limit = self.play.max_fires if hasattr(self, "play") else None
        for episodes in self.known().values():
            fires = episodes[-1].fires if episodes else ()
            for day in fires if limit else ():
                assert sum(day <= other < day + timedelta(limit.per_days) for other in fires) <= limit.n

    def known(self) -> dict[str, list[Episode]]:
        return self.memory.episodes if hasattr(self, "memory") else {}

    def seen(self) -> dict[str, str]:
        return self.ended if hasattr(self, "ended") else {}


TestNights = Nights.TestCase
TestNights.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
