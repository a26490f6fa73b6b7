"""The main job on companies that nobody here invented, over nights of their own time, from their CSV files.

The files are not part of the project; where they are not beside it, these tests are skipped.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.job import night_of
from engine.workspace import Workspace, init_workspace

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
NIGHTS = {
    "northwind": [date(1998, 1, 6) + timedelta(days=30 * n) for n in range(5)],
    "adventureworks": [date(2013, 11, 1), date(2013, 12, 1), date(2014, 1, 1), date(2014, 5, 1)],
}
MOST_NEW_PER_PERSON = 25  # on the first night, which sees years at once


@pytest.fixture(scope="module", params=sorted(NIGHTS))
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Workspace]:
    name = str(request.param)
    if not (DATA / name).is_dir():
        pytest.skip(f"{DATA / name} is not there")
    return name, init_workspace(tmp_path_factory.mktemp("foreign") / name, "en")


@pytest.fixture(scope="module")
def nights(company: tuple[str, Workspace]) -> list[dict[str, Any]]:
    """Every night's result, in order."""
    name, workspace = company
    return list(_run(name, workspace))


def _run(name: str, workspace: Workspace) -> Iterator[dict[str, Any]]:
    for day in NIGHTS[name]:
        with night_of(workspace, day, facts=DATA / name) as done:
            yield done.night.as_dict() | {"rows_rejected": done.imported.rejected}


def test_everything_is_read_but_ids_that_stand_twice(
    company: tuple[str, Workspace], nights: list[dict[str, Any]]
) -> None:
    rejected = {"northwind": 0, "adventureworks": 6}  # three assignment ids have two rows each, with other dates
    assert all(night["rows_rejected"] == rejected[company[0]] for night in nights)


def test_what_was_never_recorded_is_not_judged(nights: list[dict[str, Any]]) -> None:
    for night in nights:
        unjudged = {item["rule"] for item in night["not_judged"]}
        assert {"sales-visit-overdue", "complaint-unanswered", "promise-overdue", "silent"} <= unjudged
        assert not unjudged & {signal["rule"] for signal in night["signals"]}


def test_lists_are_short_and_have_an_owner(company: tuple[str, Workspace], nights: list[dict[str, Any]]) -> None:
    new = [task for night in nights for task in night["tasks"] if task["outcome"] == "new"]
    queued = [task for task in new if task["assignee"] is None]  # a top person's own list, where nobody stands above
    assert {task["play"] for task in queued} <= {"name-second-carers"}
    assert all(task["queue"] for task in queued)
    first = Counter(task["assignee"] for task in nights[0]["tasks"])
    assert max(first.values()) <= MOST_NEW_PER_PERSON
    [(accounts,)] = duckdb.sql(f"select count(*) from '{DATA / company[0] / 'account.csv'}'").fetchall()
    for night in nights:
        # of the night alone: in these months nobody does a task, so what is open only grows
        concerned = {task["account"] for task in night["tasks"] if task["outcome"] == "new"} - {None}
        assert len(concerned) < accounts * 0.25


def test_no_task_comes_twice(nights: list[dict[str, Any]]) -> None:
    for night in nights:
        open_now = [(t["play"], t["subject"]["id"], t["step"]) for t in night["tasks"] if t["status"] == "open"]
        assert len(open_now) == len(set(open_now))
    made = [t["id"] for night in nights for t in night["tasks"] if t["outcome"] == "new"]
    assert len(made) == len(set(made))


def test_nobody_gets_work_before_being_hired(company: tuple[str, Workspace], nights: list[dict[str, Any]]) -> None:
    rows = duckdb.sql(f"select cast(id as varchar), hired_on from '{DATA / company[0] / 'rep.csv'}'").fetchall()
    hired = dict(rows)
    for night in nights:
        for task in night["tasks"]:
            assert task["assignee"] is None or hired[task["assignee"]] <= date.fromisoformat(night["today"])


def test_texts_name_the_customer(company: tuple[str, Workspace], nights: list[dict[str, Any]]) -> None:
    names = dict(
        duckdb.sql(f"select cast(id as varchar), trim(name) from '{DATA / company[0] / 'account.csv'}'").fetchall()
    )
    for task in nights[-1]["tasks"]:
        assert "{{" not in task["body"]
        if task["account"] is not None:
            assert names[task["account"]] in task["title"]


def test_overdue_orders_are_those_that_plain_sql_finds(
    company: tuple[str, Workspace], nights: list[dict[str, Any]]
) -> None:
    """The purchase-overdue rule of docs/policy.md, written once more by hand."""
    name = company[0]
    for night in nights:
        found = {s["account"] for s in night["signals"] if s["rule"] == "purchase-overdue"}
        rows = duckdb.execute(
            f"""
            with days as (
                select distinct cast(account as varchar) account, ordered_on from '{DATA / name / "order.csv"}'
                where ordered_on <= $today),
            gaps as (
                select account, ordered_on,
                       ordered_on - lag(ordered_on) over (partition by account order by ordered_on) gap
                from days where ordered_on > $today::date - 1095),
            cycles as (
                select account, count(*) n, avg(gap) mean, coalesce(stddev_samp(gap), 0) spread
                from gaps group by account),
            silent as (select account, $today::date - max(ordered_on) since from days group by account)
            select account from cycles join silent using (account)
            where n >= 4 and since > mean * 1.5 + spread
              and not (since > 365 or (since > mean * 3 and since > 90))
            """,
            {"today": night["today"]},
        ).fetchall()
        assert found == {account for (account,) in rows}
