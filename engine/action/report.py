"""What a night gives out: its signals, risks and tasks, as the JSON of `holdfast run` has them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.action.make import Render, because_text
from engine.policy.model import Policy
from engine.reasoning.layout import NO_EVIDENCE, judged_path, risk_path, signal_path
from engine.store import Store


@dataclass
class Night:
    """A night that is done. Its lists are read when asked for, so that large ones need not be held; then `close`.

    `already`: the very same night had been run before, and nothing was written. `counts`: signals, risk by level,
    and matters by outcome.
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

    def tasks(self) -> Iterator[dict[str, Any]]:
        """Tonight's tasks: `new` ones, earlier ones still to be done as `kept`, and those that tonight `closed`."""
        rows = self.store.db.conn.execute(_TASKS, {"run": self.run})
        for (
            id,
            account,
            type,
            subject,
            play,
            step,
            assignee,
            queue,
            due,
            urgency,
            status,
            outcome,
            asks,
            title,
            body,
            reasons,
            sources,
        ) in rows:
            yield {
                "id": id,
                "account": account,
                "subject": {"type": type, "id": subject},
                "play": play,
                "step": step,
                "assignee": assignee,
                "queue": queue,
                "due_on": due,
                "priority": urgency,
                "status": status,
                "outcome": outcome,
                "asks": asks,
                "title": title,
                "body": body,
                "because": json.loads(reasons),
                "source": json.loads(sources),
            }

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
            "signals": list(self.signals()),
            "risk": list(self.risk()),
            "tasks": list(self.tasks()),
        }


_TASKS = """
with tonight as (
    select id, iif(made_run = :run, 'new', 'kept') outcome
    from task where status in ('open', 'started')
    union all
    select id, 'closed' from task where ended_run = :run
)
select t.id, e.account, e.subject_type, e.subject, e.play, t.step, t.assignee, t.queue, t.due_on, e.priority, t.status,
       outcome, t.asks, t.title, t.body, e.reasons, e.sources
from tonight join task t using (id) join episode e on e.id = t.episode
order by e.account, e.priority, t.due_on, t.id
"""
