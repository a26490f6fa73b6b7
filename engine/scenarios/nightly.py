"""A scenario to its outcome by a whole night: small Parquet files, the columnar engine, a store that is thrown away."""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from sqlglot import exp

from engine.action.moving import HOLDFAST
from engine.action.night import Settings, run_night
from engine.action.report import Night
from engine.action.words import Word, done
from engine.facts.cells import STORED
from engine.facts.columns import all_fields
from engine.policy.contract import Contract
from engine.policy.model import Policy
from engine.reasoning.plan import build_plan
from engine.scenarios.model import Fired, Outcome, Scenario
from engine.scenarios.running import unjudged


@dataclass(frozen=True)
class _Facts:
    folder: Path
    hash: str
    present: frozenset[str]

    def path(self, type: str, /) -> Path:
        return self.folder / f"{type}.parquet"


def run_night_of(policy: Policy, scenario: Scenario, settings: Settings) -> Outcome:
    """What a night with the scenario's facts gives; `settings` but for the store. Raises HoldfastError."""
    with TemporaryDirectory(prefix="holdfast-") as temporary:
        folder = Path(temporary)
        facts = _write(policy.contract, scenario.facts, folder / "facts")
        here = replace(settings, store=folder / "store")
        night = run_night(policy, facts, scenario.on, here)
        before = _unfinished(night) if scenario.done else ()
        for play in policy.plays.values():
            for step in play.steps:
                if (play.name, step.id) in scenario.done:
                    night = _again(policy, facts, scenario, here, night, (play.name, step.id))
        with night:
            return _outcome(policy, facts, night, {one for one in before if one.name in {p for p, _ in scenario.done}})


def _unfinished(night: Night) -> tuple[Fired, ...]:
    """The tasks that are to be done, each matter's for itself."""
    return tuple(
        Fired(
            t["play"],
            (
                ("step", t["step"]), ("account", t["account"]), ("subject", t["subject"]["id"]),
                ("assignee", t["assignee"]), ("queue", t["queue"]), ("due_on", t["due_on"]),
            ),
        )
        for t in night.tasks(apart=True)
        if t["status"] in ("open", "started")
    )  # fmt: skip


def _again(
    policy: Policy, facts: _Facts, scenario: Scenario, settings: Settings, night: Night, step: tuple[str, str]
) -> Night:
    """The night after somebody said that the step is done, for every matter of its play."""
    with night:
        noon = datetime.combine(scenario.on, datetime.min.time(), UTC)
        for task in list(night.tasks(apart=True)):
            if (task["play"], task["step"]) == step:
                done(night.store, task["id"], Word(HOLDFAST, noon), matter=task["id"])
    return run_night(policy, replace(facts, hash=f"{facts.hash} {step}"), scenario.on, settings)


def _outcome(policy: Policy, facts: _Facts, night: Night, before: Set[Fired]) -> Outcome:
    """What there is after the last night, but for the tasks that were there `before` something was done."""
    signals = (
        Fired(s["rule"], (("account", s["account"]), ("subject", s["subject"]["id"]), ("severity", s["severity"])))
        for s in night.signals()
    )
    tasks = (one for one in _unfinished(night) if one not in before)
    return Outcome(
        tuple(sorted(signals, key=str)),
        tuple(sorted(tasks, key=str)),
        {row["account"]: row["level"] for row in night.risk()},
        unjudged(build_plan(policy, facts.present)),
    )


def _write(contract: Contract, facts: Mapping[str, list[dict[str, Any]]], folder: Path) -> _Facts:
    folder.mkdir()
    with duckdb.connect() as db:
        for type, rows in facts.items():
            fields = all_fields(contract[type])
            columns = [
                exp.ColumnDef(
                    this=exp.to_identifier(f.name, quoted=True), kind=exp.DataType.build(STORED[f.kind], "duckdb")
                )
                for f in fields
            ]
            table = exp.to_identifier(type, quoted=True)
            made = exp.Create(this=exp.Schema(this=exp.Table(this=table), expressions=columns), kind="TABLE")
            db.execute(made.sql("duckdb"))
            if rows:
                places = exp.Tuple(expressions=[exp.Placeholder() for _ in fields])
                filled = exp.Insert(this=exp.Table(this=table), expression=exp.Values(expressions=[places]))
                db.executemany(filled.sql("duckdb"), [[row.get(f.name) for f in fields] for row in rows])
            db.table(exp.Table(this=table).sql("duckdb")).order("id").write_parquet(str(folder / f"{type}.parquet"))
    text = json.dumps(facts, default=str, sort_keys=True)
    return _Facts(folder, hashlib.sha256(text.encode()).hexdigest(), frozenset(facts))
