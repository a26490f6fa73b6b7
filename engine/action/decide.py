"""What becomes of each condition: pure, from tonight's conclusions and what is known of the matter already.

A condition that holds for many nights is one episode, known by (play, subject, account, number). docs/episodes.md
draws it.

- It holds and has no episode, or only ended ones: a new episode opens, unless something holds it back: the play's
  `cooldown_days` since the last one ended, its `max_fires`, a false alarm, or that the account was said to be lost.
- It still holds: the episode is kept, with tonight's priority and reasons; a step whose `after` steps are done gets
  its task. A step is also done when its `done_when` holds: its task then ends by itself, or is never made. Once
  nothing of the episode is left to do, it waits: with `cooldown_days` and `rearm: cooldown` it ends when so many days
  have passed since its last task ended, and a new one opens; otherwise nothing comes until the condition has gone.
- It was put off (snoozed): while it holds, nothing happens until that day.
- It no longer holds: after `clear_after_runs` runs, one a day, tasks nobody has begun close themselves and the
  episode ends. Begun ones are asked to be confirmed, and the episode stays until they are ended by people; should the
  condition come back before, the same episode goes on.
- Its play, or a rule behind it, was not judged tonight: it stays as it is.
- Its play is no longer in the policy, or switched off: it ends at once; begun tasks and all are treated as above.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from engine.action.matters import CONFIRM, Decision, Episode, Judged, Matter, Outcome, Why
from engine.policy.model import Play


def decide(matters: Iterable[Matter], judged: Judged, today: date) -> list[Decision]:
    """A decision for each matter, in their order."""
    return [_decide(matter, judged, today) for matter in matters]


def ready_steps(
    play: Play, made: Iterable[str] = (), done: Iterable[str] = (), shown: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps to be made now, and those that are skipped since the facts show them done.

    `made` have a task already or were skipped, `done` are over; of the `shown` ones `done_when` holds. A step comes
    when all steps it waits for are done, and is skipped instead when the facts show that it is done.
    """
    made, done, shown = set(made), set(done), set(shown)
    steps: list[str] = []
    skipped: list[str] = []
    again = True
    while again:  # a skipped step may let the next one come
        again = False
        for step in play.steps:
            if step.id in made or not done.issuperset(step.after):
                continue
            made.add(step.id)
            if step.id in shown:
                skipped.append(step.id)
                done.add(step.id)
                again = True
            else:
                steps.append(step.id)
    return tuple(steps), tuple(skipped)


def _decide(matter: Matter, judged: Judged, today: date) -> Decision:
    episode = matter.episode
    play = judged.plays.get(matter.play)
    if matter.holds and play is not None and play.enabled:
        if episode is None:
            return _opening(matter, play, 1)
        if episode.state != "cleared":
            return _still(matter, episode, play, today)
        held = _held(episode, play, judged, today)
        return _opening(matter, play, episode.number + 1) if held is None else Decision(matter, held)
    off = Outcome.DISABLED if matter.holds and play is not None else None
    if episode is None or episode.state == "cleared":
        return Decision(matter, off or Outcome.CLEARED)
    if play is None or not play.enabled:
        return _ending(matter, episode, episode.missed, Why.PLAY_OFF if play else Why.PLAY_GONE, off)
    if matter.play in judged.unjudged_plays or not judged.unjudged_rules.isdisjoint(episode.reasons):
        return Decision(matter, Outcome.NOT_JUDGED)
    missed = episode.missed + (episode.missed_on != today)
    if missed < play.clear_after_runs:
        return Decision(matter, Outcome.CLEARING, "clearing", missed)
    return _ending(matter, episode, missed, Why.GONE)


def _opening(matter: Matter, play: Play, number: int) -> Decision:
    """A new episode, unless the facts show that nothing is left to do."""
    if not ready_steps(play, shown=matter.shown)[0]:
        return Decision(matter, Outcome.DONE)
    return Decision(matter, Outcome.NEW, opens=number)


def _held(episode: Episode, play: Play, judged: Judged, today: date) -> Outcome | None:
    """What holds the next episode back."""
    ended = episode.ended_on or today
    if episode.ended_why == Why.FALSE_ALARM and today < ended + timedelta(judged.false_alarm_days):
        return Outcome.FALSE_ALARM
    if episode.ended_why == Why.LOST and episode.account in judged.lost:
        return Outcome.LOST
    if today < ended + timedelta(play.cooldown_days) and episode.ended_why not in (Why.UNDONE, Why.STILL_HOLDS):
        return Outcome.COOLDOWN
    return _too_often(episode, play, today)


def _too_often(episode: Episode, play: Play, today: date) -> Outcome | None:
    if play.max_fires is None:
        return None
    since = today - timedelta(play.max_fires.per_days)
    return Outcome.MAX_FIRES if sum(day > since for day in episode.fires) >= play.max_fires.n else None


def _still(matter: Matter, episode: Episode, play: Play, today: date) -> Decision:
    unask = tuple(task.id for task in episode.tasks if task.asks == CONFIRM and task.unfinished)
    if episode.snoozed_until is not None and today < episode.snoozed_until:
        return Decision(matter, Outcome.SNOOZED, "active", unask=unask)
    wake = episode.snoozed_until is not None
    finish = tuple(task.id for task in episode.tasks if task.unfinished and task.step in matter.shown)
    over = {task.step for task in episode.tasks if task.status == "done" or task.id in finish}
    made = {task.step for task in episode.tasks} | episode.skipped
    steps, skip = ready_steps(play, made, over | episode.skipped, matter.shown)
    left = any(task.unfinished and task.id not in finish for task in episode.tasks)
    if steps or left:
        return Decision(
            matter, Outcome.KEPT, "active", steps=steps, skip=skip, finish=finish, unask=unask, wake=wake
        )  # fmt: skip
    ended = max((task.ended_on for task in episode.tasks if task.ended_on is not None), default=today)
    if finish:
        ended = today
    waiting = Decision(matter, Outcome.DONE, "active", skip=skip, finish=finish, unask=unask, wake=wake)
    if not play.cooldown_days or play.rearm == "cleared":
        return waiting
    if today < ended + timedelta(play.cooldown_days):
        return Decision(matter, Outcome.COOLDOWN, "active", skip=skip, finish=finish, unask=unask, wake=wake)
    if _too_often(episode, play, today):
        return Decision(matter, Outcome.MAX_FIRES, "active", skip=skip, wake=wake)
    if not ready_steps(play, shown=matter.shown)[0]:
        return waiting
    return Decision(matter, Outcome.NEW, "cleared", why=Why.STILL_HOLDS, opens=episode.number + 1)


def _ending(matter: Matter, episode: Episode, missed: int, why: Why, off: Outcome | None = None) -> Decision:
    close = tuple(task.id for task in episode.tasks if task.status == "open")
    begun = [task for task in episode.tasks if task.status == "started"]
    ask = tuple(task.id for task in begun if task.asks != CONFIRM)
    if begun:
        return Decision(matter, off or Outcome.CLEARING, "clearing", missed, why, close=close, ask=ask)
    return Decision(matter, off or Outcome.CLEARED, "cleared", missed, why, close=close)
