"""`holdfast tasks` into files, on a small firm: reasons, calendars over several nights, who has which language."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bare import bare_workspace
from icalendar import Calendar

from engine.action.undoing import undo
from engine.action.words import Word, done, reassign, snooze, start
from engine.audit.grounds import because_of
from engine.commands.exporting import export, exported, lists, resolved
from engine.commands.options import TaskFormat
from engine.delivery.render import render
from engine.job import night_of
from engine.store import open_store
from engine.store.opening import Store
from engine.store.tasks import TaskFilter, list_tasks
from engine.workspace import Workspace, open_workspace

ROOT = Path(__file__).parent.parent.parent
DAY = date(2026, 11, 20)
POLICY = """
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: kept_on is null and due_on < today
    severity: {critical: insisted, medium: otherwise}
    because:
      en: "Promised for {{ due_on }}, {{ days_late | days }} late"
      zh: "承诺 {{ due_on }} 兑现，已逾期 {{ days_late | days }}"
  unvisited:
    title: {en: Not visited, zh: 未拜访}
    about: account
    when: active and spend > 100
    severity: low
    because: {en: "Bought for {{ spend }} and never visited", zh: "采购 {{ spend }}，从未拜访"}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
PLAYS = {
    "keep": "play: keep\ntitle: {en: Keep promises, zh: 兑现承诺}\nabout: promise\ntrigger: signal('late')\n"
    "steps: [{id: go, assign: owner, due: 2 days, template: keep, contact: visit}]\n",
    "visit": "play: visit\nabout: account\ntrigger: signal('unvisited')\n"
    "steps: [{id: go, assign: owner, due: 4 days, template: visit, contact: visit}]\n",
    "plain": "play: plain\nabout: account\ntrigger: risk = 'amber' and spend < 5\n"
    "steps: [{id: go, assign: owner, due: 9 days, template: visit}]\n",
}
TEMPLATES = {
    "keep.en": "# Keep {{ id }}\n\n{% for r in reasons %}\n- {{ r }}\n{% endfor %}\n- More to know.\n\nNow.\n",
    "keep.zh": "# 兑现 {{ id }}\n\n{% for r in reasons %}\n- {{ r }}\n{% endfor %}\n\n现在。\n",
    "visit.en": "# Visit\n\nGo.\n",
    "visit.zh": "# 拜访\n\n去。\n",
}
FACTS = {
    "account": "id,name,owner,kind\na1,北方光学,r1,customer\na2,=HYPERLINK(1),r2,customer\n",
    "rep": "id,name,role,manager\nr1,Ann,sales,m1\nr2,王伟,sales,m1\nm1,Mei,manager,\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,160.25\n",
}
PROMISES = "id,account,kind,made_on,due_on,kept_on,insisted\n"
LATE = "p1,a1,delivery,2026-10-01,2026-11-10,,\np2,a2,delivery,2026-10-01,2026-11-12,,\n"


@dataclass
class Firm:
    """A workspace whose nights are run one by one."""

    workspace: Workspace

    def night(self, day: date, promises: str = LATE, **facts: str) -> None:
        for name, text in {**FACTS, "promise": PROMISES + promises, **facts}.items():
            (self.workspace.root / "facts" / f"{name}.csv").write_text(text, encoding="utf-8")
        with night_of(self.workspace, day):
            pass

    def store(self) -> Store:
        return open_store(self.workspace.store)

    def data(self, form: TaskFormat, rep: str | None = None, day: date = DAY, **given: Any) -> bytes:
        with self.store() as store:
            wanted = TaskFilter(resolved(store, rep), today=day)
            return exported(self.workspace, store, wanted, form, day, **{"todo": False, "ended_days": 30, **given})

    def events(self, rep: str | None = None, day: date = DAY, **given: Any) -> dict[str, Any]:
        whole: Any = Calendar.from_ical(self.data(TaskFormat.ICS, rep, day, **given))
        return {str(event["uid"]).partition("@")[0]: event for event in whole.walk("VEVENT")}

    def ids(self) -> dict[str, str]:
        with self.store() as store:
            return {f"{play}/{subject}": id for id, play, subject in store.rows(
                "select t.id, e.play, e.subject from task t join episode e on e.id = t.episode order by e.number"
            )}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm after one night: for a1 a late promise and a visit are one task, r2 reads Chinese."""
    made = bare_workspace(tmp_path_factory.mktemp("exports") / "firm")
    (made.rules / "policy.yaml").write_text(POLICY, encoding="utf-8")
    for name, text in PLAYS.items():
        (made.playbooks / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in TEMPLATES.items():
        (made.templates / f"{name}.md").write_text(text, encoding="utf-8")
    settings = made.root / "holdfast.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\npeople: {r2: {language: zh}}\n", encoding="utf-8")
    Firm(open_workspace(made.root)).night(DAY)
    return made.root


@pytest.fixture
def firm(model: Path, tmp_path: Path) -> Iterator[Firm]:
    yield Firm(open_workspace(Path(shutil.copytree(model, tmp_path / "firm"))))


def texts(firm: Firm) -> dict[str, tuple[str, ...]]:
    with firm.store() as store:
        found = lists(firm.workspace, store, list_tasks(store, TaskFilter(today=DAY)))
    return {item.task.title: item.because for person in found for item in person.items}


def test_each_task_has_its_reasons_in_the_language_of_its_person(firm: Firm) -> None:
    assert texts(firm) == {
        "Keep p1 (and 1 more)": ("Promised for 2026-11-10, 10 days late", "Bought for 160.25 and never visited"),
        "兑现 p2": ("承诺 2026年11月12日 兑现，已逾期 8 天",),
        "拜访": ("承诺 2026年11月12日 兑现，已逾期 8 天",),
    }


def test_reasons_stay_those_of_the_night_that_made_the_task(firm: Firm) -> None:
    before = texts(firm)
    firm.night(DAY + timedelta(1))
    assert texts(firm) == before


def test_without_sealed_conclusions_the_rules_titles_are_told(firm: Firm) -> None:
    shutil.rmtree(firm.workspace.runs)
    assert texts(firm)["Keep p1 (and 1 more)"] == ("Late promise", "Not visited")
    firm.workspace.runs.mkdir()
    with firm.store() as store:
        with store.transaction() as tx:
            tx.execute("update policy set texts = '{}'")
        tasks = list_tasks(store, TaskFilter(today=DAY))
        found = because_of(store, tasks, lambda _: "zh", render)
    assert sorted(found.values()) == [("late",), ("late",), ("late", "unvisited")]


def test_a_damaged_conclusion_stops_no_list(firm: Firm) -> None:
    for path in firm.workspace.runs.rglob("late.parquet"):
        path.write_bytes(b"no parquet")
    assert texts(firm)["兑现 p2"] == ("承诺逾期",)


def test_reasons_are_told_by_an_earlier_policy_where_todays_does_not_fit(firm: Firm) -> None:
    path = firm.workspace.rules / "policy.yaml"
    path.write_text(POLICY.replace("days_late", "lateness"), encoding="utf-8")
    firm.night(DAY + timedelta(1))
    assert texts(firm)["兑现 p2"] == ("承诺 2026年11月12日 兑现，已逾期 8 天",)
    path.write_text(POLICY.replace("从未拜访", "没去过"), encoding="utf-8")
    firm.night(DAY + timedelta(2))
    assert texts(firm)["Keep p1 (and 1 more)"][0] == "Promised for 2026-11-10, 10 days late"


def test_a_calendar_is_the_same_until_something_changes(firm: Firm) -> None:
    before = firm.data(TaskFormat.ICS, "r1")
    assert firm.data(TaskFormat.ICS, "Ann") == before
    firm.night(DAY + timedelta(1))
    assert firm.data(TaskFormat.ICS, "r1", DAY + timedelta(1)) == before
    assert firm.data(TaskFormat.ICS, "r2") != before


def test_a_changed_day_and_a_graver_matter_raise_the_sequence(firm: Firm) -> None:
    [(id, event)] = firm.events("r1").items()
    assert (event["summary"], event["dtstart"].dt) == ("Keep p1 (and 1 more)", date(2026, 11, 22))
    with firm.store() as store:
        snooze(store, id, Word("r1", datetime(2026, 11, 20, 10, tzinfo=UTC)), date(2026, 12, 1))
    put_off = firm.events("r1")[id]
    assert put_off["dtstart"].dt == date(2026, 12, 1) and put_off["sequence"] > event["sequence"]
    assert put_off["last-modified"].dt == put_off["dtstamp"].dt == datetime(2026, 11, 20, 10, tzinfo=UTC)
    firm.night(DAY + timedelta(1), LATE.replace("2026-11-10,,", "2026-11-10,,true"))
    graver = firm.events("r1")[id]
    assert graver["priority"] == 1 and graver["sequence"] > put_off["sequence"]
    assert graver["last-modified"].dt == datetime(2026, 11, 21, tzinfo=UTC)


def test_what_closed_is_cancelled_and_after_some_days_gone(firm: Firm) -> None:
    before = firm.events("r2")
    kept = LATE.replace("2026-11-12,,", "2026-11-12,2026-11-21,")
    firm.night(DAY + timedelta(1), kept)
    after = firm.events("r2", DAY + timedelta(1))
    id = firm.ids()["keep/p2"]
    assert after.keys() == before.keys()
    assert (before[id]["status"], after[id]["status"]) == ("CONFIRMED", "CANCELLED")
    assert after[id]["sequence"] > before[id]["sequence"] and "已关闭：原因已消失" in after[id]["description"]
    assert id in firm.events("r2", DAY + timedelta(31)) and id not in firm.events("r2", DAY + timedelta(32))
    assert id not in firm.events("r2", DAY + timedelta(4), ended_days=2)


def test_what_went_to_somebody_else_is_cancelled_here_and_begins_there(firm: Firm) -> None:
    id = firm.ids()["keep/p2"]
    with firm.store() as store:
        reassign(store, id, Word("m1", datetime(2026, 11, 20, 10, tzinfo=UTC)), "r1")
    here, there = firm.events("r2")[id], firm.events("r1")[id]
    assert (here["status"], there["status"]) == ("CANCELLED", "CONFIRMED")
    assert here["uid"] == there["uid"] and here["sequence"] == there["sequence"] > 0
    assert "现由 Ann 负责" in here["description"]
    with firm.store() as store:
        reassign(store, id, Word("m1", datetime(2026, 11, 20, 11, tzinfo=UTC)), "r2")
    assert firm.events("r2")[id]["status"] == "CONFIRMED" and firm.events("r1")[id]["status"] == "CANCELLED"


def test_what_became_part_of_another_task_is_cancelled(firm: Firm) -> None:
    [leader] = firm.events("r1")
    with firm.store() as store:
        start(store, leader, Word("r1", datetime(2026, 11, 20, 10, tzinfo=UTC)))
    firm.night(DAY + timedelta(1), f"{LATE}p9,a1,delivery,2026-10-01,2026-11-20,,\n")
    single = firm.ids()["keep/p9"]
    before = firm.events("r1")
    assert {id: str(event["status"]) for id, event in before.items()} == {leader: "CONFIRMED", single: "CONFIRMED"}
    with firm.store() as store:
        undo(store, leader, Word("r1", datetime(2026, 11, 21, 10, tzinfo=UTC)))
    after = firm.events("r1")
    assert {id: str(event["status"]) for id, event in after.items()} == {leader: "CONFIRMED", single: "CANCELLED"}
    assert "now part of another task" in after[single]["description"] and "and 2 more" in after[leader]["summary"]
    assert all(after[id]["sequence"] > before[id]["sequence"] for id in (leader, single))


def test_parts_that_were_never_alone_are_no_events(firm: Firm) -> None:
    assert len(firm.events("r1")) == 1


def test_a_done_task_is_over_as_an_event_and_done_as_a_to_do(firm: Firm) -> None:
    id = firm.ids()["keep/p2"]
    with firm.store() as store:
        done(store, id, Word("r2", datetime(2026, 11, 20, 10, tzinfo=UTC)))
    assert firm.events("r2")[id]["status"] == "CANCELLED"
    whole: Any = Calendar.from_ical(firm.data(TaskFormat.ICS, "r2", todo=True))
    assert {str(t["status"]) for t in whole.walk("VTODO")} == {"COMPLETED", "NEEDS-ACTION"}


def test_ids_are_those_of_the_store(firm: Firm, model: Path) -> None:
    def names(one: Firm) -> set[str]:
        return {str(event["uid"]) for event in one.events().values()}

    assert names(firm) == names(Firm(open_workspace(model)))
    assert all(name.endswith(".holdfast") and name.count("@") == 1 for name in names(firm))


def test_pages_in_a_folder_for_everyone_and_renewed_for_who_has_nothing(firm: Firm, tmp_path: Path) -> None:
    folder = tmp_path / "pages" / "tonight"

    def write(rep: str | None = None) -> str:
        with firm.store() as store:
            wanted = TaskFilter(rep, today=DAY)
            return export(firm.workspace, store, wanted, TaskFormat.HTML, folder, todo=False, ended_days=30)

    assert write() == f"Pages in {folder}: 2"
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "r1.html", "r2.html"]
    assert 'lang="zh-CN"' in (folder / "r2.html").read_text() and "Promised for" in (folder / "r1.html").read_text()
    assert "=HYPERLINK(1)" in (folder / "r2.html").read_text()
    index = (folder / "index.html").read_text()
    with firm.store() as store:
        for id, title in store.rows("select id, title from task where assignee = 'r1' and joined is null"):
            assert title in (folder / "r1.html").read_text()
            done(store, id, Word("r1", datetime(2026, 11, 20, 10, tzinfo=UTC)))
    assert write("r2") == f"Pages in {folder}: 1"
    assert (folder / "index.html").read_text() == index
    write()
    assert "Nothing to do." in (folder / "r1.html").read_text() and "Keep p1" not in (folder / "r1.html").read_text()


@pytest.mark.parametrize("form", list(TaskFormat))
def test_every_form_of_an_empty_list(firm: Firm, form: TaskFormat) -> None:
    assert firm.data(form, "m1")


@pytest.mark.parametrize("form", ["table", "json", "csv", "xlsx", "ics", "md", "html"])
def test_the_command_writes_each_form_to_a_file_and_to_a_pipe(model: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"tasks.{form}"
    command = [sys.executable, str(ROOT / "cli.py"), "tasks", "-w", str(model), "--rep", "r1", "--format", form]
    written = subprocess.run([*command, "--output", str(target)], capture_output=True, timeout=120, check=True)
    piped = subprocess.run(command, capture_output=True, timeout=120, check=True)
    assert written.stdout.decode() == f"Written: {target}\n"
    assert piped.stdout.rstrip() == target.read_bytes().rstrip() != b""
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    if form == "json":
        assert len(json.loads(piped.stdout)) == 1


def test_the_command_says_what_is_wrong(model: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "tasks", "-w", str(model), "--format", "md"]
    for more, code, said in (
        (["--output", str(tmp_path / "no" / "file.md")], 1, "cannot be written"),
        (["--output", str(tmp_path)], 2, "is a folder"),
        (["--rep", "nobody"], 2, "nobody is called"),
        (["--as", "meeting"], 2, "Invalid value"),
    ):
        found = subprocess.run([*command, *more], capture_output=True, text=True, timeout=120, check=False)
        assert (found.returncode, said in found.stderr) == (code, True), found.stderr
