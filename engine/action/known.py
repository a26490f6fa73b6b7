"""What the store knows of the matters: living episodes, ended ones, and their tasks."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Any

from engine.action.matters import Episode, StepTask

_COLUMNS = (
    "key, e.id, e.number, e.play, e.state, e.subject, e.account, e.reasons, e.missed, e.missed_on, e.ended_on,"
    " e.ended_why, e.snoozed_until, e.skipped,"
    " (select json_group_array(r.today) from episode f join run r on r.id = f.opened_run where f.key = e.key)"
)
Row = tuple[Any, ...]


def waiting_marks(db: sqlite3.Connection) -> list[str]:
    """Key and digest, as one text, of each active episode none of whose tasks anybody has touched."""
    return [m for (m,) in db.execute("select key || digest from episode where state = 'active' and touched = 0")]


def special_episodes(db: sqlite3.Connection) -> dict[str, Episode]:
    """The other living episodes by key: touched ones, and those about to clear."""
    living = "(e.state = 'clearing' or (e.state = 'active' and e.touched = 1))"
    rows = db.execute(f"select {_COLUMNS} from episode e where {living} order by key").fetchall()  # noqa: S608 - constants
    tasks = db.execute(
        "select t.episode, t.id, t.step, t.status, t.ended_on, t.asks, t.ended_why from task t"  # noqa: S608 - constants
        f" join episode e on e.id = t.episode where {living} order by t.episode, t.id"
    )
    return _episodes(rows, tasks)


def latest_episodes(db: sqlite3.Connection, keys: list[str]) -> dict[str, Episode]:
    """The last episode of each of the keys that has one, with its tasks."""
    if not keys or db.execute("select 1 from episode limit 1").fetchone() is None:
        return {}
    db.execute("create temp table if not exists asked (key text primary key)")
    db.execute("delete from asked")
    db.executemany("insert into asked values (?)", ((key,) for key in keys))
    last = "e.number = (select max(number) from episode l where l.key = e.key)"
    rows = db.execute(
        f"select {_COLUMNS} from asked join episode e using (key) where {last} order by key"  # noqa: S608 - constants
    ).fetchall()
    tasks = db.execute(
        "select t.episode, t.id, t.step, t.status, t.ended_on, t.asks, t.ended_why from asked"  # noqa: S608 - constants
        f" join episode e using (key) join task t on t.episode = e.id where {last} order by t.episode, t.id"
    )
    return _episodes(rows, tasks)


def episode_of(db: sqlite3.Connection, task: str) -> Episode:
    """The episode that a task belongs to."""
    rows = db.execute(
        f"select {_COLUMNS} from episode e where e.id = (select episode from task where id = ?)",  # noqa: S608 - constant
        [task],
    ).fetchall()
    tasks = db.execute(
        "select episode, id, step, status, ended_on, asks, ended_why from task"
        " where episode = (select episode from task where id = ?) order by id",
        [task],
    )
    [episode] = _episodes(rows, tasks).values()
    return episode


def lost_accounts(db: sqlite3.Connection) -> frozenset[str]:
    """The accounts that somebody has said to be lost, and nobody has taken it back."""
    rows = db.execute(
        "select distinct fact from told"
        " where type = 'account' and undone_at is null and json_extract(fields, '$.lost_on') is not null"
    )
    return frozenset(account for (account,) in rows)


def keys_without_step(db: sqlite3.Connection, play: str, step: str) -> list[str]:
    """The keys of the play's active episodes that have no task of the step."""
    rows = db.execute(
        "select key from episode e where play = ? and state = 'active'"
        " and not exists (select 1 from task where episode = e.id and step = ?)",
        [play, step],
    )
    return [key for (key,) in rows]


def _episodes(rows: Iterable[Row], tasks: Iterable[Row]) -> dict[str, Episode]:
    by_episode: dict[int, list[StepTask]] = {}
    for episode, id, step, status, ended_on, asks, why in tasks:
        by_episode.setdefault(episode, []).append(StepTask(id, step, status, _day(ended_on), asks, why))
    return {
        key: Episode(
            id, number, play, state, subject, account, tuple(json.loads(reasons)), missed, _day(missed_on),
            _day(ended_on), ended_why, _day(snoozed), frozenset(json.loads(skipped)),
            tuple(date.fromisoformat(day) for day in json.loads(fires)), tuple(by_episode.get(id, ())),
        )
        for key, id, number, play, state, subject, account, reasons, missed, missed_on, ended_on,
            ended_why, snoozed, skipped, fires in rows
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
