"""Lists of tasks, for people and for programs."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rich.cells import cell_len
from rich.console import Console

from engine.delivery.listing import as_csv, as_json, as_table, print_table, safe_cell
from engine.store.tasks import TaskRow

TODAY = date(2026, 11, 22)
TASK = TaskRow(
    id="k7m2q9x4v1",
    account="a1",
    account_name="Wuxi Trading",
    subject_type="promise",
    subject="p1",
    play="keep-the-promise",
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
    title="Call about the promise of 2026-10-20",
    body="line one\n- line two",
    reasons=("promise-overdue",),
    sources=("D3.promise.register",),
)
CHINESE = replace(
    TASK,
    id="a1b2c3d4e5",
    account_name="无锡市华东信息技术服务有限责任公司",
    assignee_name="欧阳修明",
    due_on=date(2027, 1, 4),
    priority=3,
    title="致电客户,说明承诺的交货日期已逾期十二天,并约定新的日期",
)


def printed(*tasks: TaskRow, language: str = "en", who: bool = True) -> list[str]:
    out = io.StringIO()
    print_table(tasks, TODAY, language, Console(file=out), who=who)
    return out.getvalue().rstrip().splitlines()


def test_a_line_says_how_urgent_when_who_what_and_which() -> None:
    text = "\n".join(printed(TASK))
    for part in ("!!!", "11-20 Fri late", "Wuxi Trading", "Li Wei", "Call about", "k7m2q9x4v1", "1 task"):
        assert part in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wide_characters_stay_within_80_columns_and_in_their_columns(language: str) -> None:
    lines = printed(TASK, CHINESE, language=language)
    assert all(cell_len(line) <= 80 for line in lines)
    starts = {cell_len(line.split(id)[0]) for line in lines for id in (TASK.id, CHINESE.id) if id in line}
    assert len(starts) == 1
    assert any("无锡市" in line for line in lines)
    assert "…" not in "".join(lines)


def test_a_long_list_keeps_every_column() -> None:
    text = "\n".join(printed(*[CHINESE] * 30, TASK, language="zh"))
    for part in ("期限", "客户", "负责人", "任务", "编号", "无锡市华东信息", "Wuxi Trading", "欧阳修明"):
        assert part in text


def test_chinese_words() -> None:
    text = "\n".join(printed(replace(CHINESE, due_on=TODAY, status="started"), language="zh"))
    assert "周日" in text.replace("\n", "")
    assert "期限" in text
    assert "2026" not in text


def test_what_became_of_a_task_stands_beside_it() -> None:
    assert "[done]" in "\n".join(printed(replace(TASK, status="done", title="Call")))
    assert "late" not in "\n".join(printed(replace(TASK, status="done", title="Call")))
    assert "[done?" in "\n".join(printed(replace(TASK, status="started", asks="confirm", title="Call")))


def test_nothing_to_do_is_said() -> None:
    assert printed() == ["Nothing to do."]


def test_a_queue_stands_where_there_is_no_person() -> None:
    assert "north" in "\n".join(printed(replace(TASK, assignee=None, assignee_name=None, queue="north")))
    assert "Li Wei" not in "\n".join(printed(TASK, who=False))


def test_markup_in_names_is_text() -> None:
    assert "[red]x[/red]" in "\n".join(printed(replace(TASK, account_name="[red]x[/red]")))
    table = as_table([replace(TASK, title="a\x1b[31mb")], TODAY, "en")
    out = io.StringIO()
    Console(file=out, width=80).print(table)
    assert "\x1b[31m" not in out.getvalue()


def test_json_has_the_names_of_the_nightly_run() -> None:
    [task] = json.loads(as_json([CHINESE]))
    assert task["subject"] == {"type": "promise", "id": "p1"}
    assert task["account_name"] == CHINESE.account_name
    assert (task["due_on"], task["because"], task["source"]) == (
        "2027-01-04",
        ["promise-overdue"],
        ["D3.promise.register"],
    )


def test_csv_opens_in_a_spreadsheet_without_formulas() -> None:
    text = as_csv([replace(TASK, account_name="=cmd|' /C calc'!A0", title="-1+1", assignee="@x"), CHINESE])
    assert text.startswith("\ufeffid,")
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert first["account_name"] == "'=cmd|' /C calc'!A0"
    assert (first["title"], first["assignee"]) == ("'-1+1", "'@x")
    assert first["body"] == TASK.body
    assert second["account_name"] == CHINESE.account_name
    assert second["queue"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "="])
def test_cells_that_would_be_reckoned(start: str) -> None:
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell(f"a{start}") == f"a{start}"
