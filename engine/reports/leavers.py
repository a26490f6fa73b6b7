"""Who left: by length of service, and what became of the customers they held."""

from sqlglot import exp

from engine.reports.cube import TOTAL, Cube, Figure, by_key
from engine.reports.dimensions import LENGTHS, Dimension, label
from engine.reports.ground import execute
from engine.reports.period import Period, parts
from engine.reports.report import Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D1.staff.turnover",)
NEW_DAYS, BACKBONE_DAYS = 60, 365  # where the policy has no limits of these names
_PARTS = (
    "leavers", "held", "lost_90", "lost_180", "held_over_90", "lost_over_90", "held_over_180", "lost_over_180",
)  # fmt: skip
FIGURES = (
    Figure("leavers", As.INTEGER, "leavers"),
    Figure("held", As.INTEGER, "held"),
    Figure("lost_90", As.INTEGER, "lost_90"),
    Figure("rate_90", As.PERCENT, "lost_over_90", "held_over_90"),
    Figure("lost_180", As.INTEGER, "lost_180"),
    Figure("rate_180", As.PERCENT, "lost_over_180", "held_over_180"),
)


def leavers_report(source: ReportSource, by: Dimension, period: Period) -> Report:
    """Leavers of the period by length of service or another trait of theirs, with churn on their customers."""
    title = Said("leavers_title", {"dimension": Said(f"column_{by.name}")})
    columns = (Column(by.name, by.kind), *(f.column for f in FIGURES))
    when = Said("figures_period", {"since": period.since, "until": period.until})
    values = {
        "new": source.limit("service_new_days", NEW_DAYS),
        "backbone": source.limit("backbone_days", BACKBONE_DAYS),
    }
    definitions = (Said("define_leavers", values), Said("define_held"), Said("define_lost_within"))
    if not source.has("rep"):
        return Report(title, (Part("leavers", Table(title, columns, (), (absent(["rep"]),))),), definitions)
    cube = leavers(source, by.column, period)
    if by.is_time:
        cube = cube.in_order([one.label for one in parts(period, by.name)])
    elif by.name == "service":
        cube = cube.in_order(LENGTHS)
    else:
        cube = cube.ranked("leavers")
    rows = [(label(key, by), *cube.values(FIGURES, sums, ())) for key, sums in cube.rows]
    data = Table(title, columns, tuple((key, *cube.values(FIGURES, sums, ())) for key, sums in cube.rows))
    if len(rows) > 1:
        rows.append((TOTAL, *cube.values(FIGURES, cube.total, ())))
    labels = tuple(label(key, by) for key, _ in cube.rows)
    form = Form.COLUMNS if by.is_time else Form.BARS
    counts = Series(Said("column_leavers"), tuple(cube.part(sums, "leavers") for _, sums in cube.rows))
    charts = [Chart(Said("column_leavers"), form, labels, (counts,), As.INTEGER)]
    rates = tuple(
        Series(Said(f"column_{f.name}"), tuple(cube.value(f, sums, ()) for _, sums in cube.rows))
        for f in FIGURES if f.name.startswith("rate")
    )  # fmt: skip
    if any(value is not None for series in rates for value in series.values):
        charts.append(Chart(Said("leavers_chart"), Form.GROUPED, labels, rates, As.PERCENT, Said("figures_within")))
    if not any(sums[0] for _, sums in cube.rows):
        rows, charts = [], []
    return Report(
        title, (Part("leavers", Table(title, columns, tuple(rows), (when,)), tuple(charts), data),), definitions
    )


def lay_leavers(source: ReportSource, *, with_notice: bool = False) -> None:
    """Makes the table `figure_leaver`, a row per person who has left; `with_notice` also those who are about to.

    Needs `lay_ground`.
    """
    values = {
        "new": source.limit("service_new_days", NEW_DAYS),
        "backbone": source.limit("backbone_days", BACKBONE_DAYS),
    }
    execute(source, _LEFT, {"with_notice": with_notice})
    execute(source, _HELD)
    execute(source, _LEAVER, {**values, "today": source.today})


def leavers(source: ReportSource, column: str, period: Period) -> Cube:
    """The sums by a column of `figure_leaver` of those who left in the period."""
    lay_leavers(source)
    sums: list[exp.Expression] = [exp.Sum(this=exp.column(name, quoted=True)) for name in _PARTS]
    query = (
        exp.select(exp.column(column, quoted=True), *sums)
        .from_("figure_leaver")
        .group_by(exp.column(column, quoted=True))
    )
    query = query.where(
        exp.column("day", quoted=True).between(exp.Placeholder(this="since"), exp.Placeholder(this="until"))
    )
    rows = source.rows(query.sql("duckdb"), {"since": period.since, "until": period.until})
    return by_key(([key, *(int(v or 0) for v in rest)] for key, *rest in rows), _PARTS)


# Held on the day of notice, or else on the last day of work: by assignment in force, by the account's own field else.
_LEFT = """
create or replace temp table figure_left as
select id, label, department, manager, role, hired_on, left_on, notice_on,
       least(coalesce(notice_on, left_on - 1), left_on - 1) as held_on
from figure_rep
where (not active and left_on is not null) or ($with_notice and notice_on is not null)
"""
_HELD = """
create or replace temp table figure_held as
with assigned as (
  select distinct l.id as rep, g.account
  from figure_left l join assignment g
    on g.rep = l.id and g.since <= l.held_on and (g.until is null or g.until > l.held_on)),
owned as (
  select l.id as rep, c.id as account
  from figure_left l join figure_customer c on c.owner = l.id
  where not exists (from assignment g where g.account = c.id))
select h.rep, h.account, c.lost_on
from (from assigned union from owned) h
join figure_left l on l.id = h.rep
join figure_customer c on c.id = h.account
where c.customer and (c.began_on is null or c.began_on <= l.held_on) and (c.lost_on is null or c.lost_on > l.held_on)
"""
_LEAVER = """
create or replace temp table figure_leaver as
with held as (
  select l.id, count(h.account) as held,
         count(h.account) filter (h.lost_on <= l.left_on + 90) as lost_90,
         count(h.account) filter (h.lost_on <= l.left_on + 180) as lost_180
  from figure_left l left join figure_held h on h.rep = l.id group by l.id)
select l.id, l.label as rep_label, l.department, l.manager, l.role, l.left_on, l.left_on as day,
       l.left_on - l.hired_on as served, l.hired_on, l.notice_on,
       case when l.left_on - l.hired_on <= $new then 'new'
            when l.left_on - l.hired_on < $backbone then 'year'
            when l.hired_on is not null then 'backbone' end as service,
       strftime(l.left_on, '%Y-%m') as month, strftime(l.left_on, '%Y') || '-Q' || quarter(l.left_on) as quarter,
       strftime(l.left_on, '%Y') as year,
       1 as leavers, held, lost_90, lost_180,
       case when l.left_on + 90 <= $today then held else 0 end as held_over_90,
       case when l.left_on + 90 <= $today then lost_90 else 0 end as lost_over_90,
       case when l.left_on + 180 <= $today then held else 0 end as held_over_180,
       case when l.left_on + 180 <= $today then lost_180 else 0 end as lost_over_180
from figure_left l join held using (id)
"""
