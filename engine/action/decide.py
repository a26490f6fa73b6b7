"""What becomes of each condition: pure, from tonight's conclusions and what is known of the matter already.

A condition that holds for many nights is one episode, known by (play, subject, account, number):

- It holds and has no episode, or only ended ones: a new episode opens, unless `cooldown_days` have not yet passed
  since the last one ended.
- It still holds: the episode is kept, with tonight's priority and reasons; a step whose `after` steps are done gets
  its task. Once nothing of the episode is left to do, it waits: with `cooldown_days` it ends when so many days have
  passed since its last task ended, and a new one opens; without, nothing more comes until the condition has gone.
- It no longer holds: after `clear_after_runs` runs, one a day, tasks nobody has begun close themselves and the
  episode ends. Begun ones are asked to be confirmed, and the episode stays until they are ended by people; should the
  condition come back before, the same episode goes on.
- Its play, or a rule behind it, was not judged tonight: it stays as it is.
- Its play is no longer in the policy: it ends at once, begun tasks and all are treated as above.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.policy.model import Play

GONE = "condition_gone"
PLAY_GONE = "play_gone"
STILL_HOLDS = "still_holds"
CONFIRM = "confirm"


class Outcome(StrEnum):
    """What tonight did with a matter."""

    NEW = "new"
    KEPT = "kept"
    COOLDOWN = "cooldown"  # held back: an episode ended not long ago
    DONE = "done"  # held back: all is done, and the play does not repeat
    CLEARING = "clearing"
    CLEARED = "cleared"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class StepTask:
    """A task as the decision needs it; status open, started, done or closed."""

    id: str
    step: str
    status: str
    ended_on: date | None = None
    asks: str | None = None

    @property
    def unfinished(self) -> bool:
        """Whether somebody may still work on it."""
        return self.status in ("open", "started")


@dataclass(frozen=True, slots=True)
class Episode:
    """The latest episode of a matter; state active, clearing or cleared. `missed` runs without the condition."""

    id: int
    number: int
    play: str
    state: str
    subject: str = ""
    account: str | None = None
    reasons: tuple[str, ...] = ()
    missed: int = 0
    missed_on: date | None = None
    ended_on: date | None = None
    tasks: tuple[StepTask, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A (play, subject, account), by key: whether its condition holds tonight, and its latest episode."""

    key: str
    play: str
    holds: bool
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a matter. Task ids in `close`, `ask` and `unask`; step names in `steps`."""

    matter: Matter
    outcome: Outcome
    state: str | None = None  # of the episode from now on; None: as it is
    missed: int = 0
    why: str | None = None  # why the episode ends, or its tasks close
    opens: int | None = None  # the number of the episode that opens
    steps: tuple[str, ...] = ()  # of the episode that goes on, to be made now
    close: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    unask: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What tonight's facts could answer: the plays, and the rules that they could not."""

    plays: Mapping[str, Play]  # of the policy
    unjudged_plays: AbstractSet[str]
    unjudged_rules: AbstractSet[str]


def decide(matters: Iterable[Matter], judged: Judged, today: date) -> list[Decision]:
    """A decision for each matter, in their order."""
    return [_decide(matter, judged, today) for matter in matters]


def first_steps(play: Play) -> tuple[str, ...]:
    """The steps whose tasks are made when an episode opens."""
    return tuple(step.id for step in play.steps if not step.after)


def _decide(matter: Matter, judged: Judged, today: date) -> Decision:
    episode = matter.episode
    if matter.holds:
        play = judged.plays[matter.play]
        if episode is None:
            return Decision(matter, Outcome.NEW, opens=1)
        if episode.state != "cleared":
            return _still(matter, episode, play, today)
        if episode.ended_on is not None and today < episode.ended_on + timedelta(play.cooldown_days):
            return Decision(matter, Outcome.COOLDOWN)
        return Decision(matter, Outcome.NEW, opens=episode.number + 1)
    if episode is None or episode.state == "cleared":
        return Decision(matter, Outcome.CLEARED)
    gone = judged.plays.get(matter.play)
    if gone is None:
        return _ending(matter, episode, episode.missed, PLAY_GONE)
    if matter.play in judged.unjudged_plays or not judged.unjudged_rules.isdisjoint(episode.reasons):
        return Decision(matter, Outcome.NOT_JUDGED)
    missed = episode.missed + (episode.missed_on != today)
    if missed < gone.clear_after_runs:
        return Decision(matter, Outcome.CLEARING, "clearing", missed)
    return _ending(matter, episode, missed, GONE)


def _still(matter: Matter, episode: Episode, play: Play, today: date) -> Decision:
    steps = _ready(episode, play)
    unask = tuple(task.id for task in episode.tasks if task.asks == CONFIRM and task.unfinished)
    if steps or any(task.unfinished for task in episode.tasks):
        return Decision(matter, Outcome.KEPT, "active", steps=steps, unask=unask)
    ended = max((task.ended_on for task in episode.tasks if task.ended_on is not None), default=today)
    if not play.cooldown_days:
        return Decision(matter, Outcome.DONE, "active")
    if today < ended + timedelta(play.cooldown_days):
        return Decision(matter, Outcome.COOLDOWN, "active")
    return Decision(matter, Outcome.NEW, "cleared", why=STILL_HOLDS, opens=episode.number + 1)


def _ready(episode: Episode, play: Play) -> tuple[str, ...]:
    """The steps without a task yet whose earlier steps are all done."""
    made = {task.step for task in episode.tasks}
    done = {task.step for task in episode.tasks if task.status == "done"}
    return tuple(step.id for step in play.steps if step.id not in made and done.issuperset(step.after))


def _ending(matter: Matter, episode: Episode, missed: int, why: str) -> Decision:
    close = tuple(task.id for task in episode.tasks if task.status == "open")
    begun = [task for task in episode.tasks if task.status == "started"]
    ask = tuple(task.id for task in begun if task.asks != CONFIRM)
    if begun:
        return Decision(matter, Outcome.CLEARING, "clearing", missed, why, close=close, ask=ask)
    return Decision(matter, Outcome.CLEARED, "cleared", missed, why, close=close)
