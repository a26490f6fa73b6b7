"""Who takes tasks that are already there: by tonight's carers of their accounts and reps of their facts."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb

from engine.action.assign import Assignment, Carers, assign
from engine.action.facts import Facts, load_reps_of
from engine.action.place import There, stand_in
from engine.action.priority import LEAST


class Standing(NamedTuple):
    """A task that is there, and for whom it is now meant (see `assign`).

    With `due_on`, somebody who is away until then is stood in for (see `place`).
    """

    id: str
    to: str
    type: str
    subject: str
    account: str | None
    due_on: date | None = None
    priority: int = LEAST


def reassign(
    db: duckdb.DuckDBPyConnection, facts: Facts, there: There, tasks: Sequence[Standing]
) -> list[Assignment]:  # fmt: skip
    """Who takes each of the tasks; `db` has the table `carer`."""
    carers = _carers(db, [task.account for task in tasks if task.account is not None])
    reps = _reps(db, facts, tasks)
    found: list[Assignment] = []
    for task in tasks:
        caring = carers.get(task.account or "", Carers(task.account))
        given = assign(task.to, caring, reps.get((task.type, task.subject)), there.people)
        if task.due_on is not None:
            given = stand_in(given, task.to, max(task.due_on, there.today), caring, task.priority, there)
        found.append(given)
    return found


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
