"""`holdfast team`: what each rep has done against the target, how well, and how promises and customers were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.reasoning.days import MondayToFriday, Workdays
from engine.reports.cube import TOTAL, Cube, Figure, Sums, added
from engine.reports.ground import execute, lay_ground, stand_customers
from engine.reports.period import Period
from engine.reports.promises import rates
from engine.reports.report import Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D0.team.quantity", "D0.team.quality", "D3.over-promise", "D1.role.executive")
DAYS = 90  # of the period where none is given and the policy has no quality_days
ROLES = ("sales", "service", "manager", "director", "gm", "technician", "trainer", "compliance")
WEEK = 5  # workdays to which a week's target is spread
GROUPS = ("rep", "team", "department", "role")  # what the tables can be told by

_QUANTITY = (
    Figure("contacts", As.INTEGER, "contacts"), Figure("visits", As.INTEGER, "visits"),
    Figure("calls", As.INTEGER, "calls"), Figure("workdays", As.INTEGER, "workdays"),
    Figure("target", As.NUMBER, "target"), Figure("attained", As.PERCENT, "aimed", "target"),
)  # fmt: skip
_QUALITY = (
    Figure("effective", As.INTEGER, "effective"), Figure("valuable", As.INTEGER, "valuable"),
    Figure("unsuccessful", As.INTEGER, "unsuccessful"), Figure("success_rate", As.PERCENT, "succeeded", "judged"),
    Figure("quotes_won", As.INTEGER, "quotes_won", spare=True),
    Figure("quotes_lost", As.INTEGER, "quotes_lost", spare=True),
    Figure("lost_order_rate", As.PERCENT, "quotes_lost", "quotes_decided"),
)  # fmt: skip
_PROMISES = (
    Figure("promises_due", As.INTEGER, "due"), Figure("kept_on_time", As.INTEGER, "on_time"),
    Figure("kept_late", As.INTEGER, "late"), Figure("broken", As.INTEGER, "broken"),
    Figure("on_time_rate", As.PERCENT, "on_time", "due"),
)  # fmt: skip
_RETENTION = (
    Figure("customers_held", As.INTEGER, "held"), Figure("lost", As.INTEGER, "lost"),
    Figure("retention", As.PERCENT, "kept", "held"),
)  # fmt: skip
_PARTS: Mapping[str, tuple[str, ...]] = {
    "quantity": ("contacts", "visits", "calls", "workdays", "target", "aimed"),
    "quality": (
        "effective", "valuable", "unsuccessful", "succeeded", "judged", "quotes_won", "quotes_lost", "quotes_decided",
    ),
    "promises": ("due", "on_time", "late", "broken"),
    "retention": ("held", "lost", "kept"),
}  # fmt: skip
_FIGURES = {"quantity": _QUANTITY, "quality": _QUALITY, "promises": _PROMISES, "retention": _RETENTION}
_NEEDS = {
    "quantity": ("interaction",), "quality": ("interaction",), "promises": ("promise",), "retention": ("account",),
}  # fmt: skip
_RATED = ("promises_due", "kept_on_time", "kept_late", "broken")
_CHARTED = {
    "quantity": (Form.BARS, ("attained",)), "quality": (Form.GROUPED, ("success_rate", "lost_order_rate")),
    "promises": (Form.STACKED_BARS, ("kept_on_time", "kept_late", "broken")), "retention": (Form.BARS, ("retention",)),
}  # fmt: skip


def team(source: ReportSource, period: Period, by: str, rep: str | None, calendar: Workdays | None) -> Report:
    """Quantity, quality, promises and retention by rep, team (whoever has the same manager), department or role.

    `rep`: an id; that person and, for a manager, the whole team. One who has none of it at all in the period is left
    out.
    """
    title = Said("team_title")
    when = Said("figures_period", {"since": period.since, "until": period.until})
    definitions = (Said("define_team"),) if by == "team" else ()
    if not source.has("rep"):
        return Report(title, (Part("team", Table(title, (Column("rep"),), (), (absent(["rep"]),))),), definitions)
    lay_ground(source)
    lay_workdays(source, period, calendar)
    stand_customers(source, [replace(period, label="period")], calendar)
    found = [_part(source, name, period, by, rep, when) for name in _FIGURES]
    return Report(title, tuple(found), definitions)


def retention_part(source: ReportSource, by: str, period: Period) -> Part:
    """How many of their customers people kept, of a period that `stand_customers` has been called for."""
    part = _part(
        source, "retention", period, by, None, Said("figures_period", {"since": period.since, "until": period.until})
    )
    title = Said("retention_by", {"by": Said(f"column_{by}")})
    data = replace(part.data, title=title) if part.data else None
    return replace(part, name=f"retention_by_{by}", table=replace(part.table, title=title), data=data)


_DEFINED = {
    "quantity": ("workload", "attained"),
    "quality": ("effective", "valuable", "unsuccessful", "success_rate", "lost_order_rate"),
    "promises": ("kept_on_time", "kept_late", "broken", "on_time_rate"),
    "retention": ("retention",),
}


def _part(source: ReportSource, name: str, period: Period, by: str, rep: str | None, when: Said) -> Part:
    title = Said(f"team_{name}")
    figures = _FIGURES[name]
    defined = tuple(Said(f"define_{each}") for each in _DEFINED[name])
    keys = (Column("rep", spare=True), Column("rep_name")) if by == "rep" else (Column(by, _kind(by)),)
    columns = (*keys, *(f.column for f in figures))
    notes = [when]
    missing = [type for type in _NEEDS[name] if not source.has(type)]
    if missing:
        return Part(name, Table(title, columns, (), (absent(missing),)), definitions=defined)
    if name == "quality" and not source.has("quote"):
        notes.append(absent(["quote"]))
    rows: Sequence[Sequence[Any]]
    if name == "promises":
        rows = _promises(source, period, rep)
    else:
        query, used = _QUERIES[name]
        values = {"since": period.since, "until": period.until, "rep": rep}
        rows = source.rows(query, {key: values[key] for key in used})
    cube = _grouped(rows, _PARTS[name], by)
    if name == "quality" and not source.has("quote"):
        cube = _blank(cube, ("quotes_won", "quotes_lost", "quotes_decided"))
    lines = [(*_key(key, by), *cube.values(figures, sums, ())) for key, sums in cube.rows]
    data = Table(title, columns, tuple(lines), tuple(notes))
    total = cube.total
    if len(lines) > 1:
        lead = (TOTAL, TOTAL) if by == "rep" else (TOTAL,)
        lines.append((*lead, *cube.values(figures, total, ())))
    return Part(name, Table(title, columns, tuple(lines), tuple(notes)), _charts(name, cube, by), data, defined)


def _promises(source: ReportSource, period: Period, rep: str | None) -> list[Sequence[Any]]:
    """Promises per person: due, kept on time, late, broken; by the register's own reckoning, all kinds together."""
    table = rates(source, period)
    at = [[column.name for column in table.columns].index(name) for name in _RATED]
    found: dict[Any, Sums] = {}
    for row in table.rows:
        sums = tuple(row[n] for n in at)
        found[row[0]] = added([found.get(row[0], (0,) * len(at)), sums], len(at))
    people = source.rows(_PEOPLE_SQL, {"rep": rep})
    kept = [(*person, *found[person[0]]) for person in people if found.get(person[0], (0,))[0]]
    return sorted(kept, key=lambda row: (-row[5], row[0]))


def _kind(by: str) -> As:
    return As.WORD if by == "role" else As.TEXT


def _key(key: Any, by: str) -> tuple[Any, ...]:
    return (key[0], key[1]) if by == "rep" else (key,)


def _grouped(rows: Sequence[Sequence[Any]], parts: Sequence[str], by: str) -> Cube:
    """Rows per rep (id, label, team, department, role, sums …) added up by what the tables are told by."""
    at = {"team": 2, "department": 3, "role": 4}
    found: dict[Any, list[Sums]] = {}
    for row in rows:
        key = (row[0], row[1]) if by == "rep" else row[at[by]]
        found.setdefault(key, []).append(tuple(row[5:]))
    whole = Cube(tuple(parts), tuple((key, sums) for key, many in found.items() for sums in many))
    if by == "rep":
        return whole
    return Cube(
        whole.parts, tuple((k, Cube(whole.parts, tuple((k, s) for s in many)).total) for k, many in found.items())
    )


def _blank(cube: Cube, names: Sequence[str]) -> Cube:
    return replace(
        cube,
        rows=tuple(
            (key, tuple(None if part in names else value for part, value in zip(cube.parts, sums, strict=True)))
            for key, sums in cube.rows
        ),
    )


def _charts(name: str, cube: Cube, by: str) -> tuple[Chart, ...]:
    form, wanted = _CHARTED[name]
    figures = [f for f in _FIGURES[name] if f.name in wanted]
    shown = [
        (key, sums) for key, sums in cube.rows if any(cube.value(f, sums, ()) is not None for f in figures)
    ][:25]  # fmt: skip
    if not shown:
        return ()
    tones = {"kept_on_time": "green", "kept_late": "amber", "broken": "red"}
    series = tuple(
        Series(Said(f"column_{f.name}"), tuple(cube.value(f, s, ()) for _, s in shown), tones.get(f.name, ""))
        for f in figures
    )
    labels = tuple(key[1] if by == "rep" else Said(f"word_{key}") if by == "role" and key else key for key, _ in shown)
    title = Said(f"column_{figures[0].name}") if len(figures) == 1 else Said(f"team_{name}")
    return (Chart(title, form, labels, series, figures[0].kind, labels_as=_kind(by)),)


def lay_workdays(source: ReportSource, period: Period, calendar: Workdays | None) -> None:
    """Makes the views `figure_present` (rep, day: the workdays somebody was there) and `figure_aim` (target a day).

    There: hired, not left, not away. The target is the policy's workload_<role>, contacts a week of five workdays;
    roles without that limit have none.
    """
    worked = (calendar or MondayToFriday()).workday_numbers(period.since, period.until)
    execute(source, _WORKED, {"worked": worked})
    execute(source, _PRESENT)
    execute(source, "create or replace temp table figure_aim (role varchar, target decimal(18, 4))")
    for role in ROLES:
        limit = source.policy.limits.get(f"workload_{role}")
        if limit is not None and None in limit.values:
            execute(source, "insert into figure_aim values ($1, $2)", [role, limit.values[None] / WEEK])


_WORKED = """
create or replace temp table figure_worked as
select date '0001-01-01' + cast(n - 1 as integer) as day from (select unnest($worked::bigint[]) as n)
"""
_PRESENT = """
create or replace temp view figure_present as
select r.id as rep, w.day from figure_rep r cross join figure_worked w
where (r.hired_on is null or r.hired_on <= w.day) and (r.left_on is null or r.left_on > w.day)
  and not exists (
    from absence a where a.rep = r.id and (a.since is null or a.since <= w.day)
      and (a.until is null or a.until >= w.day) and (a.since is not null or a.until is not null))
"""
_QUANTITY_SQL = """
with done as (
  select rep, count(*) as contacts, count(*) filter (channel in ('visit', 'customer_visit')) as visits,
         count(*) filter (channel = 'call') as calls
  from interaction where happened_on between $since and $until group by rep),
there as (select rep, count(*) as workdays from figure_present group by rep)
select r.id, coalesce(r.label, r.id), coalesce(m.label, m.id), r.department, r.role,
       coalesce(d.contacts, 0), coalesce(d.visits, 0), coalesce(d.calls, 0), coalesce(t.workdays, 0),
       a.target * t.workdays, case when a.target * t.workdays > 0 then coalesce(d.contacts, 0) end
from figure_rep r
left join figure_rep m on m.id = r.manager
left join done d on d.rep = r.id
left join there t on t.rep = r.id
left join figure_aim a on a.role = r.role
where (d.contacts > 0 or a.target * t.workdays > 0) and ($rep::varchar is null or $rep in (r.id, r.manager))
order by a.target is null, coalesce(d.contacts, 0) desc, r.id
"""
_QUALITY_SQL = """
with done as (
  select rep, count(*) filter (outcome = 'effective') as effective, count(*) filter (outcome = 'valuable') as valuable,
         count(*) filter (outcome = 'unsuccessful') as unsuccessful, count(outcome) as judged
  from interaction where happened_on between $since and $until group by rep),
quotes as (
  select nullif(rep, '') as rep, sum(won) as won, sum(lost) as lost
  from figure_quote_row where day between $since and $until group by all)
select r.id, coalesce(r.label, r.id), coalesce(m.label, m.id), r.department, r.role,
       coalesce(d.effective, 0), coalesce(d.valuable, 0), coalesce(d.unsuccessful, 0),
       coalesce(d.effective, 0) + coalesce(d.valuable, 0), coalesce(d.judged, 0),
       coalesce(q.won, 0)::bigint, coalesce(q.lost, 0)::bigint, coalesce(q.won + q.lost, 0)::bigint
from figure_rep r
left join figure_rep m on m.id = r.manager
left join done d on d.rep = r.id
left join quotes q on q.rep = r.id
where (d.judged > 0 or q.won + q.lost > 0) and ($rep::varchar is null or $rep in (r.id, r.manager))
order by coalesce(d.judged, 0) desc, r.id
"""
_PEOPLE_SQL = """
select r.id, coalesce(r.label, r.id), coalesce(m.label, m.id), r.department, r.role
from figure_rep r left join figure_rep m on m.id = r.manager
where $rep::varchar is null or $rep in (r.id, r.manager)
"""
_RETENTION_SQL = """
with held as (
  select carer, count(*) filter (at_start) as held, count(*) filter (lost) as lost,
         count(*) filter (at_start and not lost) as kept
  from figure_standing group by carer)
select r.id, coalesce(r.label, r.id), coalesce(m.label, m.id), r.department, r.role, h.held, h.lost, h.kept
from held h join figure_rep r on r.id = h.carer left join figure_rep m on m.id = r.manager
where (h.held > 0 or h.lost > 0) and ($rep::varchar is null or $rep in (r.id, r.manager))
order by h.held desc, r.id
"""
_QUERIES = {
    "quantity": (_QUANTITY_SQL, ("since", "until", "rep")),
    "quality": (_QUALITY_SQL, ("since", "until", "rep")),
    "retention": (_RETENTION_SQL, ("rep",)),
}
