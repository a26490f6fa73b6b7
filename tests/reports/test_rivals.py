"""`holdfast rivals`: met, won and lost, by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from figure_facts import FACTS, opened

from engine.reports.period import Period
from engine.reports.report import Report
from engine.reports.rivals import rivals
from engine.reports.table import Said

HALF = Period(date(2026, 4, 1), date(2026, 9, 30))


def move(id: str, account: str, rival: str, seen: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "account": account, "rival": rival, "seen_on": seen, **fields}


def quote(id: str, account: str, quoted: str, amount: int, **fields: Any) -> dict[str, Any]:
    return {"id": id, "account": account, "rep": "r1", "quoted_on": quoted, "amount": amount, **fields}


MOVES = [
    move("m1", "a1", "云砚", "2026-06-30", kind="price"),
    move("m2", "a2", "云砚", "2026-07-01", kind="price", ended_on="2026-07-10"),
    move("m3", "a1", "Northgate", "2026-05-01", kind="bribery"),
    move("m4", "a3", " northgate ", "2026-05-02", kind="price"),
    move("m5", "a3", "Northgate", "2026-10-01", kind="price"),  # after the period
    move("m6", "a3", "Northgate", "2026-03-31", kind="price"),  # before it
]
QUOTES = [
    quote("q1", "a1", "2026-07-01", 100, won_on="2026-07-05"),  # against both
    quote("q2", "a2", "2026-07-11", 200, won_on="2026-07-12"),  # the move had ended the day before the quote
    quote("q3", "a2", "2026-07-10", 300, won_on="2026-07-12"),  # on its last day: against 云砚
    quote("q4", "a1", "2026-07-01", 400, lost_on="2026-08-01", lost_to="NORTHGATE"),
    quote("q5", "a1", "2026-07-01", 500, lost_on="2026-10-01", lost_to="Northgate"),  # after the period
    quote("q6", "a1", "2026-07-01", 600, lost_on="2026-08-01"),  # to nobody in particular
]


def rows(report: Report, name: str) -> dict[Any, dict[str, Any]]:
    [part] = [part for part in report.parts if part.name == name]
    table = part.data or part.table
    names = [column.name for column in table.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in table.rows}


@pytest.mark.source("D1.rival.share")
def test_met_won_and_lost(tmp_path: Path) -> None:
    with opened(tmp_path, {**FACTS, "rival_move": MOVES, "quote": QUOTES}) as source:
        report = rivals(source, HALF, "quarter", 20)
    found = rows(report, "rivals")
    names = ("met", "accounts_met", "won_against", "lost_to")
    assert {key: tuple(row[name] for name in names) for key, row in found.items()} == {
        "Northgate": (2, 2, 1, 1), "云砚": (2, 2, 2, 0),
    }  # fmt: skip
    assert (found["Northgate"]["win_rate"], found["云砚"]["win_rate"]) == (0.5, 1.0)
    assert (found["Northgate"]["met_share"], found["Northgate"]["lost_value"]) == (0.5, 400)
    last = report.parts[0].table.rows[-1]
    assert last[0] == Said("column_total")
    assert last[1:7] == (4, 1.0, 3, 2, 1, pytest.approx(2 / 3))  # q1 counts once
    kinds = rows(report, "kinds")
    assert {key: row["met_share"] for key, row in kinds.items()} == {"price": 0.75, "bribery": 0.25}
    steps = next(part.data for part in report.parts if part.name == "over_time")
    assert steps is not None
    assert {row[:2]: row[2] for row in steps.rows if row[2]} == {
        ("2026-Q2", "Northgate"): 2, ("2026-Q2", "云砚"): 1, ("2026-Q3", "云砚"): 1,
    }  # fmt: skip


def test_without_moves_only_losses_are_known(tmp_path: Path) -> None:
    with opened(tmp_path, {**FACTS, "quote": QUOTES}) as source:
        report = rivals(source, HALF, "quarter", 20)
    assert [part.name for part in report.parts] == ["rivals"]
    found = rows(report, "rivals")["NORTHGATE"]
    assert (found["met"], found["won_against"], found["lost_to"], found["win_rate"]) == (None, None, 1, None)
    assert Said("figures_absent", {"types": "rival_move"}) in report.parts[0].table.notes


def test_without_either_nothing_is_judged(tmp_path: Path) -> None:
    with opened(tmp_path, FACTS) as source:
        report = rivals(source, HALF, "quarter", 20)
    assert report.parts[0].table.notes == (Said("figures_absent", {"types": "quote, rival_move"}),)


def test_an_empty_period_has_no_rows_and_no_charts(tmp_path: Path) -> None:
    with opened(tmp_path, {**FACTS, "rival_move": [], "quote": []}) as source:
        report = rivals(source, HALF, "month", 20)
    assert report.parts[0].table.rows == ()
    assert all(part.charts == () for part in report.parts)
