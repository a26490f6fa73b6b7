"""What assigning needs of tonight's facts: everyone who works here, and who cares for which account."""

from datetime import date
from pathlib import Path
from typing import Protocol

import duckdb

from engine.action.assign import People, Person
from engine.action.away import Absences


class Facts(Protocol):
    """A snapshot, as far as the night needs it."""

    @property
    def hash(self) -> str:
        """Names the facts by their content."""

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file, be it empty."""

    def path(self, type: str, /) -> Path:
        """The Parquet file of a present type."""


_PEOPLE = """
select id, coalesce(name, id), role, not coalesce(left_on <= $today, false), department, manager,
       try_cast(weekly_hours as double), email
from (
    select null::varchar id, null::varchar name, null::varchar role, null::date left_on, null::date hired_on,
           null::varchar department, null::varchar manager, null::double weekly_hours, null::varchar email
    where false
    union all by name
    select * from read_parquet($path)
)
where hired_on is null or hired_on <= $today
order by id
"""

_CARERS = """
insert into carer
select a.id, a.name, coalesce(f.rep, a.owner), a."second", a.department, a.tier, a.city
from (
    select null::varchar id, null::varchar name, null::varchar owner, null::varchar "second",
           null::varchar department, null::varchar tier, null::varchar city
    where false
    union all by name
    select * from read_parquet($path)
) a
left join in_force f on f.account = a.id
"""

_IN_FORCE = """
insert into in_force
select account, arg_max(rep, {'since': since, 'id': id})
from (
    select null::varchar id, null::varchar account, null::varchar rep, null::date since, null::date "until" where false
    union all by name
    select * from read_parquet($path)
)
where since <= $today and ("until" is null or "until" > $today)
group by account
"""


def read_people(db: duckdb.DuckDBPyConnection, facts: Facts, today: date) -> tuple[People, dict[str, str | None]]:
    """Everyone hired by `today`, with who is still active, and their mail addresses by id."""
    if "rep" not in facts.present:
        return People(()), {}
    rows = db.execute(_PEOPLE, {"today": today, "path": str(facts.path("rep"))}).fetchall()
    return People(Person(*row[:-1]) for row in rows), {row[0]: row[-1] for row in rows}


_ABSENCES = """
select rep, coalesce(since, told_on), "until"
from (
    select null::varchar rep, null::date told_on, null::date since, null::date "until" where false
    union all by name
    select * from read_parquet($path)
)
where rep is not null and (told_on is null or told_on <= $today)
order by all
"""


def read_absences(db: duckdb.DuckDBPyConnection, facts: Facts, today: date) -> Absences:
    """Who is away when, as far as it was told by `today`."""
    if "absence" not in facts.present:
        return Absences()
    return Absences(db.execute(_ABSENCES, {"today": today, "path": str(facts.path("absence"))}).fetchall())


def load_carers(db: duckdb.DuckDBPyConnection, facts: Facts, today: date) -> None:
    """Make the table `carer` (account, name, owner, second, department, tier by hand, city) as known on `today`."""
    db.execute("create table in_force (account varchar, rep varchar)")
    db.execute(
        "create table carer"
        ' (account varchar, name varchar, owner varchar, "second" varchar, department varchar, tier varchar,'
        " city varchar)"
    )
    if "assignment" in facts.present:
        db.execute(_IN_FORCE, {"today": today, "path": str(facts.path("assignment"))})
    if "account" in facts.present:
        db.execute(_CARERS, {"path": str(facts.path("account"))})


def load_reps_of(db: duckdb.DuckDBPyConnection, facts: Facts, type: str) -> None:
    """Make the table `own_rep` (fact, rep): the rep that each fact of the type names; a rep's is itself."""
    db.execute("create or replace table own_rep (fact varchar, rep varchar)")
    if type not in facts.present:
        return
    path = str(facts.path(type))
    if type == "rep":
        db.execute("insert into own_rep select id, id from read_parquet($1)", [path])
        return
    columns = [name for name, *_ in db.execute("describe select * from read_parquet($1)", [path]).fetchall()]
    if "rep" in columns:
        db.execute("insert into own_rep select id, rep from read_parquet($1)", [path])
