"""The benchmark's rules as SQL written by hand for just these: python -m benchmarks.by_hand FACTS INTO

The limit to come close to. Writes signal.parquet and task.parquet into the folder INTO and prints one JSON object:
the seconds, and the process's highest memory.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.measure import peak_megabytes

TYPES = ("rep", "account", "order", "interaction", "promise", "complaint")

STATEMENTS = """
set variable today = date '2026-11-22';

create table known as
with purchases as (
  select account, count(*) as orders, max(ordered_on) as last_on,
         (max(ordered_on) - min(ordered_on)) / nullif(count(distinct ordered_on) - 1, 0) as gap,
         sum(amount) filter (ordered_on > getvariable('today') - 365) as spend,
         sum(amount) filter (ordered_on > getvariable('today') - 90) as recent,
         sum(amount) filter (ordered_on <= getvariable('today') - 90 and ordered_on > getvariable('today') - 180)
           as before
  from "order" group by account),
contacts as (
  select account, max(happened_on) filter (channel = 'visit' and role = 'sales') as sales_visit,
         max(happened_on) filter (channel = 'call' and role = 'sales') as sales_call,
         max(happened_on) filter (channel = 'visit' and role = 'manager') as manager_visit
  from interaction join rep on rep.id = interaction.rep group by account)
select a.id, a.owner, r.left_on, p.orders, p.gap, p.recent, p.before,
       getvariable('today') - p.last_on as since_order, getvariable('today') - c.sales_visit as since_visit,
       getvariable('today') - c.sales_call as since_call, getvariable('today') - c.manager_visit as since_manager,
       row_number() over (order by coalesce(p.spend, 0) desc, a.id) - 1 as place, count(*) over () as total
from account a left join purchases p on p.account = a.id left join contacts c on c.account = a.id
     left join rep r on r.id = a.owner;

create table tiered as
select *, case when place < total * 0.05 then 'A' when place < total * 0.2 then 'B' else 'C' end as tier from known;

create table signal as
select id as account, 'visit-overdue' as name, 'medium' as severity, id as subject from tiered
 where since_visit is null or since_visit > case tier when 'A' then 10 when 'B' then 15 else 30 end
union all
select id, 'call-overdue', 'medium', id from tiered
 where since_call is null or since_call > case tier when 'A' then 15 else 30 end
union all
select id, 'manager-visit-overdue', 'medium', id from tiered
 where tier in ('A', 'B') and (since_manager is null or since_manager > case tier when 'A' then 60 else 90 end)
union all
select account, 'promise-overdue', 'high', id from promise
 where (kept_on is null or kept_on > getvariable('today')) and due_on < getvariable('today')
union all
select account, 'complaint-stale', case severity when 'high' then 'high' else 'medium' end, id from complaint
 where resolved_on is null and getvariable('today') - opened_on > 3
union all
select id, 'owner-left', 'high', id from tiered where left_on <= getvariable('today')
union all
select id, 'purchase-overdue', 'medium', id from tiered where orders >= 3 and since_order > 1.5 * gap
union all
select id, 'spend-drop', 'high', id from tiered where before > 0 and coalesce(recent, 0) < before / 2;

create table risk as
select account, case when (bool_or(name = 'promise-overdue') and bool_or(name = 'visit-overdue'))
                       or count(distinct name) >= 3 then 'red' else 'amber' end as level
from signal group by account;

create table task as
select hash(s.account, s.name, s.subject) as id, s.account, s.name, s.subject, t.owner as assignee, t.tier, r.level,
       s.severity
from signal s join tiered t on t.id = s.account join risk r on r.account = s.account
union all
select hash(r.account, 'save'), r.account, 'save', r.account, t.owner, t.tier, r.level, 'critical'
from risk r join tiered t on t.id = r.account where r.level = 'red';
"""


def conclude(facts: Path, into: Path) -> float:
    """Draws the conclusions and gives the seconds it took."""
    start = time.perf_counter()
    with duckdb.connect() as db:
        for name in TYPES:
            db.read_parquet(str(facts / f"{name}.parquet")).create_view(name)
        db.execute(STATEMENTS)
        for name in ("signal", "task"):
            db.table(name).write_parquet(str(into / f"{name}.parquet"))
        return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps({"seconds": conclude(Path(sys.argv[1]), Path(sys.argv[2])), "megabytes": peak_megabytes()}))
