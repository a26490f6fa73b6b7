"""What a candidate policy would do: exactly the tasks that it changes, and which of its changes did it."""

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from changing_help import PLAY, POLICY, THANK, candidate, compared, make, names, night
from rich.cells import cell_len

from engine.action import words
from engine.changing import Compared, diff_of
from engine.delivery.diff_text import diff_text
from engine.delivery.diff_view import diff_json, diff_report
from engine.delivery.page import page
from engine.errors import HoldfastError, PolicyError, UsageError
from engine.store.opening import open_store
from engine.terminal import console
from engine.workspace import Workspace

LATER = POLICY.replace("C: 3}", "C: 6}")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """p1 is late from the first night on, p2 from the third, p3 from the fifth, of which only four have run."""
    return make(tmp_path_factory.mktemp("diff") / "firm")


@pytest.fixture(scope="module")
def later(firm: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """A limit that lets p2 pass."""
    return compared(firm, candidate(firm, tmp_path_factory.mktemp("later"), LATER))


@pytest.fixture(scope="module")
def sooner(firm: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """A limit that catches p2 earlier, and p3 too."""
    return compared(firm, candidate(firm, tmp_path_factory.mktemp("sooner"), POLICY.replace("C: 3}", "C: 0}")))


def test_a_limit_takes_away_exactly_its_task(later: Compared) -> None:
    found = later.found
    assert [names(each) for each in found.tasks] == [("removed", "keep", "p2", ["limit grace"])]
    assert (found.nights, found.warmed_on) == (3, "2026-11-17")
    assert found.live is not None and (found.live.tasks, found.live.hours) == (2, 1.0)
    assert found.candidate is not None and (found.candidate.tasks, found.candidate.hours) == (1, 0.5)
    assert found.last is not None and found.last.moves == (("late", "gone", 1),)


def test_a_limit_adds_exactly_its_tasks(sooner: Compared) -> None:
    found = sooner.found
    assert [names(each)[:3] for each in found.tasks] == [("changed", "keep", "p2"), ("added", "keep", "p3")]
    assert {"made_on", "due_on"} <= set(found.tasks[0].found.fields)


def test_a_kept_task_counts_once(later: Compared) -> None:
    found = later.found
    assert found.live is not None
    assert [night.new for night in found.live.nights] == [0, 1, 0]
    assert [night.open for night in found.live.nights] == [1, 2, 2]


def test_a_rewriting_is_no_change(firm: Workspace, tmp_path: Path) -> None:
    text = "# why\n" + POLICY.replace("kept_on is null and days_late", "kept_on   IS NULL AND days_late")
    found = compared(firm, candidate(firm, tmp_path / "c", text)).found
    assert (found.changes, found.tasks, found.differs) == ((), (), False)
    assert diff_json(found, ("", "c"))["differs"] is False


def test_a_change_that_does_nothing(firm: Workspace, tmp_path: Path) -> None:
    found = compared(firm, candidate(firm, tmp_path / "c", POLICY.replace("big: 1000", "big: 1100"))).found
    assert (len(found.changes), found.tasks, found.differs) == (1, (), False)


def test_a_renamed_rule_changes_no_task(firm: Workspace, tmp_path: Path) -> None:
    renamed = candidate(firm, tmp_path / "c", POLICY.replace("  late:", "  tardy:"), PLAY.replace("'late'", "'tardy'"))
    found = compared(firm, renamed).found
    assert found.tasks == ()
    assert [cause.renamed for cause in found.causes if cause.name == ("signal", "tardy")] == ["late"]


def test_a_removed_play_takes_its_tasks(firm: Workspace, tmp_path: Path) -> None:
    found = compared(firm, candidate(firm, tmp_path / "c", POLICY, "", THANK)).found
    assert [names(each) for each in found.tasks] == [
        ("removed", "keep", "p1", ["play keep"]),
        ("removed", "keep", "p2", ["play keep"]),
        ("added", "thank", "a2", ["play thank"]),
    ]


def test_a_step_that_changes(firm: Workspace, tmp_path: Path) -> None:
    found = compared(firm, candidate(firm, tmp_path / "c", POLICY, PLAY.replace("1 workday", "5 workdays"))).found
    [each] = found.tasks  # p1's task was there before
    assert (names(each), each.found.fields) == (("changed", "keep", "p2", ["play keep"]), ("due_on",))


def test_of_several_changes_the_one_that_did_it(firm: Workspace, tmp_path: Path) -> None:
    policy = LATER.replace("high: days_late > 5", "high: days_late > 99")
    found = compared(firm, candidate(firm, tmp_path / "c", policy)).found
    gone = next(each for each in found.tasks if each.found.subject == "p2")
    assert names(gone) == ("removed", "keep", "p2", ["limit grace"])
    assert found.tried == 2
    other = next(each for each in found.tasks if each.found.subject == "p1")
    assert names(other) == ("changed", "keep", "p1", ["signal late"]) and other.found.fields == ("priority",)


def test_one_night_alone_has_no_warming_up(tmp_path: Path) -> None:
    alone = make(tmp_path / "firm", nights=1)
    found = compared(alone, candidate(alone, tmp_path / "c", LATER.replace("C: 6", "C: 60"))).found
    assert (found.nights, found.warmed_on) == (1, None)
    assert [names(each)[:3] for each in found.tasks] == [("removed", "keep", "p1")]


def test_what_people_said_holds_under_both(tmp_path: Path) -> None:
    firm = make(tmp_path / "firm", nights=2)
    with open_store(firm.store) as store:
        [(task,)] = store.rows("select id from task")
        words.done(store, task, words.Word("r1", datetime(2026, 11, 18, 9)))
    night(firm, 2)
    found = compared(firm, candidate(firm, tmp_path / "c", LATER)).found
    assert found.live is not None and [each.open for each in found.live.nights] == [1, 1]
    assert found.candidate is not None and [each.open for each in found.candidate.nights] == [1, 0]


def test_a_faulty_candidate_shows_its_faults(firm: Workspace, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="gracee"):
        compared(firm, candidate(firm, tmp_path / "c", POLICY.replace("> limit.grace", "> limit.gracee")))


def test_new_fields_cannot_be_tried(firm: Workspace, tmp_path: Path) -> None:
    folder = candidate(firm, tmp_path / "c", POLICY.replace("when: spend > limit.big", "when: shoe_size > 44"))
    contract = folder / "rules" / "facts.yaml"
    text = contract.read_text()
    place = text.index("account:") if text.startswith("account:") else text.index("\naccount:")
    at = text.index("fields:", place) + len("fields:")
    contract.write_text(text[:at] + "\n    shoe_size: integer" + text[at:])
    with pytest.raises(HoldfastError, match="shoe_size"):
        compared(firm, folder)


def test_no_policy_there(firm: Workspace, tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        compared(firm, tmp_path)
    with pytest.raises(UsageError, match="nothing is published"):
        diff_of(firm, None, None, 7, 20, lambda _: None)
    with pytest.raises(UsageError, match="not both"):
        diff_of(firm, tmp_path, "HEAD", 7, 20, lambda _: None)


def test_a_revision(tmp_path: Path) -> None:
    firm = make(tmp_path / "repo" / "firm")

    def git(*args: str) -> None:
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-C", str(tmp_path / "repo"), *args]
        subprocess.run(command, check=True, capture_output=True)

    with pytest.raises(UsageError, match="not in a git repository"):
        diff_of(firm, None, "HEAD", 7, 20, lambda _: None)
    git("init", "-q")
    git("add", "firm/rules", "firm/playbooks", "firm/templates")
    git("commit", "-q", "-m", "first")
    (firm.rules / "policy.yaml").write_text(LATER)
    found = diff_of(firm, None, "HEAD", 7, 20, lambda _: None).found
    assert [names(each)[:3] for each in found.tasks] == [("added", "keep", "p2")]
    for wrong in ("no-such", "--help", ""):
        with pytest.raises(UsageError):
            diff_of(firm, None, wrong, 7, 20, lambda _: None)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_reads_well(sooner: Compared, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = diff_report(sooner.found, sooner.names, (sooner.live, sooner.candidate), language, 20, page=False)
    console().print(diff_text(report, language, sooner.candidate.words))
    out = capsys.readouterr().out
    assert "grace" in out and "rules/policy.yaml:2" in out
    assert ("兑现承诺" if language == "zh" else "Keep the promise") in out
    assert max(map(cell_len, out.splitlines())) <= 80


def test_names_are_text_in_the_page(sooner: Compared) -> None:
    report = diff_report(sooner.found, sooner.names, (sooner.live, sooner.candidate), "zh", 20, page=True)
    html = page(report, "zh", sooner.candidate.words)
    assert "<b>Markup" not in html and "&lt;b&gt;Markup&lt;/b&gt; &amp; Co" in html
    assert "<svg" in html and "<script" not in html


def test_json_is_whole(later: Compared) -> None:
    found = json.loads(json.dumps(diff_json(later.found, later.names)))
    assert found["causes"] == [
        {"kind": "limit", "name": "grace", "renamed_from": None, "added": 0, "removed": 1, "changed": 0, "hours": -0.5}
    ]
    [task] = found["tasks"]
    assert (task["how"], task["before"]["assignee"], task["after"]) == ("removed", "r2", None)
