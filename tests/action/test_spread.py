"""Due days in a range: spread over the days of the person, near each other where the way is the same."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_budget import KEEP, SUNDAY, firm, night, people, put

from engine.workspace import Workspace

DAYS = [date(2026, 11, 23) + timedelta(n) for n in range(5)]
VISIT = KEEP.replace("3 workdays", "1..5 workdays").replace("promise/do}", "promise/do, contact: visit}")
NO_BUDGET = ""


@pytest.fixture
def made(tmp_path: Path) -> Workspace:
    return firm(tmp_path / "w", hours=None, limits=NO_BUDGET, play=VISIT)


def promised(made: Workspace, *cities: str, kind: str = "delivery", same: bool = False) -> None:
    """A promise each for accounts in these cities; `same`: all for one account."""
    rows = "".join(f"a{n},Shop {n},r1,customer,{city}\n" for n, city in enumerate(cities))
    put(made, "account", f"id,name,owner,kind,city\n{rows}")
    rows = "".join(f"p{n},a{0 if same else n},{kind},2026-10-01\n" for n in range(len(cities)))
    put(made, "promise", f"id,account,kind,made_on\n{rows}")
    put(made, "order", "id,account,ordered_on,amount\no,a0,2026-10-01,9\n")


def due(found: dict[str, Any]) -> list[date]:
    return [date.fromisoformat(task["due_on"]) for task in sorted(found["tasks"], key=lambda t: t["subject"]["id"])]


def test_tasks_are_spread_over_the_days(made: Workspace) -> None:
    promised(made, *[""] * 10)
    assert Counter(due(night(made))) == dict.fromkeys(DAYS, 2)


def test_what_is_there_already_counts(made: Workspace) -> None:
    promised(made, "", "")
    assert due(night(made)) == DAYS[:2]
    promised(made, *[""] * 5)
    assert due(night(made, DAYS[0]))[2:] == [DAYS[2], DAYS[3], DAYS[4]]


def test_one_city_is_one_way(made: Workspace) -> None:
    promised(made, "Wuxi", "Suzhou", "Wuxi", "Suzhou")
    assert due(night(made)) == [DAYS[0], DAYS[1], DAYS[0], DAYS[1]]


def test_but_not_more_than_a_day_holds(made: Workspace) -> None:
    promised(made, *["Wuxi"] * 5)
    people(made, 20)  # four hours a day, a visit takes two
    assert Counter(due(night(made))) == {DAYS[0]: 2, DAYS[1]: 2, DAYS[2]: 1}


def test_the_city_counts_for_visits_only(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=None, limits=NO_BUDGET, play=VISIT.replace("contact: visit", "contact: call"))
    promised(made, "Wuxi", "Wuxi")
    assert due(night(made)) == DAYS[:2]


def test_matters_of_one_visit_fall_on_one_day(made: Workspace) -> None:
    promised(made, "", "", same=True)
    [task] = night(made)["tasks"]
    assert (task["due_on"], [part["due_on"] for part in task["joined"]]) == ("2026-11-23", ["2026-11-23"])


def test_what_is_most_urgent_is_due_first(made: Workspace) -> None:
    promised(made, "", "", "", kind="gift")
    assert due(night(made)) == [DAYS[0]] * 3


def test_days_off_are_left_out(made: Workspace) -> None:
    promised(made, *[""] * 4)
    put(made, "absence", "id,rep,since,until\nx,r1,2026-11-23,2026-11-25\n")
    found = due(night(made))  # five own workdays: from Thursday to the next Wednesday
    assert found == [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)]


def test_calendar_days_fall_on_workdays(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=None, limits=NO_BUDGET, play=VISIT.replace("1..5 workdays", "5..8 days"))
    promised(made, *[""] * 3)
    assert sorted(set(due(night(made)))) == [date(2026, 11, 27), date(2026, 11, 30)]
    late = firm(tmp_path / "v", hours=None, limits=NO_BUDGET, play=VISIT.replace("1..5 workdays", "6..7 days"))
    promised(late, "")
    assert due(night(late)) == [date(2026, 11, 29)]  # no workday in it: its last day


def test_a_queue_has_the_last_day(made: Workspace) -> None:
    promised(made, "")
    put(made, "rep", "id,name,role,weekly_hours,left_on\nr1,Ann,sales,,2026-01-01\n")
    [task] = night(made)["tasks"]
    assert (task["assignee"], task["due_on"]) == (None, "2026-11-27")


def test_the_same_night_elsewhere_gives_the_same_days(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        made = firm(tmp_path / name, hours=30, limits=NO_BUDGET, play=VISIT)
        promised(made, *["Wuxi", "", "Suzhou"] * 6)
        found.append(due(night(made, SUNDAY)))
    assert found[0] == found[1]
