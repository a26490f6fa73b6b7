"""`holdfast team days`: each rep's contacts day by day against the day's target, and each customer's log."""

from typing import Any

from engine.reasoning.days import Workdays
from engine.reports.cube import ratio
from engine.reports.ground import lay_ground
from engine.reports.period import Period
from engine.reports.report import Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table
from engine.reports.team import lay_workdays

SOURCE = ("D0.team.quantity",)
_DAYS = (
    Column("day", As.DATE), Column("rep", spare=True), Column("rep_name"), Column("contacts", As.INTEGER),
    Column("visits", As.INTEGER), Column("calls", As.INTEGER), Column("customers_met", As.INTEGER),
    Column("target", As.NUMBER), Column("attained", As.PERCENT),
)  # fmt: skip
_LOG = (
    Column("day", As.DATE), Column("account"), Column("name"), Column("rep", spare=True), Column("rep_name"),
    Column("channel", As.WORD), Column("outcome", As.WORD), Column("topic"), Column("note", spare=True),
)  # fmt: skip


def team_days(
    source: ReportSource, period: Period, rep: str | None, account: str | None, calendar: Workdays | None, shown: int
) -> Report:
    """A row per rep and day with a contact or a target, the latest first; with one account or person also the log.

    `rep` and `account`: ids.
    """
    title = Said("days_title")
    when = Said("figures_period", {"since": period.since, "until": period.until})
    definitions = (Said("define_workload"), Said("define_attained"))
    missing = [type for type in ("rep", "interaction") if not source.has(type)]
    if missing:
        return Report(title, (Part("days", Table(title, _DAYS, (), (absent(missing),))),), definitions)
    lay_ground(source)
    lay_workdays(source, period, calendar)
    wanted = {"since": period.since, "until": period.until, "rep": rep, "account": account}
    parts: list[Part] = []
    if account is None:
        rows = [
            (*row[:7], row[7], ratio(row[3], row[7])) for row in source.rows(_DAYS_SQL, _without(wanted, "account"))
        ]
        parts.append(_part("days", Table(title, _DAYS, tuple(rows), (when,)), shown, _course(source, wanted)))
    if account is not None or rep is not None:
        log = Table(Said("log_title"), _LOG, tuple(source.rows(_LOG_SQL, wanted)), (when,))
        parts.append(_part("log", log, shown, ()))
    return Report(title, tuple(parts), definitions)


def _part(name: str, data: Table, shown: int, charts: tuple[Chart, ...]) -> Part:
    left_out = len(data.rows) - shown
    notes = (*data.notes, *([Said("figures_left_out", {"count": left_out})] if left_out > 0 else []))
    people = Table(data.title, data.columns, data.rows[:shown], notes)
    return Part(name, people, charts, data)


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def _course(source: ReportSource, wanted: dict[str, Any]) -> tuple[Chart, ...]:
    """Contacts per workday or day with a contact, of everyone asked for together."""
    rows = source.rows(_COURSE_SQL, _without(wanted, "account"))
    if not rows:
        return ()
    series = Series(Said("column_contacts"), tuple(count for _, count in rows))
    labels = tuple(f"{day:%m-%d}" for day, _ in rows)
    return (Chart(Said("days_chart"), Form.COLUMNS, labels, (series,), As.INTEGER),)


_DAYS_SQL = """
with done as (
  select rep, happened_on as day, count(*) as contacts,
         count(*) filter (channel in ('visit', 'customer_visit')) as visits,
         count(*) filter (channel = 'call') as calls, count(distinct account) as met
  from interaction where happened_on between $since and $until and rep is not null group by all),
due as (
  select p.rep, p.day, a.target from figure_present p join figure_rep r on r.id = p.rep
  join figure_aim a on a.role = r.role where a.target > 0)
select coalesce(d.day, u.day), r.id, coalesce(r.label, r.id), coalesce(d.contacts, 0), coalesce(d.visits, 0),
       coalesce(d.calls, 0), coalesce(d.met, 0), u.target
from done d full join due u on u.rep = d.rep and u.day = d.day
join figure_rep r on r.id = coalesce(d.rep, u.rep)
where $rep::varchar is null or $rep in (r.id, r.manager)
order by 1 desc, coalesce(d.contacts, 0) desc, r.id
"""
_COURSE_SQL = """
select day, sum(contacts)::bigint from (
  select i.happened_on as day, 1 as contacts from interaction i join figure_rep r on r.id = i.rep
  where i.happened_on between $since and $until and ($rep::varchar is null or $rep in (r.id, r.manager))
  union all select day, 0 from figure_worked)
group by day order by day
"""
_LOG_SQL = """
select i.happened_on, i.account, c.name, i.rep, coalesce(r.label, i.rep), i.channel, i.outcome, i.topic, i.note
from interaction i left join figure_customer c on c.id = i.account left join figure_rep r on r.id = i.rep
where i.happened_on between $since and $until and ($rep::varchar is null or i.rep = $rep)
  and ($account::varchar is null or i.account = $account)
order by i.happened_on desc, i.id
"""
