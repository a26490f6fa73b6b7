"""On which day each contact still to be made falls: spread evenly, and the visits in one city on the same days.

A contact is due by an even spread of the goal over the period's workdays; where somebody is behind, what remains is
spread over the workdays that remain; and always by the last day before the signal would hold. The suggested
day is one on which the person is here, up to that day: all that a person has to do in a period is spread evenly, in
the order in which it is due, and within a week the visits are put in order of their cities.
"""

from engine.reasoning.days import Workdays
from engine.reports.ground import execute
from engine.reports.period import Period
from engine.reports.source import ReportSource
from engine.reports.team import lay_workdays


def lay_days(source: ReportSource, until: Period, calendar: Workdays) -> None:
    """Makes `plan_slot` of `plan_row`: account, line, k (from 1), due_by, rep, day. `until` spans all periods.

    `day` is missing where the person has no workday left in the period, and where nobody has the customer.
    """
    first = max(source.today, until.since)
    lay_workdays(source, Period(first, max(first, until.until)), calendar)
    values: dict[str, object] = {"today": source.today}
    execute(source, _DUE, values)
    execute(source, _OWN_DAYS, values)
    for statement in (_IDEAL, _GROUPED, _SLOTS):
        execute(source, statement)


_DUE = """
create or replace temp table plan_due as
with slots as (
  select account, line, city, channel, rep, since, until, begins, goal, done, planned, remaining, pace, signal_due_on,
         before, workdays, gone, remaining_days, unnest(range(1, remaining + 1)) as k
  from plan_row where remaining > 0),
numbered as (
  select s.*,
         case when s.remaining_days = 0 then null
              when s.pace = 'behind'
              then s.before + s.gone + cast(ceil(s.k * s.remaining_days / (s.remaining + 1)) as integer)
              else s.before + cast(ceil((s.done + s.planned + s.k) * s.workdays / s.goal) as integer) end as n
  from slots s)
select s.account, s.line, s.city, s.channel, s.rep, s.since, s.until, s.k,
       case when s.k = 1 and s.planned = 0 and s.signal_due_on between greatest(s.begins, $today) and s.until
            then least(coalesce(w.day, s.until), s.signal_due_on) else coalesce(w.day, s.until) end as due_by
from numbered s left join plan_day w on w.since = s.since and w.until = s.until and w.n = s.n
where s.until >= $today
"""
# The workdays that a person has left in each period, numbered in it and in their week.
_OWN_DAYS = """
create or replace temp table plan_own as
with own as (
  select d.rep, d.since, d.until, p.day
  from (select distinct rep, since, until from plan_due where rep is not null) d
  join figure_present p on p.rep = d.rep and p.day between greatest(d.since, $today) and d.until)
select rep, since, until, day, row_number() over (partition by rep, since, until order by day) as n,
       count(*) over (partition by rep, since, until) as days
from own
"""
_IDEAL = """
create or replace temp table plan_ideal as
with ranked as (
  select d.*, row_number() over (partition by rep, since, until order by due_by, k, account, line) as p,
         count(*) over (partition by rep, since, until) as slots
  from plan_due d),
latest as (
  select r.*, o.days, l.n as last_n
  from ranked r
  join (select distinct rep, since, until, days from plan_own) o
    on o.rep = r.rep and o.since = r.since and o.until = r.until
  asof left join plan_own l
    on l.rep = r.rep and l.since = r.since and l.until = r.until and l.day <= r.due_by)
select l.account, l.line, l.k, l.rep, l.since, l.until, l.city, l.channel, l.due_by, o.day as ideal,
       date_trunc('week', o.day)::date as week
from latest l
join plan_own o on o.rep = l.rep and o.since = l.since and o.until = l.until
  and o.n = least(cast(ceil(l.p * l.days / l.slots) as integer), coalesce(l.last_n, 1))
"""
# Within a person's week the visits go by city: the city first in which one is due first.
_GROUPED = """
create or replace temp table plan_grouped as
with weeks as (
  select rep, day, date_trunc('week', day)::date as week,
         row_number() over (partition by rep, date_trunc('week', day) order by day) as n,
         count(*) over (partition by rep, date_trunc('week', day)) as days
  from (select distinct rep, day from plan_own)),
visits as (
  select i.*, min(ideal) over (partition by rep, week, city) as city_first,
         min(due_by) over (partition by rep, week, city) as city_due
  from plan_ideal i where channel = 'visit'),
ranked as (
  select v.*, row_number() over (
           partition by rep, week order by city_first, city_due, city, due_by, account, line, k) as q,
         count(*) over (partition by rep, week) as slots
  from visits v)
select r.account, r.line, r.k, r.rep, r.due_by, w.day
from ranked r
join (select distinct rep, week, days from weeks) d on d.rep = r.rep and d.week = r.week
join weeks w on w.rep = r.rep and w.week = r.week and w.n = cast(ceil(r.q * d.days / r.slots) as integer)
union all
select account, line, k, rep, due_by, ideal from plan_ideal where channel <> 'visit'
"""
# A city's day never comes after the day by which the visit is due, unless no own workday comes before that.
_SLOTS = """
create or replace temp table plan_slot as
with own as (select distinct rep, day from plan_own),
firsts as (select rep, since, until, min(day) as first_day from plan_own group by rep, since, until),
days as (
  select g.*, o.day as last_day
  from plan_grouped g asof left join own o on o.rep = g.rep and o.day <= g.due_by)
select d.account, d.line, d.k, d.due_by, d.rep,
       greatest(least(g.day, coalesce(g.last_day, f.first_day)), f.first_day) as day
from plan_due d
left join days g on g.account = d.account and g.line = d.line and g.k = d.k
left join firsts f on f.rep = d.rep and f.since = d.since and f.until = d.until
"""
