"""Tasks for the tests of exports: among them names and texts that would do harm where they were not taken as text."""

from dataclasses import replace
from datetime import date

from engine.delivery.exports.people import Item, Person
from engine.store.tasks import TaskRow

TODAY = date(2026, 11, 22)
HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "=1+1", "%0A=1", "'=1", " =1",
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "\"><b>bold", "a,b;c\\d", "a\r\nb\nc",
    "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT", "# heading", "1. one", "- item", "[x](javascript:alert(1))",
    "`code` *b* _i_ ~s~", "emoji 👩‍👩‍👧 🚀", "‮gnirts‬", "عربي abc", "王伟（无锡）“引号”", "x\x00\x07\x1b[31my",
    "{{ today }}", "&lt;b&gt; &amp;", "_x0041_", "a|b", "x" * 400, "",
)  # fmt: skip
TASK = TaskRow(
    id="k7m2q9x4v1",
    account="a1",
    account_name="Wuxi Trading",
    subject_type="promise",
    subject="p1",
    play="keep",
    step="call",
    assignee="r1",
    assignee_name="Li Wei",
    queue=None,
    due_on=date(2026, 11, 20),
    priority=1,
    status="open",
    asks=None,
    ended_on=None,
    ended_why=None,
    title="Call Wuxi Trading",
    body="- Eight days late\n- Who to ask: the store\n\nCall before they do.\nName a day.",
    reasons=("late",),
    sources=("D3.promise.register",),
    contact="call",
)
ITEM = Item(TASK, ("Eight days late", "Not visited since June"))
LATER = Item(
    replace(TASK, id="a1b2c3d4e5", due_on=date(2026, 11, 24), priority=3, title="致电无锡商行"), ("逾期 3 天",)
)


def hostile_item(text: str, number: int = 0) -> Item:
    """A task in which every text is the hostile one."""
    task = replace(
        TASK,
        id=f"h{number:09}",
        account_name=text,
        assignee_name=text,
        queue=text,
        title=text,
        body=f"- {text}\n{text}",
    )
    return Item(task, (text, f"and {text}"))


def person(*items: Item, name: str = "Li Wei", language: str = "en", late: tuple[Item, ...] = ()) -> Person:
    """Somebody with tasks."""
    return Person("r1", name, language, items, late)
