"""Who takes tasks that are already there: by tonight's carers of their accounts and reps of their facts."""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from engine.action.assign import Assignment, Carers, People, assign
from engine.action.facts import Facts, load_reps_of


class Standing(NamedTuple):
    """A task that is there, and for whom it is now meant (see `assign`)."""

    id: str
    to: str
    type: str
    subject: str
    account: str | None


def reassign(
    db: duckdb.DuckDBPyConnection, facts: Facts, people: People, tasks: Sequence[Standing]
) -> list[Assignment]:
    """Who takes each of the tasks; `db` has the table `carer`."""
    carers = _carers(db, [task.account for task in tasks if task.account is not None])
    reps = _reps(db, facts, tasks)
    return [
        assign(t.to, carers.get(t.account or "", Carers(t.account)), reps.get((t.type, t.subject)), people)
        for t in tasks
    ]


def _carers(db: duckdb.DuckDBPyConnection, accounts: list[str]) -> dict[str, Carers]:
    rows = db.execute(
        'select account, owner, "second", department from carer where account in (select unnest($1::varchar[]))',
        [accounts],
    ).fetchall()
    return {account: Carers(account, owner, second, department) for account, owner, second, department in rows}


def _reps(db: duckdb.DuckDBPyConnection, facts: Facts, tasks: Sequence[Standing]) -> dict[tuple[str, str], str]:
    """The rep that each task's fact names, by the fact's type and id."""
    found: dict[tuple[str, str], str] = {}
    for type in sorted({task.type for task in tasks if task.to.startswith("rep")}):
        load_reps_of(db, facts, type)
        ids = [task.subject for task in tasks if task.type == type]
        rows = db.execute("select fact, rep from own_rep where fact in (select unnest($1::varchar[]))", [ids])
        found |= {(type, fact): rep for fact, rep in rows.fetchall() if rep is not None}
    return found
