"""Lists of whom to contact: today, this week, overdue; by the policy's cadence and the appointments made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from engine.action.assign import Carers
from engine.reports.duties import add_duties
from engine.reports.people import Takers
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D0.remind.today", "D0.remind.week", "D0.remind.overdue")
APPOINTMENT = "appointment"

COLUMNS = (
    Column("account"), Column("name"), Column("tier"), Column("role", As.WORD), Column("channel", As.WORD),
    Column("due_on", As.DATE), Column("days_late", As.INTEGER), Column("who", spare=True), Column("who_name"),
    Column("last_on", As.DATE, spare=True), Column("planned_on", As.DATE, spare=True),
    Column("because", spare=True),
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """The days of a list, both included; `overdue` lists what is overdue instead."""

    first: date
    last: date
    overdue: bool = False


def span_of(name: str, today: date) -> Span:
    """The days of the list today, week (tomorrow to Sunday; on a Sunday the week to come) or overdue."""
    if name == "today":
        return Span(today, today)
    if name == "week":
        tomorrow = today + timedelta(days=1)
        return Span(tomorrow, tomorrow + timedelta(days=6 - tomorrow.weekday()))
    return Span(date.min, today, overdue=True)


def contacts(source: ReportSource, name: str, rep: str | None = None) -> Table:
    """Who is to be contacted: one row per account and kind of contact, the best customers first.

    A duty of the cadence is in `overdue` exactly when its signal holds; in `today` and `week` by the day it falls
    due. Appointments that are planned for these days are there as well. `rep`: only what falls to this person.
    """
    if "duty" not in _tables(source):
        add_duties(source)
    span = span_of(name, source.today)
    takers = Takers(source)
    rows = [row for row in _rows(source, span, takers) if rep is None or row[7] == rep]
    notes = [Said("overdue_too", {"count": late})] if name != "overdue" and (late := overdue_count(source)) else []
    if name == "week":
        notes.insert(0, Said("week_is", {"first": span.first, "last": span.last}))
    if not source.has("interaction"):
        notes.append(Said("needs_facts", {"types": "interaction"}))
    columns = tuple(replace(c, spare=c.spare or (c.name == "days_late" and not span.overdue)) for c in COLUMNS)
    return Table(Said(f"remind_{name}"), columns, tuple(rows), tuple(notes))


def overdue_count(source: ReportSource) -> int:
    """How many duties of the cadence are overdue."""
    [(count,)] = source.rows("select count(*) from duty where overdue")
    return int(count)


def _rows(source: ReportSource, span: Span, takers: Takers) -> Iterator[tuple[Any, ...]]:
    values = {"today": source.today, "first": span.first, "last": span.last, "overdue": span.overdue}
    for row in source.rows(_CONTACTS, values):
        *head, rule, owner, second, department, rep, last_on, planned_on = row
        account, _, _, role, *_ = head
        if rule == APPOINTMENT:
            person = rep or owner
            name = takers.name(person)
        else:
            taken = takers.of(rule, role, Carers(account, owner, second, department))
            person, name = taken.person, takers.name(taken.person) or taken.queue
        yield (*head, person, name, last_on, planned_on, rule)


def _tables(source: ReportSource) -> Iterable[str]:
    return {name for (name,) in source.rows("select table_name from duckdb_tables()")}


_CONTACTS = """
with planned as (
    select account, min(planned_on) as planned_on
    from appointment where planned_on >= $today and cancelled_on is null group by account
),
wanted as (
    select account, role, channel, due_on, rule, last_on, null::varchar as rep, 0 as appointed
    from duty
    where case when $overdue then overdue else not overdue and due_on between $first and $last end
    union all
    select account, 'appointment', channel, planned_on, 'appointment', null, rep, 1
    from appointment
    where not $overdue and planned_on between $first and $last and cancelled_on is null
)
select a.id, a.name, case when a.active then a.tier end, w.role, w.channel, w.due_on,
       nullif(greatest($today - w.due_on, 0), 0),
       w.rule, a.owner, a.second, a.department, w.rep, w.last_on, p.planned_on
from wanted w
join account a on a.id = w.account
left join planned p on p.account = a.id
where w.appointed = 0 or a.lost_on is null
order by not a.active, a.tier, w.due_on nulls first, a.id, w.role, w.channel
"""
