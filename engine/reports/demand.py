"""What the cadence table asks, and of whom: a row per customer and line, with the person whose task it would be."""

from dataclasses import dataclass

from sqlglot import exp

from engine.action.assign import Carers
from engine.action.hours import task_hours
from engine.policy.expressions import refs, rules_in
from engine.policy.model import CadenceLine, Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reports.duties import Line, cadence_lines, duty_query
from engine.reports.people import Takers
from engine.reports.source import ReportSource

_AS = {"call": "call", "message": "message", "letter": "message"}  # any other channel takes as long as a visit


@dataclass(frozen=True)
class Demand:
    """What of the table could be laid. `unjudged`: its lines whose condition these facts cannot answer, with the types
    that are missing. `ranked`: whether tiers could be reckoned; if not, who has none set by hand has the last class."""

    lines: tuple[CadenceLine, ...]
    unjudged: tuple[tuple[CadenceLine, tuple[str, ...]], ...]
    ranked: bool


def hours_of(policy: Policy, channel: str) -> float:
    """What a contact of a channel takes, in hours, by the policy's limits."""
    return task_hours(policy, _AS.get(channel, "visit"))


def lay_demand(source: ReportSource) -> Demand:
    """Makes the tables `cadence_line` (line, tier, rule, role, channel, days, target_days, hours) and `demand`.

    demand: account, line, tier, last_on, since (the day it counts from), due_on, overdue, rep and queue (who has it).
    Only active customers are there. A signal that is not judged, for want of recorded contacts, is nobody's fault:
    its lines still ask.
    """
    policy, night = source.policy, source.asked.night
    wanted, unjudged = _judged(source)
    names = [ref for line in wanted for ref in refs(line.since, line.days, line.applies)]
    source.asked.reckon([*((ref.type, ref.name) for ref in names), *((ACCOUNT, line.last) for line in wanted)])
    queries = [duty_query(source, line) for line in wanted]
    night.run(sql.create_table("demand by rule", _all(queries)), "the cadence's demand")
    source.rows(_LINE)
    for number, line in enumerate(policy.cadence):
        hours = hours_of(policy, line.channel)
        values = [number, line.tier, line.rule, line.role, line.channel, line.duty_days, line.target_days, hours]
        source.rows("insert into cadence_line values ($1, $2, $3, $4, $5, $6, $7, $8)", values)
    source.rows(_ASKED)
    _lay_takers(source)
    source.rows(_DEMAND)
    gone = {line for line, _ in unjudged}
    return Demand(tuple(line for line in policy.cadence if line not in gone), unjudged, night.plan.ranked)


def _judged(source: ReportSource) -> tuple[list[Line], tuple[tuple[CadenceLine, tuple[str, ...]], ...]]:
    """The lines whose condition can be answered, and those of the table for which it cannot."""
    present, policy = source.snapshot.present, source.policy
    wanted, gone = [], dict[str, tuple[str, ...]]()
    for line in cadence_lines(policy):
        keys = [(ref.type, ref.name) for ref in refs(line.applies, line.days)]
        needs = {type for key in keys if key in policy.measures for type in policy.measures[key].needs}
        needs |= {type for rule in rules_in(line.applies) for type in policy.signals[rule].needs}
        if missing := tuple(sorted(needs - present)):
            gone[line.rule] = missing
        elif ACCOUNT in present:
            wanted.append(line)
    return wanted, tuple((line, gone[line.rule]) for line in policy.cadence if line.rule in gone)


def _all(queries: list[exp.Select]) -> exp.Query:
    if queries:
        return sql.union(queries)
    empty = ["account", "rule", "role", "channel"]
    columns = [*(sql.named(sql.cast(exp.null(), sql.TEXT), name) for name in empty)]
    columns += [sql.named(sql.cast(exp.null(), sql.DATE), name) for name in ("last_on", "since")]
    columns.append(sql.named(sql.cast(exp.null(), sql.INTEGER), "days"))
    return sql.select(columns, None, exp.false())


def _lay_takers(source: ReportSource) -> None:
    """Makes `taker` (account, rule, rep, queue): whom the night would give the task.

    Mostly that is the owner, or the owner's manager: these are found in sets, all others one by one.
    """
    takers = Takers(source)
    source.rows(_PERSON)
    people = [(p.id, p.manager) for p in takers.people.by_id.values() if p.active]
    ids, managers = [id for id, _ in people], [manager for _, manager in people]
    source.rows("insert into person select unnest($1::varchar[]), unnest($2::varchar[])", [ids, managers])
    source.rows("create or replace temp table rule_to (rule varchar, whom varchar)")
    for rule, role in {line.rule: line.role for line in source.policy.cadence}.items():
        source.rows("insert into rule_to values ($1, $2)", [rule, takers.whom(rule, role)])
    source.rows(_TAKER)
    found: list[tuple[str, str, str | None, str | None]] = []
    for account, rule, role, owner, second, department in source.rows(_REST):
        taken = takers.of(rule, role, Carers(account, owner, second, department))
        found.append((account, rule, taken.person, taken.queue))
    columns = [list(column) for column in zip(*found, strict=True)] or [[], [], [], []]
    source.rows(_TAKEN, columns)


_LINE = """
create or replace temp table cadence_line
    (line integer, tier varchar, rule varchar, role varchar, channel varchar, days integer, target_days integer,
     hours double)
"""
_ASKED = """
create or replace temp table asked as
select d.account, a.name, a.city, a.owner, a."second", a.department, l.line, a.tier, d.rule, d.role, d.last_on,
       d.since, d.days
from "demand by rule" d
join account a on a.id = d.account
join cadence_line l on l.rule = d.rule and l.tier = a.tier
"""
_PERSON = "create or replace temp table person (id varchar, manager varchar)"
_TAKER = """
create or replace temp table taker as
select a.account, a.rule, case t.whom when 'owner.manager' then m.id when 'second' then s.id else o.id end as rep,
       null::varchar as queue
from asked a
join rule_to t on t.rule = a.rule
left join person o on o.id = a.owner
left join person m on m.id = o.manager and m.id <> o.id
left join person s on s.id = a."second"
where case t.whom when 'owner' then o.id when 'sales' then o.id when 'owner.manager' then m.id when 'second' then s.id
      end is not null
"""
_REST = """
select a.account, a.rule, a.role, a.owner, a."second", a.department
from asked a anti join taker t on t.account = a.account and t.rule = a.rule
"""
_TAKEN = """
insert into taker select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::varchar[]), unnest($4::varchar[])
"""
_DEMAND = """
create or replace temp table demand as
select a.account, a.name, a.city, a.line, a.tier, a.rule, a.last_on, a.since, a.since + a.days as due_on,
       s.rule is not null as overdue, t.rep, t.queue
from asked a
join taker t on t.account = a.account and t.rule = a.rule
left join signals s on s.rule = a.rule and s.account = a.account
"""
