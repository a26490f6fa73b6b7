"""The nightly budget: what waits where the hours are few, in which order, and that nothing is ever dropped."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bare import bare_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.action import words
from engine.action.room import read_lists
from engine.inquiry import replay_run
from engine.job import night_of
from engine.store.opening import open_store, read_store
from engine.store.waiting import list_waiting
from engine.workspace import Workspace

SUNDAY = date(2026, 11, 22)
TEXT = {"en": "# {{ account.name }}\n\nDo it.\n", "zh": "# {{ account.name }}\n\n去做。\n"}
POLICY = """
limits: {{visit_hours: 2, call_hours: 0.5, task_hours: 1{limits}}}
tiers: {{rank_by: spend, classes: {{A: top 5%, B: top 20%, C: rest}}}}
measures:
  spend: {{about: account, from: order, where: cancelled_on is null, take: sum(amount)}}
signals:
  late:
    title: {{en: Late, zh: 逾期}}
    about: promise
    when: kept_on is null
    severity: {{critical: "kind = 'gift'", high: "kind = 'reward'", medium: "kind = 'delivery'", low: otherwise}}
    because: {{en: late, zh: 逾期}}
risk: {{red: signals.high >= 1}}
"""
KEEP = """
play: keep
title: {en: Keep the promise, zh: 兑现承诺}
about: promise
trigger: signal('late')
cooldown_days: 3
steps:
  - {id: do, assign: owner, due: 3 workdays, template: promise/do}
"""
BUDGET = ", budget_share: 1.0, budget_least_tasks: 0"
Row = dict[str, Any]


def firm(folder: Path, hours: object = 3, limits: str = BUDGET, play: str = KEEP) -> Workspace:
    """A workspace where r1 has so many weekly hours, and a task takes one."""
    made = bare_workspace(folder, "en")
    for name in ("rules", "playbooks", "templates/promise"):
        (made.root / name).mkdir(parents=True, exist_ok=True)
    (made.root / "rules" / "policy.yaml").write_text(POLICY.format(limits=limits))
    (made.root / "playbooks" / "keep.yaml").write_text(play)
    for language, text in TEXT.items():
        (made.root / "templates" / "promise" / f"do.{language}.md").write_text(text)
    people(made, hours)
    return made


def people(made: Workspace, hours: object, more: str = "") -> None:
    put(made, "rep", f"id,name,role,weekly_hours\nr1,Ann,sales,{'' if hours is None else hours}\n{more}")


def put(made: Workspace, type: str, text: str) -> None:
    (made.root / "facts" / f"{type}.csv").write_text(text)


def promises(made: Workspace, *kinds: str, tiers: str = "", spend: dict[str, int] | None = None) -> None:
    """Promises p0, p1 … of these kinds, each of an account of its own: a0, a1 …"""
    tier = {f"a{n}": letter for n, letter in enumerate(tiers)}
    rows = [f"a{n},Shop {n},r1,customer,{tier.get(f'a{n}', 'C')}\n" for n in range(len(kinds))]
    put(made, "account", "id,name,owner,kind,tier\n" + "".join(rows))
    put(made, "promise", "id,account,kind,made_on\n" + "".join(
        f"p{n},a{n},{kind},2026-10-01\n" for n, kind in enumerate(kinds) if kind
    ))  # fmt: skip
    orders = [f"o{account},{account},2026-10-01,{amount}\n" for account, amount in (spend or {}).items()]
    put(made, "order", "id,account,ordered_on,amount\n" + "".join(orders))


def night(made: Workspace, day: date = SUNDAY) -> Row:
    with night_of(made, day) as done:
        return done.night.as_dict()


def subjects(rows: list[Row]) -> list[str]:
    return sorted(row["subject"]["id"] for row in rows if row.get("status") in ("open", "started", "waiting"))


def outcomes(made: Workspace, run: str) -> dict[str, str]:
    path = str(made.store / "runs" / run / "decisions.parquet")
    return dict(duckdb.sql(f"select subject, outcome from '{path}'").fetchall())


def test_what_does_not_fit_waits_and_is_told(tmp_path: Path) -> None:
    made = firm(tmp_path / "w")
    promises(made, *["delivery"] * 5)
    found = night(made)
    assert (len(subjects(found["tasks"])), len(subjects(found["waiting"]))) == (3, 2)
    assert found["counts"]["matters"] == {"new": 3, "over_budget": 2}
    assert sorted(outcomes(made, found["run"]).values()) == ["new"] * 3 + ["over_budget"] * 2
    [first, _] = found["waiting"]
    assert (first["title"], first["assignee"], first["assignee_name"]) == ("Keep the promise", "r1", "Ann")
    assert (first["outcome"], first["since"], first["because"]) == ("over_budget", "2026-11-22", ["late"])
    full = read_lists(made.store / "runs" / found["run"])["r1"]
    assert (full.tasks, full.hours, full.of) == (3, 3.0, 3.0)


@pytest.mark.parametrize(
    ("kinds", "tiers", "spend", "first"),
    [
        (("service", "delivery", "reward"), "", {}, ["p1", "p2"]),  # priority before all
        (("delivery", "other", "delivery"), "CAC", {"a0": 9, "a2": 1}, ["p0", "p1"]),  # an A: as urgent, tier
        (("delivery", "delivery", "delivery"), "CBC", {"a0": 9, "a2": 5}, ["p0", "p1"]),  # tier, then value
        (("delivery", "delivery", "delivery"), "", {"a0": 1, "a1": 3, "a2": 2}, ["p1", "p2"]),
    ],
)  # fmt: skip
def test_the_order(tmp_path: Path, kinds: Any, tiers: str, spend: dict[str, int], first: list[str]) -> None:
    made = firm(tmp_path / "w", hours=2)
    promises(made, *kinds, tiers=tiers, spend=spend)
    found = night(made)
    assert subjects(found["tasks"]) == first


def test_who_has_waited_longer_comes_first(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=1)
    promises(made, "delivery", "delivery")
    [waits] = subjects(night(made)["waiting"])
    taken = {"p0": "p1", "p1": "p0"}[waits]
    text = (made.root / "facts" / "promise.csv").read_text()
    more = "".join(f"n{n},a{n % 2},delivery,2026-10-01\n" for n in range(9))
    put(made, "promise", "".join(line for line in text.splitlines(True) if not line.startswith(taken)) + more)
    found = night(made, SUNDAY + timedelta(1))
    assert subjects(found["tasks"]) == [waits]
    assert len(found["waiting"]) == 9


def test_the_most_urgent_never_waits(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=0)
    promises(made, "gift", "reward", "delivery")
    assert subjects(night(made)["tasks"]) == ["p0"]


def test_a_play_whose_matters_never_wait_takes_its_room_first(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=2)
    owed = KEEP.replace("play: keep", "play: owed\nwaits: false").replace("'late')", "'late') and kind = 'other'")
    (made.root / "playbooks" / "owed.yaml").write_text(owed)
    (made.root / "playbooks" / "keep.yaml").write_text(KEEP.replace("'late')", "'late') and kind <> 'other'"))
    promises(made, "delivery", "delivery", "other", "other", "other")
    found = night(made)
    assert subjects(found["tasks"]) == ["p0", "p1", "p2", "p3", "p4"]  # less urgent, so no room of the others is taken
    promises(made, "service", "service", "other", "other", "other", "service")
    found = night(made, SUNDAY + timedelta(1))
    assert {row["subject"]["id"] for row in found["waiting"]} == {"p0", "p1", "p5"} - set(subjects(found["tasks"]))


def test_what_is_more_urgent_is_not_held_up_by_the_less_urgent(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=2)
    promises(made, "delivery", "delivery", "", "")
    assert subjects(night(made)["tasks"]) == ["p0", "p1"]
    promises(made, "delivery", "delivery", "reward", "delivery")
    found = night(made, SUNDAY + timedelta(1))
    assert (subjects(found["tasks"]), subjects(found["waiting"])) == (["p0", "p1", "p2"], ["p3"])


@pytest.mark.parametrize(
    ("limits", "hours", "tasks"),
    [
        ("", 1, 9),  # no budget in the policy: nothing waits
        (BUDGET, None, 9),  # no hours recorded: nothing waits
        (BUDGET, 0, 0),
        (BUDGET, -4, 0),
        (BUDGET.replace("1.0", "0.5"), 8, 4),
        (", budget_share: 1.0", 1, 5),  # the least tasks where the policy does not say
        (", budget_share: 1.0, budget_least_tasks: 3", 1, 3),
        (BUDGET + ", budget_most_tasks: 4", 40, 4),
        (BUDGET + ", budget_always: 3", 0, 9),
    ],
)
def test_how_full_a_list_may_be(tmp_path: Path, limits: str, hours: object, tasks: int) -> None:
    made = firm(tmp_path / "w", hours=hours, limits=limits)
    promises(made, *["delivery"] * 9)
    found = night(made)
    assert (len(subjects(found["tasks"])), len(subjects(found["waiting"]))) == (tasks, 9 - tasks)


def test_days_off_and_holidays_leave_less(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=5)
    promises(made, *["delivery"] * 9)
    put(made, "absence", "id,rep,since,until\nx,r1,2026-11-24,2026-11-25\n")
    assert len(subjects(night(made)["tasks"])) == 3
    away = firm(tmp_path / "v", hours=5)
    promises(away, *["delivery"] * 9)
    put(away, "absence", "id,rep,since,until\nx,r1,2026-11-23,2026-11-29\n")
    assert subjects(night(away)["tasks"]) == []
    assert len(night(away, date(2026, 11, 28))["tasks"]) == 5  # the week after has begun to count


def test_one_visit_for_several_matters_costs_once(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=2, play=KEEP.replace("promise/do}", "promise/do, contact: visit}"))
    put(made, "account", "id,name,owner,kind,tier\na0,Shop,r1,customer,C\na1,Other,r1,customer,C\n")
    put(made, "order", "id,account,ordered_on,amount\no,a0,2026-10-01,9\n")
    put(made, "promise", "id,account,kind,made_on\np0,a0,delivery,2026-10-01\np1,a0,delivery,2026-10-01\n"
        "p2,a1,delivery,2026-10-01\n")  # fmt: skip
    found = night(made)
    assert (len(found["tasks"]), subjects(found["waiting"])) == (1, ["p2"])
    assert found["counts"]["matters"] == {"new": 1, "duplicate": 1, "over_budget": 1}
    path = made.root / "facts" / "promise.csv"
    path.write_text(path.read_text() + "p3,a0,other,2026-10-01\n")
    found = night(made, SUNDAY + timedelta(1))  # the list is full, and this one joins what is open
    assert (subjects(found["waiting"]), found["counts"]["matters"]["duplicate"]) == (["p2"], 1)


def test_an_unchanged_night_writes_nothing_about_what_waits(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=2)
    promises(made, *["delivery"] * 6)
    night(made)

    def rows() -> list[Any]:
        with read_store(made.store) as store:
            return [store.rows(f"select * from {table}") for table in ("waiting", "episode", "task")]

    before = rows()
    found = night(made, SUNDAY + timedelta(1))
    assert found["counts"]["matters"] == {"kept": 2, "over_budget": 4}
    assert rows() == before
    with read_store(made.store) as store:
        [(changed,)] = store.rows("select count(*) from unsealed where kind <> 'run'")
    assert changed == 0
    assert {row["since"] for row in found["waiting"]} == {"2026-11-22"}


def test_when_the_cause_has_gone_nothing_waits_any_more(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=0)
    promises(made, "delivery", "delivery")
    assert len(night(made)["waiting"]) == 2
    promises(made, "", "delivery")
    assert subjects(night(made, SUNDAY + timedelta(1))["waiting"]) == ["p1"]


def test_the_next_episode_of_a_matter_waits_too_without_a_new_cooldown(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=1, play=KEEP.replace("3 workdays", "1 workday"))
    promises(made, "delivery")
    [task] = night(made)["tasks"]
    done(made, task["id"], SUNDAY + timedelta(1))
    people(made, 0)
    found = [night(made, SUNDAY + timedelta(n)) for n in (2, 5, 6)]
    assert [outcomes(made, f["run"])["p0"] for f in found] == ["cooldown", "over_budget", "over_budget"]
    people(made, 1)
    assert subjects(night(made, SUNDAY + timedelta(7))["tasks"]) == ["p0"]


def done(made: Workspace, task: str, day: date) -> None:
    with open_store(made.store) as store:
        words.done(store, task, words.Word("r1", datetime.combine(day, time(12))))


def test_replay_finds_the_same(tmp_path: Path) -> None:
    made = firm(tmp_path / "w", hours=2)
    promises(made, *["delivery"] * 6, spend={"a3": 7, "a5": 8})
    runs = [night(made)["run"]]
    people(made, 4)
    runs.append(night(made, SUNDAY + timedelta(1))["run"])
    for run in runs:
        assert "over_budget" in outcomes(made, run).values()
        found = replay_run(made, run)[1]
        assert found.same and found.decisions == 6


def test_steps_that_come_later_are_not_held_back(tmp_path: Path) -> None:
    later = KEEP + "  - {id: then, assign: owner, due: 3 workdays, template: promise/do, after: do}\n"
    made = firm(tmp_path / "w", hours=1, play=later)
    promises(made, "delivery", "delivery")
    [task] = night(made)["tasks"]
    done(made, task["id"], SUNDAY + timedelta(1))
    found = night(made, SUNDAY + timedelta(1))
    assert [(t["step"], t["outcome"]) for t in found["tasks"] if t["status"] == "open"] == [("then", "new")]
    assert len(found["waiting"]) == 1


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["gift", "reward", "delivery", "other"]), min_size=1, max_size=7),
       st.lists(st.integers(0, 4), min_size=1, max_size=4))  # fmt: skip
def test_nothing_is_ever_dropped(tmp_path_factory: Any, kinds: list[str], weeks: list[int]) -> None:
    made = firm(tmp_path_factory.mktemp("n") / "w")
    promises(made, *kinds)
    everything = {f"p{n}" for n in range(len(kinds))}
    day = SUNDAY
    for hours in [*weeks, 1000]:
        people(made, hours)
        found = night(made, day)
        open_, waiting = set(subjects(found["tasks"])), set(subjects(found["waiting"]))
        assert open_ | waiting == everything and not open_ & waiting
        held = {subject for subject, outcome in outcomes(made, found["run"]).items() if outcome == "over_budget"}
        assert held == waiting
        with read_store(made.store) as store:
            assert {matter.subject for matter in list_waiting(store)} == waiting
        day += timedelta(1)
    assert open_ == everything
    assert json.dumps(found)
