"""The nightly engine: a policy held against all facts at once, by DuckDB."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Protocol

import duckdb

from engine.errors import EngineError
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar.known import add_assigned, add_known
from engine.reasoning.columnar.measures import add_measures
from engine.reasoning.columnar.night import Night, engine_error
from engine.reasoning.columnar.plays import add_play
from engine.reasoning.columnar.risk import add_risk
from engine.reasoning.columnar.signals import add_signal
from engine.reasoning.columnar.tiers import add_tiers
from engine.reasoning.columnar.used import needs_workdays, used_columns
from engine.reasoning.columnar.vain import note_bare
from engine.reasoning.days import FIRST_DAY, LAST_DAY, MondayToFriday, Workdays
from engine.reasoning.layout import make_folders, write_judged
from engine.reasoning.plan import build_plan
from engine.store.frozen import PART

# Found on DuckDB 2.0.0 by random policies (tests/reasoning/agreement); no cost was measurable over 200,000 accounts.
UNSAFE = (
    "join_order",  # chained left joins beside a cross join, one asked to be missing: rows are lost
    "statistics_propagation",  # `case when c then 'x' end in ('x', 'y')` as a filter: holds where c does not
    "outer_join_simplification",  # chained left joins under several conditions: an internal error
)
FEW_ROWS = 1_000_000  # of facts: for so many one thread is as fast as several, and writes the same bytes every time


class Facts(Protocol):
    """What the engine needs of a snapshot."""

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file."""
        ...

    def path(self, type: str, /) -> Path:
        """The Parquet file of a present type."""
        ...


def reason(
    policy: Policy,
    snapshot: Facts,
    today: date,
    into: Path,
    calendar: Workdays | None = None,
    memory_limit: str | None = None,
) -> None:
    """Judges a policy by the facts known on `today` and writes the conclusions folder `into` (see `layout.py`).

    `calendar` is for workdays(); without one Monday to Friday are worked. `memory_limit` is DuckDB's ("4GB"); beyond
    it the engine spills to disk beside `into`. Raises EngineError.
    """
    plan = build_plan(policy, snapshot.present)
    try:
        make_folders(into)
        with open_links(snapshot, into) as links, open_database(into, memory_limit) as db:
            _use_few_threads(db, snapshot.present, links)
            night = Night(db, plan, today, into, links / "into", used_columns(plan))
            _add_facts(night, snapshot.present, links, calendar or MondayToFriday())
            note_bare(night)
            _judge(night)
        write_judged(plan, into)
    except OSError as fault:
        raise EngineError(
            f"the conclusions cannot be written to {into}: {fault.strerror or fault}", "is the disk full?"
        ) from fault


def _judge(night: Night) -> None:
    for level in night.plan.levels:
        add_measures(night, level.measures)
        if level.tiers:
            add_tiers(night)
        for signal in level.signals:
            add_signal(night, signal)
    add_risk(night)
    for play in night.plan.plays:
        add_play(night, play)


def _add_facts(night: Night, present: frozenset[str], links: Path, calendar: Workdays) -> None:
    assigned = "assignment" in present and "owner" in night.used[ACCOUNT]
    if assigned:
        add_assigned(night, fact_file(links, "assignment"))
    for type in sorted(present & night.policy.contract.keys()):
        add_known(night, type, fact_file(links, type), assigned=assigned)
    if needs_workdays(night.plan):
        add_workdays(night, calendar)


def add_workdays(night: Night, calendar: Workdays) -> None:
    """Makes the table of days that workdays() looks up."""
    worked = calendar.workday_numbers(FIRST_DAY, LAST_DAY)
    try:
        night.db.execute(_WORKDAYS, {"first": FIRST_DAY, "last": LAST_DAY, "year_1": date.min, "worked": worked})
    except duckdb.Error as fault:
        raise engine_error(fault, "workdays") from fault


_WORKDAYS = """
create temporary table workdays as
with days as (
  select cast($first as date) + cast(n as integer) as day
  from range(cast($last as date) - cast($first as date) + 1) as numbers(n)),
worked as (select cast($year_1 as date) + cast(n - 1 as integer) as day from (select unnest($worked) as n))
select day, count(worked.day) over (order by day) as worked from days left join worked using (day)
"""


@contextmanager
def open_links(snapshot: Facts, into: Path) -> Iterator[Path]:
    """A folder of links to the facts and the conclusions whose names hold no * or [, which DuckDB would expand."""
    with tempfile.TemporaryDirectory(prefix="holdfast-") as made:
        links = Path(made)
        for type in snapshot.present:
            fact_file(links, type).symlink_to(snapshot.path(type).absolute())
        (links / "into").symlink_to(into.absolute(), target_is_directory=True)
        yield links


@contextmanager
def open_database(into: Path, memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that spills beside `into` and leaves out the optimizer steps in UNSAFE. Raises EngineError.

    What a killed process spilled is named like every unfinished thing beside runs: the next night removes it.
    """
    config: dict[str, str | bool] = {"preserve_insertion_order": False, "autoinstall_known_extensions": False}
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    with tempfile.TemporaryDirectory(prefix="spill-", suffix=PART, dir=into.absolute().parent) as spill:
        try:
            db = duckdb.connect(":memory:", config={**config, "temp_directory": spill})
        except duckdb.Error as fault:
            raise engine_error(fault, "starting DuckDB") from fault
        try:
            _leave_out_unsafe_steps(db)
            yield db
        finally:
            db.close()


def _use_few_threads(db: duckdb.DuckDBPyConnection, present: frozenset[str], links: Path) -> None:
    """Keeps to one thread where there are few facts. A file that cannot be read is told of where its facts are."""
    paths = [str(fact_file(links, type)) for type in sorted(present)]
    with suppress(duckdb.Error):
        query = "select sum(num_rows) from parquet_file_metadata($1::varchar[])"
        [(rows,)] = db.execute(query, [paths]).fetchall()
        if rows < FEW_ROWS:
            db.execute("set threads = 1")


def _leave_out_unsafe_steps(db: duckdb.DuckDBPyConnection) -> None:
    """Turns off the steps of DuckDB's optimizer that were found to give wrong rows (see UNSAFE)."""
    known = {name for (name,) in db.execute("select name from duckdb_optimizers()").fetchall()}
    db.execute("set disabled_optimizers = $1", [",".join(name for name in UNSAFE if name in known)])


def fact_file(links: Path, type: str) -> Path:
    """The link to the file of a present type."""
    return links / f"{type}.parquet"
