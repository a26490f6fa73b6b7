"""Whom a fact without an account touches: by the signals that say so, and by whose customers they are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from engine.action.facts import load_carers
from engine.policy.expressions import rules_in
from engine.policy.model import Policy
from engine.reasoning.columnar import reason
from engine.reasoning.days import Workdays
from engine.reasoning.layout import signal_path
from engine.telling.merged import MergedFacts, Row

REP = "rep"


@dataclass(frozen=True)
class Touched:
    """`signals`: of each rule that concludes for the fact, its title, gravest severity and how many accounts it
    touches (none for one about a person or the company alone). `cared_for`: the accounts of the person concerned,
    None where no person is."""

    signals: tuple[dict[str, Any], ...]
    cared_for: int | None = None
    person: str = ""


def touched_by(
    policy: Policy, facts: MergedFacts, type: str, row: Row, today: date, calendar: Workdays, language: str, into: Path
) -> Touched:
    """Conclude for facts of one type that have no account, by sets over all accounts. Raises EngineError."""
    rules = _rules(policy, type)
    found = []
    if rules:
        small = replace(policy, signals={n: s for n, s in policy.signals.items() if n in rules}, plays={}, risk=())
        reason(small, facts, today, into, calendar=calendar)
        with duckdb.connect(":memory:") as db:
            for name, signal in small.signals.items():
                path = signal_path(into, name)
                if signal.about != type or not path.is_file():
                    continue
                severity, accounts, any_row = db.execute(
                    "select min(list_position(['critical', 'high', 'medium', 'low'], severity)),"
                    " count(distinct account), count(*) from read_parquet($1) where subject = $2",
                    [str(path), row["id"]],
                ).fetchall()[0]
                if any_row:
                    found.append({
                        "rule": name,
                        "title": signal.title.get(language) or next(iter(signal.title.values())),
                        "severity": ("critical", "high", "medium", "low")[severity - 1],
                        "accounts": accounts,
                        "source": list(signal.source),
                    })  # fmt: skip
    person = row["id"] if type == REP else row.get(REP)
    return Touched(tuple(found), None if person is None else _cared_for(facts, today, person), person or "")


def _rules(policy: Policy, type: str) -> frozenset[str]:
    """The signals about a type, and all that these rest on."""
    return resting(policy, (name for name, signal in policy.signals.items() if signal.about == type))


def resting(policy: Policy, rules: Iterable[str]) -> frozenset[str]:
    """These signals, and all that they rest on."""
    todo, found = list(rules), set[str]()
    while todo:
        name = todo.pop()
        if name in policy.signals and name not in found:
            found.add(name)
            signal = policy.signals[name]
            conditions = [condition for _, condition in signal.severity]
            todo += rules_in(signal.when, *conditions, *(e.value for e in signal.evidence))
    return frozenset(found)


def _cared_for(facts: MergedFacts, today: date, person: str) -> int:
    with duckdb.connect(":memory:") as db:
        load_carers(db, facts, today)
        [(count,)] = db.execute('select count(*) from carer where owner = $1 or "second" = $1', [person]).fetchall()
    return int(count)
