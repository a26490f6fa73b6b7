"""A small cadence over a few facts by hand, in a workspace that never had a night; 2026-11-22 is a Sunday."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bare import bare_workspace

from engine.job import outlook_of
from engine.reports.plan import DAYS, ROWS, Planned, Wanted, planned
from engine.reports.source import ReportSource
from engine.workspace import Workspace, open_workspace

DAY = date(2026, 11, 22)
Row = dict[str, Any]
Facts = Mapping[str, Iterable[Row]]
RULES = """
limits: {visit_hours: 1.5, call_hours: 0.25, message_hours: 0.1, task_hours: 0.5, capacity_tight_share: 0.85}
tiers: {by: rank, rank_by: one, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  one: {about: account, value: 1}
  orders: {about: account, from: order, where: cancelled_on is null, take: count}
cadence:
  A:
    sales:   {visit: 3 per month, call: 2..3 per month}
    manager: {visit: every 1..2 months}
  B:
    sales: {visit: 2 per month}
    gm:    {visit: every 12 months, when: orders > 3}
  C:
    sales: {visit: 1 per month}
"""
REPS: list[Row] = [
    {"id": "g1", "name": "Gerda", "role": "gm"},
    {"id": "m1", "name": "Mona", "role": "manager", "department": "north", "weekly_hours": 10},
    {"id": "r1", "name": "Rita", "role": "sales", "department": "north", "manager": "m1", "weekly_hours": 20},
    {"id": "r2", "name": "Ralf", "role": "sales", "department": "north", "manager": "m1"},
]


def account(id: str, tier: str, **fields: Any) -> Row:
    return {"id": id, "name": f"Firm {id}", "kind": "customer", "signed_on": "2020-02-29", "owner": "r1", "tier": tier,
            **fields}  # fmt: skip


def contact(account: str, day: str, channel: str = "visit", rep: str | None = "r1") -> Row:
    return {"id": f"{account}-{day}-{channel}-{rep}", "account": account, "rep": rep, "happened_on": day,
            "channel": channel}  # fmt: skip


def appointment(account: str, day: str, **fields: Any) -> Row:
    return {"id": f"{account}-{day}-{fields}", "account": account, "rep": "r1", "made_on": "2026-11-01",
            "planned_on": day, "channel": "visit", **fields}  # fmt: skip


def firm(folder: Path, facts: Facts, language: str = "en", rules: str = RULES) -> Workspace:
    """A workspace with this policy and these facts; a type with no rows is an empty file."""
    made = bare_workspace(folder, language)
    (made.rules / "few.yaml").write_text(rules, encoding="utf-8")
    (made.root / "holdfast.yaml").write_text(f"language: {language}\nsources: [facts]\n", encoding="utf-8")
    for type, rows in facts.items():
        found = list(rows)
        columns = dict.fromkeys(["id", *(name for row in found for name in row)])
        if not found:
            columns |= dict.fromkeys({"interaction": ["account", "happened_on", "channel"]}.get(type, []))
        with (made.root / "facts" / f"{type}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows(found)
    return open_workspace(made.root)


@contextmanager
def outlook(
    folder: Path, facts: Facts, day: date = DAY, rules: str = RULES
) -> Iterator[tuple[ReportSource, Workspace]]:
    """The policy held against the facts, to be asked."""
    made = firm(folder / "firm", facts, rules=rules)
    with outlook_of(made, day) as found:
        assert found.rejected == 0
        yield found.source, made


def plan_of(folder: Path, facts: Facts, day: date = DAY, rules: str = RULES, **wanted: Any) -> Planned:
    """The plan of these facts."""
    with outlook(folder, facts, day, rules) as (source, made):
        return planned(source, Wanted(**wanted), made.calendar)


def rows(found: Planned) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The plan's rows by account, role and channel."""
    names = [column.name for column in ROWS]
    each = [dict(zip(names, row, strict=True)) for row in found.rows]
    return {(row["account"], row["role"], row["channel"]): row for row in each}


def days(found: Planned) -> list[dict[str, Any]]:
    """The plan's days."""
    names = [column.name for column in DAYS]
    return [dict(zip(names, row, strict=True)) for row in found.days]
