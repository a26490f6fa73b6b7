"""Published versions of a policy: sealed for ever, named by the runs under them, and the way back to one."""

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from changing_help import FIRST, POLICY, THANK, make, night

from engine.changing import diff_of, policy_log, publish, rollback, show_version
from engine.delivery.versions_view import log_view
from engine.errors import PolicyError, StoreError, UsageError
from engine.job import night_of
from engine.policy.files import read_texts
from engine.policy.load import PolicyFaults
from engine.store.opening import open_store, run_lock
from engine.store.restoring import PENDING
from engine.terminal import console
from engine.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CHANGED = POLICY.replace("big: 1000", "big: 800")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def firm(tmp_path: Path) -> Workspace:
    """A workspace in which no night has run."""
    return make(tmp_path / "firm", nights=0)


def edit(firm: Workspace, text: str = CHANGED) -> None:
    (firm.rules / "policy.yaml").write_text(text)


def test_a_version_says_who_and_what_changed(firm: Workspace) -> None:
    first = publish(firm, "Li Wei", NOW, "to begin with", "Chen Jing")
    assert (first.new, first.version.number, first.version.who, first.version.approved_by) == (
        True, 1, "Li Wei", "Chen Jing",
    )  # fmt: skip
    assert (first.version.at, first.version.changes) == (NOW, None)
    assert not publish(firm, "Li Wei", NOW).new
    assert publish(firm, "Li Wei", NOW, approved_by="Wang Lei").new
    edit(firm)
    third = publish(firm, "王磊", NOW, "小单也算大单").version
    assert third.changes is not None
    assert [(c["name"], c["how"], c["detail"]) for c in third.changes] == [("big", "changed", "1000 → 800")]
    assert [v.number for v in policy_log(firm).versions] == [3, 2, 1]


def test_only_wording_is_said_to_be_that(firm: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    publish(firm, "Li", NOW)
    edit(firm, "# a comment\n" + POLICY)
    assert publish(firm, "Li", NOW, "[bold]x").version.changes == ()
    found = policy_log(firm)
    for language in ("en", "zh"):
        console().print(log_view(found.versions, found.runs, found.unpublished, language))
    assert "[bold]x" in capsys.readouterr().out


def test_runs_say_under_which_version_they_ran(firm: Workspace) -> None:
    with night_of(firm, FIRST) as done:
        assert done.as_dict()["policy_version"] is None
    publish(firm, "Li", NOW)
    assert policy_log(firm).runs == {}
    with night_of(firm, date(2026, 11, 18)) as done:
        assert done.as_dict()["policy_version"] == 1
    assert policy_log(firm).runs == {1: 1}
    edit(firm)
    with night_of(firm, date(2026, 11, 19)) as done:
        assert done.policy_version is None
    assert policy_log(firm).unpublished and show_version(firm, 1)[1] == 1


def test_versions_are_never_changed(firm: Workspace) -> None:
    publish(firm, "Li", NOW)
    with open_store(firm.store) as store:
        for statement in ("update policy_version set who = 'x'", "delete from policy_version"):
            with pytest.raises(StoreError, match="never"), store.transaction() as tx:
                tx.execute(statement)


@pytest.mark.parametrize("who", ["", "  "])
def test_somebody_publishes(firm: Workspace, who: str) -> None:
    with pytest.raises(UsageError):
        publish(firm, who, NOW)


def test_a_faulty_policy_is_not_published(firm: Workspace) -> None:
    edit(firm, POLICY.replace("limit.big", "limit.bigg"))
    with pytest.raises(PolicyFaults):
        publish(firm, "Li", NOW)
    assert policy_log(firm).versions == ()


def test_published_is_what_runs_where_that_is_required(firm: Workspace) -> None:
    (firm.root / "holdfast.yaml").write_text("publish: required\n")
    firm = open_workspace(firm.root)
    with pytest.raises(PolicyError, match="no policy is published"):
        night(firm, 0)
    publish(firm, "Li", NOW)
    edit(firm, POLICY.replace("limit.big", "limit.bigg"))  # half-way through an edit
    with night_of(firm, FIRST) as done:
        assert done.policy_version == 1
    edit(firm)
    found = diff_of(firm, None, None, 7, 20, lambda _: None)
    assert found.names == ("version 1", "")
    assert [(c.name, c.detail) for c in found.found.changes] == [("big", "1000 → 800")]


def test_a_rollback_puts_the_files_back(firm: Workspace) -> None:
    tests = firm.rules / "tests" / "mine.yaml"
    tests.parent.mkdir()
    tests.write_text("# mine\n")
    before = read_texts(firm.root)
    publish(firm, "Li", NOW)
    edit(firm)
    (firm.playbooks / "new.yaml").write_text(THANK)
    (firm.templates / "promise" / "call.zh.md").unlink()
    publish(firm, "Li", NOW)
    tests.write_text("# mine, later\n")
    assert rollback(firm, 1, "Li", NOW) == (3, None)
    assert read_texts(firm.root) == {**before, "rules/tests/mine.yaml": "# mine, later\n"}
    last = policy_log(firm).versions[0]
    assert (last.number, last.rolled_back_to, last.note) == (3, 1, "rolled back to 1")
    assert last.policy == policy_log(firm).versions[2].policy
    assert not (firm.store / PENDING).exists()


def test_unpublished_edits_are_not_lost(firm: Workspace) -> None:
    publish(firm, "Li", NOW)
    edit(firm, "limits: {broken\n")
    with pytest.raises(UsageError, match="changed since the last version"):
        rollback(firm, 1, "Li", NOW)
    assert rollback(firm, 1, "Li", NOW, force=True) == (3, 2)
    assert (firm.rules / "policy.yaml").read_text() == POLICY
    with open_store(firm.store) as store:
        [(texts,)] = store.rows(
            "select p.texts from policy p join policy_version v on v.policy = p.hash where number = 2"
        )
    assert "{broken" in texts


def test_a_rollback_that_makes_no_sense(firm: Workspace) -> None:
    with pytest.raises(StoreError):
        rollback(firm, 1, "Li", NOW)
    publish(firm, "Li", NOW)
    with pytest.raises(UsageError, match="no version 7"):
        rollback(firm, 7, "Li", NOW)
    with pytest.raises(UsageError, match="already"):
        rollback(firm, 1, "Li", NOW)


def test_no_rollback_while_a_night_runs(firm: Workspace) -> None:
    publish(firm, "Li", NOW)
    edit(firm)
    publish(firm, "Li", NOW)
    with run_lock(firm.store), pytest.raises(StoreError, match="another run"):
        rollback(firm, 1, "Li", NOW)
    assert (firm.rules / "policy.yaml").read_text() == CHANGED


KILLED = """
import os, pathlib, signal, sys
from datetime import datetime, timezone
from engine.changing import rollback
from engine.workspace import open_workspace
import engine.store.restoring as restoring

left = int(sys.argv[2])
replace, unlink = pathlib.Path.replace, pathlib.Path.unlink

def counted(change):
    def one(*args, **kwargs):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return change(*args, **kwargs)
    return one

pathlib.Path.replace, pathlib.Path.unlink = counted(replace), counted(unlink)
rollback(open_workspace(pathlib.Path(sys.argv[1])), 1, "Li", datetime(2026, 11, 22, tzinfo=timezone.utc))
"""


@pytest.mark.parametrize("steps", range(6))
def test_killed_at_any_step_it_is_whole_afterwards(firm: Workspace, steps: int) -> None:
    before = read_texts(firm.root)
    publish(firm, "Li", NOW)
    edit(firm)
    (firm.playbooks / "new.yaml").write_text(THANK)
    (firm.templates / "promise" / "call.zh.md").write_text("# 另一个\n\n文本\n")
    publish(firm, "Li", NOW)
    edited = read_texts(firm.root)
    command = [sys.executable, "-c", KILLED, str(firm.root), str(steps)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
    opened = open_workspace(firm.root)  # what was begun is finished by whoever comes next
    now, versions = read_texts(opened.root), policy_log(opened).versions
    if steps == 0:
        assert (now, len(versions)) == (edited, 2)
    else:
        assert (now, len(versions)) == (before, 3)
        assert versions[0].rolled_back_to == 1
    assert ended == (-signal.SIGKILL if steps < 5 else 0)
    assert not list(firm.root.rglob(".*.new")) or steps == 0
