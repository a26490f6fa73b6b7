"""`holdfast rivals`: whom we met, when, how they came, and what was won and lost against each."""

from collections.abc import Sequence
from dataclasses import replace

from engine.reports.crossing import crossed
from engine.reports.cube import TOTAL, Cube, Figure, by_key
from engine.reports.dimensions import DIMENSIONS, Dimension
from engine.reports.ground import execute
from engine.reports.period import Period, parts
from engine.reports.report import CHARTED, Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D1.rival.share",)
OPEN_DAYS = 180  # a move without an end counts for so long, where the policy has no rival_open_days
_PARTS = ("met", "accounts", "lost", "lost_value", "won", "won_value", "decided")
_FIGURES = (
    Figure("met", As.INTEGER, "met"), Figure("met_share", As.PERCENT, "met", share=True),
    Figure("accounts_met", As.INTEGER, "accounts"), Figure("won_against", As.INTEGER, "won"),
    Figure("lost_to", As.INTEGER, "lost"), Figure("win_rate", As.PERCENT, "won", "decided"),
    Figure("won_value", As.MONEY, "won_value", spare=True), Figure("lost_value", As.MONEY, "lost_value"),
)  # fmt: skip


def rivals(source: ReportSource, period: Period, unit: str, shown: int) -> Report:
    """Rivals met in the period: each with its balance, by month, quarter or year, and by the kind of approach."""
    title = Said("rivals_title")
    when = Said("figures_period", {"since": period.since, "until": period.until})
    days = source.limit("rival_open_days", OPEN_DAYS)
    definitions = (Said("define_met"), Said("define_lost_to"), Said("define_won_against", {"days": days}))
    missing = [type for type in ("rival_move", "quote") if not source.has(type)]
    if "rival_move" in missing and "quote" in missing:
        table = Table(title, (Column("rival"),), (), (absent(missing),))
        return Report(title, (Part("rivals", table),), definitions)
    execute(source, _MET, {"since": period.since, "until": period.until})
    execute(source, _FOUGHT, {"since": period.since, "until": period.until, "days": days})
    execute(source, _NAMED)
    notes = (when, *([absent(missing)] if missing else []))
    report_parts = (_each(source, notes, shown), *_over_time(source, period, unit, shown), *_kinds(source))
    return Report(title, report_parts, definitions)


def _each(source: ReportSource, notes: Sequence[Said], shown: int) -> Part:
    lacking: tuple[str, ...] = ()
    if not source.has("rival_move"):
        lacking = ("met", "accounts", "won", "won_value", "decided")
    if not source.has("quote"):
        lacking = ("lost", "lost_value", "won", "won_value", "decided")
    cube = _without(by_key(source.rows(_BALANCE), _PARTS), lacking)
    together = _without(by_key([(None, *source.rows(_TOGETHER)[0])], _PARTS), lacking).rows[0][1]
    title = Said("rivals_each")
    columns = (Column("rival"), *(f.column for f in _FIGURES))
    rows = [(key, *cube.values(_FIGURES, sums, cube.total)) for key, sums in cube.rows]
    last = (TOTAL, *cube.values(_FIGURES, together, together))
    data = Table(title, columns, tuple(rows), tuple(notes))
    left_out = [Said("figures_left_out", {"count": len(rows) - shown})] if len(rows) > shown else []
    people = Table(title, columns, (*rows[:shown], *([last] if len(rows) > 1 else [])), (*notes, *left_out))
    top = replace(cube, rows=cube.rows[:CHARTED])
    series = tuple(
        Series(Said(f"column_{figure}"), tuple(top.part(sums, part) for _, sums in top.rows))
        for figure, part in (("won_against", "won"), ("lost_to", "lost"))
    )
    labels = tuple(key for key, _ in top.rows)
    charts = []
    if any(value for one in series for value in one.values):
        charts.append(Chart(Said("rivals_chart"), Form.GROUPED, labels, series, As.INTEGER, Said("figures_quotes")))
    return Part("rivals", people, tuple(charts), data)


def _over_time(source: ReportSource, period: Period, unit: str, shown: int) -> tuple[Part, ...]:
    """Moves seen by month, quarter or year and rival."""
    if not source.has("rival_move"):
        return ()
    rows = source.rows(_BY_TIME, {"unit": unit})
    cells = by_key((((label, rival), count) for label, rival, count in rows), ("met",))
    labels = [one.label for one in parts(period, unit)]
    title = Said("rivals_over_time", {"unit": Said(f"column_{unit}")})
    by = Dimension("rival", "rival")
    return (crossed("over_time", title, cells, _FIGURES[:1], DIMENSIONS[unit], by, labels, shown),)


def _kinds(source: ReportSource) -> tuple[Part, ...]:
    if not source.has("rival_move"):
        return ()
    cube = by_key(source.rows("select kind, count(*) from figure_met group by kind"), ("met",)).ranked("met")
    figures = _FIGURES[:2]
    title = Said("rivals_kinds")
    columns = (Column("kind", As.WORD), *(f.column for f in figures))
    rows = tuple((key, *cube.values(figures, sums, cube.total)) for key, sums in cube.rows)
    labels = tuple(key for key, _ in cube.rows)
    chart = Chart(
        Said("column_met_share"), Form.BARS, labels,
        (Series(Said("column_met_share"), tuple(row[2] for row in rows)),), As.PERCENT, labels_as=As.WORD,
    )  # fmt: skip
    return (Part("kinds", Table(title, columns, rows), (chart,) if rows else ()),)


def _without(cube: Cube, names: Sequence[str]) -> Cube:
    """The cube with some sums missing."""
    return replace(
        cube,
        rows=tuple(
            (key, tuple(None if part in names else value for part, value in zip(cube.parts, sums, strict=True)))
            for key, sums in cube.rows
        ),
    )


# A rival is one whatever the capitals and blanks of its name; the commonest writing is shown.
_MET = """
create or replace temp table figure_met as
select lower(trim(m.rival)) as key, trim(m.rival) as rival, m.account, m.kind, m.seen_on
from rival_move m where m.seen_on between $since and $until
"""
_FOUGHT = """
create or replace temp table figure_fought as
select lower(trim(q.lost_to)) as key, trim(q.lost_to) as rival, q.id, q.amount, false as won
from quote q where q.lost_to is not null and q.lost_on between $since and $until
union all
select lower(trim(m.rival)), min(trim(m.rival)), q.id, q.amount, true
from quote q join rival_move m on m.account = q.account
  and m.seen_on <= q.won_on and coalesce(m.ended_on, m.seen_on + $days::integer) >= q.quoted_on
where q.won_on between $since and $until and m.rival is not null
group by lower(trim(m.rival)), q.id, q.amount
"""
_NAMED = """
create or replace temp table figure_rival as
select key, rival from (
  select key, rival, count(*) as times
  from (select key, rival from figure_met union all select key, rival from figure_fought) group by key, rival)
qualify row_number() over (partition by key order by times desc, rival) = 1
"""
_BALANCE = """
with met as (select key, count(*) as met, count(distinct account) as accounts from figure_met group by key),
fought as (
  select key, count(*) filter (not won) as lost, coalesce(sum(amount) filter (not won), 0) as lost_value,
         count(*) filter (won) as won, coalesce(sum(amount) filter (won), 0) as won_value
  from figure_fought group by key)
select n.rival, coalesce(m.met, 0), coalesce(m.accounts, 0), coalesce(f.lost, 0), coalesce(f.lost_value, 0),
       coalesce(f.won, 0), coalesce(f.won_value, 0), coalesce(f.won, 0) + coalesce(f.lost, 0)
from figure_rival n left join met m on m.key is not distinct from n.key
left join fought f on f.key is not distinct from n.key
order by coalesce(m.met, 0) desc, coalesce(f.lost, 0) desc, n.rival nulls last
"""
_TOGETHER = """
with won as (select distinct id, amount from figure_fought where won),
lost as (select distinct id, amount from figure_fought where not won)
select (select count(*) from figure_met), (select count(distinct account) from figure_met),
       (select count(*) from lost), (select coalesce(sum(amount), 0) from lost),
       (select count(*) from won), (select coalesce(sum(amount), 0) from won),
       (select count(*) from (select id from won union select id from lost))
"""
_BY_TIME = """
select case $unit when 'month' then strftime(m.seen_on, '%Y-%m') when 'year' then strftime(m.seen_on, '%Y')
            else strftime(m.seen_on, '%Y') || '-Q' || quarter(m.seen_on) end as label, n.rival, count(*)
from figure_met m join figure_rival n on n.key is not distinct from m.key group by all
"""
