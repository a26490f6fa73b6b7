"""What a night gives out: its signals, risks and tasks, as the JSON of `holdfast run` has them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.action.make import Render, because_text
from engine.policy.model import Policy
from engine.reasoning.layout import NO_EVIDENCE, judged_path, risk_path, signal_path
from engine.store import Store
from engine.store.shown import TaskRow
from engine.store.tasks import COLUMNS, FROM, shown_rows
from engine.store.waiting import list_waiting


@dataclass
class Night:
    """A night that is done. Its lists are read when asked for, so that large ones need not be held; then `close`.

    `already`: the very same night had been run before, and nothing was written. `counts`: signals, risk by level,
    and matters by outcome. `estimated`: years whose holidays are not published yet, and in which tasks fall due.
    """

    run: str
    today: date
    engine: str
    rejected: int
    already: bool
    dry_run: bool
    counts: Mapping[str, Any]
    policy: Policy
    language: str
    folder: Path
    store: Store
    render: Render
    estimated: tuple[int, ...] = ()
    temporary: TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Close the store; a dry run's folder is removed."""
        self.store.close()
        if self.temporary is not None:
            self.temporary.cleanup()

    def __enter__(self) -> "Night":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def not_judged(self) -> list[dict[str, Any]]:
        """The rules that tonight's facts could not answer, each with the fact types it misses."""
        found: list[dict[str, Any]] = json.loads(judged_path(self.folder).read_text(encoding="utf-8"))["not_judged"]
        return found

    def signals(self) -> Iterator[dict[str, Any]]:
        """Tonight's conclusions, rule by rule, with their because-texts."""
        db = duckdb.connect()
        for rule, signal in self.policy.signals.items():
            path = signal_path(self.folder, rule)
            if not path.is_file():
                continue
            db.execute(
                "select subject, account, severity, unnest(evidence) from read_parquet($1) order by account, subject",
                [str(path)],
            )
            names = [name for name, *_ in db.description or ()][3:]
            while rows := db.fetchmany(10_000):
                for subject, account, severity, *values in rows:
                    evidence = {n: v for n, v in zip(names, values, strict=True) if n != NO_EVIDENCE}
                    yield {
                        "rule": rule,
                        "account": account,
                        "subject": {"type": signal.about, "id": subject},
                        "severity": severity,
                        "because": because_text(self.render, self.policy, signal.because, evidence, self.language),
                        "source": list(signal.source),
                    }

    def risk(self) -> Iterator[dict[str, Any]]:
        """The accounts that are red or amber."""
        db = duckdb.connect()
        db.execute("select account, level, score from read_parquet($1) order by account", [str(risk_path(self.folder))])
        while rows := db.fetchmany(10_000):
            for account, level, score in rows:
                yield {"account": account, "level": level, "score": int(score) if score == int(score) else score}

    def tasks(self, *, apart: bool = False) -> Iterator[dict[str, Any]]:
        """Tonight's tasks: `new` ones, earlier ones still open as `kept`, and what tonight `closed` or found `done`.

        What is one task for its person is one here; `apart`, each of its matters for itself. Tasks of matters that
        were put off are left out.
        """
        rows = self.store.db.conn.execute(_TASKS, {"run": self.run, "today": self.today.isoformat()})
        for _, some in groupby(rows, key=lambda row: row[2]):
            found = [(row[1], *row[1:]) if apart else row for row in some]
            for task in sorted(shown_rows(self.store, found), key=lambda task: (task.priority, task.due_on, task.id)):
                yield _task(task)

    def as_dict(self) -> dict[str, Any]:
        """All of it: the object that `holdfast run --json` prints."""
        return {
            "run": self.run,
            "today": self.today.isoformat(),
            "engine": self.engine,
            "rejected": self.rejected,
            "already_done": self.already,
            "dry_run": self.dry_run,
            "counts": dict(self.counts),
            "not_judged": self.not_judged,
            "estimated_years": list(self.estimated),
            "signals": list(self.signals()),
            "risk": list(self.risk()),
            "tasks": list(self.tasks()),
            "waiting": [matter.as_json() for matter in list_waiting(self.store)],
        }


def _task(task: TaskRow) -> dict[str, Any]:
    return {
        "id": task.id,
        "account": task.account,
        "subject": {"type": task.subject_type, "id": task.subject},
        "play": task.play,
        "step": task.step,
        "assignee": task.assignee,
        "queue": task.queue,
        "due_on": task.due_on.isoformat(),
        "priority": task.priority,
        "status": task.status,
        "outcome": task.outcome,
        "asks": task.asks,
        "contact": task.contact,
        "title": task.title,
        "body": task.body,
        "because": list(task.reasons),
        "source": list(task.sources),
        "joined": [
            {
                "id": part.id,
                "play": part.play,
                "step": part.step,
                "subject": {"type": part.subject_type, "id": part.subject},
                "due_on": part.due_on.isoformat(),
                "outcome": part.outcome,
            }
            for part in task.joined
        ],
        "escalated": [notice.person or notice.queue for notice in task.escalated],
    }


_TASKS = f"""
with tonight as (
    select id, iif(made_run = :run, 'new', 'kept') outcome
    from task where status in ('open', 'started')
    union all
    select id, status from task where ended_run = :run
)
select {COLUMNS}, outcome
from tonight join {FROM} where t.id = tonight.id
  and (e.snoozed_until is null or e.snoozed_until <= :today or t.status in ('done', 'closed'))
order by e.account, coalesce(t.joined, t.id)
"""  # noqa: S608 - constants
