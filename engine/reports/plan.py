"""`holdfast plan`: the cadence as a plan: goal, done, planned, remaining and pace per customer, line and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.policy.model import TIERS
from engine.reasoning.days import Workdays
from engine.reports.cadence_days import lay_days
from engine.reports.cadence_periods import anchor
from engine.reports.cadence_plan import APPOINTMENT, lay_plan
from engine.reports.capacity import notes
from engine.reports.demand import lay_demand
from engine.reports.ground import lay_ground
from engine.reports.period import Period
from engine.reports.report import Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, SaidWord, Table

SOURCE = ("D1.cadence.A", "D1.cadence.B", "D1.cadence.C", "D0.remind.week", "D0.remind.overdue")
CONTACT = "interaction"
PACES = ("behind", "on", "ahead")
NOBODY = Said("capacity_nobody")

SUMMARY = (
    Column("rep", spare=True), Column("rep_name"), Column("customers", As.INTEGER), Column("behind", As.INTEGER),
    Column("on", As.INTEGER), Column("ahead", As.INTEGER), Column("done", As.INTEGER), Column("planned", As.INTEGER),
    Column("remaining", As.INTEGER), Column("no_day", As.INTEGER),
)  # fmt: skip
ROWS = (
    Column("rep", spare=True), Column("rep_name", spare=True), Column("account", spare=True), Column("name"),
    Column("tier", spare=True), Column("city", spare=True), Column("role", As.WORD, spare=True),
    Column("channel", As.WORD, spare=True), Column("duty"), Column("period"), Column("since", As.DATE, spare=True),
    Column("until", As.DATE, spare=True), Column("goal", As.INTEGER, spare=True),
    Column("target", As.INTEGER, spare=True), Column("done", As.INTEGER, spare=True), Column("of_goal"),
    Column("planned", As.INTEGER), Column("planned_on", As.DATE, spare=True), Column("remaining", As.INTEGER),
    Column("pace", As.WORD), Column("due_by", As.DATE), Column("suggested_on", As.DATE, spare=True),
    Column("last_on", As.DATE, spare=True), Column("overdue", As.FLAG, spare=True),
)  # fmt: skip
DAYS = (
    Column("rep", spare=True), Column("rep_name", spare=True), Column("day", As.DATE), Column("city"),
    Column("account", spare=True), Column("name"), Column("tier"), Column("role", As.WORD, spare=True),
    Column("channel", As.WORD, spare=True), Column("duty"), Column("due_by", As.DATE),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which part of the plan: `rep` and `account` are ids; `month` as 2026-11, by default that of today.

    `rows` and `days`: at most so many of each for people to read; None: all. Days are left out where 0.
    """

    rep: str | None = None
    account: str | None = None
    tier: str | None = None
    month: str | None = None
    behind: bool = False
    rows: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class Planned:
    """The plan as plain tables: per person, per customer and line (behind first), and day by day."""

    summary: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]
    days: tuple[tuple[Any, ...], ...]
    total_rows: int
    total_days: int
    notes: tuple[Said, ...]


def planned(source: ReportSource, wanted: Wanted, calendar: Workdays, rejected: int = 0) -> Planned:
    """The plan as of the source's day. Raises UsageError for a month or tier that there is not."""
    if wanted.tier is not None and wanted.tier not in TIERS:
        raise UsageError(f"there is no tier '{wanted.tier}'", f"choose from {', '.join(TIERS)}")
    day = anchor(wanted.month, source.today)
    demand = lay_demand(source)
    said = notes(source, demand, rejected)
    if not source.has(CONTACT):
        return Planned((), (), (), (), 0, 0, (absent([CONTACT]), *said))
    lay_ground(source)
    periods = lay_plan(source, demand, day, calendar)
    if not periods:
        return Planned((), (), (), (), 0, 0, tuple(said))
    lay_days(source, Period(min(p.since for p in periods.values()), max(p.until for p in periods.values())), calendar)
    if not source.has(APPOINTMENT):
        said.append(Said("plan_no_appointments"))
    if day != source.today:
        said.append(Said("plan_month", {"day": day}))
    values = {"rep": wanted.rep, "account": wanted.account, "tier": wanted.tier, "behind": wanted.behind}
    known = {name: value for name, value in values.items() if name != "behind"}
    appointed = source.has(APPOINTMENT)
    summary = [_summed(row, appointed) for row in source.rows(_SUMMARY, known)]
    total = _summed(source.rows(_TOTAL, known)[0], appointed)
    rows = [_row(row, appointed) for row in source.rows(_ROWS, {**values, "most": wanted.rows})]
    days = [_day(row) for row in source.rows(_DAYS, {**values, "most": wanted.days})] if wanted.days != 0 else []
    [(all_rows,)] = source.rows(_COUNT, values)
    [(all_days,)] = source.rows(_COUNT_DAYS, values) if wanted.days != 0 else [(0,)]
    if late := sum(row[-1] for row in summary):
        said.append(Said("plan_no_day", {"count": late}))
    return Planned(tuple(summary), total, tuple(rows), tuple(days), int(all_rows), int(all_days), tuple(said))


def plan_report(source: ReportSource, found: Planned, wanted: Wanted) -> Report:
    """The plan for a terminal or for programs: the summary, what is behind first, and the days where wanted."""
    title = Said("plan_title", {"day": source.today})
    parts = [_summary_part(found)] if wanted.account is None else []
    title_rows = Said("plan_behind" if wanted.behind else "plan_rows")
    parts.append(Part("plan", Table(title_rows, ROWS, found.rows, _left_out(found.rows, found.total_rows))))
    if wanted.days != 0:
        left_out = _left_out(found.days, found.total_days)
        parts.append(Part("days", Table(Said("plan_days"), DAYS, found.days, left_out)))
    definitions = tuple(Said(f"define_plan_{name}") for name in ("goal", "pace", "due"))
    return Report(title, tuple(parts), definitions, found.notes)


def plan_pages(source: ReportSource, found: Planned) -> Report:
    """The plan for a page that prints: the summary, then a section a person with their customers and their days."""
    parts = [_summary_part(found)]
    at = {column.name: n for n, column in enumerate(ROWS)}
    kept = [
        at[n]
        for n in ("name", "tier", "city", "duty", "period", "of_goal", "planned_on", "remaining", "pace", "due_by")
    ]
    on_day = {column.name: n for n, column in enumerate(DAYS)}
    kept_days = [on_day[n] for n in ("day", "city", "name", "tier", "duty", "due_by")]
    mine, days = _by_person(found.rows), _by_person(found.days)
    for person, rows in mine.items():
        parts.append(_section(Said("plan_of", {"name": rows[0][1]}), ROWS, kept, rows))
        if person in days:
            parts.append(_section(Said("plan_days_of", {"name": rows[0][1]}), DAYS, kept_days, days[person]))
    report = plan_report(source, found, Wanted())
    return Report(report.title, tuple(parts), report.definitions, report.notes)


def _by_person(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str | None, str], list[tuple[Any, ...]]]:
    found: dict[tuple[str | None, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault((row[0], str(row[1])), []).append(row)
    return found


def _left_out(rows: Sequence[Any], total: int) -> tuple[Said, ...]:
    return (Said("figures_left_out", {"count": total - len(rows)}),) if total > len(rows) else ()


def _section(title: Said, columns: Sequence[Column], kept: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> Part:
    shown = tuple(Column(columns[n].name, columns[n].kind, columns[n].heading) for n in kept)
    return Part(title.phrase, Table(title, shown, tuple(tuple(row[n] for n in kept) for row in rows)))


def _summary_part(found: Planned) -> Part:
    """Per person; the row of all counts each customer once, however many people see them."""
    title, rows = Said("plan_summary"), found.summary
    data = Table(title, SUMMARY, rows)
    people = list(rows)
    if len(rows) > 1:
        people.append((Said("column_total"), Said("column_total"), *found.total[2:]))
    tones = {"behind": "red", "on": "amber", "ahead": "green"}
    series = tuple(
        Series(Said(f"column_{pace}"), tuple(row[3 + n] for row in rows[:25]), tones[pace])
        for n, pace in enumerate(PACES)
    )
    labels = tuple(row[1] for row in rows[:25])
    chart = (Chart(Said("plan_chart"), Form.STACKED_BARS, labels, series, As.INTEGER),) if rows else ()
    return Part("summary", Table(title, SUMMARY, tuple(people)), chart, data)


def _summed(row: tuple[Any, ...], appointed: bool) -> tuple[Any, ...]:
    rep, name, queue, *figures = row
    counts: list[int | None] = [int(figure) for figure in figures]
    if not appointed:
        counts[5] = None
    return (rep, name or queue or NOBODY, *counts)


def _row(row: tuple[Any, ...], appointed: bool) -> tuple[Any, ...]:
    rep, label, queue, account, name, tier, city, role, channel, period, since, until, goal, target, done, *rest = row
    planned_count, planned_on, remaining, pace, due_by, suggested, last_on, overdue = rest
    contact = Said("plan_contact", {"role": SaidWord(role), "channel": SaidWord(channel)})
    wished = f"{goal}" if target == goal else f"{goal}–{target}"
    return (
        rep, label or queue or NOBODY, account, name or account, tier, city, role, channel, contact, period, since,
        until, goal, target, done, Said("plan_of_goal", {"done": done, "goal": wished}),
        planned_count if appointed else None, planned_on, remaining, pace, due_by, suggested, last_on, overdue,
    )  # fmt: skip


def _day(row: tuple[Any, ...]) -> tuple[Any, ...]:
    rep, label, day, city, account, name, tier, role, channel, due_by = row
    contact = Said("plan_contact", {"role": SaidWord(role), "channel": SaidWord(channel)})
    return (rep, label or NOBODY, day, city, account, name or account, tier, role, channel, contact, due_by)


_MINE = """
(not $behind or p.pace = 'behind') and ($rep::varchar is null or p.rep = $rep)
  and ($account::varchar is null or p.account = $account) and ($tier::varchar is null or p.tier = $tier)
"""
_COUNT = f"select count(*) from plan_row p where {_MINE}"  # noqa: S608 - constants
_COUNT_DAYS = f"""
select count(*) from plan_slot s join plan_row p on p.account = s.account and p.line = s.line
where s.day is not null and {_MINE}
"""  # noqa: S608 - constants
_WHOSE = """
with slots as (
  select account, line, count(*) filter (day is null and rep is not null) as no_day from plan_slot group by all),
mine as (
  select p.*, coalesce(s.no_day, 0) as no_day
  from plan_row p left join slots s on s.account = p.account and s.line = p.line
  where ($rep::varchar is null or p.rep = $rep) and ($account::varchar is null or p.account = $account)
    and ($tier::varchar is null or p.tier = $tier))
"""
_COUNTS = """
count(*) as customers, count(*) filter (behind) as behind, count(*) filter (not behind and not ahead) as on_pace,
count(*) filter (not behind and ahead) as ahead, coalesce(sum(done), 0), coalesce(sum(planned), 0),
coalesce(sum(remaining), 0), coalesce(sum(no_day), 0)
"""
_CUSTOMERS = """
bool_or(pace = 'behind') as behind, bool_or(pace = 'ahead') as ahead, sum(done) as done, sum(planned) as planned,
sum(remaining) as remaining, sum(no_day) as no_day
"""
_SUMMARY = f"""
{_WHOSE}, customers as (select rep, queue, account, {_CUSTOMERS} from mine group by rep, queue, account)
select c.rep, r.label, c.queue, {_COUNTS}
from customers c left join figure_rep r on r.id = c.rep
group by c.rep, r.label, c.queue
order by c.rep is null, behind desc, customers desc, c.rep, c.queue
"""  # noqa: S608 - constants
_TOTAL = f"""
{_WHOSE}, customers as (select account, {_CUSTOMERS} from mine group by account)
select null, null, null, {_COUNTS} from customers
"""  # noqa: S608 - constants
_ROWS = f"""
with firsts as (select account, line, min(due_by) as due_by, min(day) as day from plan_slot group by account, line)
select p.rep, r.label, p.queue, p.account, p.name, p.tier, p.city, p.role, p.channel, p.label, p.since, p.until, p.goal,
       p.target, p.done, p.planned, p.planned_on, p.remaining, p.pace, f.due_by, f.day, p.last_on, p.overdue
from plan_row p
left join figure_rep r on r.id = p.rep
left join firsts f on f.account = p.account and f.line = p.line
where {_MINE}
order by p.pace <> 'behind', f.due_by is null, f.due_by, p.tier, p.account, p.line
limit $most
"""  # noqa: S608 - constants
_DAYS = f"""
select p.rep, r.label, s.day, p.city, p.account, p.name, p.tier, p.role, p.channel, s.due_by
from plan_slot s
join plan_row p on p.account = s.account and p.line = s.line
left join figure_rep r on r.id = p.rep
where s.day is not null and {_MINE}
order by p.rep, s.day, p.channel = 'visit' desc, p.city, p.account, p.line
limit $most
"""  # noqa: S608 - constants
