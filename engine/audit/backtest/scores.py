"""Scores side by side on one day: which of them tells best who will not order again within the horizon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from engine.audit.backtest.alive import Alive, buying, fit
from engine.audit.backtest.ground import ask
from engine.audit.backtest.intervals import Figure
from engine.audit.backtest.terms import Terms

NAMES = ("days_late", "days_since", "p_alive", "expected_orders", "risk_score")
WEEK = 7.0
_NORMAL = 1.959963984540054  # standard deviations on either side that hold 95%
_LEAST_REPEATS = 50  # customers who ordered again; with fewer the model has nothing to learn from


@dataclass(frozen=True)
class Scores:
    """The customers who had ordered by `day`, those of them `gone` (no order within the horizon), and each score's AUC.

    `cyclic`, `cyclic_gone`, `cyclic_auc`: the same of those who had an order cycle of their own, which the order
    signals are about. AUC: the chance that of two customers, one gone and one not, the score ranks the gone one worse;
    0.5 is chance.
    `alive` is the fitted model, None where the data are not enough for one; its `times` are weeks.
    """

    day: date
    customers: int
    gone: int
    auc: Mapping[str, Figure | None]
    cyclic: int
    cyclic_gone: int
    cyclic_auc: Mapping[str, Figure | None]
    alive: Alive | None


def scores_of(db: duckdb.DuckDBPyConnection, terms: Terms, day: date) -> Scores | None:
    """The scores of `day`, whose horizon must be known to its end and whose risk stands in `risk_score`.

    None where nobody had ordered by then. Raises EngineError.
    """
    import numpy as np

    values = {"day": day, "horizon": terms.horizon, "least": max(terms.cycle_least_orders, 2)}
    rows = ask(db, _BUYERS, {**values, "window": terms.cycle_window - 1})
    if not rows:
        return None
    table = np.asarray(rows, dtype=float)
    gone, many, orders, last, known, cycle, risk = table.T
    usual = np.nanmedian(cycle) if np.isfinite(cycle).any() else 1.0
    since = known - last
    found = {
        "days_late": since / np.maximum(np.where(np.isfinite(cycle), cycle, usual), 1.0),
        "days_since": since,
        "risk_score": risk,
    }
    alive = None
    if many[orders > 1].sum() >= _LEAST_REPEATS:
        given = buying(np.column_stack([orders - 1, last / WEEK, known / WEEK, many]))  # type: ignore[arg-type]
        alive = fit(given)
        found["p_alive"] = -alive.p_alive(given)
        found["expected_orders"] = -alive.expected(given, terms.horizon / WEEK)
    everybody, cyclic = np.ones(len(table), dtype=bool), np.isfinite(cycle)
    counts, areas = [], []
    for some in (everybody, cyclic):
        left, stayed = many[some & (gone == 1)].sum(), many[some & (gone == 0)].sum()
        enough = min(left, stayed) >= terms.least_losses
        counts += [int(left + stayed), int(left)]
        areas.append({
            name: area(found[name][some], gone[some] == 1, many[some]) if enough and name in found else None
            for name in NAMES
        })  # fmt: skip
    return Scores(day, counts[0], counts[1], areas[0], counts[2], counts[3], areas[1], alive)


def area(score: Any, gone: Any, many: Any) -> Figure:
    """The area under the ROC curve with DeLong's interval (1988), cut off at 0 and 1.

    `score`: higher is worse; `gone`: whether each left; `many`: how many customers each stands for. Both kinds must
    be there.
    """
    import numpy as np

    values, at = np.unique(score, return_inverse=True)
    left = np.bincount(at, weights=many * gone, minlength=len(values))
    stayed = np.bincount(at, weights=many * ~gone, minlength=len(values))
    m, n = left.sum(), stayed.sum()
    worse_than = (np.cumsum(stayed) - stayed / 2) / n  # of one gone, at each value: the share of others below it
    better_than = 1 - (np.cumsum(left) - left / 2) / m
    value = float((left * worse_than).sum() / m)
    spread = 0.0
    for count, shares, all_of in ((left, worse_than, m), (stayed, better_than, n)):
        if all_of > 1:
            spread += float((count * (shares - value) ** 2).sum() / (all_of - 1) / all_of)
    half = _NORMAL * spread**0.5
    return Figure(value, max(value - half, 0.0), min(value + half, 1.0))


_BUYERS = """
with known as (select account, day from order_day where day <= $day),
bought as (
  select account, count(*) as orders, max(day) - min(day) as last, cast($day as date) - min(day) as known
  from known group by account),
recent as (
  select account, (max(day) - min(day)) / nullif(count(*) - 1, 0) as cycle from known
  where day >= cast($day as date) - cast($window as integer) group by account having count(*) >= $least),
again as (
  select distinct account from order_day where day > $day and day <= cast($day as date) + cast($horizon as integer))
select cast(a.account is null as integer) as gone, count(*) as many, b.orders, b.last, b.known, r.cycle,
       coalesce(s.score, 0) as score
from bought b join customer c on c.account = b.account and (c.stated is null or c.stated > $day)
left join recent r on r.account = b.account left join again a on a.account = b.account
left join risk_score s on s.account = b.account
group by all order by all
"""
