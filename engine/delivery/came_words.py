"""What came of a matter, in words: its tasks, what holds it back and until when, what people said."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.audit.explaining import Unmatched
from engine.audit.outcomes import Came, TaskSeen, WordSaid
from engine.delivery.document import Line, line
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.render import clean, said
from engine.policy.faults import Place
from engine.policy.model import Signal, Words

LAST_WORDS = 3  # of what people said, where much is told in little room
LONGEST_PART = 80  # characters of a condition that failed, in a line
_ONE_SIGNAL = re.compile(r"(?P<unwanted>not )?signal\('(?P<rule>[^']+)'\)")


def came_lines(came: Came, language: str, *, titles: bool = True) -> list[Line]:
    """What was decided, the tasks, what people said, and what would bring the next task; a line each.

    Without `titles` the tasks are told without theirs, and only the last words.
    """
    found = [line(_outcome(came, language), place=_place(came.state.get("place")))]
    found += [_task(task, language, titles) for task in came.tasks]
    said_of = came.words if titles else came.words[-LAST_WORDS:]
    found += [word_line(word, language) for word in said_of]
    if (next := _next(came, language)) is not None:
        found.append(line((next, "soft")))
    return found


def unmatched_line(unmatched: Unmatched, signals: Mapping[str, Signal], language: str, *, whole: bool = False) -> Line:
    """That a play asks for more than a signal, and what of it failed; cut short unless the `whole` is wanted."""
    title = title_of(unmatched.play.title, language, unmatched.play.name)
    place = _place(unmatched.play.trigger_place)
    if unmatched.missing:
        types = ", ".join(unmatched.missing)
        return line((phrase("came_unmatched_unjudged", language, play=title, types=types), "soft"), place=place)
    if unmatched.first is None:
        return line((phrase("came_unmatched_plain", language, play=title), "soft"), place=place)
    part = unmatched.first.text
    one = _ONE_SIGNAL.fullmatch(part)
    if one is not None and one["rule"] in signals:
        other = title_of(signals[one["rule"]].title, language, one["rule"])
        name = "came_unmatched_while" if one["unwanted"] else "came_unmatched_needs"
        return line((phrase(name, language, play=title, signal=other), "soft"), place=place)
    if not whole and len(part) > LONGEST_PART:
        part = part[: LONGEST_PART - 1] + "…"
    return line((phrase("came_unmatched", language, play=title, part=part), "soft"), place=place)


def word_line(word: WordSaid, language: str) -> Line:
    """What somebody said of a task, when and why."""
    name = f"said_{word.what}"
    what = phrase(name, language) if name in PHRASES else word.what
    if word.until is not None:
        what = phrase("word_until", language, what=what, until=said(word.until, language))
    at = said(date.fromisoformat(word.at[:10]), language)
    text = phrase("word_said", language, at=at, who=clean(word.who), what=what)
    note = f"  “{clean(word.note)}”" if word.note else ""
    undone = f"  ({phrase('word_undone', language)})" if word.undone else ""
    return line(text, (note, "said"), (undone, "soft"))


def title_of(titles: Words, language: str, otherwise: str) -> str:
    """A title in the reader's language, where there is one."""
    return titles.get(language) or next(iter(titles.values()), "") or otherwise


def _outcome(came: Came, language: str) -> str:
    state: dict[str, Any] = {
        name: said(value, language) if isinstance(value, date) else value for name, value in came.state.items()
    }
    name = f"came_{came.outcome}"
    match came.outcome:
        case "duplicate":
            if came.joined_title is None:
                name = "came_duplicate_plain"
            state["title"] = clean(came.joined_title or "")
        case "max_fires":
            name = "came_max_fires_one" if came.state.get("n") == 1 else name
        case "over_budget":
            name = "came_over_budget" if "of" in came.state else "came_over_budget_plain"
            name = "came_over_budget_tasks" if "most" in came.state else name
            state |= {n: said(came.state[n], language) for n in ("hours", "of", "needs") if n in came.state}
        case "done":
            name = "came_done_facts" if came.state.get("by_facts") else name
            name = name if came.state.get("since") else "came_done_plain"
        case "clearing":
            name = "came_clearing_runs" if came.state.get("missed", 0) < came.state.get("runs", 0) else name
        case "cleared":
            name = "came_cleared_since" if came.state.get("since") else name
        case "not_judged":
            name = "came_not_judged_for" if came.state.get("missing") else name
            state["types"] = ", ".join(came.state.get("missing", ()))
    try:
        return phrase(name, language, **state) if name in PHRASES else came.outcome
    except KeyError:  # the store no longer has what the sentence tells
        return phrase(f"outcome_{came.outcome}", language)


def _task(task: TaskSeen, language: str, title: bool) -> Line:
    who = clean(task.assignee or phrase("late_nobody", language))
    status = phrase(f"status_{task.status}", language)
    if task.ended_on is None:
        text = phrase("came_task", language, id=task.id, who=who, due=said(task.due_on, language), status=status)
    else:
        why = phrase(f"ended_{task.ended_why}", language) if f"ended_{task.ended_why}" in PHRASES else ""
        name = "came_ended_why" if why else "came_ended"
        text = phrase(name, language, id=task.id, who=who, status=status, on=said(task.ended_on, language), why=why)
    part = phrase("comma", language) + phrase("came_part", language, id=task.shown) if task.shown != task.id else ""
    return line(text, part, (f"  {clean(task.title)}" if title else "", "soft"))


def _next(came: Came, language: str) -> str | None:
    """What would bring the next task, in a sentence; None where one is there."""
    if came.outcome == "disabled":
        return phrase("comes_by_enabling", language)
    if came.outcome == "over_budget":
        before = came.state.get("before", 0)
        name = "comes_by_room" if not before else "comes_by_room_after_one" if before == 1 else "comes_by_room_after"
        return phrase(name, language, count=before)
    if came.outcome == "not_judged":
        types = came.state.get("missing")
        return phrase("comes_by_facts", language, types=", ".join(types)) if types else None
    begun = next((task for task in came.tasks if task.status == "started"), None)
    if came.outcome == "clearing" and begun is not None:
        return phrase("comes_by_confirming", language, task=begun.shown)
    if came.comes_on is not None and came.outcome != "cleared":
        back = any(task.unfinished for task in came.tasks)
        return phrase("comes_back_on" if back else "comes_on", language, day=said(came.comes_on, language))
    if came.outcome == "lost" and came.said is not None:
        return phrase("comes_by_undo", language, task=came.said.task)
    if came.outcome == "done" and not came.tasks:
        return phrase("comes_unless_shown", language)
    if came.held and came.outcome in ("done", "max_fires") and not any(task.unfinished for task in came.tasks):
        return phrase("comes_after_gone", language)
    return None


def _place(place: Any) -> str:
    return f"{place.file}:{place.line}" if isinstance(place, Place) else ""
