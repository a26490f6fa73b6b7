"""What a person's word makes of a matter: pure, from what is known of its episode. docs/episodes.md draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.action.matters import Episode, StepTask, Why
from engine.errors import UsageError

LONGEST_SNOOZE_DAYS = 366


class What(StrEnum):
    """The words that there are; note, reassign and undo change no state by themselves."""

    START = "start"
    DONE = "done"
    SNOOZE = "snooze"
    FALSE_ALARM = "false_alarm"
    KEPT = "kept"
    LOST = "lost"
    REASSIGN = "reassign"
    NOTE = "note"
    UNDO = "undo"


ENDING: Mapping[What, Why] = {What.FALSE_ALARM: Why.FALSE_ALARM, What.KEPT: Why.KEPT, What.LOST: Why.LOST}


@dataclass(frozen=True)
class Said:
    """What becomes of an episode by a word. `tasks`: status and reason by id; what is None stays as it is."""

    tasks: Mapping[str, tuple[str, Why | None]] = field(default_factory=dict)
    state: str | None = None
    why: Why | None = None
    snoozed_until: date | None = None
    wake: bool = False  # it is no longer put off


def speak(what: What, episode: Episode, task: str, day: date, until: date | None = None) -> Said:
    """What a word of `day` about a task makes of its episode; `until` belongs to snooze.

    Raises UsageError where the word cannot be said of the task: it has ended, is begun already, and the like.
    """
    found = next(t for t in episode.tasks if t.id == task)
    unfinished(found)
    match what:
        case What.START:
            if found.status == "started":
                raise UsageError(f"somebody has already begun task {task}", "see who with `holdfast why`")
            return Said({task: ("started", None)}, wake=True)
        case What.DONE:
            return Said({task: ("done", Why.DONE)})
        case What.SNOOZE:
            return Said(snoozed_until=_later(day, until))
        case What.FALSE_ALARM | What.KEPT | What.LOST:
            why = ENDING[what]
            ends = {t.id: ("closed", why) for t in episode.tasks if t.unfinished}
            if what is What.KEPT:
                ends[task] = ("done", why)
            return Said(ends, "cleared", why)
        case _:
            return Said()


def unfinished(task: StepTask) -> None:
    """Raises UsageError for a task that has ended."""
    if not task.unfinished:
        said = "done" if task.status == "done" else f"closed ({task.ended_why})"
        raise UsageError(f"task {task.id} is already {said}", "add to it with `holdfast task note`")


def _later(day: date, until: date | None) -> date:
    if until is None or until <= day:
        raise UsageError("a task is put off until a later day", f"name a day after {day}")
    if (until - day).days > LONGEST_SNOOZE_DAYS:
        raise UsageError("a task is put off for a year at most", "say `false-alarm` where nothing is to be done")
    return until
