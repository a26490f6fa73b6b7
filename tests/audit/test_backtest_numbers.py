"""The arithmetic of back-tests against known values: intervals, areas under the curve, the BG/NBD model."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit.backtest.alive import Alive, buying, fit
from engine.audit.backtest.intervals import median, ratio, ratio_of_ratios, wilson
from engine.audit.backtest.scores import area

CDNOW = Path(__file__).parents[3] / "shared" / "data" / "cdnow"


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (15, 148, 0.0624, 0.1605),  # Newcombe, Statistics in Medicine 17 (1998), table I
        (81, 263, 0.2553, 0.3662),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits: int, count: int, low: float, high: float) -> None:
    found = wilson(hits, count)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.value == hits / count


def test_equal_accounts_leave_no_doubt() -> None:
    found = ratio([(1, 2, 50)], 1.0, "x")
    assert found is not None and (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_a_share_by_bootstrap_is_close_to_theory() -> None:
    found = ratio([(1, 1, 40), (0, 1, 60)], 1.0, "x")
    assert found is not None and found.value == 0.4
    assert found.low == pytest.approx(0.4 - 1.96 * 0.049, abs=0.015)
    assert found.high == pytest.approx(0.4 + 1.96 * 0.049, abs=0.015)


def test_what_one_account_repeats_is_not_evidence_from_many() -> None:
    apart = ratio([(1, 1, 40), (0, 1, 60)], 1.0, "x")
    clumped = ratio([(10, 10, 4), (0, 10, 6)], 1.0, "x")
    assert apart is not None and clumped is not None
    assert clumped.high - clumped.low > 2 * (apart.high - apart.low)


def test_nothing_by_nothing_is_no_figure() -> None:
    assert ratio([], 1.0, "x") is None
    assert ratio([(0, 0, 5)], 1.0, "x") is None
    assert ratio_of_ratios([(1, 2, 0, 4, 3)], "x") is None
    assert median([], "x") is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_the_median_is_that_of_statistics(values: list[int]) -> None:
    groups = [((value,), values.count(value)) for value in sorted(set(values))]
    found = median(groups, "x")
    assert found is not None and found.value == float(np.median(values))
    assert min(values) <= found.low <= found.high <= max(values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(1, 3)), min_size=2, max_size=30))
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool, int]]) -> None:
    if len({gone for _, gone, _ in rows}) < 2:
        return
    score, gone, many = (np.array(column) for column in zip(*rows, strict=True))
    pairs = [((a > b) + (a == b) / 2, m * n) for a, left, m in rows if left for b, stayed, n in rows if not stayed]
    found = area(score, gone, many)
    assert found.value == pytest.approx(sum(s * w for s, w in pairs) / sum(w for _, w in pairs))
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_delong_gives_the_variance_worked_out_by_hand() -> None:
    # gone 3, 1; stayed 2, 0: three pairs of four in order; placements 1, 1/2 and 1/2, 1
    found = area(np.array([3, 1, 2, 0]), np.array([True, True, False, False]), np.ones(4))
    spread = (0.125 / 2 + 0.125 / 2) ** 0.5
    assert found.value == 0.75
    assert found.low == pytest.approx(0.75 - 1.959964 * spread, abs=1e-6)


def test_alive_and_expected_orders_of_one_customer() -> None:
    """A customer of the published study: 2 repeats, the last in week 30.43, known for 38.86 weeks: 1.226 expected."""
    model = Alive(0.243, 4.414, 0.793, 2.426, 0.0)
    one = buying([(2, 30.43, 38.86, 1), (0, 0, 38.86, 1)])
    assert model.expected(one, 39)[0] == pytest.approx(1.226, abs=5e-4)
    alive = model.p_alive(one)
    assert alive[0] == pytest.approx(1 / (1 + 0.793 / 3.426 * ((4.414 + 38.86) / (4.414 + 30.43)) ** 2.243))
    assert alive[1] == 1.0  # who ordered once has had no occasion to drop out, as the model has it


def test_the_fit_does_not_depend_on_the_unit_of_time() -> None:
    rows = [(0, 0, 30, 60), (1, 5, 30, 20), (2, 11, 28, 12), (4, 25, 30, 6), (7, 29, 31, 2)]
    weeks = fit(buying(rows))
    days = fit(buying([(x, 7 * last, 7 * known, many) for x, last, known, many in rows]))
    assert days.alpha / 7 == pytest.approx(weeks.alpha, rel=1e-3)
    assert days.r == pytest.approx(weeks.r, rel=1e-3)


@pytest.mark.skipif(not CDNOW.is_dir(), reason=f"{CDNOW} is not there")
def test_cdnow_gives_the_published_estimates() -> None:
    """Fader, Hardie, Lee 2005: calibration to 30 September 1997, 39 weeks held out, AUC as refitted."""
    rows = duckdb.execute(
        """
        with sample as (select cast(id as varchar) id from read_csv($accounts) where origin = 'sample'),
        days as (
          select distinct cast(account as varchar) account, ordered_on as day from read_csv($orders)
          where cast(account as varchar) in (from sample)),
        known as (
          select account, count(*) - 1 as x, (max(day) - min(day)) / 7.0 as last,
                 (date '1997-09-30' - min(day)) / 7.0 as known from days where day <= '1997-09-30' group by account),
        again as (select distinct account from days where day > '1997-09-30')
        select x, last, known, count(*), account in (from again) as came from known group by all order by all
        """,
        {"accounts": str(CDNOW / "account.csv"), "orders": str(CDNOW / "order.csv")},
    ).fetchall()
    customers = buying([row[:4] for row in rows])
    assert customers.many.sum() == 2357
    model = fit(customers)
    assert model.r == pytest.approx(0.243, abs=5e-4)
    assert model.alpha == pytest.approx(4.414, abs=5e-4)
    assert model.a == pytest.approx(0.793, abs=5e-4)
    assert model.b == pytest.approx(2.426, abs=5e-4)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    expected = model.expected(customers, 39)
    assert (expected * customers.many).sum() == pytest.approx(1653, abs=1)
    came = np.array([row[4] for row in rows])
    assert area(expected, came, customers.many).value == pytest.approx(0.773, abs=5e-4)
