"""The ground truth of a back-test, as tables: who was a customer on which day, who was lost and when, who acted."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from engine.audit.backtest.terms import Period, Terms
from engine.policy.contract import Contract
from engine.policy.kinds import Kind
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.engine import Facts, fact_file
from engine.reasoning.columnar.night import engine_error

_ROW = "row"
_BATCH = 10_000
Acted = tuple[str | None, str, date]  # rule (None: any), account, day


def add_facts(db: duckdb.DuckDBPyConnection, contract: Contract, snapshot: Facts, links: Path) -> None:
    """Makes the tables `fact_account`, `fact_order`, `fact_interaction` and `trace`, of facts by their day.

    `trace` has the first dated fact of each account, of whatever type. An absent type gives no rows.
    """
    wanted = {
        "account": {"id": Kind.TEXT, "kind": Kind.TEXT, "signed_on": Kind.DATE, "created_on": Kind.DATE,
                    "lost_on": Kind.DATE},
        "order": {"account": Kind.TEXT, "ordered_on": Kind.DATE, "cancelled_on": Kind.DATE},
        "interaction": {"account": Kind.TEXT, "happened_on": Kind.DATE},
    }  # fmt: skip
    for type, columns in wanted.items():
        source = fact_file(links, type) if type in snapshot.present else None
        _run(db, sql.create_table(f"fact_{type}", _select(db, source, columns)))
    traces = []
    for type in sorted(snapshot.present & contract.keys()):
        known, field = contract[type].known_from, contract[type].fields.get("account")
        if known is not None and field is not None and field.ref == "account":
            columns = {"account": Kind.TEXT, known: Kind.DATE}
            query = _select(db, fact_file(links, type), columns)
            day = exp.Min(this=sql.col(_ROW, known))
            traces.append(
                sql.group(sql.select([sql.col(_ROW, "account"), sql.named(day, "day")], sql.inner(query, _ROW)))
            )
    nobody = _select(db, None, {"account": Kind.TEXT, "day": Kind.DATE})
    _run(db, sql.create_table("trace", sql.union([nobody, *traces])))


def first_known(db: duckdb.DuckDBPyConnection) -> date | None:
    """The day of the oldest dated fact about an account."""
    [(day,)] = ask(db, "select min(day) from trace")
    return day if isinstance(day, date) else None


def add_truth(db: duckdb.DuckDBPyConnection, terms: Terms, period: Period, acted: Iterable[Acted]) -> None:
    """Makes the tables of the back-test. Raises EngineError.

    customer (account, began, stated), order_day (account, day), loss (account, lost_on, back_on, stated),
    day (n, day), watched (account, n, day, lost: whether a loss follows within the horizon), acted (rule, account,
    day). `watched` has a row for each day on which somebody was a customer and whose horizon is known to its end.
    """
    values = {
        "end": period.end, "horizon": terms.horizon, "cycles": terms.lost_cycles, "least_days": terms.lost_least_days,
        "lost_days": terms.lost_days, "least_orders": max(terms.cycle_least_orders, 2),
        "window": terms.cycle_window - 1,
    }  # fmt: skip
    ask(db, "create temp table day (n integer, day date)")
    db.executemany("insert into day values ($1, $2)", [list(each) for each in enumerate(period.days)])
    for statement in _TRUTH:
        ask(db, statement, {name: value for name, value in values.items() if f"${name}" in statement})
    ask(db, "create temp table acted (rule varchar, account varchar, day date)")
    ask(db, "insert into acted select null, account, happened_on from fact_interaction")
    rows: list[Acted] = []
    for row in acted:
        rows.append(row)
        if len(rows) == _BATCH:
            _add_acted(db, rows)
            rows = []
    _add_acted(db, rows)


def ask(db: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> list[tuple[Any, ...]]:
    """The rows of a query. Raises EngineError."""
    try:
        return db.execute(query, values or None).fetchall()
    except duckdb.Error as fault:
        raise engine_error(fault, "the back-test") from fault


def _add_acted(db: duckdb.DuckDBPyConnection, rows: Sequence[Acted]) -> None:
    if rows:
        rules, accounts, days = zip(*rows, strict=True)
        ask(
            db,
            "insert into acted select unnest($rules::varchar[]), unnest($accounts::varchar[]), unnest($days::date[])",
            {"rules": list(rules), "accounts": list(accounts), "days": list(days)},
        )


def _select(db: duckdb.DuckDBPyConnection, file: Path | None, columns: dict[str, Kind]) -> exp.Select:
    """These columns of a file, missing where it lacks them; without a file no rows."""
    if file is None:
        nothing = [sql.named(sql.null(kind), name) for name, kind in columns.items()]
        return sql.select(nothing, None, exp.false())
    try:
        stored = frozenset(db.read_parquet(str(file)).columns)
    except duckdb.Error as fault:
        raise engine_error(fault, "the back-test") from fault
    found = [
        sql.named(sql.cast(sql.col(_ROW, name), sql.kind_type(kind)) if name in stored else sql.null(kind), name)
        for name, kind in columns.items()
    ]
    return sql.select(found, sql.parquet(str(file), _ROW))


def _run(db: duckdb.DuckDBPyConnection, statement: sql.Sql) -> None:
    ask(db, statement.sql("duckdb"))


_TRUTH = (
    """
create temp table order_day as
select distinct account, ordered_on as day from fact_order
where account is not null and cancelled_on is null and ordered_on <= $end
""",
    """
create temp table customer as
with first as (select account, min(day) as day from trace group by account)
select a.id as account, coalesce(a.signed_on, a.created_on, f.day) as began,
       case when a.lost_on <= $end then a.lost_on end as stated
from fact_account a left join first f on f.account = a.id
where a.kind is distinct from 'prospect'
""",
    """
create temp table loss as
with spaced as (
  select account, day, lead(day) over (partition by account order by day) as next,
         count(*) over recent as orders, min(day) over recent as first
  from order_day
  window recent as (partition by account order by day
                    range between to_days(cast($window as integer)) preceding and current row)),
silent as (
  select account, next as back_on,
         day + cast(case when orders >= $least_orders
                         then greatest(ceil($cycles * (day - first) / (orders - 1)), $least_days)
                         else $lost_days end as integer) as lost_on
  from spaced)
select account, stated as lost_on, cast(null as date) as back_on, true as stated from customer where stated is not null
union all
select s.account, s.lost_on, s.back_on, false from silent s join customer c using (account)
where c.stated is null and s.lost_on <= $end and coalesce(s.back_on > s.lost_on, true)
""",
    """
create temp table present as
select c.account, d.n, d.day,
       coalesce(bool_or(l.lost_on > d.day and l.lost_on <= d.day + cast($horizon as integer)), false) as lost
from customer c join day d on c.began <= d.day left join loss l on l.account = c.account
group by c.account, d.n, d.day
having not coalesce(bool_or(l.lost_on <= d.day and (l.back_on is null or l.back_on > d.day)), false)
""",
    """
create temp table watched as select * from present where day + cast($horizon as integer) <= $end
""",
)
