"""One night: reason, decide, render, commit. A dry run takes the same path on a copy of the store."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import duckdb

from engine.action.away import Calendar
from engine.action.budget import hold_back, tasks_wanted
from engine.action.commit import write_decisions, write_made, write_people, write_run, write_urgencies
from engine.action.compare import decide_tonight
from engine.action.escalate import overdue_tasks, write_escalated
from engine.action.facts import Facts, load_carers, read_absences, read_people
from engine.action.joining import join_tasks, joined_matters
from engine.action.lists import open_work
from engine.action.make import Making, Render, make_tasks, ranged
from engine.action.moving import tasks_to_move, write_moved
from engine.action.place import There
from engine.action.ranking import AccountRanks
from engine.action.report import Night
from engine.action.room import NO_OTHERS, Others, known_now, write_room
from engine.action.sealing import seal_run
from engine.action.spread import spread_of
from engine.action.tonight import Tonight, row_counts
from engine.action.waiting import write_waiting
from engine.errors import EngineError, UsageError
from engine.policy.model import Policy
from engine.reasoning.days import Workdays
from engine.reasoning.layout import risk_path
from engine.reasoning.plan import build_plan
from engine.store import Store, copy_store, open_store, run_lock
from engine.store.faults import told
from engine.store.runs import clean_leftovers, keep_folder, part_folder, share_unchanged

ENGINES = ("columnar", "rete")
_SHORT = 10  # hexadecimal digits of a run's id


@dataclass(frozen=True)
class Settings:
    """How a workspace wants its nights: store folder, calendar, language, and other languages by person.

    `reason` stands in for the engine, for conclusions that are there already. `also` writes what else a night leaves
    behind, in its transaction, given that, the run's id and who is there. `others` is what is known of people's lists
    beyond what the store holds.
    """

    store: Path
    calendar: Calendar
    language: str
    languages: Mapping[str, str]
    render: Render
    reason: Callable[..., None] | None = None
    also: Callable[[sqlite3.Connection, str, There], object] | None = None
    others: Others = NO_OTHERS


def run_night(
    policy: Policy, facts: Facts, today: date, settings: Settings, *,
    engine: str = "columnar", dry_run: bool = False, rejected: int = 0,
) -> Night:  # fmt: skip
    """Hold the policy against the facts of `today` and commit what follows, in one transaction or not at all.

    The same night again changes nothing and gives the same result. `rejected` rows of the facts are noted with the
    run. Raises HoldfastError: EngineError, UsageError for an unknown engine or a day before the last run.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine '{engine}'", f"choose one of: {', '.join(ENGINES)}")
    if not dry_run:
        with run_lock(settings.store):
            return _night(open_store(settings.store, create=True), policy, facts, today, settings, engine, rejected)
    temporary = TemporaryDirectory(prefix="holdfast-")
    try:
        store = copy_store(settings.store, Path(temporary.name))
        return _night(store, policy, facts, today, settings, engine, rejected, temporary)
    except BaseException:
        temporary.cleanup()
        raise


def _night(
    store: Store, policy: Policy, facts: Facts, today: date, settings: Settings, engine: str, rejected: int,
    temporary: "TemporaryDirectory[str] | None" = None,
) -> Night:  # fmt: skip
    try:
        run, already = _run_id(store, policy, facts, today, engine)
        if not already:
            clean_leftovers(store)
            with told(store.path):
                _carry_out(store, run, policy, facts, today, settings, engine, rejected)
        [(counts, rejected)] = store.rows("select counts, rejected from run where id = ?", [run])
    except BaseException:
        store.close()
        raise
    return Night(
        run, today, engine, rejected, already, temporary is not None, json.loads(counts), policy, settings.language,
        store.runs / run, store, settings.render, _estimated(store, settings.calendar, today), temporary,
    )  # fmt: skip


def _estimated(store: Store, calendar: Calendar, today: date) -> tuple[int, ...]:
    """The years, from today's to that of the last due day, whose workdays are not published yet."""
    [(last,)] = store.rows("select max(due_on) from task where status in ('open', 'started')")
    years = range(today.year, max(today.year, int(last[:4]) if last else 0) + 1)
    return tuple(year for year in years if calendar.unpublished(year))


def _carry_out(
    store: Store, run: str, policy: Policy, facts: Facts, today: date, settings: Settings, engine: str, rejected: int
) -> None:
    part = part_folder(store, run)
    folder = part
    try:
        (settings.reason or _reason(engine))(policy, facts, today, part, calendar=settings.calendar)
        with TemporaryDirectory(prefix="holdfast-") as spill, _database(Path(spill)) as db, store.transaction() as tx:
            last = tx.execute("select policy from run order by number desc limit 1").fetchone()
            columns = {
                "id": run, "today": today.isoformat(), "engine": engine, "policy": policy.hash,
                "snapshot": facts.hash, "language": settings.language, "rejected": rejected,
            }  # fmt: skip
            write_run(tx, columns, policy)
            people, emails = read_people(db, facts, today)
            there = There(people, read_absences(db, facts, today), settings.calendar, today)
            load_carers(db, facts, today)
            plan = build_plan(policy, facts.present)
            tonight = Tonight(db, policy, plan.plays, part, facts.present)
            verdict = decide_tonight(tonight, tx, plan, today, same_policy=last is None or last == (policy.hash,))
            write_people(tx, people, emails)
            write_decisions(tx, verdict.decisions, run, today)
            write_urgencies(tx, policy, verdict.urgencies)
            if "rep" in facts.present:
                write_moved(tx, tasks_to_move(tx, db, policy, facts, there), today.isoformat())
            making = Making(policy, facts, there, settings.language, settings.languages, settings.render)
            _hold_back(tx, tonight, making, part, settings)
            if ranged(tonight):
                work = [*open_work(tx, today), *settings.others.work]
                making = replace(making, spread=spread_of(db, there, policy, work))
            made = write_made(tx, policy, make_tasks(tonight, making), run)
            join_tasks(tx)
            tonight.note_joined(joined_matters(tx))
            write_escalated(tx, overdue_tasks(tx, db, policy, facts, there), run)
            outcomes = tonight.write_outcomes(part / "decisions.parquet")
            counts = _counts(db, part, outcomes, made, sum(len(d.close) for d in verdict.decisions))
            tx.execute("update run set counts = ? where id = ?", [json.dumps(counts), run])
            if settings.also is not None:
                settings.also(tx, run, there)
            seal_run(tx, store, part, columns, settings.calendar, verdict)
            folder = keep_folder(store, part, run, share_unchanged(store, part, run))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _hold_back(tx: sqlite3.Connection, tonight: Tonight, making: Making, part: Path, settings: Settings) -> None:
    """Let wait what nobody has the time for, and keep what it was weighed against."""
    policy, facts, there = making.policy, making.facts, making.there
    waits: Mapping[str, str] = {}
    if wanted := tasks_wanted(tonight, policy, facts, there):
        known = known_now(tx, there.today, settings.others)
        calendar = cast(Workdays, settings.calendar)
        held = hold_back(wanted, policy, there, known, AccountRanks(policy, facts, there.today, part, calendar))
        waits = {each.key: held.waits[each.key] for each in wanted if each.key in held.waits}
        tonight.hold(sorted(waits))
        write_room(part, held, known, policy)
    write_waiting(tx, tonight, waits, making)


def _reason(engine: str) -> Callable[..., None]:
    """An engine's `reason`. Raises EngineError where it is not installed."""
    try:
        reason: Callable[..., None] = import_module(f"engine.reasoning.{engine}").reason
    except ImportError as error:
        raise EngineError(f"the engine '{engine}' cannot be used here: {error}", "use --engine columnar") from error
    return reason


def _database(spill: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"temp_directory": str(spill)})


def _counts(
    db: duckdb.DuckDBPyConnection, folder: Path, outcomes: Mapping[str, int], made: int, closed: int
) -> dict[str, Any]:
    rules = {path.stem: count for path, count in row_counts(db, sorted(folder.glob("signals/*.parquet"))).items()}
    risk = db.execute(
        "select level, count(*) from read_parquet($1) group by all order by all", [str(risk_path(folder))]
    )
    return {
        "signals": sum(rules.values()),
        "rules": rules,
        "risk": dict(risk.fetchall()),
        "matters": outcomes,
        "new_tasks": made,
        "closed_tasks": closed,
    }


def _run_id(store: Store, policy: Policy, facts: Facts, today: date, engine: str) -> tuple[str, bool]:
    """The run's id, and whether it is the last run, so that nothing is left to do."""
    digest = hashlib.sha256("\n".join((policy.hash, facts.hash, engine)).encode()).hexdigest()[:_SHORT]
    base = f"{today.isoformat()}-{digest}"
    last = store.rows("select id, today from run order by number desc limit 1")
    if not last:
        return base, False
    [(id, day)] = last
    if id == base or id.startswith(f"{base}-"):
        return id, True
    if today.isoformat() < day:
        raise UsageError(
            f"the store has already seen {day}, so a run for {today} would be a step back",
            "use --dry-run to look at a past day",
        )
    [(times,)] = store.rows("select count(*) from run where id = ? or id like ?", [base, f"{base}-%"])
    return (f"{base}-{times + 1}" if times else base), False
