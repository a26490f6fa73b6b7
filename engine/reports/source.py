"""What reports read: the last night of a store, with its policy, its facts and its conclusions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from engine.action.facts import Facts
from engine.errors import StoreError, UsageError
from engine.facts.snapshot import Snapshot
from engine.policy.kinds import Kind
from engine.policy.model import Policy
from engine.reasoning.columnar import reason
from engine.reasoning.columnar.asking import Asked
from engine.reasoning.columnar.asking import open_night as ask_night
from engine.reasoning.columnar.night import engine_error
from engine.reasoning.days import Workdays
from engine.reasoning.layout import risk_path
from engine.store.opening import Store, read_store
from engine.store.sealed import newest_run, readable_policy, sealed_snapshot


@dataclass(frozen=True)
class ReportSource:
    """The last run of a store, to be asked as of `today` (the run's own day unless another was wanted).

    `conclusions` is the folder of what the policy concludes about `today`; `store` stays open with the source.
    """

    run: str
    run_day: date
    today: date
    policy: Policy
    snapshot: Facts
    conclusions: Path
    store: Store
    asked: Asked = field(repr=False)

    def db(self) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with a view per fact type of the contract, of what is known on `today`.

        A view has `id`, the type's fields and what is derived: `active` (account, rep), an account's `owner` by
        assignment and `tier` by hand or by the policy. The view of an absent type has no rows. Beside them the table
        `account_tier` (account, tier, by_hand), and the views `signals` (rule, subject, account, severity, weight)
        and `account_risk` (account, level, score, any, critical, high, medium, low, different; everyone else green).
        """
        return self.asked.db

    def measured(self, about: str, wanted: Mapping[str, Kind], name: str | None = None) -> str:
        """The name of a table with `id` and the policy's measures by these names, one row per fact of the type.

        `name` is what to call the table; one name goes with one set of measures. A measure that the policy lacks, or
        cannot judge by these facts, is missing in every row.
        """
        return self.asked.measured(about, wanted, name)

    def measure(self, name: str, kind: Kind, about: str = "account") -> str:
        """The name of a table (id, <name>) with one measure of the policy."""
        return self.measured(about, {name: kind})

    def rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query of `db()`. Values go as parameters, never as text. Raises EngineError."""
        try:
            return self.asked.db.execute(query, values or None).fetchall()
        except duckdb.Error as fault:
            raise engine_error(fault, "the report") from fault

    def has(self, *types: str) -> bool:
        """Whether the facts have a file of each of these types."""
        return self.snapshot.present.issuperset(types)

    def limit(self, name: str, default: int) -> int:
        """A limit of the policy that is one for all; `default` where the policy has none."""
        found = self.policy.limits.get(name)
        return int(found.values.get(None, default)) if found else default


@contextmanager
def open_night(
    store_folder: Path, today: date | None = None, calendar: Workdays | None = None
) -> Iterator[ReportSource]:
    """The last run of the store in `store_folder`, as of its own day or of `today`.

    Another day than the run's is reasoned anew from the same facts and policy, into a temporary folder. Raises
    StoreError where nothing has run yet or the store is damaged, UsageError for a day after the run's.
    """
    with read_store(store_folder) as store, TemporaryDirectory(prefix="holdfast-") as temporary:
        run, run_day, policy, snapshot = _last_run(store)
        day = today or run_day
        if day > run_day:
            raise UsageError(
                f"the last night is that of {run_day}; of {day} nothing is known yet", "run `holdfast run` first"
            )
        conclusions = store.runs / run
        if day != run_day:
            conclusions = Path(temporary) / "conclusions"
            reason(policy, snapshot, day, conclusions, calendar)
        elif not conclusions.is_dir():
            raise StoreError(f"the conclusions of the run are missing: {run}", "restore the folder from a backup")
        with ask_night(policy, snapshot, day, conclusions, calendar) as asked:
            add_conclusions(asked)
            yield ReportSource(run, run_day, day, policy, snapshot, conclusions, store, asked)


def _last_run(store: Store) -> tuple[str, date, Policy, Snapshot]:
    run = newest_run(store)
    if run is None:
        raise StoreError("no night has been run yet", "run `holdfast run` first")
    policy = readable_policy(store, run.policy)
    if policy is None:
        raise StoreError(
            f"the sealed policy of run {run.id} cannot be read by this version", "run `holdfast run` again first"
        )
    return run.id, run.today, policy, sealed_snapshot(store, run)


def add_conclusions(asked: Asked) -> None:
    """Makes the tables `signals` and `account_risk` of a night that is asked. Raises StoreError."""
    night = asked.night
    try:
        asked.db.execute(_SIGNALS)
        for rule, path in night.concluded.items():
            asked.db.execute(_SIGNALS_OF, {"rule": rule, "path": str(path)})
        asked.db.execute(_RISK, [str(risk_path(night.read_back))])
    except duckdb.Error as fault:
        raise StoreError(f"the conclusions in {night.into.name} cannot be read", "they are damaged") from fault


_SIGNALS = """
create temporary table signals
    (rule varchar, subject varchar, account varchar, severity varchar, weight double)
"""
_SIGNALS_OF = "insert into signals select $rule, subject, account, severity, weight from read_parquet($path)"
_RISK = "create temporary table account_risk as select * from read_parquet($1)"
