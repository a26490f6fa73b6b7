"""The rows that figures are counted from: each with its day, its customer and its carer, as views in the source."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from engine.reasoning.columnar.asking import open_night as ask_night
from engine.reasoning.columnar.night import engine_error
from engine.reasoning.days import Workdays
from engine.reports.period import Period
from engine.reports.source import ReportSource


def lay_ground(source: ReportSource) -> None:
    """Makes the views `figure_customer`, `figure_rep` and one per kind of row: figure_order, figure_contact, …

    Each kind of row has account, rep, day, year, quarter, month, the customer's traits and those of the person whose
    work it is: the one that the row names; where an order or promotion names nobody, the customer's carer.
    """
    for statement in _GROUND:
        execute(source, statement)


def execute(source: ReportSource, statement: str, values: Sequence[object] | dict[str, object] = ()) -> None:
    """Runs a statement that gives no rows. Raises EngineError."""
    try:
        source.db().execute(statement, values or None)
    except duckdb.Error as fault:
        raise engine_error(fault, "the report") from fault


def stand_customers(
    source: ReportSource, periods: Sequence[Period], calendar: Workdays | None, *, tiers: str | None = None
) -> None:
    """Makes the table `figure_standing`: who was a customer in each period, and who was lost in it.

    One row per customer and period: at_start, lost, lost_there (lost and there at its start), at_end. The carer is
    that of the day before the loss, or of the period's last day. `tiers`: "start" gives the tier as of the day before
    the period, "end" that of its last day, None today's. Raises EngineError.
    """
    execute(source, "create or replace temp table figure_period (label varchar, since date, until date)")
    for one in periods:
        execute(source, "insert into figure_period values ($1, $2, $3)", [one.label, one.since, one.until])
    execute(source, _TIERS_NOW)
    if tiers is not None:
        _past_tiers(source, periods, calendar, tiers)
    for statement in _STANDING:
        execute(source, statement)


def _past_tiers(source: ReportSource, periods: Sequence[Period], calendar: Workdays | None, when: str) -> None:
    """Replaces the tiers of today by those of each period's beginning or end, by the policy's own reckoning."""
    execute(source, "delete from figure_tier")
    known: dict[date, list[str]] = {}
    for one in periods:
        day = one.until if when == "end" else one.since - timedelta(days=1)
        known.setdefault(day, []).append(one.label)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="holdfast-")))
        for day, labels in known.items():
            if day == source.today:
                execute(source, _TIERS_TODAY, {"labels": labels})
                continue
            path = folder / f"{day.isoformat()}.parquet"
            empty = folder / "none"
            empty.mkdir(exist_ok=True)
            with ask_night(source.policy, source.snapshot, day, empty, calendar) as asked:
                asked.db.table("account_tier").write_parquet(str(path))
            execute(source, _TIERS_FROM, {"labels": labels, "path": str(path)})


_TIERS_NOW = """
create or replace temp table figure_tier as
select p.label, t.account, t.tier from account_tier t cross join figure_period p
"""
_TIERS_TODAY = """
insert into figure_tier
select l.label, t.account, t.tier from account_tier t cross join (select unnest($labels) as label) l
"""
_TIERS_FROM = """
insert into figure_tier
select l.label, t.account, t.tier from read_parquet($path) t cross join (select unnest($labels) as label) l
"""

_CUSTOMER = """
create or replace temp view figure_customer as
select a.id, a.name, a.province, a.city, a.type, a.industry, a.tier, a.grade, a.origin, a.owner, a.department,
       a.lost_kind, a.controllable, a.lost_cause, a.lost_on, a.kind is distinct from 'prospect' as customer,
       coalesce(a.signed_on, a.created_on) as began_on
from account a
"""
_REP = """
create or replace temp view figure_rep as
select r.id, r.department, r.role, r.manager, r.hired_on, r.notice_on, r.left_on, r.active, r.name,
       case when count(*) over (partition by r.name) > 1 then r.name || ' (' || r.id || ')' else r.name end as label
from rep r
"""
# The traits of each row of a view that has account, rep and day: one macro, so that a trait means the same everywhere.
_TRAITS = """
create or replace temp macro figure_traits(named) as table
select f.*, c.province, c.city, c.type, c.industry, c.tier, c.grade, c.origin, p.id as carer, p.label as rep_label,
       p.manager, p.role, coalesce(c.department, p.department) as department,
       strftime(f.day, '%Y-%m') as month, strftime(f.day, '%Y') || '-Q' || quarter(f.day) as quarter,
       strftime(f.day, '%Y') as year
from query_table(named) f
left join figure_customer c on c.id = f.account
left join figure_rep p on p.id = coalesce(f.rep, c.owner)
"""
_ORDER = """
create or replace temp view figure_order_row as
select o.account, o.rep, o.ordered_on as day, o.amount, o.margin from "order" o where o.cancelled_on is null
"""
_CONTACT = """
create or replace temp view figure_contact_row as
select i.account, coalesce(i.rep, '') as rep, i.happened_on as day, i.channel, i.outcome from interaction i
"""
_PROMOTION = """
create or replace temp view figure_promotion_row as
select b.account, null::varchar as rep, b.given_on as day, b.amount from benefit b
"""
_QUOTE = """
create or replace temp view figure_quote_row as
select q.account, coalesce(q.rep, '') as rep, q.won_on as day, 1 as won, 0 as lost
from quote q where q.won_on is not null
union all
select q.account, coalesce(q.rep, '') as rep, q.lost_on as day, 0 as won, 1 as lost
from quote q where q.lost_on is not null
"""
_VIEWS = {
    "order": "create or replace temp view figure_order as from figure_traits('figure_order_row')",
    "contact": "create or replace temp view figure_contact as from figure_traits('figure_contact_row')",
    "promotion": "create or replace temp view figure_promotion as from figure_traits('figure_promotion_row')",
    "quote": "create or replace temp view figure_quote as from figure_traits('figure_quote_row')",
}
_GROUND = (_CUSTOMER, _REP, _TRAITS, _ORDER, _CONTACT, _PROMOTION, _QUOTE, *_VIEWS.values())

_STOOD = """
create or replace temp table figure_stood as
select c.id as account, p.label as period, p.since, p.until, least(c.lost_on - 1, p.until) as last_day,
       (c.began_on is null or c.began_on < p.since) as at_start,
       c.lost_on is not null and c.lost_on <= p.until as lost
from figure_customer c cross join figure_period p
where c.customer and (c.began_on is null or c.began_on <= p.until) and (c.lost_on is null or c.lost_on >= p.since)
"""
_CARED = """
create or replace temp table figure_cared as
select s.account, s.period, arg_max(g.rep, {'since': g.since, 'id': g.id}) as rep
from figure_stood s join assignment g
  on g.account = s.account and g.since <= s.last_day and (g.until is null or g.until > s.last_day)
group by all
"""
_STANDING_VIEW = """
create or replace temp view figure_standing as
select s.account, s.period as label, s.since, s.at_start, s.lost, s.at_start and s.lost as lost_there,
       not s.lost as at_end,
       c.name, c.province, c.city, c.type, c.industry, t.tier, c.grade, c.origin, p.id as carer, p.label as rep_label,
       p.manager, p.role, coalesce(c.department, p.department) as department, c.lost_on, c.lost_cause,
       case when s.lost then c.lost_kind end as lost_kind, case when s.lost then c.controllable end as controllable
from figure_stood s
join figure_customer c on c.id = s.account
left join figure_cared g on g.account = s.account and g.period = s.period
left join figure_tier t on t.account = s.account and t.label = s.period
left join figure_rep p on p.id = coalesce(g.rep, c.owner)
"""
_STANDING = (_STOOD, _CARED, _STANDING_VIEW)
