"""Writing a night's decisions: the only writer of episodes and tasks, inside one transaction that the caller holds."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from engine.action.assign import People
from engine.action.make import Made, sources
from engine.action.matters import Decision, Why
from engine.action.tonight import Urgency
from engine.policy.model import Play, Policy

ID_LENGTH = 10  # letters of a task's id
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u
_PAIRS = [a + b for a in _LETTERS for b in _LETTERS]
_BATCH = 5_000


def task_id(key: str, number: int, step: str, attempt: int = 0) -> str:
    """The short id of an episode's step: the same every time; `attempt` counts ids that were taken by others."""
    bits = int.from_bytes(hashlib.sha256(f"{key}.{number}.{step}.{attempt}".encode()).digest()[:8])
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(0, 5 * ID_LENGTH, 10)])


def write_run(db: sqlite3.Connection, values: Mapping[str, Any], policy: Policy) -> None:
    """Enter the run, by the columns of its table but its number, and the texts of its policy."""
    texts = json.dumps(dict(policy.texts), ensure_ascii=False, sort_keys=True)
    db.execute("insert or ignore into policy values (?, ?)", [policy.hash, texts])
    [(number,)] = db.execute("select coalesce(max(number), 0) + 1 from run")
    db.execute(
        "insert into run (number, id, today, engine, policy, snapshot, language, rejected, counts)"
        " values (:number, :id, :today, :engine, :policy, :snapshot, :language, :rejected, '{}')",
        {"number": number, **values},
    )


def write_people(db: sqlite3.Connection, people: People, emails: Mapping[str, str | None]) -> None:
    """Keep names and addresses of everyone, for lists; only what changed is written."""
    rows = [(p.id, p.name, emails.get(p.id), int(p.active)) for p in people.by_id.values()]
    known = set(db.execute("select id, name, email, active from rep"))
    db.executemany(
        "insert into rep values (?, ?, ?, ?) on conflict (id) do update set"
        " name = excluded.name, email = excluded.email, active = excluded.active",
        (row for row in rows if row not in known),
    )


def write_decisions(db: sqlite3.Connection, decisions: Iterable[Decision], run: str, today: date) -> None:
    """Carry out the decisions about known episodes; what they open or add is made by `write_made`."""
    for decision in decisions:
        episode = decision.matter.episode
        if episode is None:
            continue
        if decision.state is not None:
            _write_state(db, decision, episode.id, today)
        day = today.isoformat()
        ended = [("closed", run, day, decision.why, id) for id in decision.close]
        ended += [("done", run, day, Why.FACTS, id) for id in decision.finish]
        db.executemany(
            "update task set status = ?, asks = null, joined = null, ended_run = ?, ended_on = ?, ended_why = ?"
            " where id = ?",
            ended,
        )
        if decision.finish or decision.skip or decision.steps:
            skipped = json.dumps(sorted(episode.skipped.union(decision.skip)))
            db.execute("update episode set touched = 1, skipped = ? where id = ?", [skipped, episode.id])
        if decision.wake:
            db.execute("update episode set snoozed_until = null where id = ?", [episode.id])
        db.executemany("update task set asks = 'confirm' where id = ?", ((id,) for id in decision.ask))
        db.executemany("update task set asks = null where id = ?", ((id,) for id in decision.unask))


def _write_state(db: sqlite3.Connection, decision: Decision, id: int, today: date) -> None:
    episode = decision.matter.episode
    missed_on = today.isoformat() if decision.missed else None
    if decision.state == "cleared":
        db.execute(
            "update episode set state = 'cleared', missed = ?, missed_on = ?, ended_on = ?, ended_why = ? where id = ?",
            [decision.missed, missed_on, today.isoformat(), decision.why, id],
        )
    elif episode is not None and (decision.state, decision.missed) != (episode.state, episode.missed):
        db.execute(
            "update episode set state = ?, missed = ?, missed_on = ? where id = ?",
            [decision.state, decision.missed, missed_on, id],
        )


def write_urgencies(db: sqlite3.Connection, policy: Policy, urgencies: Iterable[Urgency]) -> None:
    """Give living episodes tonight's priority and reasons, where they differ."""
    memo: dict[tuple[str, str], str] = {}
    db.executemany(
        "update episode set priority = ?, reasons = ?, sources = ?, tier = ?, digest = ?"
        " where key = ? and state <> 'cleared' and digest <> ?",
        (
            (
                u.priority, u.reasons, _sources(memo, policy, policy.plays[u.play], u.reasons), u.tier, u.digest,
                u.key, u.digest,
            )
            for u in urgencies
        ),
    )  # fmt: skip


def write_made(db: sqlite3.Connection, policy: Policy, made: Iterable[Made], run: str) -> int:
    """Write new episodes and tasks. Gives the number of tasks."""
    (last,) = db.execute("select coalesce(max(id), 0) from episode").fetchone()
    memo: dict[tuple[str, str], str] = {}
    count = 0
    for batch in _batches(made):
        episodes: list[tuple[Any, ...]] = []
        tasks: list[tuple[Any, ...]] = []
        for item in batch:
            episode = item.episode
            if episode is None:
                last += 1
                episode = last
                episodes.append(_episode_row(item, last, run, _sources(memo, policy, item.play, item.reasons)))
            for task in item.tasks:
                id = task_id(item.key, item.number, task.step)
                tasks.append((
                    id, episode, task.step, task.assignee, task.queue, task.title, task.body, task.language,
                    task.due_on.isoformat(), task.contact, run,
                ))  # fmt: skip
        db.executemany(
            "insert into episode (id, key, number, play, subject_type, subject, account, account_name, state, priority,"
            " reasons, sources, digest, opened_run, tier, skipped)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?)",
            episodes,
        )
        _insert_tasks(db, tasks)
        count += len(tasks)
    return count


_INSERT_TASK = (
    "insert into task (id, episode, step, assignee, queue, title, body, language, due_on, contact, status, made_run)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) on conflict (id) do nothing"
)


def _insert_tasks(db: sqlite3.Connection, tasks: list[tuple[Any, ...]]) -> None:
    """Insert tasks; one whose id another task has already gets the next id of its own."""
    before = db.total_changes
    db.executemany(_INSERT_TASK, tasks)
    if db.total_changes - before == len(tasks):
        return
    for id, episode, step, *rest in tasks:
        attempt = 0
        while db.execute("select 1 from task where episode = ? and step = ?", [episode, step]).fetchone() is None:
            attempt += 1
            key, number = db.execute("select key, number from episode where id = ?", [episode]).fetchone()
            id = task_id(key, number, step, attempt)
            db.execute(_INSERT_TASK, [id, episode, step, *rest])


def _episode_row(item: Made, id: int, run: str, found: str) -> tuple[Any, ...]:
    return (
        id, item.key, item.number, item.play.name, item.play.about, item.subject, item.account, item.account_name,
        item.priority, item.reasons, found, item.digest, run, item.tier, item.skipped,
    )  # fmt: skip


def _sources(memo: dict[tuple[str, str], str], policy: Policy, play: Play, reasons: str) -> str:
    found = memo.get((play.name, reasons))
    if found is None:
        found = memo[play.name, reasons] = sources(policy, play, reasons)
    return found


def _batches(made: Iterable[Made]) -> Iterator[list[Made]]:
    found = iter(made)
    while batch := list(islice(found, _BATCH)):
        yield batch
