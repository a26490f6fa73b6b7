"""All that is known of one account on a time line: facts, risk, signals, tasks, and what people said and told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.audit.behind import Behind
from engine.audit.reading import reading
from engine.audit.reasons import plain
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.layout import risk_path
from engine.store.opening import Store

_NOT_SHOWN = ("id", ACCOUNT)
ORDER = ("fact", "told", "signal", "risk", "task", "word")  # of one day


@dataclass(frozen=True)
class Event:
    """Something of one day. `kind` is fact, told, signal, risk, task or word; `how` says what came of it."""

    on: date
    kind: str
    name: str
    how: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        return {
            "on": self.on.isoformat(), "kind": self.kind, "name": self.name, "how": self.how, **plain(self.detail)
        }  # fmt: skip


def history(store: Store, policy: Policy, behind: Behind, account: str, since: date, until: date) -> list[Event]:
    """The events of an account from `since` to `until`, the earliest first. Raises StoreError."""
    runs = _runs(store, since, until)
    found = [
        *_facts(policy, behind, account), *_told(store, account), *_signals(runs, account), *_risk(runs, account),
        *_tasks(store, account), *_words(store, account),
    ]  # fmt: skip
    inside = (event for event in found if since <= event.on <= until)
    return sorted(inside, key=lambda event: (event.on, ORDER.index(event.kind)))


def _runs(store: Store, since: date, until: date) -> list[tuple[date, Path]]:
    """The last run of each day with its folder, from the one before `since` on."""
    rows = store.rows("select today, id from run where today <= ? order by number", [until.isoformat()])
    latest = {date.fromisoformat(str(day)): store.runs / str(id) for day, id in rows}
    days = sorted(latest)
    first = max((day for day in days if day < since), default=None)
    return [(day, latest[day]) for day in days if day >= (first or since) and latest[day].is_dir()]


def _facts(policy: Policy, behind: Behind, account: str) -> Iterator[Event]:
    for type in sorted(behind.present & policy.contract.keys()):
        known_from = policy.contract[type].known_from
        if known_from is None or not account_path(policy.contract, type):
            continue
        for row in behind.of_account(type, account):
            if isinstance(day := row.get(known_from), date):
                people = behind.people(type, row)
                fields = {name: value for name, value in behind.fields(type, row).items() if name not in _NOT_SHOWN}
                shown = {n: people.get(v, v) if isinstance(v, str) else v for n, v in fields.items() if n != known_from}
                yield Event(day, "fact", f"{type} {row['id']}", "known", {"fields": shown})


def _signals(runs: Sequence[tuple[date, Path]], account: str) -> Iterator[Event]:
    """Signals that came, went or changed their severity between one run and the next."""
    seen = [(day, _held(folder, account)) for day, folder in runs]
    for (_, before), (day, now) in pairwise(seen):
        for key in sorted(before.keys() | now.keys()):
            if before.get(key) != now.get(key):
                how = "came" if key not in before else "went" if key not in now else "changed"
                rule, subject = key
                severities = {"before": before.get(key), "after": now.get(key)}
                yield Event(day, "signal", rule, how, {"subject": subject, **severities})


def _held(folder: Path, account: str) -> dict[tuple[str, str], str]:
    rows = _read(
        "select parse_filename(filename, true), subject, severity from read_parquet($1, filename = true,"
        " union_by_name = true) where account = $2",
        [str(folder / "signals" / "*.parquet"), account],
    ) if any((folder / "signals").glob("*.parquet")) else []  # fmt: skip
    return {(rule, subject): severity for rule, subject, severity in rows}


def _risk(runs: Sequence[tuple[date, Path]], account: str) -> Iterator[Event]:
    levels = []
    for day, folder in runs:
        rows = _read("select level, score from read_parquet($1) where account = $2", [str(risk_path(folder)), account])
        levels.append((day, *(rows[0] if rows else ("green", 0))))
    for (_, before, _), (day, level, score) in pairwise(levels):
        if level != before:
            yield Event(day, "risk", level, "changed", {"before": before, "after": level, "score": score})


def _tasks(store: Store, account: str) -> Iterator[Event]:
    for id, title, who, made, due, ended, why, status in store.rows(_TASKS, [account]):
        about = {"title": title, "assignee": who}
        yield Event(date.fromisoformat(str(made)), "task", str(id), "made", {**about, "due_on": due})
        if ended:
            yield Event(date.fromisoformat(str(ended)), "task", str(id), str(status), {**about, "why": why})


def _words(store: Store, account: str) -> Iterator[Event]:
    for id, who, at, what, note in store.rows(_WORDS, [account]):
        yield Event(date.fromisoformat(str(at)[:10]), "word", str(id), str(what), {"who": who, "note": note})


def _told(store: Store, account: str) -> Iterator[Event]:
    for type, fact, fields, who, at, undone in store.rows(_TOLD, [account]):
        detail = {"fields": fields, "who": who, "undone": undone}
        yield Event(date.fromisoformat(str(at)[:10]), "told", f"{type} {fact}", "told", detail)


def default_since(until: date) -> date:
    """Where a time line begins unless another day is asked for: a quarter earlier."""
    return until - timedelta(90)


def _read(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with reading("the conclusions of a run") as db:
        return db.execute(query, values).fetchall()


_TASKS = """
select t.id, t.title, coalesce(r.name, t.assignee, t.queue), n.today, t.due_on, t.ended_on, t.ended_why, t.status
from task t join episode e on e.id = t.episode join run n on n.id = t.made_run left join rep r on r.id = t.assignee
where e.account = ? order by t.id
"""
_WORDS = """
select a.task, coalesce(r.name, a.who), a.at, a.what, a.note
from action a join task t on t.id = a.task join episode e on e.id = t.episode left join rep r on r.id = a.who
where e.account = ? order by a.id
"""
_TOLD = """
select type, fact, fields, who, at, undone_at from told
where json_extract(fields, '$.account') = ?1 or (type = 'account' and fact = ?1)
order by id
"""
