"""Alarms and losses set against each other, in sets: per rule, its figures."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from engine.audit.backtest.ground import ask
from engine.audit.backtest.intervals import Figure, median, ratio, ratio_of_ratios, wilson
from engine.audit.backtest.terms import Period, Terms

MONTH = 30.4375  # days
NONE_SEEN = 3.688879  # events that a Poisson process may expect at most (97.5%) where none was seen


@dataclass(frozen=True)
class Ground:
    """What a back-test rests on. `days`: days looked at whose horizon is known to its end.

    `losses` within the period, of which `stated` with a date; `months` of customers watched; `base`: the share of
    customers lost within the horizon after any day. `censored`: customers on days without a full horizon, left out.
    `undated`: accounts that no fact dates, left out too.
    """

    days: int
    accounts: int
    months: float
    losses: int
    stated: int
    base: Figure | None
    censored: int
    undated: int


@dataclass(frozen=True)
class RuleFigures:
    """The figures of one signal or risk level, None where the data are not enough.

    `alarms`: first days of an episode, after which nobody acted; `hits`: those followed by a loss within the horizon.
    `losses` in the period, `caught`: those that the rule stood before. `lead`: days from its first day within the
    horizon to the loss. `false_alarms` per 100 customer-months. `acted`, `acted_hits`: the alarms after which
    somebody acted, and losses after them.
    """

    rule: str
    alarms: int
    hits: int
    precision: Figure | None
    losses: int
    caught: int
    recall: Figure | None
    lift: Figure | None
    lead: Figure | None
    false_alarms: Figure | None
    acted: int
    acted_hits: int
    acted_precision: Figure | None


def add_counts(db: duckdb.DuckDBPyConnection, terms: Terms, period: Period) -> None:
    """Makes the tables `alarm`, `due` (losses to be foreseen) and `caught`. Raises EngineError."""
    values = {"horizon": terms.horizon, "acted": terms.acted_days, "every": period.every}
    for statement in _COUNTS:
        ask(db, statement, {name: value for name, value in values.items() if f"${name}" in statement})


def ground_of(db: duckdb.DuckDBPyConnection, terms: Terms, period: Period) -> Ground:
    """The ground, once `add_counts` has been called."""
    [(days, accounts, watched, positive)] = ask(
        db, "select count(distinct n), count(distinct account), count(*), count(*) filter (lost) from watched"
    )
    [(losses, stated)] = ask(db, "select count(*), count(*) filter (stated) from due")
    [(present,)] = ask(db, "select count(*) from present")
    [(undated,)] = ask(db, "select count(*) from customer where began is null")
    months = watched * period.every / MONTH
    base = None
    if losses >= terms.least_losses and watched:
        groups = ask(db, "select lost, watched, count(*) from base group by all order by all")
        base = ratio(groups, 1.0, "base") if positive else None
    return Ground(days, accounts, months, losses, stated, base, present - watched, undated)


def figures_of(
    db: duckdb.DuckDBPyConnection, terms: Terms, period: Period, ground: Ground, rules: Mapping[str, int]
) -> list[RuleFigures]:
    """The figures of each rule, in their order. The seeds are the rules' names: the same data, the same intervals."""
    return [_figures(db, terms, period, ground, rule, number) for rule, number in rules.items()]


def _figures(
    db: duckdb.DuckDBPyConnection, terms: Terms, period: Period, ground: Ground, rule: str, number: int
) -> RuleFigures:
    [(alarms, hits, acted, acted_hits)] = ask(db, _ALARMS, [number])
    [(caught,)] = ask(db, "select count(*) from caught where rule = $1", [number])
    enough_losses = ground.losses >= terms.least_losses
    enough = alarms >= terms.least_alarms
    groups = ask(db, _GROUPS, [number]) if enough or ground.months >= terms.least_months else []
    precision = wilson(hits, alarms) if enough else None
    lift = None
    if precision is not None and enough_losses and ground.base is not None and ground.base.value > 0:
        lift = ratio_of_ratios([(h, a, lost, seen, many) for h, a, lost, seen, many in groups], rule)
        if lift is not None and hits in (0, alarms):  # every resample would have the same precision
            base = ground.base.value
            lift = Figure(lift.value, precision.low / base, precision.high / base)
    lead = None
    if caught >= terms.least_losses:
        lead = median([(tuple(days), many) for days, many in ask(db, _LEADS, [number])], f"{rule} lead")
    false_alarms = None
    if ground.months >= terms.least_months:
        per = 100 * MONTH / period.every
        false_alarms = ratio([(a - h, seen, many) for h, a, _, seen, many in groups], per, f"{rule} false")
        if false_alarms is not None and alarms == hits:  # every resample would have none
            false_alarms = Figure(0.0, 0.0, 100 * NONE_SEEN / ground.months)
    return RuleFigures(
        rule, alarms, hits, precision, ground.losses, caught,
        wilson(caught, ground.losses) if enough_losses else None, lift, lead, false_alarms, acted, acted_hits,
        wilson(acted_hits, acted) if acted >= terms.least_alarms else None,
    )  # fmt: skip


_ALARMS = """
select count(*) filter (not acted), count(*) filter (not acted and lost),
       count(*) filter (acted), count(*) filter (acted and lost)
from alarm where rule = $1
"""
_GROUPS = """
with one as (
  select account, count(*) as alarms, count(*) filter (lost) as hits from alarm
  where rule = $1 and not acted group by account)
select coalesce(one.hits, 0), coalesce(one.alarms, 0), base.lost, base.watched, count(*)
from base left join one using (account) group by all order by all
"""
_LEADS = """
with one as (select account, list(lead order by lead) as leads from caught where rule = $1 group by account)
select leads, count(*) from one group by leads order by leads
"""
_COUNTS = (
    """
create or replace temp table base as
select account, count(*) filter (lost) as lost, count(*) as watched from watched group by account
""",
    """
create or replace temp table standing as
select h.rule, h.account, h.n, w.day, w.lost from held h join watched w on w.account = h.account and w.n = h.n
""",
    """
create or replace temp table alarm as
with numbered as (
  select *, n - row_number() over (partition by rule, account order by n) as episode from standing),
first as (
  select rule, account, min(day) as day, arg_min(lost, n) as lost from numbered group by rule, account, episode),
dated as (
  select f.*, (select min(l.lost_on) from loss l where l.account = f.account and l.lost_on > f.day) as lost_on
  from first f)
select d.*, exists (
  select 1 from acted a left join rule r on r.name = a.rule
  where a.account = d.account and (a.rule is null or r.number = d.rule)
    and a.day >= d.day and (a.rule is not null or a.day > d.day)
    and a.day <= d.day + cast($acted as integer) and coalesce(a.day < d.lost_on, true)) as acted
from dated d
""",
    """
create or replace temp table due as
with span as (select min(day) as first, max(day) as last from watched)
select l.account, l.lost_on, l.stated from loss l cross join span
where l.lost_on > span.first and l.lost_on <= span.last + cast($every as integer)
  and exists (select 1 from watched w where w.account = l.account
              and w.day < l.lost_on and w.day >= l.lost_on - cast($horizon as integer))
""",
    """
create or replace temp table caught as
select s.rule, d.account, d.lost_on, d.lost_on - min(s.day) as lead
from due d join standing s on s.account = d.account
where s.day < d.lost_on and s.day >= d.lost_on - cast($horizon as integer)
group by s.rule, d.account, d.lost_on
""",
)
