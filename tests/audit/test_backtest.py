"""Back-tests: figures worked out by hand, and the edges of what can be known."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from backtest_help import END, every, facts, looked, orders, policy

from engine.audit.backtest.looking import BackTest
from engine.errors import UsageError
from engine.facts.snapshot import Snapshot

YEAR = date(2025, 1, 1)
MAY = date(2025, 5, 1)
SPAN = {"since": date(2025, 6, 7), "until": date(2025, 8, 2)}  # nine Saturdays
ACCOUNT = "id,name,kind,signed_on,lost_on"
ORDER = "id,account,ordered_on,amount,cancelled_on"


def dozen() -> dict[str, list[str]]:
    """Thirteen accounts that order every 30 days, until something happens."""
    kept = [f"a{n},Kept {n},customer,," for n in range(1, 7)]
    rows = [row for n in range(1, 7) for row in orders(f"a{n}", every(30, YEAR, END))]
    for gone in ("a7", "a8", "a13"):  # silent from 1 May: lost after 90 days, on 30 July
        rows += orders(gone, every(30, YEAR, MAY))
    rows += orders("a9", [*every(30, YEAR, MAY), *every(30, date(2025, 7, 10), END)])  # a pause of 70 days
    rows += orders("a10", every(30, YEAR, date(2025, 5, 31)))
    rows += orders("a11", every(30, date(2025, 5, 1), END))
    rows += ["gone,a7,2025-07-01,100,2025-07-02"]  # a cancelled order is none
    return {
        "account": [
            ACCOUNT, *kept, "a7,Gone,customer,,", "a8,Gone too,customer,,", "a9,Pauses,customer,,",
            "a10,Says so,customer,,2025-06-20", "a11,Signs in December,customer,2025-12-01,",
            "a12,Prospect,prospect,2025-01-01,", "a13,Was visited,customer,,",
        ],
        "order": [ORDER, *rows],
        "interaction": ["id,account,happened_on,channel", "i1,a13,2025-06-25,visit", "i2,a7,2025-06-10,visit"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return facts(tmp_path_factory.mktemp("dozen"), dozen())


@pytest.fixture(scope="module")
def found(snapshot: Snapshot) -> BackTest:
    return looked(snapshot, **SPAN)


def test_the_ground_is_what_hands_count(found: BackTest) -> None:
    ground = found.ground
    assert (ground.days, ground.accounts, ground.censored, ground.undated) == (9, 11, 0, 0)
    # kept: 6 on 9 days; gone: 3 on 8 days; the pause: 9; says so: 2
    assert ground.months == pytest.approx(89 * 7 / 30.4375)
    assert (ground.losses, ground.stated) == (4, 1)
    assert ground.base is not None and ground.base.value == pytest.approx(26 / 89)


def test_the_figures_of_a_signal_are_what_hands_count(found: BackTest) -> None:
    [late] = found.signals
    assert late.rule == "late"  # a signal about a person is not looked at
    assert (late.alarms, late.hits, late.caught) == (3, 2, 3)
    assert late.precision is not None and late.precision.value == pytest.approx(2 / 3)
    assert late.recall is not None and late.recall.value == pytest.approx(3 / 4)
    assert late.lift is not None and late.lift.value == pytest.approx((2 / 3) / (26 / 89))
    assert late.lead is not None and late.lead.value == 39  # from 21 June to 30 July
    assert late.false_alarms is not None and late.false_alarms.value == pytest.approx(100 * 30.4375 / (89 * 7))
    assert (late.acted, late.acted_hits) == (1, 1)


def test_intervals_hold_their_figures_and_come_out_the_same_again(snapshot: Snapshot, found: BackTest) -> None:
    for figures in (*found.signals, *found.risk):
        for name in ("precision", "recall", "lift", "lead", "false_alarms"):
            figure = getattr(figures, name)
            assert figure is None or figure.low <= figure.value <= figure.high
    assert looked(snapshot, **SPAN) == found


def test_risk_levels_are_looked_at_like_signals(found: BackTest) -> None:
    red, amber = found.risk
    assert (red.rule, red.alarms, red.precision, red.caught) == ("risk.red", 0, None, 0)
    assert replace(amber, rule="late", lift=None, false_alarms=None, lead=None) == replace(
        found.signals[0], lift=None, false_alarms=None, lead=None
    )


def test_a_task_of_the_rule_that_was_done_counts_as_acted_on(snapshot: Snapshot) -> None:
    done = date(2025, 6, 21)
    acted = [("late", "a9", done), ("other", "a8", done), ("late", "a7", date(2025, 8, 1))]  # a7: after the loss
    [late] = looked(snapshot, acted=acted, **SPAN).signals
    assert (late.alarms, late.hits, late.acted, late.acted_hits) == (2, 2, 2, 1)


def test_with_little_data_there_are_no_figures(snapshot: Snapshot) -> None:
    few = policy(backtest_least_alarms=4, backtest_least_losses=5, backtest_least_months=1000)
    result = looked(snapshot, few, **SPAN)
    [late] = result.signals
    assert (late.alarms, late.caught) == (3, 3)
    assert (late.precision, late.recall, late.lift, late.lead, late.false_alarms) == (None,) * 5
    assert result.ground.base is None


def test_days_without_a_full_horizon_are_left_out_and_counted(snapshot: Snapshot) -> None:
    result = looked(snapshot, since=date(2025, 10, 22), until=date(2025, 11, 19))
    assert result.ground.days == 2  # 22 and 29 October; 5 November and later would look into January
    assert result.ground.censored == 3 * 7
    assert looked(snapshot, since=END, until=END).ground.days == 0


def test_by_default_the_days_run_from_the_first_fact_to_the_last_full_horizon(snapshot: Snapshot) -> None:
    period = looked(snapshot, every=60).period
    assert period.last == END - timedelta(days=60)
    assert period.days == (date(2025, 1, 5), *every(60, date(2025, 3, 6), period.last))


def test_a_customer_who_comes_back_is_watched_again(tmp_path: Path) -> None:
    days = [*every(30, YEAR, MAY), *every(30, date(2025, 9, 1), END)]  # lost on 30 July, back on 1 September
    given = {"account": [ACCOUNT, "a1,Back,customer,,"], "order": [ORDER, *orders("a1", days)]}
    result = looked(facts(tmp_path, given), since=date(2025, 6, 7), until=date(2025, 10, 4))
    assert result.ground.losses == 1
    assert result.ground.months == pytest.approx((8 + 5) * 7 / 30.4375)  # to 26 July, and from 6 September


@pytest.mark.parametrize(
    ("kept", "lost"),
    [(3, 0), (0, 3), (1, 0), (0, 1), (0, 0)],
    ids=["none lost", "all lost", "one", "one lost", "empty"],
)
def test_the_edges(tmp_path: Path, kept: int, lost: int) -> None:
    rows = [row for n in range(kept) for row in orders(f"k{n}", every(30, YEAR, END))]
    rows += [row for n in range(lost) for row in orders(f"l{n}", every(30, YEAR, MAY))]
    accounts = [f"k{n},Kept,customer,," for n in range(kept)] + [f"l{n},Lost,customer,," for n in range(lost)]
    result = looked(facts(tmp_path, {"account": [ACCOUNT, *accounts], "order": [ORDER, *rows]}), **SPAN)
    [late] = result.signals
    assert (late.alarms, late.hits, result.ground.losses) == (lost, lost, lost)
    assert (late.precision is None, late.recall is None, late.lift is None) == ((not lost,) * 3)
    if lost and not kept:
        assert late.lift is not None and late.lift.value == pytest.approx(1.0)


def test_facts_without_orders_know_stated_losses_alone(tmp_path: Path) -> None:
    given = {
        "account": [ACCOUNT, "a1,Lost,customer,2025-01-01,2025-07-20", "a2,Kept,customer,2025-01-01,", "a3,Undated,,,"]
    }
    result = looked(facts(tmp_path, given), **SPAN)
    assert (result.ground.losses, result.ground.stated, result.ground.undated) == (1, 1, 1)
    assert result.signals == () and "late" in result.not_judged
    assert result.scores is None


def test_wrong_questions_are_refused(snapshot: Snapshot) -> None:
    for asked in (
        {"until": END + timedelta(days=1)},
        {"since": date(2025, 8, 1), "until": date(2025, 7, 1)},
        {"horizon": 400},
        {"rules": ("lat",)},
        {"every": 1, "since": date(2020, 1, 1)},
    ):
        with pytest.raises(UsageError):
            looked(snapshot, **asked)
