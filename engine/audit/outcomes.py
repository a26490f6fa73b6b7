"""What came of a matter: its tasks, what people said of them, what holds it back, and when it may come again."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from engine.action.compare import false_alarm_days
from engine.action.decide import decide
from engine.action.hours import MOST_TASKS, SHARE, budget
from engine.action.known import episode_of, lost_accounts
from engine.action.matters import Episode, Judged, Matter, Outcome, Why
from engine.action.room import read_lists, read_weighed
from engine.action.sealing import known_episodes
from engine.action.tonight import KEY_LENGTH
from engine.audit.reasons import plain
from engine.audit.recorded import Decided, Recorded
from engine.errors import StoreError
from engine.policy.faults import Place
from engine.policy.model import Play, Policy
from engine.store.frozen import KNOWN
from engine.store.opening import Store
from engine.store.sealed import SealedRun

FARTHEST = 3 * 366  # days that are looked ahead for the next task
FALSE_ALARM_LIMIT = "false_alarm_days"


@dataclass(frozen=True)
class TaskSeen:
    """A task of a matter as it stands now; `shown` is the id that people see, another one where it is a part of it."""

    id: str
    shown: str
    step: str
    title: str
    assignee: str | None
    due_on: date
    status: str
    ended_on: date | None
    ended_why: str | None

    @property
    def unfinished(self) -> bool:
        """Whether somebody may still work on it."""
        return self.status in ("open", "started")


@dataclass(frozen=True)
class WordSaid:
    """What somebody said of a matter's task. `until`: of a snooze; `undone`: it was taken back."""

    task: str
    what: str
    who: str
    at: str
    note: str | None
    until: date | None
    undone: bool


@dataclass(frozen=True)
class Came:
    """What came of a match of a play that night.

    `state`: what holds it back, by the outcome: until, since, days, task, place and the like. `comes_on`: the first
    day on which a new task may come, if it still holds; None where something is to be done now, or where nothing comes
    by itself. `words`: what people said, the latest last.
    """

    play: Play
    subject: str
    account: str | None
    outcome: str
    tasks: tuple[TaskSeen, ...] = ()
    words: tuple[WordSaid, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    comes_on: date | None = None
    joined: str | None = None
    joined_title: str | None = None

    @property
    def held(self) -> bool:
        """Whether it matched and made no task."""
        return self.outcome not in ("new", "kept", "clearing", "cleared")

    @property
    def said(self) -> WordSaid | None:
        """The word that holds it back, where one does."""
        what = {"snoozed": "snooze"}.get(self.outcome, self.outcome)
        return next((word for word in reversed(self.words) if word.what == what and not word.undone), None)

    def as_json(self) -> dict[str, Any]:
        """The matter as plain JSON values."""
        state = {name: str(value) if isinstance(value, Place) else plain(value) for name, value in self.state.items()}
        return {
            "play": self.play.name, "title": dict(self.play.title), "text_hash": self.play.text_hash,
            "place": str(self.play.place), "subject": {"type": self.play.about, "id": self.subject},
            "account": self.account, "outcome": self.outcome, "state": state,
            "comes_on": plain(self.comes_on), "joined": self.joined,
            "tasks": [{name: plain(value) for name, value in vars(task).items()} for task in self.tasks],
            "words": [{name: plain(value) for name, value in vars(word).items()} for word in self.words],
        }  # fmt: skip


class Outcomes:
    """What one run decided, with what the store knows of it."""

    def __init__(self, store: Store, policy: Policy, run: SealedRun, recorded: Recorded) -> None:
        self.store, self.policy, self.run, self.recorded = store, policy, run, recorded
        self.last = not store.rows("select 1 from run where number > ? limit 1", [run.number])
        self._known: tuple[dict[str, Episode], frozenset[str]] | None = None

    def came(self, decided: Decided) -> Came | None:
        """What came of a decided match; None where its play is no longer in the policy."""
        play = self.policy.plays.get(decided.play)
        if play is None:
            return None
        episode, tasks = self._episode(decided)
        words = self._words(decided)
        before = self._before(decided) or episode
        state = self._state(decided, play, before, tasks)
        return Came(
            play, decided.subject, decided.account, decided.outcome, tasks, words, state,
            self._comes_on(decided, play, before, episode, tasks), decided.joined, self._title(decided.joined),
        )  # fmt: skip

    def ever(self, play: str, account: str | None, subject: str | None = None) -> tuple[Decided, ...]:
        """Matters of a play that the store knows of and that did not hold that night, as cleared ones."""
        rows = self.store.rows(
            "select distinct e.subject, e.account from episode e join run r on r.id = e.opened_run"
            " where e.play = ? and (? is null or e.account = ?) and (? is null or e.subject = ?) and r.number <= ?"
            " order by e.subject",
            [play, account, account, subject, subject, self.run.number],
        )
        return tuple(Decided(play, str(about), whose, Outcome.CLEARED.value, None) for about, whose in rows)

    def _episode(self, decided: Decided) -> tuple[Episode | None, tuple[TaskSeen, ...]]:
        """The matter's latest episode up to the run, as it stands now, and its tasks."""
        rows = self.store.rows(_TASKS, [decided.play, decided.subject, decided.account, self.run.number])
        tasks = tuple(
            TaskSeen(id, shown, step, title, who, date.fromisoformat(due), status, _day(ended), why)
            for id, shown, step, title, who, due, status, ended, why in rows
        )
        return (episode_of(self.store.db.conn, tasks[0].id) if tasks else None), tasks

    def _before(self, decided: Decided) -> Episode | None:
        """The matter's episode as that night found it, where it was looked at closely."""
        return self._sealed()[0].get(matter_key(decided.play, decided.subject, decided.account))

    def _sealed(self) -> tuple[dict[str, Episode], frozenset[str]]:
        if self._known is None:
            try:
                found = known_episodes(self.run.folder) if (self.run.folder / KNOWN).is_file() else ({}, frozenset())
            except duckdb.Error as error:
                raise StoreError(f"{KNOWN} of {self.run.id} cannot be read", "it is damaged") from error
            self._known = found
        return self._known

    def _words(self, decided: Decided) -> tuple[WordSaid, ...]:
        rows = self.store.rows(_WORDS, [decided.play, decided.subject, decided.account])
        return tuple(
            WordSaid(task, what, who, at, note, _day(json.loads(detail or "{}").get("until")), undone is not None)
            for task, what, who, at, note, detail, undone in rows
        )

    def _title(self, task: str | None) -> str | None:
        rows = self.store.rows("select title from task where id = ?", [task]) if task else []
        return str(rows[0][0]) if rows else None

    def _state(
        self, decided: Decided, play: Play, episode: Episode | None, tasks: tuple[TaskSeen, ...]
    ) -> dict[str, Any]:
        if decided.outcome == Outcome.NOT_JUDGED:
            lacking = self.recorded.not_judged()
            types = {type for name in (play.name, *play.signals) for type in lacking.get(name, ())}
            return {"missing": sorted(types)}
        if decided.outcome == Outcome.DISABLED:
            return {"place": play.place}
        if decided.outcome == Outcome.OVER_BUDGET:
            return self._full(matter_key(decided.play, decided.subject, decided.account))
        found = _STATES.get(Outcome(decided.outcome)) if decided.outcome in set(Outcome) else None
        return found(self.policy, play, episode, self.run.today) if found and episode is not None else {}

    def _full(self, key: str) -> dict[str, Any]:
        """Whose list had no room for a matter, how full it was, since when it waits and how much comes first."""
        try:
            weighed, lists = read_weighed(self.run.folder), read_lists(self.run.folder)
        except duckdb.Error as error:
            raise StoreError(f"what run {self.run.id} weighed cannot be read", "it is damaged") from error
        own = [(task, whose) for task, waits, whose in weighed if task.key == key and waits]
        if not own or (whose := own[0][1]) is None:
            return {}
        order = list(dict.fromkeys(task.key for task, waits, other in weighed if waits and other == whose))
        names = self.store.rows("select name from rep where id = ?", [whose])
        share = self.policy.limits.get(SHARE)
        found: dict[str, Any] = {
            "person": str(names[0][0]) if names else whose, "since": own[0][0].since or self.run.today,
            "needs": sum(task.hours for task, _ in own), "before": order.index(key),
            "place": next(iter(share.places.values()), None) if share else None,
        }  # fmt: skip
        if (full := lists.get(whose)) is not None:
            found |= {"tasks": full.tasks, "hours": full.hours, "of": full.of}
            limits, most = budget(self.policy), self.policy.limits.get(MOST_TASKS)
            if limits and limits.most_tasks is not None and full.tasks >= limits.most_tasks and most is not None:
                found |= {"most": limits.most_tasks, "place": next(iter(most.places.values()), None)}
        return found

    def _comes_on(
        self, decided: Decided, play: Play, before: Episode | None, now: Episode | None, tasks: tuple[TaskSeen, ...]
    ) -> date | None:
        """The first day after the run on which a task may come, should the condition hold every night until then."""
        episode = now if self.last else before
        snoozed = episode is not None and episode.snoozed_until is not None and episode.snoozed_until > self.run.today
        if (
            episode is None
            or not play.enabled
            or decided.outcome == Outcome.OVER_BUDGET
            or (any(task.unfinished for task in tasks) and not snoozed)
        ):
            return None
        lost = lost_accounts(self.store.db.conn) if self.last else self._sealed()[1]
        judged = Judged(self.policy.plays, false_alarm_days=false_alarm_days(self.policy), lost=lost)
        matter = Matter(matter_key(decided.play, decided.subject, decided.account), play.name, True, episode)
        for days in range(1, FARTHEST):
            day = self.run.today + timedelta(days)
            [decision] = decide([matter], judged, day)
            if decision.opens is not None or decision.steps or decision.wake:
                return day
        return None


def matter_key(play: str, subject: str, account: str | None) -> str:
    """The key under which a matter is known; see `engine.action.tonight`."""
    parts = [play, f"{len(subject)}:{subject}", *([] if account is None else [f"a{account}"])]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:KEY_LENGTH]


def _snoozed(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    return {"until": episode.snoozed_until}


def _cooling(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    ended = episode.ended_on if episode.state == "cleared" else None
    ended = ended or max((task.ended_on for task in episode.tasks if task.ended_on is not None), default=today)
    last = [task for task in episode.tasks if task.ended_on == ended]
    return {
        "since": ended, "until": ended + timedelta(play.cooldown_days), "days": play.cooldown_days,
        "task": last[-1].id if last else None, "why": (last[-1].ended_why if last else None) or episode.ended_why,
        "place": play.place,
    }  # fmt: skip


def _false_alarm(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    days = false_alarm_days(policy)
    limit = policy.limits.get(FALSE_ALARM_LIMIT)
    ended = episode.ended_on or today
    return {
        "since": ended, "until": ended + timedelta(days), "days": days,
        "place": next(iter(limit.places.values()), None) if limit else None,
    }  # fmt: skip


def _lost(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    return {"since": episode.ended_on}


def _too_often(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    if play.max_fires is None:
        return {}
    since = today - timedelta(play.max_fires.per_days)
    fires = sorted(day for day in episode.fires if day > since)
    return {"n": play.max_fires.n, "days": play.max_fires.per_days, "fires": fires, "place": play.place}


def _finished(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    ended = max((task.ended_on for task in episode.tasks if task.ended_on is not None), default=None)
    return {"since": ended, "by_facts": any(task.ended_why == Why.FACTS for task in episode.tasks)}


def _clearing(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    missed = episode.missed + (episode.missed_on != today)
    return {"missed": missed, "runs": play.clear_after_runs, "place": play.place}


def _cleared(policy: Policy, play: Play, episode: Episode, today: date) -> dict[str, Any]:
    return {"since": episode.ended_on, "why": episode.ended_why}


_STATES: Mapping[Outcome, Callable[[Policy, Play, Episode, date], dict[str, Any]]] = {
    Outcome.SNOOZED: _snoozed,
    Outcome.COOLDOWN: _cooling,
    Outcome.FALSE_ALARM: _false_alarm,
    Outcome.LOST: _lost,
    Outcome.MAX_FIRES: _too_often,
    Outcome.DONE: _finished,
    Outcome.CLEARING: _clearing,
    Outcome.CLEARED: _cleared,
}
_TASKS = """
select t.id, coalesce(t.joined, t.id), t.step, t.title, coalesce(r.name, t.assignee, t.queue), t.due_on, t.status,
       t.ended_on, t.ended_why
from task t join run m on m.id = t.made_run left join rep r on r.id = t.assignee
where t.episode = (
    select e.id from episode e join run o on o.id = e.opened_run
    where e.play = ?1 and e.subject = ?2 and e.account is ?3 and o.number <= ?4 order by e.number desc limit 1
) and m.number <= ?4
order by t.ended_on is not null, t.due_on, t.id
"""
_WORDS = """
select a.task, a.what, coalesce(r.name, a.who), a.at, a.note, a.detail, a.undone_at
from action a join task t on t.id = a.task join episode e on e.id = t.episode left join rep r on r.id = a.who
where e.play = ? and e.subject = ? and e.account is ? and a.what <> 'undo' order by a.id
"""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
