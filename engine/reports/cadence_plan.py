"""Where each customer stands in the cadence: the table `plan_row`, a row per customer and line, reckoned in sets."""

from collections.abc import Mapping
from datetime import date

from engine.policy.model import CadenceLine
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition, value
from engine.reasoning.columnar.measures import reached
from engine.reasoning.days import Workdays
from engine.reports.cadence_periods import own_period
from engine.reports.demand import Demand
from engine.reports.ground import execute
from engine.reports.period import Period
from engine.reports.source import ReportSource

APPOINTMENT = "appointment"


def lay_plan(source: ReportSource, demand: Demand, anchor: date, calendar: Workdays) -> Mapping[int, Period]:
    """Makes `plan_row` of the tables `demand` and `figure_rep`; gives the period of each line, by its number.

    plan_row: account, name, city, tier, line, rep, queue, label, since, until, begins (the first day that counts),
    goal, target, done, planned, planned_on, remaining, pace (ahead, on, behind), last_on, signal_due_on, overdue, and
    for the days to come: late, before (the workdays until the day before `begins`), workdays (from `begins` on), gone
    (from `begins` until yesterday), left (from today on).

    A goal is proportional from the day on which somebody became a customer, rounded to the nearest whole. Behind: less
    done than an even spread over the workdays asks by yesterday, or the signal holds and the goal is not reached.
    """
    periods = {number: own_period(line.rhythm, anchor) for number, line in enumerate(source.policy.cadence)}
    _lay_periods(source, periods, calendar)
    _lay_contacts(source, set(demand.lines), periods)
    execute(source, _DONE)
    execute(source, _PLANNED, {"today": source.today})
    execute(source, _COUNTED, {"today": source.today})
    execute(source, _ROWS)
    return periods


def _lay_periods(source: ReportSource, periods: Mapping[int, Period], calendar: Workdays) -> None:
    """Makes `plan_line` (line, rule, role, channel, period, least, most) and `plan_day` (period, day, n)."""
    execute(
        source,
        "create or replace temp table plan_line (line integer, rule varchar, role varchar, channel varchar,"
        " label varchar, since date, until date, least integer, most integer)",
    )
    for number, one in periods.items():
        line = source.policy.cadence[number]
        values = [
            number, line.rule, line.role, line.channel, one.label, one.since, one.until, line.rhythm.least,
            line.rhythm.most,
        ]  # fmt: skip
        execute(source, "insert into plan_line values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values)
    execute(source, "create or replace temp table plan_day (since date, until date, day date, n integer)")
    for since, until in {(one.since, one.until) for one in periods.values()}:
        worked = calendar.workday_numbers(since, until)
        execute(source, _DAYS, {"since": since, "until": until, "worked": worked})


def _lay_contacts(source: ReportSource, lines: set[CadenceLine], periods: Mapping[int, Period]) -> None:
    """Makes `plan_contact` (rule, account, day): the contacts that the measures of the lines look at."""
    execute(source, "create or replace temp table plan_contact (rule varchar, account varchar, day date)")
    night = source.asked.night
    for rule, name in {line.rule: line.measure for line in lines}.items():
        measure = source.policy.measures["account", name]
        if measure.source is None or measure.take is None or measure.take.of is None:
            continue
        first = min(one.since for number, one in periods.items() if source.policy.cadence[number].rule == rule)
        rows, key, _ = reached(night, measure)
        day = value(rows, measure.take.of)
        where = [condition(rows, measure.where)] if measure.where is not None else []
        where.append(sql.between(day, sql.literal(first), sql.literal(source.today)))
        columns = [sql.named(sql.literal(rule), "rule"), sql.named(key, "account"), sql.named(day, "day")]
        query = rows.query(columns, sql.every(where))
        night.run(sql.create_table(f"contacts of {rule}", query), f"contacts of {rule}")
        execute(source, "insert into plan_contact from query_table($1)", [f"contacts of {rule}"])


_DAYS = """
insert into plan_day
select $since, $until, date '0001-01-01' + cast(w - 1 as integer), row_number() over (order by w)
from (select unnest($worked::bigint[]) as w)
"""
# Each demand with its period, and the first day in it that counts.
_DONE = """
create or replace temp table plan_base as
select d.account, d.name, d.city, d.tier, d.line, d.rule, d.rep, d.queue, d.last_on, d.due_on, d.overdue,
       l.label, l.since, l.until, l.least, l.most, l.role, l.channel,
       greatest(l.since, coalesce(c.began_on, l.since)) as begins
from demand d
join plan_line l using (line)
join figure_customer c on c.id = d.account
where coalesce(c.began_on, l.since) <= l.until
"""
_PLANNED = """
create or replace temp table plan_appointment as
select b.account, b.line, count(*) as planned, min(p.planned_on) as planned_on,
       count(*) filter (p.planned_on = $today) as planned_today
from plan_base b
join appointment p on p.account = b.account and p.planned_on between greatest(b.begins, $today) and b.until
left join rep r on r.id = p.rep
join account a on a.id = b.account
where p.cancelled_on is null and coalesce(nullif(lower(trim(p.channel)), ''), 'visit') = b.channel
  and (r.role = b.role or (b.role = 'sales' and (p.rep is null or p.rep = a.owner)))
group by b.account, b.line
"""
_COUNTED = """
create or replace temp table plan_counted as
with done as (
  select b.account, b.line, count(*) as done, count(*) filter (c.day = $today) as done_today
  from plan_base b
  join plan_contact c on c.rule = b.rule and c.account = b.account and c.day between b.begins and b.until
  group by b.account, b.line),
spans as (
  select s.since, s.until, s.begins, count(w.day) as of_all, count(w.day) filter (w.day >= s.begins) as workdays,
         count(w.day) filter (w.day < s.begins) as before,
         count(w.day) filter (w.day >= s.begins and w.day < $today) as gone,
         count(w.day) filter (w.day >= s.begins and w.day <= $today) as gone_today,
         count(w.day) filter (w.day >= greatest(s.begins, $today)) as remaining_days
  from (select distinct since, until, begins from plan_base) s
  left join plan_day w on w.since = s.since and w.until = s.until
  group by s.since, s.until, s.begins),
goals as (
  select b.*, s.workdays, s.before, s.gone, s.gone_today, s.remaining_days, $today > b.until as over,
         $today between b.since and b.until as current,
         case when s.of_all = 0 then b.least
              else cast((2 * b.least * s.workdays + s.of_all) // (2 * s.of_all) as integer) end as goal,
         case when s.of_all = 0 then b.most
              else cast((2 * b.most * s.workdays + s.of_all) // (2 * s.of_all) as integer) end as most_goal,
         coalesce(d.done, 0) as done,
         coalesce(p.planned, 0) - least(coalesce(p.planned_today, 0), coalesce(d.done_today, 0)) as planned,
         p.planned_on
  from plan_base b
  join spans s on s.since = b.since and s.until = b.until and s.begins = b.begins
  left join done d on d.account = b.account and d.line = b.line
  left join plan_appointment p on p.account = b.account and p.line = b.line)
select *, case when over then goal when workdays = 0 then 0 else gone * goal // workdays end as due_by_yesterday,
       case when over then goal when workdays = 0 then 0 else gone_today * goal // workdays end as due_by_today
from goals
"""
_ROWS = """
create or replace temp table plan_row as
select account, name, city, tier, line, role, channel, rule, rep, queue, label, since, until, begins, goal,
       greatest(goal, most_goal) as target, done, planned, case when planned > 0 then planned_on end as planned_on,
       greatest(goal - done - planned, 0) as remaining,
       case when done < due_by_yesterday or (overdue and current and done < goal) then 'behind'
            when done > due_by_today then 'ahead' else 'on' end as pace,
       last_on, due_on as signal_due_on, overdue and current as overdue, before, workdays, gone, remaining_days
from plan_counted
"""
