"""What people say about their tasks."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from nights import MONDAY, Workspace, late

from engine.action import words
from engine.action.words import Word
from engine.errors import UsageError
from engine.store import Store, open_store
from engine.store.tasks import TaskFilter, get_task, list_tasks

NOON = datetime(2026, 11, 23, 12, 0, 5)
LI = Word("r1", NOON)


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    workspace.night(late(("p1", "a1"), ("p2", "a2")))
    with open_store(workspace.store) as opened:
        yield opened


@pytest.fixture
def task(store: Store) -> str:
    return list_tasks(store, TaskFilter(account="a1"))[0].id


def test_begun_then_done_is_kept_with_who_and_when(store: Store, task: str) -> None:
    words.start(store, task, LI)
    assert get_task(store, task).status == "started"
    words.done(store, task, Word("r2", NOON, "sent the goods"))
    found = get_task(store, task)
    assert (found.status, found.ended_on, found.ended_why) == ("done", MONDAY, "done")
    assert store.rows("select who, at, what, note from action order by id") == [
        ("r1", "2026-11-23T12:00:05", "start", None),
        ("r2", "2026-11-23T12:00:05", "done", "sent the goods"),
    ]


def test_an_id_may_be_shortened_while_it_is_the_only_one(store: Store, task: str) -> None:
    assert words.note(store, task[:6].upper(), Word("r1", NOON, "x")) == task


@pytest.mark.parametrize("wrong", ["zzzzzz", "", "ab", "a%", "' or 1=1 --", "客户"])
def test_an_unknown_task_is_named(store: Store, wrong: str) -> None:
    with pytest.raises(UsageError, match="task"):
        words.done(store, wrong, LI)


def test_what_has_ended_cannot_be_done_again_but_noted(store: Store, task: str) -> None:
    words.done(store, task, LI)
    for again in (words.done, words.start):
        with pytest.raises(UsageError, match="already done"):
            again(store, task, LI)
    words.note(store, task, Word("r1", NOON, "they called back"))
    assert len(store.rows("select * from action")) == 2


def test_a_closed_task_says_why_it_closed(workspace: Workspace, store: Store, task: str) -> None:
    workspace.night(late(("p2", "a2")), MONDAY)
    with pytest.raises(UsageError, match="closed"):
        words.start(store, task, LI)


def test_nobody_begins_a_task_twice(store: Store, task: str) -> None:
    words.start(store, task, LI)
    with pytest.raises(UsageError, match="already begun"):
        words.start(store, task, LI)


@pytest.mark.parametrize("who", ["", "   ", "\n\t"])
def test_who_is_required(store: Store, task: str, who: str) -> None:
    with pytest.raises(UsageError, match="who"):
        words.done(store, task, Word(who, NOON))
    assert get_task(store, task).status == "open"


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_note_says_something(store: Store, task: str, text: str | None) -> None:
    with pytest.raises(UsageError, match="empty"):
        words.note(store, task, Word("r1", NOON, text))


def test_a_note_is_not_endless_and_has_no_control_characters(store: Store, task: str) -> None:
    with pytest.raises(UsageError, match="longer"):
        words.note(store, task, Word("r1", NOON, "x" * 3000))
    words.note(store, task, Word("r1", NOON, "a\x1b[31m\nb"))
    assert store.rows("select note from action") == [("a [31m\nb",)]


def test_lists_by_person_status_and_due_day(store: Store, task: str) -> None:
    words.start(store, task, LI)
    assert [t.id for t in list_tasks(store, TaskFilter(rep="r1"))] == [task]
    assert [t.id for t in list_tasks(store, TaskFilter(statuses=("started",)))] == [task]
    assert list_tasks(store, TaskFilter(statuses=("done",))) == []
    assert list_tasks(store, TaskFilter(due_by=MONDAY.replace(day=22))) == []
    assert len(list_tasks(store, TaskFilter(due_by=MONDAY))) == 2
    with pytest.raises(UsageError, match="status"):
        list_tasks(store, TaskFilter(statuses=("nearly",)))


def test_a_name_finds_its_person_unless_two_have_it(store: Store) -> None:
    assert list_tasks(store, TaskFilter(rep="Mei")) == []
    with pytest.raises(UsageError, match="2 people are called Li Wei: r1, r2"):
        list_tasks(store, TaskFilter(rep="Li Wei"))
    with pytest.raises(UsageError, match="nobody"):
        list_tasks(store, TaskFilter(rep="Nobody"))
