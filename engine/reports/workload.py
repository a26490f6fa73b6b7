"""The work that lies on people's lists beside the cadence: open tasks now, what the last weeks brought, what waits."""

from datetime import timedelta
from typing import Any

from engine.action.hours import CONTACTS, task_hours
from engine.policy.model import Policy
from engine.reports.ground import execute
from engine.reports.report import Part
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

WEEKS_BACK = 4
_WORK = (
    Column("rep", spare=True), Column("rep_name"), Column("open_tasks", As.INTEGER),
    Column("open_cadence", As.NUMBER), Column("open_other", As.NUMBER), Column("made_cadence", As.NUMBER),
    Column("made_other", As.NUMBER), Column("waiting", As.INTEGER),
)  # fmt: skip


def work_part(source: ReportSource, rep: str | None) -> Part:
    """Open tasks in hours, and the hours of tasks that the last weeks' nights made, a week; those of the cadence apart.

    A task that serves several matters counts once. Where no night has run yet there is none of it.
    """
    title = Said("capacity_work")
    first = source.store.rows("select min(today) from run")[0][0]
    if first is None:
        return Part("work", Table(title, _WORK, (), (Said("capacity_no_night"),)))
    since = source.today - timedelta(days=7 * WEEKS_BACK)
    weeks = min(max((source.today - source.today.fromisoformat(first)).days + 1, 7) / 7, float(WEEKS_BACK))
    found: dict[str, list[Any]] = {}
    cadence = cadence_plays(source.policy)
    hours = {contact: task_hours(source.policy, contact) for contact in CONTACTS}
    values = {"today": source.today.isoformat(), "since": since.isoformat()}
    for person, play, contact, unfinished, made in source.store.rows(_TASKS, values):
        row = found.setdefault(person, [0, 0.0, 0.0, 0.0, 0.0, 0])
        other, each = int(play not in cadence), hours.get(contact, hours[None])
        row[0] += unfinished
        row[1 + other] += unfinished * each
        row[3 + other] += made * each / weeks
    for person, count in _waiting(source):
        found.setdefault(person, [0, 0.0, 0.0, 0.0, 0.0, 0])[5] = count
    execute(source, "create or replace temp table worked_on (rep varchar)")
    execute(source, "insert into worked_on select unnest($1::varchar[])", [list(found)])
    rows = [(id, label or id, *found[id]) for id, label in source.rows(_LABELS, {"rep": rep})]
    rows.sort(key=lambda row: (-(row[3] + row[4]), str(row[0])))
    said = Said("capacity_work_since", {"since": max(since, since.fromisoformat(first))})
    return Part("work", Table(title, _WORK, tuple(rows), (said,)))


def cadence_plays(policy: Policy) -> frozenset[str]:
    """The plays that signals of the cadence table call."""
    rules = {line.rule for line in policy.cadence}
    return frozenset(name for name, play in policy.plays.items() if rules.intersection(play.signals))


def _waiting(source: ReportSource) -> list[tuple[Any, ...]]:
    """How many matters wait for room on each list."""
    if not source.store.rows("select 1 from sqlite_schema where type = 'table' and name = 'waiting'"):
        return []
    return source.store.rows("select person, count(*) from waiting group by person")


_TASKS = """
select coalesce(t.assignee, t.queue, ''), e.play, t.contact,
       sum(t.status in ('open', 'started') and coalesce(e.snoozed_until, '') <= :today),
       sum(n.today > :since and n.today <= :today)
from task t join episode e on e.id = t.episode join run n on n.id = t.made_run
where t.joined is null and (t.status in ('open', 'started') or n.today > :since)
group by 1, 2, 3
"""
_LABELS = """
select w.rep, r.label from worked_on w left join figure_rep r on r.id = w.rep
where w.rep <> '' and ($rep::varchar is null or $rep in (r.id, r.manager))
"""
