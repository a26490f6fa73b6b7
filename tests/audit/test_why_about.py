"""`why` of an account, a person, a signal, a play: risk, what came of it, what holds it back and until when."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from why_help import DAY, firm, night, promises, task_of

from engine.action.undoing import undo
from engine.action.words import Word
from engine.asking import Question, explain
from engine.audit.explaining import Explanation, TaskWhy
from engine.audit.outcomes import Came, matter_key
from engine.audit.pruning import prune
from engine.audit.reasons import Reason
from engine.delivery.document import Document
from engine.delivery.document_page import document_page
from engine.delivery.why_view import about_document, task_document
from engine.errors import StoreError, UsageError
from engine.inquiry import explain_absence
from engine.job import night_of
from engine.store import open_store
from engine.workspace import Workspace, open_workspace

LAST = DAY + timedelta(2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The firm, not to be changed."""
    return firm(tmp_path_factory.mktemp("why") / "firm")


@pytest.fixture
def workspace(made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the firm, free to change."""
    return open_workspace(Path(shutil.copytree(made.root, tmp_path / "firm")))


def about(workspace: Workspace, what: str, rule: str | None = None, **given: Any) -> Explanation:
    """What is said of an id that is no task."""
    found = explain(workspace, Question(what, rule, **given))
    assert isinstance(found, Explanation)
    return found


def came(workspace: Workspace, account: str, play: str = "keep", **given: Any) -> Came:
    """What came of the account's only matter of a play."""
    [matter] = about(workspace, account, play, **given).matters
    return matter.came


def document(found: Explanation | TaskWhy, language: str = "en", whole: bool = False) -> Document:
    if isinstance(found, TaskWhy):
        return task_document(found, language, whole=whole)
    return about_document(found, language, whole=whole)


def said(found: Explanation | TaskWhy, language: str = "en") -> str:
    """The page's text."""
    return document_page(document(found, language, whole=True), language)


# risk and signals


def test_risk_tells_every_part_with_its_values_and_the_weights(made: Workspace) -> None:
    found = about(made, "a1")
    assert found.risk is not None and found.risk.text == "red"
    red, score = found.risk.children
    assert (red.kind, red.holds, red.detail["text_hash"] != "") == ("level", True, True)
    [either] = red.children
    assert [(part.text, part.holds) for part in either.children] == [
        ("score >= limit.red_score", True), ("signals.critical >= 1", False)
    ]  # fmt: skip
    values = {value.text: value.value for part in either.children for value in part.children}
    assert values == {"score": 70, "limit.red_score": 60, "signals.critical": 0}
    assert [(weight.text, weight.value) for weight in score.children] == [("late", 40), ("angry", 30)]


def test_each_signal_says_what_came_of_it(made: Workspace) -> None:
    late, angry = about(made, "a1").signals
    assert [(each.play.name, each.outcome) for each in late.came] == [("keep", "kept"), ("resting", "disabled")]
    assert [each.outcome for each in angry.came] == ["kept"]
    [task] = angry.came[0].tasks
    assert task.shown == task_of(made, "a1") != task.id  # it is part of the visit for the promise
    assert {each.play.name: each.first.text for each in late.unmatched if each.first} == {
        "seldom": "account.id = 'a7'", "richer": "spend > 1000000"
    }  # fmt: skip
    assert [matter.came.play.name for matter in about(made, "a1").matters] == ["save"]


def test_a_green_account_is_told_what_comes_first(made: Workspace) -> None:
    found = about(made, "a6")
    assert found.risk is not None and found.risk.text == "green" and not found.signals
    assert [level.holds for level in found.risk.children[:-1]] == [False, False]
    assert found.next is not None
    assert (found.next.days, [signal.name for signal in found.next.signals]) == (5, ["late"])  # due 21st, C has 3 days


def test_a_green_account_with_a_signal_has_its_counts(workspace: Workspace) -> None:
    text = (workspace.rules / "policy.yaml").read_text().replace("signals.any >= 1", "signals.high >= 3")
    (workspace.rules / "policy.yaml").write_text(text)
    night(workspace, 3, "a8")
    found = about(workspace, "a2")
    assert found.risk is not None and found.risk.text == "green"
    assert (found.risk.detail["score"], found.risk.detail["high"], found.risk.detail["any"]) == (40, 1, 1)


def test_a_person_and_any_other_fact_can_be_asked_about(made: Workspace) -> None:
    person = about(made, "r2")
    assert (person.asked.kind, person.asked.name) == ("rep", "Bo")
    assert [signal.conclusion.signal.name for signal in person.signals] == ["leaver"] and person.risk is None
    assert [each.conclusion.subject for each in about(made, "p1").signals] == ["p1"]
    assert about(made, "r2", "leaver").holds and about(made, "p1", "late").holds
    assert not about(made, "r1").holds


# what holds a matter back


@pytest.mark.parametrize(
    ("account", "play", "outcome", "until", "comes_on"),
    [
        ("a2", "keep", "snoozed", date(2026, 11, 30), date(2026, 11, 30)),
        ("a3", "keep", "false_alarm", date(2027, 1, 17), date(2027, 1, 17)),
        ("a4", "keep", "lost", None, None),
        ("a5", "keep", "cooldown", date(2026, 12, 2), date(2026, 12, 2)),
        ("a7", "keep", "cooldown", date(2026, 12, 3), date(2026, 12, 3)),
        ("a7", "seldom", "max_fires", None, date(2027, 2, 16)),
        ("a8", "keep", "clearing", None, None),
        ("a1", "resting", "disabled", None, None),
        ("a1", "keep", "kept", None, None),
    ],
)
def test_until_when(
    made: Workspace, account: str, play: str, outcome: str, until: date | None, comes_on: date | None
) -> None:
    found = came(made, account, play)
    assert (found.outcome, found.state.get("until"), found.comes_on) == (outcome, until, comes_on)


def test_the_day_that_is_named_is_the_day_on_which_it_comes(workspace: Workspace) -> None:
    on = came(workspace, "a5").comes_on
    assert on is not None
    night(workspace, (on - DAY).days - 1, "a8")
    assert came(workspace, "a5").outcome == "cooldown"
    night(workspace, (on - DAY).days, "a8")
    assert came(workspace, "a5").outcome == "new"


@pytest.mark.parametrize(("account", "word"), [("a2", "snooze"), ("a3", "false_alarm"), ("a4", "lost")])
def test_who_said_so_and_why(made: Workspace, account: str, word: str) -> None:
    said_of = came(made, account).said
    assert said_of is not None
    assert (said_of.what, said_of.who, said_of.note) == (word, "Ann", "they are at a fair")


def test_what_was_taken_back_holds_nothing_back(workspace: Workspace) -> None:
    with open_store(workspace.store) as store:
        undo(store, task_of(workspace, "a3"), Word("r1", datetime(2026, 11, 20, 9, tzinfo=UTC)))
    found = came(workspace, "a3")
    assert found.outcome == "false_alarm"  # that night it was
    assert found.said is None and [word.undone for word in found.words] == [True]
    assert found.comes_on == LAST + timedelta(1)


def test_the_task_that_ended_last_is_named(made: Workspace) -> None:
    state = came(made, "a5").state
    assert (state["task"], state["since"], state["days"], state["why"]) == (
        task_of(made, "a5"), DAY, 14, "done"
    )  # fmt: skip
    assert str(state["place"]).startswith("playbooks/keep.yaml:1")


def test_what_waits_for_room_says_whose_list_is_full(workspace: Workspace) -> None:
    rules, reps = workspace.rules / "policy.yaml", workspace.root / "facts" / "rep.csv"
    rules.write_text(rules.read_text().replace("limits: {", "limits: {budget_share: 1, budget_least_tasks: 1, ", 1))
    reps.write_text("id,name,role,weekly_hours\nr1,Ann,sales,2\nr2,Bo,sales,\n")
    night(workspace, 7, "a8")  # a6's promise is late by now
    found = came(workspace, "a6")
    assert (found.outcome, found.tasks, found.comes_on) == ("over_budget", (), None)
    assert found.state["person"] == "Ann" and found.state["since"] == DAY + timedelta(7)
    assert found.state["hours"] > found.state["of"] == 2 and found.state["needs"] == 1.5
    assert str(found.state["place"]).startswith("rules/policy.yaml:2:")
    text = said(about(workspace, "a6", "keep"))
    assert "the list of Ann is full" in text and "room on that list" in text


def test_what_is_past_is_told_as_it_was(made: Workspace) -> None:
    assert came(made, "a2", on=DAY).outcome == "new"
    assert came(made, "a7", "seldom", on=DAY + timedelta(1)).outcome == "cleared"
    assert came(made, "a1", "talk", run=str(DAY)).outcome == "duplicate"
    assert came(made, "a1", "talk", run=str(DAY)).joined_title == "Play keep for <b>a1</b>"


def test_a_play_that_does_not_hold_says_what_fails(made: Workspace) -> None:
    found = about(made, "a1", "richer")
    assert not found.holds and found.failing is not None and found.failing.text == "spend > 1000000"
    gone = about(made, "a7", "late", on=DAY + timedelta(1))
    assert not gone.holds and gone.lately is not None and gone.lately.today == DAY
    assert about(made, "a2", "talk").failing is not None
    assert about(made, "a1", "ask").unjudged == ("survey",)


def test_the_key_is_the_night_s_own(made: Workspace) -> None:
    with open_store(made.store) as store:
        rows = store.rows("select key, play, subject, account from episode")
    assert rows and all(key == matter_key(play, subject, account) for key, play, subject, account in rows)


# tasks


def test_a_joined_task_explains_every_matter(made: Workspace) -> None:
    found = explain(made, Question(task_of(made, "a1", "talk")))
    assert isinstance(found, TaskWhy)
    assert (found.task["play"], [also.task["play"] for also in found.also]) == ("keep", ["talk"])
    assert found.as_json()["also"][0]["because"]["text"] == "talk"
    text = said(found)
    assert "The same visit also serves" in text and "is part of task" in text and "Open complaint" in text


def test_a_task_may_be_told_by_another_night(made: Workspace) -> None:
    id = task_of(made, "a1")
    found = explain(made, Question(id, on=LAST))
    assert isinstance(found, TaskWhy) and found.night.run.today == LAST
    gone = task_of(made, "a8")
    with pytest.raises(UsageError, match="did not hold in run"):
        explain(made, Question(gone, on=LAST))


# what cannot be asked, and what may be several things


@pytest.mark.parametrize(
    ("what", "rule", "given", "message", "hint"),
    [
        ("a9", None, {}, "no task and no account 'a9'", "holdfast"),
        ("zzz", "late", {}, "no account 'zzz'", "holdfast"),
        ("a1", "lat", {}, "no signal or play 'lat'", "did you mean 'late'"),
        ("a1", "keepp", {"kind": "play"}, "no play 'keepp'", "did you mean 'keep'"),
        ("a1", "late", {"subject": "p2"}, "promise p2 is of account a2", "holdfast why a2 late --subject p2"),
        ("a1", "late", {"subject": "p99"}, "no promise 'p99'", "late"),
        ("a1", None, {"subject": "p1"}, "--subject needs a rule", "RULE"),
        ("a1", None, {"kind": "promise"}, "no promise 'a1'", ""),
        ("a1", "late", {"kind": "rep"}, "no rep 'a1'", "facts"),
        ("a1", None, {"kind": "promis"}, "nothing called 'promis'", "promise"),
        ("r9", "leaver", {}, "no rep 'r9'", "about a rep"),
        ("a1", None, {"on": LAST, "run": "last"}, "cannot both be given", "one"),
        ("a1", None, {"kind": "task"}, "is no task id", ""),
    ],
)
def test_what_cannot_be_asked(
    made: Workspace, what: str, rule: str | None, given: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=message) as error:
        explain(made, Question(what, rule, **given))
    assert hint in error.value.hint


def test_an_id_of_several_things_says_how_to_choose(workspace: Workspace) -> None:
    id = task_of(workspace, "a1")
    facts = workspace.root / "facts"
    with (facts / "account.csv").open("a") as file:
        file.write(f"{id},same,r1,customer\n{id[:4]},begins,r1,customer\np1,as a promise,r1,customer\n")
    (facts / "promise.csv").write_text(promises("a8") + f"px,{id},delivery,2026-10-01,2026-10-02,\n")
    with night_of(workspace, DAY + timedelta(3)):
        pass
    with pytest.raises(UsageError, match="both a task and an account"):
        explain(workspace, Question(id))
    assert isinstance(explain(workspace, Question(id, kind="task")), TaskWhy)
    assert about(workspace, id, kind="account").asked.name == "same"
    begins = about(workspace, id[:4])
    assert begins.asked.also == (("task", id),) and id in said(begins)
    both = about(workspace, "p1")
    assert (both.asked.kind, both.asked.also) == ("account", (("promise", "p1"),))
    assert about(workspace, "p1", kind="promise").signals
    assert "--as promise" in said(both)


def test_an_account_that_the_facts_no_longer_have(workspace: Workspace) -> None:
    path = workspace.root / "facts" / "account.csv"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("a5,")))
    night(workspace, 3, "a8")
    found = about(workspace, "a5")
    assert found.risk is None and [matter.came.outcome for matter in found.matters] == ["cleared"]
    assert "do not have it any more" in said(found)
    assert came(workspace, "a5").words and not about(workspace, "a5", "late").holds


def test_a_run_that_was_pruned_says_who_removed_it(workspace: Workspace) -> None:
    with open_store(workspace.store) as store:
        store.db.execute("update task set status = 'closed', ended_on = '2026-11-20'")
        prune(store, 1, None, "r1")
    with pytest.raises(StoreError, match=r"removed by r1 on .* cannot be explained"):
        explain(workspace, Question(task_of(workspace, "a1")))
    assert about(workspace, "a1").risk is not None  # the last night stays


def test_changed_facts_are_told(workspace: Workspace) -> None:
    for snapshot in workspace.snapshots.iterdir():
        manifest = snapshot / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"sha256": "', '"sha256": "0', 1))
    found = about(workspace, "a1")
    assert found.night.notes and "were changed" in said(found)
    assert explain_absence(workspace, "a6", "late").as_json()["changed_since"]


def test_the_policy_of_the_night_explains_after_the_files_changed(workspace: Workspace) -> None:
    before = about(workspace, "a1").as_json()
    (workspace.rules / "policy.yaml").write_text("limits: {}\n")
    assert about(workspace, "a1").as_json() == before


# pages and JSON


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("question", [("a1", None), ("a6", None), ("a1", "late"), ("a3", "keep"), ("r2", None)])
def test_pages_hold_the_seal_and_no_markup_of_the_facts(
    made: Workspace, language: str, question: tuple[str, str | None]
) -> None:
    found = about(made, *question)
    page = said(found, language)
    run = found.night.run
    assert all(part in page for part in (run.id, run.policy, run.snapshot, str(run.today), "@page"))
    assert "<b>a1" not in page and "://" not in page and "<script" not in page


def test_json_is_the_whole_record(made: Workspace) -> None:
    found = json.loads(json.dumps(about(made, "a1").as_json()))
    assert found["sealed"].keys() == {"run", "today", "engine", "policy", "snapshot"}
    late = found["signals"][0]
    assert late["text_hash"] and late["place"].startswith("rules/policy.yaml:7:")
    assert late["evidence"]["days_late"] == 12 and late["subject"] == {"type": "promise", "id": "p1"}
    assert late["came"][0]["outcome"] == "kept" and late["came"][0]["text_hash"]
    tests = {part["text"]: part for part in late["because"] if part["kind"] == "condition"}
    [row] = [part for part in late["because"] if part["kind"] == "row"]
    assert row["origin"] == {"file": "promise.csv", "row": 2}
    [value, limit] = tests["days_late > limit.grace"]["because"]
    assert (value["value"], limit["value"], limit["tier"]) == (12, 0, "A")
    assert limit["place"].startswith("rules/policy.yaml:2:")
    held = json.loads(json.dumps(came(made, "a5").as_json()))
    assert (held["outcome"], held["state"]["until"], held["comes_on"]) == ("cooldown", "2026-12-02", "2026-12-02")


def test_a_reason_keeps_its_texts_beside_what_is_below() -> None:
    inner = Reason("value", "x", value=1)
    found = replace(Reason("signal", "s", detail={"because": {"en": "text"}}), children=(inner,)).as_json()
    assert found["says"] == {"en": "text"} and found["because"][0]["text"] == "x"


def test_said_words_are_kept_for_tasks(made: Workspace) -> None:
    found = explain(made, Question(task_of(made, "a2")))
    assert isinstance(found, TaskWhy) and found.came is not None
    assert [word.what for word in found.came.words] == ["snooze"]
