"""What is known of a matter, as values: its episode, the episode's tasks, and what a night or a person decides."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.policy.model import Play

CONFIRM = "confirm"  # what a begun task asks when its cause has gone


class Why(StrEnum):
    """Why an episode or a task ended."""

    GONE = "condition_gone"
    PLAY_GONE = "play_gone"  # the play is no longer in the policy
    PLAY_OFF = "play_off"  # the play is switched off
    STILL_HOLDS = "still_holds"  # ended for the next episode of the same matter
    DONE = "done"  # somebody said so
    FACTS = "facts"  # the facts show that the step is done
    FALSE_ALARM = "false_alarm"
    KEPT = "kept"
    LOST = "lost"
    UNDONE = "undone"  # what somebody said about it was taken back


class Outcome(StrEnum):
    """What tonight did with a matter."""

    NEW = "new"
    KEPT = "kept"
    DUPLICATE = "duplicate"  # new, and all its tasks joined those of other matters
    COOLDOWN = "cooldown"  # held back: an episode ended not long ago
    MAX_FIRES = "max_fires"  # held back: it has begun too often
    SNOOZED = "snoozed"  # held back until a day that somebody named
    FALSE_ALARM = "false_alarm"  # held back: somebody called it that
    LOST = "lost"  # held back: somebody said that the account is lost
    OVER_BUDGET = "over_budget"  # held back: nobody has the time
    DISABLED = "disabled"  # its play is switched off
    DONE = "done"  # held back: all is done
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
    ended_why: str | None = None

    @property
    def unfinished(self) -> bool:
        """Whether somebody may still work on it."""
        return self.status in ("open", "started")


@dataclass(frozen=True, slots=True)
class Episode:
    """The latest episode of a matter; state active, clearing or cleared.

    `missed` runs without the condition, the last of them on `missed_on`. `skipped`: steps that the facts showed to be
    done before their task was made. `fires`: the days on which the matter's episodes opened, as far as they count.
    """

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
    ended_why: str | None = None
    snoozed_until: date | None = None
    skipped: frozenset[str] = frozenset()
    fires: tuple[date, ...] = ()
    tasks: tuple[StepTask, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A (play, subject, account), by key: whether its condition holds tonight, and its latest episode.

    `shown`: the steps whose `done_when` holds tonight.
    """

    key: str
    play: str
    holds: bool
    episode: Episode | None = None
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a matter. Task ids in `close`, `finish`, `ask` and `unask`; step names in `steps`, `skip`."""

    matter: Matter
    outcome: Outcome
    state: str | None = None  # of the episode from now on; None: as it is
    missed: int = 0
    why: Why | None = None  # why the episode ends, or its tasks close
    opens: int | None = None  # the number of the episode that opens
    steps: tuple[str, ...] = ()  # of the episode that goes on, to be made now
    skip: tuple[str, ...] = ()  # its steps that count as done without a task
    close: tuple[str, ...] = ()
    finish: tuple[str, ...] = ()  # done, as the facts show
    ask: tuple[str, ...] = ()
    unask: tuple[str, ...] = ()
    wake: bool = False  # the day until which it was put off has come


@dataclass(frozen=True)
class Judged:
    """What tonight's facts could answer, and what holds matters back.

    `plays` of the policy; the plays and rules that could not be judged; for how long a false alarm holds back; the
    accounts that somebody has said to be lost.
    """

    plays: Mapping[str, Play]
    unjudged_plays: AbstractSet[str] = frozenset()
    unjudged_rules: AbstractSet[str] = frozenset()
    false_alarm_days: int = 90
    lost: AbstractSet[str] = frozenset()
