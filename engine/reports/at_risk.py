"""Economics from the facts of the night: the year's own loss, and value at risk by account."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.errors import UsageError
from engine.reasoning.days import Workdays
from engine.reports.cube import TOTAL, Cube, Figure, by_key
from engine.reports.economics import BASES, Given, economics_parts
from engine.reports.ground import execute, lay_ground, stand_customers
from engine.reports.period import Period
from engine.reports.report import CHARTED, Chart, Form, Part, Report, Series, absent
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D3.econ.loss", "D3.econ.cost")
_DEFINED = (Said("define_value_at_risk"), Said("define_replace"))
LEVELS = ("red", "amber", "green")
MARGIN, CONTACT_COST = Fraction(1, 10), Fraction(100)  # where the policy has no econ_margin, econ_contact_cost
_FIGURES = (
    Figure("accounts", As.INTEGER, "accounts"), Figure("yearly_spend", As.MONEY, "spend"),
    Figure("value_at_risk", As.MONEY, "risk"), Figure("share", As.PERCENT, "risk", share=True, spare=True),
    Figure("replace_low", As.MONEY, "low"), Figure("replace_high", As.MONEY, "high"),
)  # fmt: skip
_COLUMNS = (
    Column("level", As.WORD), Column("account"), Column("name"), Column("tier"),
    Column("yearly_spend", As.MONEY, spare=True),
    Column("value_at_risk", As.MONEY), Column("replace_low", As.MONEY), Column("replace_high", As.MONEY),
    Column("score", As.NUMBER, spare=True), Column("owner", spare=True), Column("owner_name", spare=True),
)  # fmt: skip


def own_bases(source: ReportSource, period: Period, calendar: Workdays | None) -> dict[str, Given]:
    """Customers, loss rate, revenue and margin as the facts of the period have them.

    An input that they cannot give is left out. Needs `lay_ground`.
    """
    if not source.has("account"):
        return {}
    stand_customers(source, [period], calendar)
    [(customers, lost)] = source.rows(
        "select count(*) filter (at_start), count(*) filter (lost_there) from figure_standing"
    )
    said = Said("econ_by_facts", {"since": period.since, "until": period.until})
    found = {"customers": Given("customers", Fraction(customers), As.INTEGER, said)}
    if customers:
        found["loss_rate"] = Given("loss_rate", Fraction(lost, customers), As.PERCENT, said)
    if source.has("order") and customers:
        days = {"since": period.since, "until": period.until}
        [(amount, margin, known)] = source.rows(_ORDERS, days)
        found["revenue"] = Given("revenue", Fraction(amount) / customers, As.MONEY, said)
        if known:
            found["margin"] = Given("margin", Fraction(margin) / Fraction(known), As.PERCENT, said)
    return found


_ORDERS = """
select coalesce(sum(o.amount), 0), coalesce(sum(o.margin), 0),
       coalesce(sum(o.amount) filter (o.margin is not null), 0)
from figure_order_row o where o.day between $since and $until
"""


def own_economics(
    source: ReportSource, period: Period, changed: dict[str, Given], given: Mapping[str, Given],
    calendar: Workdays | None, level: str | None, shown: int,
) -> Report:  # fmt: skip
    """The economics of the night: value at risk by account, red ones first, then loss and inputs.

    `changed` stands in place of what the facts say; `level` shows one level alone. Raises UsageError for a level
    that does not exist.
    """
    if level is not None and level not in LEVELS:
        raise UsageError(f"there is no level '{level}'", f"choose from {', '.join(LEVELS)}")
    lay_ground(source)
    bases = own_bases(source, period, calendar) | changed
    if "margin" not in bases:
        bases["margin"] = Given("margin", _limit(source, "econ_margin", MARGIN), As.PERCENT, Said("econ_by_limit"))
    at_risk = value_at_risk(source, period, given, level, shown, bases["margin"].value)
    if all(name in bases for name in BASES):
        rest = economics_parts({name: bases[name] for name in BASES}, given)
    else:
        missing = [type for type in ("account", "order") if not source.has(type)] or ["account"]
        rest = (Part("loss", Table(Said("econ_loss"), (Column("figure"),), (), (absent(missing),))),)
    return Report(Said("econ_title"), (*at_risk, *rest))


def value_at_risk(
    source: ReportSource, period: Period, given: Mapping[str, Given], level: str | None, shown: int,
    margin: Fraction | None = None,
) -> tuple[Part, ...]:  # fmt: skip
    """The table of levels and the table of accounts. Needs `lay_ground`.

    `margin`: of accounts whose orders have none recorded; the policy's econ_margin where None.
    """
    margin = _limit(source, "econ_margin", MARGIN) if margin is None else margin
    title, levels = Said("risk_title"), Said("risk_levels_title")
    if not source.has("account", "order"):
        missing = [type for type in ("account", "order") if not source.has(type)]
        return (Part("at_risk", Table(title, _COLUMNS, (), (absent(missing),))),)
    low, high = given["econ_replace_low"].value, given["econ_replace_high"].value
    cost = _limit(source, "econ_contact_cost", CONTACT_COST)
    execute(source, _KEPT, {"since": period.since, "until": period.until, "cost": Decimal(_text(cost))})
    execute(source, _RISKS, {
        "since": period.since, "until": period.until, "margin": float(margin), "low": float(low), "high": float(high),
    })  # fmt: skip
    rows = source.rows(_LIST, {"levels": list(LEVELS[:2]) if level is None else [level]})
    notes = [Said("figures_period", {"since": period.since, "until": period.until})]
    if not source.has("interaction") and not source.has("benefit"):
        notes.append(absent(["interaction", "benefit"]))
    totals = by_key(source.rows(_LEVELS), ("accounts", "spend", "risk", "low", "high"))
    data = Table(title, _COLUMNS, tuple(rows), tuple(notes))
    if len(rows) > shown:
        notes.append(Said("figures_left_out", {"count": len(rows) - shown}))
    people = Table(title, _COLUMNS, tuple(_whole(row) for row in rows[:shown]), tuple(notes))
    top = rows[:CHARTED]
    chart = Chart(
        Said("column_value_at_risk"), Form.BARS, tuple(f"{row[2]}" for row in top),
        _by_level([row[0] for row in top], [row[5] for row in top]), As.MONEY, Said("column_level"),
    )  # fmt: skip
    return (
        _levels(levels, totals),
        Part("at_risk", people, (chart,) if any(row[5] for row in top) else (), data, _DEFINED),
    )


def _by_level(levels: Sequence[str], values: Sequence[Any]) -> tuple[Series, ...]:
    """The values as a series for each level, so that each has its colour."""
    return tuple(
        Series(level, tuple(v if at == level else None for at, v in zip(levels, values, strict=True)), level)
        for level in LEVELS if level in levels
    )  # fmt: skip


def _whole(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row with its amounts in whole units: they are estimates."""
    return tuple(value.quantize(Decimal(1)) if isinstance(value, Decimal) else value for value in row)


def _levels(title: Said, found: Cube) -> Part:
    cube = found.in_order(LEVELS)
    total = cube.total
    columns = (Column("level", As.WORD), *(f.column for f in _FIGURES))
    rows = tuple((key, *cube.values(_FIGURES, sums, total)) for key, sums in cube.rows)
    last = (TOTAL, *cube.values(_FIGURES, total, total))
    values = [cube.part(sums, "risk") for _, sums in cube.rows]
    chart = Chart(
        Said("column_value_at_risk"), Form.BARS, LEVELS, _by_level(LEVELS, values), As.MONEY, labels_as=As.WORD
    )  # fmt: skip
    people = Table(title, columns, tuple(_whole(row) for row in (*rows, last)))
    return Part("levels", people, (chart,) if any(values) else (), Table(title, columns, rows), _DEFINED)


def _limit(source: ReportSource, name: str, default: Fraction) -> Fraction:
    found = source.policy.limits.get(name)
    return Fraction(repr(found.values[None])) if found is not None and None in found.values else default


def _text(value: Fraction) -> str:
    return f"{value.numerator / value.denominator:.4f}"


# What keeping a customer of a tier costs a year: contacts at the policy's cost of one, and promotions as recorded.
_KEPT = """
create or replace temp table figure_kept as
with spent as (
  select account, count(*) * $cost::decimal(18, 4) as cost
  from figure_contact_row where day between $since and $until group by account
  union all
  select account, sum(amount) from figure_promotion_row where day between $since and $until group by account)
select a.tier, sum(s.cost) / count(distinct a.id) as kept
from account a left join spent s on s.account = a.id where a.active group by a.tier
"""
_RISKS = """
create or replace temp table figure_risk as
with year as (
  select account, sum(amount) as amount, sum(margin) as margin, sum(amount) filter (margin is not null) as known
  from figure_order_row where day between $since and $until group by account)
select coalesce(r.level, 'green') as level, a.id as account, a.name, a.tier,
       coalesce(y.amount, 0)::decimal(38, 4) as yearly_spend,
       round(coalesce(y.amount, 0) * coalesce(y.margin / nullif(y.known, 0), $margin), 2)::decimal(38, 4)
         as value_at_risk,
       round(k.kept * $low, 2)::decimal(38, 4) as replace_low, round(k.kept * $high, 2)::decimal(38, 4) as replace_high,
       coalesce(r.score, 0) as score, a.owner, p.label as owner_name
from account a
left join account_risk r on r.account = a.id
left join year y on y.account = a.id
left join figure_kept k on k.tier = a.tier
left join figure_rep p on p.id = a.owner
where a.active
"""
_LIST = """
select level, account, name, tier, yearly_spend, value_at_risk, replace_low, replace_high, score, owner, owner_name
from figure_risk where list_contains($levels, level)
order by case level when 'red' then 0 when 'amber' then 1 else 2 end, value_at_risk desc, account
"""
_LEVELS = """
select level, count(*), sum(yearly_spend), sum(value_at_risk), sum(replace_low), sum(replace_high)
from figure_risk group by level
"""
