"""The because-texts of many tasks at once, as lists, pages and calendars show them.

They are those of the night that made a task, or that last changed it, so that a text stays the same until its task
changes, in the words of the policy of today where those fit; `holdfast why` has all there is behind them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from engine.action.make import MOST_REASONS, Render, because_text, said_in
from engine.errors import HoldfastError, PolicyError
from engine.policy.model import SEVERITIES, Policy, Signal
from engine.reasoning.layout import NO_EVIDENCE, signal_path
from engine.store.opening import Store
from engine.store.sealed import sealed_policy
from engine.store.tasks import TaskRow

_MORE = {"en": "and {} more", "zh": "另有 {} 条"}
_ROWS = """
select coalesce(t.joined, t.id), t.id, e.play, e.subject_type, e.subject, e.account, e.reasons, t.made_run, r.id
from task t join episode e on e.id = t.episode left join run r on r.number = t.changed
where t.id in (select value from json_each(:ids)) or t.joined in (select value from json_each(:ids))
order by e.priority, t.due_on, t.joined is not null, t.id
"""
_CONCLUDED = """
select w.n, count(*) over (partition by w.n) total, unnest(s.evidence)
from (
    select unnest($numbers::integer[]) n, unnest($subjects::varchar[]) subject, unnest($accounts::varchar[]) account
) w
join read_parquet($path) s
  on case when $same then s.subject = w.subject and (s.account is null or w.account is null or s.account = w.account)
          else s.account = w.account end
qualify row_number() over (
    partition by w.n order by list_position($severities::varchar[], s.severity), s.subject, s.account
) <= $most
order by w.n, list_position($severities::varchar[], s.severity), s.subject, s.account
"""


@dataclass
class _Matter:
    """A matter of a task, with the texts found for each of its rules."""

    task: str
    play: str
    subject_type: str
    subject: str
    account: str | None
    rules: tuple[str, ...]
    made_run: str
    changed_run: str | None
    language: str
    texts: dict[str, list[str]] = field(default_factory=dict)


def because_of(
    store: Store, tasks: Sequence[TaskRow], language: Callable[[TaskRow], str], render: Render
) -> dict[str, tuple[str, ...]]:
    """Why each of the tasks is there, by task id: one text a reason, the gravest matter's first.

    `language` says in which language a task's texts shall be. A matter whose sealed conclusions cannot be read any
    more is told by the titles of its rules; one without rules behind it by the title of its play.
    """
    if not tasks:
        return {}
    spoken = {task.id: language(task) for task in tasks}
    rows = store.rows(_ROWS, {"ids": json.dumps(list(spoken))})
    matters = [
        _Matter(task, play, type, subject, account, tuple(json.loads(rules)), made, changed, spoken[task])
        for task, _, play, type, subject, account, rules, made, changed in rows
        if task in spoken
    ]
    policies = _Policies(store)
    for run_of in (_made, _changed):
        _fill(store, matters, run_of, policies, render)
    found: dict[str, dict[str, None]] = {}
    for matter in matters:
        found.setdefault(matter.task, {}).update(dict.fromkeys(_texts(matter, policies)))
    return {task: tuple(texts) for task, texts in found.items()}


def _made(matter: _Matter) -> str | None:
    return matter.made_run


def _changed(matter: _Matter) -> str | None:
    return matter.changed_run


class _Policies:
    """The policies of runs, each read once, for that takes seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hashes: dict[str, str] = dict(store.rows("select id, policy from run order by number"))
        self._read: dict[str, Policy | None] = {}

    def of(self, run: str) -> Iterator[Policy]:
        """The last run's policy, and where that does not do, the one under which `run` was made."""
        for hash in dict.fromkeys((next(reversed(self._hashes.values())), self._hashes[run])):
            if hash not in self._read:
                try:
                    self._read[hash] = sealed_policy(self._store, hash)
                except HoldfastError:
                    self._read[hash] = None
            if (policy := self._read[hash]) is not None:
                yield policy


def _fill(
    store: Store, matters: Iterable[_Matter], run_of: Callable[[_Matter], str | None], policies: _Policies,
    render: Render,
) -> None:  # fmt: skip
    """Take the texts that are not found yet from the conclusions of one run of each matter."""
    wanted: dict[tuple[str, str, str], list[_Matter]] = {}
    for matter in matters:
        run = run_of(matter)
        for rule in matter.rules:
            if run is not None and rule not in matter.texts:
                wanted.setdefault((run, rule, matter.subject_type), []).append(matter)
    with duckdb.connect() as db:
        for (run, rule, type), some in sorted(wanted.items(), key=lambda item: item[0]):
            path = signal_path(store.runs / run, rule)
            if not path.is_file():
                continue
            for policy in policies.of(run):
                if rule in policy.signals and _say(db, path, policy.signals[rule], type, some, policy, render):
                    break


def _say(
    db: duckdb.DuckDBPyConnection, path: Path, signal: Signal, type: str, matters: Sequence[_Matter], policy: Policy,
    render: Render,
) -> bool:  # fmt: skip
    """Note a signal's texts for each of the matters; False where the signal's text does not fit its conclusions.

    Damaged conclusions are passed over: `holdfast why` says what is wrong, a list tells the rule's title instead.
    """
    values = {
        "numbers": list(range(len(matters))),
        "subjects": [matter.subject for matter in matters],
        "accounts": [matter.account for matter in matters],
        "same": signal.about == type,
        "severities": list(SEVERITIES),
        "most": MOST_REASONS,
        "path": str(path),
    }
    found: dict[int, list[str]] = {}
    try:
        rows = db.execute(_CONCLUDED, values).fetchall()
        names = [name for name, *_ in db.description or ()][2:]
        for number, total, *values_ in rows:
            language = matters[number].language
            evidence = {n: v for n, v in zip(names, values_, strict=True) if n != NO_EVIDENCE}
            text = because_text(render, policy, signal.because, evidence, language).strip()
            texts = found.setdefault(number, [])
            texts.append(text or _title(signal, language))
            if len(texts) == MOST_REASONS < total:
                texts.append(_MORE[language].format(total - MOST_REASONS))
    except duckdb.Error:
        return True
    except PolicyError:
        return False
    for number, texts in found.items():
        matters[number].texts[signal.name] = texts
    return True


def _texts(matter: _Matter, policies: _Policies) -> list[str]:
    if not matter.rules:
        plays = (policy.plays.get(matter.play) for policy in policies.of(matter.made_run))
        return [next((said_in(play.title, matter.language) for play in plays if play), "") or matter.play]
    found: list[str] = []
    for rule in matter.rules:
        signals = (policy.signals.get(rule) for policy in policies.of(matter.made_run))
        found += matter.texts.get(rule) or [
            next((_title(signal, matter.language) for signal in signals if signal), rule)
        ]
    return found


def _title(signal: Signal, language: str) -> str:
    return said_in(signal.title, language) or signal.name
