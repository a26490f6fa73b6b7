"""Task lists as calendars, read back by the library."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from export_help import HOSTILE, ITEM, LATER, TASK, hostile_item
from icalendar import Calendar

from engine.delivery.exports.ics import Standing, calendar
from engine.delivery.exports.people import Item
from engine.delivery.render import clean

AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def standing(item: Item = ITEM, revision: int = 0, left: str = "") -> Standing:
    return Standing(f"{item.task.id}@store.holdfast", revision, AT, left)


def made(*items: tuple[Item, Standing], language: str = "en", todo: bool = False) -> list[Any]:
    data = calendar("Tasks", items, language, todo=todo)
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return list(Calendar.from_ical(data).walk("VTODO" if todo else "VEVENT"))


def test_a_task_is_an_event_of_its_day() -> None:
    [event] = made((ITEM, standing(revision=3)))
    assert event["uid"] == "k7m2q9x4v1@store.holdfast"
    assert event["summary"] == "Call Wuxi Trading"
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 11, 20), date(2026, 11, 21))
    assert (event["sequence"], event["priority"], event["status"]) == (3, 1, "CONFIRMED")
    assert event["transp"] == "TRANSPARENT"
    assert event["dtstamp"].dt == event["last-modified"].dt == AT
    assert event["categories"].cats == ["Wuxi Trading"]
    assert str(event["description"]).splitlines() == [
        "Why: Eight days late", "Why: Not visited since June", "Account: Wuxi Trading", "How: call",
        "Priority: urgent", "Who: Li Wei", "Id: k7m2q9x4v1", "", "- Who to ask: the store", "", "Call before they do.",
        "Name a day.",
    ]  # fmt: skip
    [alarm] = event.walk("VALARM")
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", timedelta(hours=-15))


def test_the_calendar_is_one_that_is_published() -> None:
    data = calendar("holdfast: Tasks, of Li; Wei", [], "en")
    whole: Any = Calendar.from_ical(data)
    assert (whole["method"], whole["version"], whole["calscale"]) == ("PUBLISH", "2.0", "GREGORIAN")
    assert rb"X-WR-CALNAME:holdfast: Tasks\, of Li\; Wei" in data
    assert whole.walk("VEVENT") == []


def test_a_chinese_calendar() -> None:
    [event] = made((LATER, standing(LATER)), language="zh")
    assert event["summary"] == "致电无锡商行"
    assert str(event["description"]).startswith("原因：逾期 3 天\n客户：Wuxi Trading\n")
    [alarm] = event.walk("VALARM")
    assert alarm["description"] == "明天到期：致电无锡商行"


@pytest.mark.parametrize(("status", "why"), [("closed", "condition_gone"), ("done", "done"), ("closed", "facts")])
def test_what_has_ended_is_cancelled(status: str, why: str) -> None:
    ended = Item(replace(TASK, status=status, ended_why=why, ended_on=date(2026, 11, 21)))
    [event] = made((ended, standing()))
    assert event["status"] == "CANCELLED" and not event.walk("VALARM")


def test_what_went_to_somebody_else_is_cancelled_and_says_so() -> None:
    [event] = made((ITEM, standing(left="now with Mei")))
    assert event["status"] == "CANCELLED" and "Ended: now with Mei" in event["description"]


def test_as_to_dos() -> None:
    done = Item(replace(TASK, id="d", status="done"))
    closed = Item(replace(TASK, id="c", status="closed", ended_why="condition_gone"))
    begun = Item(replace(TASK, id="b", status="started"))
    found = made(*((item, standing(item)) for item in (ITEM, done, closed, begun)), todo=True)
    assert [todo["status"] for todo in found] == ["NEEDS-ACTION", "COMPLETED", "CANCELLED", "IN-PROCESS"]
    assert found[0]["due"].dt == date(2026, 11, 20) and found[1]["percent-complete"] == 100
    [alarm] = found[0].walk("VALARM")
    assert alarm["trigger"].params["related"] == "END"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_line_of_its_own(text: str) -> None:
    item = hostile_item(text)
    whole: Any = Calendar.from_ical(calendar(text, [(item, standing(item))], "en"))
    assert [part.name for part in whole.walk()] == ["VCALENDAR", "VEVENT", "VALARM"]
    [event] = whole.walk("VEVENT")
    shown = clean(text)
    assert str(event["summary"]) == (shown if len(shown) <= 250 else f"{shown[:249]}…")
    assert set(event) == {
        "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "DESCRIPTION", "LAST-MODIFIED",
        "PRIORITY", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
    }  # fmt: skip


def test_long_texts_are_cut() -> None:
    [event] = made((Item(replace(TASK, title="长" * 900, body="y" * 9_000)), standing()))
    assert len(event["summary"]) == 250 and len(event["description"]) == 4_000


def test_the_last_day_there_is() -> None:
    [event] = made((Item(replace(TASK, due_on=date.max)), standing()))
    assert event["dtstart"].dt == date.max


@pytest.mark.parametrize(("ours", "theirs"), [(0, 1), (1, 1), (2, 3), (3, 5), (4, 7), (5, 9), (9, 9)])
def test_priorities(ours: int, theirs: int) -> None:
    [event] = made((Item(replace(TASK, priority=ours)), standing()))
    assert event["priority"] == theirs


def test_a_huge_list() -> None:
    items: Sequence[Item] = [Item(replace(TASK, id=f"t{n}"), ("why",)) for n in range(5_000)]
    data = calendar("Tasks", ((item, standing(item)) for item in items), "en")
    assert data.count(b"BEGIN:VEVENT") == 5_000
