"""Tonight's conclusions against what the store knows: sets where nothing differs, decisions where something does."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date

from engine.action.decide import decide, ready_steps
from engine.action.known import (
    keys_without_step,
    latest_episodes,
    lost_accounts,
    special_episodes,
    waiting_marks,
)
from engine.action.matters import Decision, Episode, Judged, Matter, Outcome
from engine.action.tonight import KEY_LENGTH, Tonight, Urgency
from engine.policy.model import Policy
from engine.reasoning.plan import Plan

FALSE_ALARM_DAYS = "false_alarm_days"  # the limit that says for how long a false alarm holds a matter back
DEFAULT_FALSE_ALARM_DAYS = 90


@dataclass(frozen=True)
class Verdict:
    """What is to be written about known episodes; what is to be made stands in tonight's table `make`.

    `seen`: the episodes by key that single decisions rest on; with the `lost` accounts, all that a replay needs.
    """

    decisions: list[Decision]
    urgencies: list[Urgency]
    seen: dict[str, Episode]
    lost: frozenset[str]


def decide_tonight(tonight: Tonight, db: sqlite3.Connection, plan: Plan, today: date, *, same_policy: bool) -> Verdict:
    """Decide every matter. With another policy than last time, living episodes also get steps that were added to it."""
    marks, special = waiting_marks(db), special_episodes(db)
    if not same_policy:
        keys = {
            key
            for play in plan.plays if play.enabled
            for step in ready_steps(play)[0]
            for key in keys_without_step(db, play.name, step)
        }  # fmt: skip
        special = latest_episodes(db, sorted(keys - special.keys())) | special
        marks = [mark for mark in marks if mark[:KEY_LENGTH] not in special]
    tonight.compare(marks, list(special))
    shown = tonight.newly_shown()
    tonight.look_closer(shown)
    special |= latest_episodes(db, shown)
    known_any = db.execute("select 1 from episode limit 1").fetchone() is not None
    past = latest_episodes(db, tonight.never_known()) if known_any else {}
    gone = latest_episodes(db, tonight.gone())
    lost, seen = lost_accounts(db), past | gone | special
    now = tonight.now([*special, *past])
    decisions = _settle(tonight, plan, today, seen, past, now, lost)
    ended = {d.matter.key for d in decisions if d.state == "cleared"} | past.keys()
    urgencies = [*tonight.changed(), *(u for key, u in now.items() if key not in ended)]
    return Verdict(decisions, urgencies, seen, lost)


def decide_again(
    tonight: Tonight, plan: Plan, today: date, waiting: list[str], seen: dict[str, Episode], lost: frozenset[str]
) -> list[Decision]:
    """Decide as that night did: `waiting` are keys of episodes that only waited, `seen` and `lost` its verdict's."""
    past = {key: episode for key, episode in seen.items() if episode.state == "cleared"}
    special = [key for key in seen if key not in past]
    tonight.compare([key for key in waiting if key not in seen], special)
    return _settle(tonight, plan, today, seen, past, tonight.now(list(seen)), lost)


def _settle(
    tonight: Tonight, plan: Plan, today: date, seen: dict[str, Episode], past: dict[str, Episode],
    now: dict[str, Urgency], lost: frozenset[str],
) -> list[Decision]:  # fmt: skip
    """Decide all that is not plain, and note tonight what is to be made and what came of it."""
    matters = [_matter(key, episode, now) for key, episode in seen.items()]
    decisions = decide(matters, _judged(plan, lost), today)
    tonight.open_new(list(past), ((d.matter.key, d.opens) for d in decisions if d.opens is not None))
    tonight.add_steps([
        (d.matter.key, d.matter.episode.number, d.matter.episode.id, step)
        for d in decisions if d.matter.episode is not None for step in d.steps
    ])  # fmt: skip
    tonight.note([
        (d.matter.key, d.matter.play, d.matter.episode.subject, d.matter.episode.account, d.outcome.value)
        for d in decisions if d.matter.episode is not None and d.outcome not in (Outcome.NEW, Outcome.KEPT)
    ])  # fmt: skip
    return decisions


def _matter(key: str, episode: Episode, now: dict[str, Urgency]) -> Matter:
    found = now.get(key)
    shown = frozenset(json.loads(found.shown)) if found is not None else frozenset()
    return Matter(key, episode.play, found is not None, episode, shown)


def _judged(plan: Plan, lost: frozenset[str]) -> Judged:
    policy = plan.policy
    return Judged(
        plays=policy.plays,
        unjudged_plays=policy.plays.keys() - {play.name for play in plan.plays},
        unjudged_rules=policy.signals.keys() - {signal.name for signal in plan.signals},
        false_alarm_days=false_alarm_days(policy),
        lost=lost,
    )


def false_alarm_days(policy: Policy) -> int:
    """For how long a false alarm holds a matter back, by the policy's limit."""
    limit = policy.limits.get(FALSE_ALARM_DAYS)
    return int(limit.values.get(None, DEFAULT_FALSE_ALARM_DAYS)) if limit else DEFAULT_FALSE_ALARM_DAYS
