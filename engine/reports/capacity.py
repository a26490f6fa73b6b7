"""`holdfast capacity`: whether the people there are can keep the cadence table, by person, role and tier.

The demand of a line is what it takes in a week on average: 7 x hours of the contact / days of the duty. Against it
stand the recorded weekly hours of the person, for the workdays of the coming weeks on which they are there.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.policy.model import TIERS
from engine.reasoning.days import Workdays
from engine.reports.demand import Demand, lay_demand
from engine.reports.ground import lay_ground
from engine.reports.loads import (
    CLOSE,
    FITS,
    MOVE,
    NO_CARER,
    NOBODY,
    OVER,
    UNKNOWN,
    Load,
    fewer,
    filled_share,
    loads_of,
    more_people,
    tight_share,
    verdict,
)
from engine.reports.period import Period
from engine.reports.report import CHARTED, Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, SaidWord, Table
from engine.reports.team import lay_workdays
from engine.reports.workload import work_part

SOURCE = ("D1.cadence.A", "D1.cadence.B", "D1.cadence.C", "D1.staff.care")
WEEKS = 4
TOTAL = Said("column_total")
_WORST = (OVER, MOVE, CLOSE, NO_CARER, FITS)

_PEOPLE = (
    Column("rep", spare=True), Column("rep_name"), Column("role", As.WORD, spare=True),
    Column("department", spare=True),
    *(Column(f"customers_{tier.lower()}", As.INTEGER) for tier in TIERS),
    *(Column(f"hours_{tier.lower()}", As.NUMBER, spare=True) for tier in TIERS),
    Column("demand", As.NUMBER), Column("wish", As.NUMBER, spare=True), Column("weekly_hours", As.NUMBER, spare=True),
    Column("days_off", As.INTEGER, spare=True), Column("hours", As.NUMBER), Column("filled", As.PERCENT),
    Column("verdict", As.WORD),
)  # fmt: skip
_FIT = (
    Column("rep", spare=True), Column("rep_name"), Column("short", As.NUMBER),
    *(Column(f"fewer_{tier.lower()}", As.INTEGER) for tier in TIERS), Column("more_people", As.NUMBER),
)  # fmt: skip
_TIERS = (
    Column("tier"), Column("customers", As.INTEGER), Column("hours_visit", As.NUMBER), Column("hours_call", As.NUMBER),
    Column("hours_other", As.NUMBER, spare=True), Column("demand", As.NUMBER), Column("per_customer", As.NUMBER),
    Column("share", As.PERCENT), Column("wish", As.NUMBER, spare=True),
)  # fmt: skip
_COMPANY = (
    Column("people_role", As.WORD), Column("people", As.INTEGER), Column("people_unknown", As.INTEGER, spare=True),
    Column("demand", As.NUMBER), Column("hours", As.NUMBER), Column("filled", As.PERCENT),
    Column("spare_hours", As.NUMBER), Column("short", As.NUMBER), Column("verdict", As.WORD),
    Column("more_people", As.NUMBER, spare=True),
)  # fmt: skip


def capacity(source: ReportSource, rep: str | None, weeks: int, calendar: Workdays, rejected: int = 0) -> Report:
    """Whether the table can be met over the coming `weeks`. `rep`: an id; that person, and a manager's team."""
    title = Said("capacity_title")
    demand = lay_demand(source)
    lay_ground(source)
    period = Period(source.today, source.today + timedelta(days=7 * weeks - 1))
    lay_workdays(source, period, calendar)
    tight = tight_share(source)
    loads = loads_of(source, weeks)
    shown = [load for load in loads if rep is None or rep in (load.rep, load.manager)]
    parts = [_people(shown, tight, rep is None), _remedies(shown, loads), _tiers(source, rep)]
    if rep is None:
        parts.insert(0, _company(source, loads, tight))
    parts.append(work_part(source, rep))
    return Report(
        title, tuple(parts), tuple(Said(f"define_{name}") for name in _DEFINED),
        (Said("capacity_weeks", {"since": period.since, "until": period.until}), *notes(source, demand, rejected)),
    )  # fmt: skip


def notes(source: ReportSource, demand: Demand, rejected: int) -> list[Said]:
    """What is to be known of the facts behind demand: what they cannot answer, what was set aside."""
    found = []
    missing = [type for type in ("account", "rep") if not source.has(type)]
    if missing:
        found.append(absent(missing))
    if not source.policy.cadence:
        found.append(Said("cadence_empty"))
    for line, types in demand.unjudged:
        values = {"tier": line.tier, "rule": line.rule, "types": ", ".join(types)}
        found.append(Said("cadence_unjudged", values))
    if not demand.ranked:
        last = source.policy.tiers.classes[-1][0] if source.policy.tiers.classes else TIERS[-1]
        found.append(Said("cadence_unranked", {"tier": last}))
    if rejected:
        found.append(Said("facts_rejected", {"count": rejected}))
    return found


_DEFINED = ("cadence_demand", "cadence_hours", "cadence_verdict", "cadence_other_work")


def _people(loads: Sequence[Load], tight: float, whole: bool) -> Part:
    rows = [
        (
            load.rep, load.name, load.role, load.department, *(load.customers.get(tier, 0) for tier in TIERS),
            *(load.by_tier.get(tier, 0.0) for tier in TIERS), load.demand, load.wish, load.weekly_hours, load.days_off,
            load.hours, filled_share(load.demand, load.hours),
            verdict(load.demand, load.hours, tight) if load.rep is not None else NO_CARER,
        )
        for load in loads
    ]  # fmt: skip
    unknown = sum(load.hours is None and load.rep is not None for load in loads)
    said = [Said("capacity_unknown", {"count": unknown})] if unknown else []
    if whole and any(load.rep is None for load in loads):
        said.append(Said("capacity_nobody_note"))
    return Part("people", Table(Said("capacity_people"), _PEOPLE, tuple(rows), tuple(said)), _chart(loads))


def _chart(loads: Sequence[Load]) -> tuple[Chart, ...]:
    """Demand beside hours, of the fullest."""
    shown = [load for load in loads if load.rep is not None and load.hours is not None][: 2 * CHARTED]
    if not shown:
        return ()
    series = (
        Series(Said("column_demand"), tuple(round(load.demand, 2) for load in shown)),
        Series(Said("column_hours"), tuple(round(load.hours or 0.0, 2) for load in shown)),
    )
    return (Chart(Said("capacity_chart"), Form.GROUPED, tuple(load.name for load in shown), series, As.NUMBER),)


def _remedies(loads: Sequence[Load], everyone: Sequence[Load]) -> Part:
    rows = []
    for load in loads:
        if load.short:
            less = [fewer(load, tier) for tier in TIERS]
            rows.append((load.rep, load.name, load.short, *less, more_people(load.short, load.role, everyone)))
    said = (Said("capacity_fit_how"),) if rows else ()
    return Part("fit", Table(Said("capacity_fit"), _FIT, tuple(rows), said))


def _company(source: ReportSource, loads: Sequence[Load], tight: float) -> Part:
    """By role: one role's spare time does not make up for what another lacks."""
    roles: dict[str | None, list[Load]] = {}
    for load in loads:
        if load.rep is not None:
            roles.setdefault(load.role, []).append(load)
    orphaned = {role: float(hours) for role, hours in source.rows(_ORPHANED)}
    rows = [_role_row(role, some, orphaned.get(str(role), 0.0), tight, loads) for role, some in roles.items()]
    rows.sort(key=lambda row: -row[3])
    title = Said("capacity_company")
    said = _whole(rows, {role: hours for role, hours in orphaned.items() if role not in roles}, loads)
    nobody = [load for load in loads if load.rep is None]
    rows += [(NOBODY, 0, 0, load.demand, None, None, None, load.demand, NO_CARER, None) for load in nobody]
    data = Table(title, _COMPANY, tuple(rows), said)
    if len(rows) > 1:
        sums = [sum(row[n] or 0.0 for row in rows) for n in (1, 2, 3, 4, 6, 7)]
        known = sum(load.demand for load in loads if load.hours is not None)
        worst = next((each for each in _WORST if any(row[8] == each for row in rows)), UNKNOWN)
        more = sum(row[9] or 0.0 for row in rows)
        people, unknown, demand, hours, spare, short = sums
        rows.append(
            (TOTAL, people, unknown, demand, hours, filled_share(known, hours), spare, short, worst, more)
        )  # fmt: skip
    return Part("company", Table(title, _COMPANY, tuple(rows), said), (), data)


def _role_row(
    role: str | None, loads: Sequence[Load], orphaned: float, tight: float, everyone: Sequence[Load]
) -> tuple[Any, ...]:
    """A role's people together: the work of those whose hours are recorded against these hours.

    `orphaned`: hours of the role's lines for customers without a carer, which somebody of it has to take.
    """
    known = [load for load in loads if load.hours is not None]
    counted, hours = sum(load.demand for load in known), sum(load.hours or 0.0 for load in known)
    spare = sum(max((load.hours or 0.0) - load.demand, 0.0) for load in known)
    short = sum(load.short for load in known)
    said = verdict(counted + orphaned, hours if known else None, tight)
    lacking = counted + orphaned - hours if said == OVER else 0.0
    if short and said != OVER:
        said = MOVE
    return (
        role, len(loads), len(loads) - len(known), sum(load.demand for load in loads), hours if known else None,
        filled_share(counted, hours) if known else None, spare if known else None, short if known else None, said,
        more_people(lacking, role, everyone) if lacking else 0.0,
    )  # fmt: skip


def _whole(rows: Sequence[tuple[Any, ...]], nobodys: Mapping[str, float], loads: Sequence[Load]) -> tuple[Said, ...]:
    """The answer in a sentence or two. `nobodys`: hours of lines by a role that nobody here has."""
    if not any(load.hours is not None for load in loads):
        return (Said("capacity_unjudged"),) if loads else ()
    said = []
    moved = sum(load.short for load in loads)
    for row in rows:
        if row[8] == OVER:
            values = {"role": SaidWord(str(row[0])), "people": f"{row[9] or 0.0:,.1f}"}
            said.append(Said("capacity_cannot" if row[9] is not None else "capacity_cannot_ever", values))
    said += [Said("capacity_no_role", {"role": SaidWord(r), "hours": f"{h:,.1f}"}) for r, h in nobodys.items()]
    if not said:
        said.append(Said("capacity_move", {"short": f"{moved:,.1f}"}) if moved else Said("capacity_fits"))
    if without := sum(load.demand for load in loads if load.rep is None):
        said.append(Said("capacity_nobody_hours", {"hours": f"{without:,.1f}"}))
    return tuple(said)


def _tiers(source: ReportSource, rep: str | None) -> Part:
    rows = [tuple(row) for row in source.rows(_TIERS_SQL, {"rep": rep})]
    data = Table(Said("capacity_tiers"), _TIERS, tuple(rows))
    if len(rows) > 1:
        sums = [sum(row[n] for row in rows) for n in (1, 2, 3, 4, 5, 8)]
        total = (TOTAL, *sums[:5], sums[4] / sums[0] if sums[0] else None, 1.0 if sums[4] else None, sums[5])
        rows.append(total)
    series = tuple(
        Series(Said(f"column_{name}"), tuple(round(row[n], 2) for row in data.rows))
        for name, n in (("hours_visit", 2), ("hours_call", 3), ("hours_other", 4)) if any(row[n] for row in data.rows)
    )  # fmt: skip
    labels = tuple(row[0] for row in data.rows)
    chart = (Chart(Said("capacity_tiers"), Form.STACKED_BARS, labels, series, As.NUMBER),) if series else ()
    return Part("tiers", Table(Said("capacity_tiers"), _TIERS, tuple(rows)), chart, data)


_ORPHANED = """
select l.role, sum(7 * l.hours / l.days) from demand d join cadence_line l using (line) where d.rep is null group by 1
"""
_TIERS_SQL = """
with asked as (
  select d.account, d.tier, l.channel, 7 * l.hours / l.days as hours, 7 * l.hours / l.target_days as wish
  from demand d join cadence_line l using (line) left join figure_rep p on p.id = d.rep
  where $rep::varchar is null or $rep in (p.id, p.manager))
select tier, count(distinct account), coalesce(sum(hours) filter (channel = 'visit'), 0),
       coalesce(sum(hours) filter (channel = 'call'), 0),
       coalesce(sum(hours) filter (channel not in ('visit', 'call')), 0), sum(hours),
       sum(hours) / count(distinct account), sum(hours) / sum(sum(hours)) over (), sum(wish)
from asked group by tier order by tier
"""
