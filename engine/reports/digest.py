"""`holdfast team digest`: the month for executives: churn, causes, value at risk, leavers, retention."""

from dataclasses import replace

from engine.reasoning.days import Workdays
from engine.reports.at_risk import value_at_risk
from engine.reports.cube import TOTAL, Figure, by_key
from engine.reports.economics import factors
from engine.reports.ground import execute, lay_ground, stand_customers
from engine.reports.leavers import lay_leavers
from engine.reports.period import Period, last_days, last_units
from engine.reports.report import Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.stats import stats
from engine.reports.table import As, Column, Said, Table
from engine.reports.team import retention_part

SOURCE = ("D1.role.executive", "D1.kind.active-passive", "D1.churn.quarterly", "D1.staff.turnover")
MONTHS = 13  # of the course that stands beside the month
YEAR = 365
_CHURN = (
    Figure("at_start", As.INTEGER, "at_start"), Figure("lost", As.INTEGER, "lost"),
    Figure("churn_rate", As.PERCENT, "lost_there", "at_start"), Figure("lost_spend", As.MONEY, "lost_spend"),
)  # fmt: skip
_LOST = (
    Column("lost_on", As.DATE), Column("account", spare=True), Column("name"), Column("tier"), Column("owner_name"),
    Column("lost_cause"), Column("lost_kind", As.WORD, spare=True), Column("controllable", As.FLAG, spare=True),
    Column("lost_spend", As.MONEY),
)  # fmt: skip
_LEFT = (
    Column("rep", spare=True), Column("rep_name"), Column("role", As.WORD), Column("department", spare=True),
    Column("notice_on", As.DATE), Column("left_on", As.DATE), Column("served", As.DAYS),
    Column("held", As.INTEGER), Column("lost_180", As.INTEGER),
)  # fmt: skip


def digest(source: ReportSource, month: Period, calendar: Workdays | None, shown: int) -> Report:
    """The digest of a month, as things stood on its last day (`source.today`)."""
    title = Said("digest_title", {"month": month.label})
    lay_ground(source)
    parts: list[Part] = []
    if source.has("account"):
        stand_customers(source, [month], calendar, tiers="start")
        execute(source, _LOST_SPEND, {"year": YEAR})
        parts += [_churn(source, month), _lost(source), _causes(source)]
        course = stats(source, "month", "churn", last_units(source.today, "month", MONTHS), second="kind", trim=True)
        parts.append(replace(course.parts[0], name="course"))
    else:
        parts.append(Part("churn", Table(Said("digest_churn"), (Column("tier"),), (), (absent(["account"]),))))
    year = last_days(source.today, YEAR)
    parts += value_at_risk(source, year, factors(source.policy.limits, {}), None, shown)
    parts.append(_leavers(source, month))
    if source.has("account", "rep"):
        stand_customers(source, [replace(year, label="year")], calendar)
        parts += [retention_part(source, by, year) for by in ("team", "rep")]
    return Report(title, tuple(parts))


def _defined(*names: str) -> tuple[Said, ...]:
    return tuple(Said(f"define_{name}") for name in names)


def _churn(source: ReportSource, month: Period) -> Part:
    cube = by_key(source.rows(_BY_TIER), ("at_start", "lost", "lost_there", "lost_spend")).in_order(("A", "B", "C"))
    title = Said("digest_churn")
    columns = (Column("tier"), *(f.column for f in _CHURN))
    rows = tuple((key, *cube.values(_CHURN, sums, ())) for key, sums in cube.rows)
    total = (TOTAL, *cube.values(_CHURN, cube.total, ()))
    notes = (Said("figures_period", {"since": month.since, "until": month.until}),)
    return Part(
        "churn", Table(title, columns, (*rows, total), notes), (), Table(title, columns, rows, notes),
        _defined("churn", "lost_spend", "by_tier_before"),
    )  # fmt: skip


def _lost(source: ReportSource) -> Part:
    return Part(
        "lost", Table(Said("digest_lost"), _LOST, tuple(source.rows(_LOST_LIST))), definitions=_defined("lost_spend")
    )


def _causes(source: ReportSource) -> Part:
    columns = (
        Column("lost_cause"), Column("lost_kind", As.WORD), Column("controllable", As.FLAG), Column("lost", As.INTEGER),
        Column("lost_spend", As.MONEY),
    )  # fmt: skip
    rows = tuple(source.rows(_CAUSES))
    labels = tuple(row[0] for row in rows)
    chart = Chart(
        Said("column_lost_spend"), Form.BARS, labels, (Series(Said("column_lost_spend"), tuple(r[4] for r in rows)),),
        As.MONEY,
    )  # fmt: skip
    return Part("causes", Table(Said("digest_causes"), columns, rows), (chart,) if any(r[4] for r in rows) else (),
                definitions=_defined("lost_spend"))  # fmt: skip


def _leavers(source: ReportSource, month: Period) -> Part:
    title = Said("digest_leavers")
    if not source.has("rep"):
        return Part("leavers", Table(title, _LEFT, (), (absent(["rep"]),)))
    lay_leavers(source, with_notice=True)
    rows = source.rows(_LEAVERS, {"since": month.since, "until": month.until})
    return Part("leavers", Table(title, _LEFT, tuple(rows)), definitions=_defined("held"))


# What a lost customer had bought in the year up to the loss, by the orders that were not cancelled.
_LOST_SPEND = """
create or replace temp table figure_lost as
select s.*, coalesce((
  select sum(o.amount) from figure_order_row o
  where o.account = s.account and o.day <= s.lost_on and o.day > s.lost_on - $year::integer), 0) as lost_spend
from figure_standing s where s.lost
"""
_BY_TIER = """
with spent as (select tier, sum(lost_spend) as lost_spend from figure_lost group by tier)
select s.tier, count(*) filter (at_start), count(*) filter (lost), count(*) filter (lost_there),
       coalesce(any_value(p.lost_spend), 0)
from figure_standing s left join spent p on p.tier is not distinct from s.tier group by s.tier
"""
_LOST_LIST = """
select lost_on, account, name, tier, rep_label, lost_cause, lost_kind, controllable, lost_spend
from figure_lost order by lost_spend desc, lost_on, account
"""
_CAUSES = """
select lost_cause, lost_kind, controllable, count(*), sum(lost_spend)
from figure_lost group by all order by 4 desc, 5 desc, 1 nulls last, 2 nulls last, 3 nulls last
"""
_LEAVERS = """
select id, rep_label, role, department, notice_on, left_on, served, held, lost_180 from figure_leaver
where left_on between $since and $until or notice_on between $since and $until
order by coalesce(left_on, notice_on), id
"""
