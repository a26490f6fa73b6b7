"""Days off of single people: due days on their own workdays, and who stands in."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nights import ACCOUNTS, MONDAY, PROMISES, REPS, SUNDAY, Weekdays, Workspace, late, play, policy, snapshot, step

from engine.action import words
from engine.action.assign import Assignment, Carers, People, Person
from engine.action.away import Absences
from engine.action.place import There, place
from engine.action.words import Word
from engine.policy.model import Due, Escalation
from engine.store import open_store

P1 = ("p1", "a1")
WORKDAY = Due(1, workdays=True)
CALENDAR = Weekdays()
PEOPLE = People([
    Person("r1", "Li", "sales", True, "north", "m1"),
    Person("r2", "Wu", "sales", True, "north", "m1"),
    Person("m1", "Mei", "manager", True, "north", "d1"),
    Person("d1", "Dai", "director", True),
])  # fmt: skip
CARERS = Carers("a1", "r1", "r2", "north")
ALONE = Carers("a1", "r1", None, "north")


def november(day: int) -> date:
    return date(2026, 11, day)


def placed(
    *spans: tuple[str, date | None, date | None], carers: Carers = CARERS, span: Due = WORKDAY,
    urgency: int = 3, to: str = "owner",
) -> tuple[str | None, date]:  # fmt: skip
    given, due = place(to, span, carers, None, urgency, There(PEOPLE, Absences(spans), CALENDAR, SUNDAY))
    return given.person, due


def test_nobody_away_changes_nothing() -> None:
    assert placed() == ("r1", MONDAY)


def test_days_off_do_not_count() -> None:
    tuesday_and_wednesday = ("r1", november(24), november(25))
    assert placed(tuesday_and_wednesday, span=Due(3, workdays=True)) == ("r1", november(27))
    assert placed(tuesday_and_wednesday, span=Due(2, workdays=False)) == ("r1", november(26))


@pytest.mark.parametrize("urgency", [1, 5])
def test_away_until_it_is_due_the_second_carer_takes_it(urgency: int) -> None:
    assert placed(("r1", november(20), november(30)), urgency=urgency) == ("r2", MONDAY)


def test_the_owner_takes_what_is_meant_for_the_second_who_is_away() -> None:
    assert placed(("r2", november(20), november(30)), to="second") == ("r1", MONDAY)


def test_without_a_second_it_waits_for_the_return() -> None:
    assert placed(("r1", november(20), november(25)), carers=ALONE) == ("r1", november(26))
    both_away = [(rep, november(20), november(25)) for rep in ("r1", "r2")]
    assert placed(*both_away) == ("r1", november(26))


def test_but_what_is_urgent_goes_up() -> None:
    away = ("r1", november(20), november(25))
    assert placed(away, carers=ALONE, urgency=2) == ("m1", MONDAY)
    assert placed(away, ("m1", None, None), carers=ALONE, urgency=1) == ("d1", MONDAY)
    assert placed(away, ("m1", None, None), ("d1", None, None), carers=ALONE, urgency=1) == ("r1", november(26))


def test_until_further_notice_it_goes_up_whatever_it_is() -> None:
    assert placed(("r1", november(20), None), carers=ALONE, urgency=5) == ("m1", MONDAY)
    nobody = [(rep, None, None) for rep in ("r1", "m1", "d1")]
    assert placed(*nobody, carers=ALONE) == ("r1", MONDAY)


def test_a_managers_own_task_goes_up_too() -> None:
    assert placed(("m1", november(20), november(30)), to="owner.manager", urgency=1) == ("d1", MONDAY)


spans = st.lists(
    st.tuples(
        st.sampled_from(("r1", "r2", "m1")),
        st.none() | st.dates(november(1), date(2026, 12, 31)),
        st.none() | st.dates(november(1), date(2026, 12, 31)),
    ),
    max_size=6,
)


@given(spans, st.integers(0, 10), st.booleans(), st.integers(1, 5), st.sampled_from((CARERS, ALONE)))
def test_a_due_day_is_never_before_the_company_would_have_it_nor_on_a_known_day_off(
    away: list[tuple[str, date | None, date | None]], days: int, workdays: bool, urgency: int, carers: Carers
) -> None:
    absences = Absences(away)
    span = Due(days, workdays)
    given, due = place("owner", span, carers, None, urgency, There(PEOPLE, absences, CALENDAR, SUNDAY))
    by = There(PEOPLE, absences, CALENDAR, SUNDAY).end_of(span)
    assert given != Assignment(None)
    assert due >= by
    assert due == by or absences.until(given.person, due) is None


@given(spans, st.dates(november(1), date(2026, 12, 31)))
def test_a_stretch_of_days_off_ends_before_a_day_that_is_there(
    away: list[tuple[str, date | None, date | None]], day: date
) -> None:
    absences = Absences(away)
    last = absences.until("r1", day)
    if last is not None and last != date.max:
        assert absences.until("r1", last + timedelta(1)) is None
        assert all(absences.until("r1", day + timedelta(n)) is not None for n in range((last - day).days + 1))


def with_absence(workspace: Workspace, **absence: Any) -> None:
    rows = [{"id": "x1", "rep": "r1", "told_on": date(2026, 11, 1), **absence}]
    workspace.facts = snapshot(
        workspace.folder / f"facts {absence}", account=ACCOUNTS, rep=REPS, promise=PROMISES, absence=rows
    )


def holder(workspace: Workspace, day: date) -> tuple[str, str]:
    [task] = workspace.night(late(P1), day)["tasks"]
    return task["assignee"], task["due_on"]


def test_absences_are_facts_and_known_from_the_day_they_are_told(workspace: Workspace) -> None:
    with_absence(workspace, since=november(20), until=november(30))
    assert holder(workspace, SUNDAY) == ("r2", "2026-11-23")


def test_an_absence_told_later_moves_a_task_that_nobody_has_begun(workspace: Workspace) -> None:
    assert holder(workspace, SUNDAY)[0] == "r1"
    with_absence(workspace, since=MONDAY, until=november(30), told_on=MONDAY)
    assert holder(workspace, MONDAY) == ("r2", "2026-11-23")
    with open_store(workspace.store) as store:
        assert store.rows("select who, what, note from action") == [("holdfast", "reassign", "r1 is away; now r2")]


@pytest.mark.parametrize("word", ["start", "reassign"])
def test_but_none_that_was_begun_or_given_by_hand(workspace: Workspace, word: str) -> None:
    [task] = workspace.night(late(P1))["tasks"]
    with open_store(workspace.store) as store:
        said = Word("r1", datetime(2026, 11, 22, 9))
        words.start(store, task["id"], said) if word == "start" else words.reassign(store, task["id"], said, "r1")
    with_absence(workspace, since=MONDAY, until=november(30))
    assert holder(workspace, MONDAY)[0] == "r1"


def test_a_queue_gives_its_tasks_to_who_comes_back(workspace: Workspace) -> None:
    nobody = [row | {"left_on": SUNDAY} for row in REPS[:2]] + [{"id": "r9", "role": "trainer", "department": "north"}]
    workspace.facts = snapshot(workspace.folder / "nobody", account=ACCOUNTS, rep=nobody, promise=PROMISES)
    [task] = workspace.night(late(P1))["tasks"]
    assert (task["assignee"], task["queue"]) == (None, "north")
    workspace.facts = snapshot(workspace.folder / "back", account=ACCOUNTS, rep=REPS, promise=PROMISES)
    assert holder(workspace, MONDAY)[0] == "r1"
    with open_store(workspace.store) as store:
        assert store.rows("select note from action") == [("north could not take it; now r1",)]


def test_the_clock_of_an_escalation_stands_still_while_its_person_is_away(workspace: Workspace) -> None:
    workspace.policy = policy(
        plays=[play(steps=(step(),), escalate=(Escalation({None: Due(2, workdays=True)}, "owner.manager"),))]
    )
    workspace.night(late(P1))  # due on the 23rd
    with open_store(workspace.store) as store:
        task = store.rows("select id from task")[0][0]
        words.start(store, task, Word("r1", datetime(2026, 11, 22, 9)))
    with_absence(workspace, since=november(24), until=november(26))

    def shown(day: date) -> list[tuple[str, str]]:
        workspace.night(late(P1), day)
        with open_store(workspace.store) as store:
            return store.rows("select person, why from notice")  # type: ignore[return-value]

    assert shown(november(27)) == []  # one own workday past
    assert shown(november(30)) == [("m1", "begun")]
