"""Tonight's conclusions against what the store knows: sets where nothing differs, decisions where something does."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from engine.action.decide import Decision, Episode, Judged, Matter, Outcome, decide, first_steps
from engine.action.known import keys_without_step, latest_episodes, special_episodes, waiting_marks
from engine.action.tonight import KEY_LENGTH, Tonight, Urgency
from engine.reasoning.plan import Plan


@dataclass(frozen=True)
class Verdict:
    """What is to be written about known episodes; what is to be made stands in tonight's table `make`."""

    decisions: list[Decision]
    urgencies: list[Urgency]


def decide_tonight(tonight: Tonight, db: sqlite3.Connection, plan: Plan, today: date, *, same_policy: bool) -> Verdict:
    """Decide every matter. With another policy than last time, living episodes also get steps that were added to it."""
    marks, special = waiting_marks(db), special_episodes(db)
    if not same_policy:
        keys = {
            key for play in plan.plays for step in first_steps(play) for key in keys_without_step(db, play.name, step)
        }
        special = latest_episodes(db, sorted(keys - special.keys())) | special
        marks = [mark for mark in marks if mark[:KEY_LENGTH] not in special]
    tonight.compare(marks, list(special))
    known_any = db.execute("select 1 from episode limit 1").fetchone() is not None
    past = latest_episodes(db, tonight.never_known()) if known_any else {}
    gone = latest_episodes(db, tonight.gone())
    now = tonight.now(list(special))
    matters = [
        *_matters(past, True),
        *_matters(gone, False),
        *(Matter(key, episode.play, key in now, episode) for key, episode in special.items()),
    ]
    decisions = decide(matters, _judged(plan), today)
    tonight.open_new(list(past), ((d.matter.key, d.opens) for d in decisions if d.opens is not None))
    tonight.add_steps([
        (d.matter.key, d.matter.episode.number, d.matter.episode.id, step)
        for d in decisions if d.matter.episode is not None for step in d.steps
    ])  # fmt: skip
    tonight.note([
        (d.matter.key, d.matter.play, d.matter.episode.subject, d.matter.episode.account, d.outcome.value)
        for d in decisions if d.matter.episode is not None and d.outcome not in (Outcome.NEW, Outcome.KEPT)
    ])  # fmt: skip
    ended = {d.matter.key for d in decisions if d.state == "cleared"}
    return Verdict(decisions, [*tonight.changed(), *(u for key, u in now.items() if key not in ended)])


def _matters(episodes: dict[str, Episode], holds: bool) -> list[Matter]:
    return [Matter(key, episode.play, holds, episode) for key, episode in episodes.items()]


def _judged(plan: Plan) -> Judged:
    policy = plan.policy
    return Judged(
        plays=policy.plays,
        unjudged_plays=policy.plays.keys() - {play.name for play in plan.plays},
        unjudged_rules=policy.signals.keys() - {signal.name for signal in plan.signals},
    )
