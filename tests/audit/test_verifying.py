"""A second opinion: equal where nothing was touched, both sides named where something was, crashes survived."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from bare import bare_workspace

from engine.audit import verifying
from engine.errors import StoreError
from engine.inquiry import verify_run
from engine.job import night_of
from engine.reasoning.layout import signal_path
from engine.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
DAY = date(2026, 11, 20)
POLICY = """
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
  last_visit: {about: account, from: interaction, where: channel = 'visit', take: max(happened_on)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: days_late > 0
    severity: {high: tier = 'A', medium: otherwise}
    because: {en: "{{ days_late | days }} late, {{ account.last_visit }}"}
  unseen: {title: {en: Unseen}, about: account, when: last_visit < today - 5, severity: low, because: {en: "x"}}
  same: {title: {en: Same name}, about: rep, when: name = 'Ann', severity: low, because: {en: "x"}}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
PLAY = (
    "play: keep\nabout: promise\ntrigger: signal('late')\nsteps: [{id: go, assign: owner, due: 1 day, template: any}]\n"
)
FACTS = {
    "account": "id,name,owner,kind,tier\n"
    + "".join(f"a{n},客户{n},r{n % 2},customer,{'ABC'[n % 3]}\n" for n in range(12)),
    "rep": "id,name,role,hired_on\nr0,Ann,sales,2020-01-01\nr1,Ann,sales,2020-01-01\n",
    "promise": "id,account,kind,made_on,due_on\n"
    + "".join(f"p{n},a{n},delivery,2026-10-01,2026-11-{n + 5:02}\n" for n in range(12)),
    "interaction": "id,account,rep,happened_on,channel\n"
    + "".join(f"i{n},a{n},r0,2026-11-{n + 1:02},visit\n" for n in range(12)),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A dozen accounts after one night."""
    made = bare_workspace(tmp_path / "firm")
    (made.rules / "policy.yaml").write_text(POLICY)
    (made.playbooks / "keep.yaml").write_text(PLAY)
    (made.templates / "any.en.md").write_text("# Keep it\n\nNow.\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    with night_of(made, DAY):
        pass
    return made


def quiet(_: str) -> None:
    pass


def test_both_engines_agree_and_a_touched_conclusion_shows_both_sides(workspace: Workspace) -> None:
    run, verified = verify_run(workspace, "last", None, quiet)
    assert verified.agreed and verified.whole and verified.accounts == 12 and verified.conclusions > 20
    path = signal_path(run.folder, "late")
    with duckdb.connect() as db:
        db.execute("create table t as select * from read_parquet($1)", [str(path)])
        db.execute("update t set severity = 'critical' where subject = 'p1'")
        db.execute("delete from t where subject = 'p2'")
        db.table("t").write_parquet(str(path))
    _, touched = verify_run(workspace, "last", None, quiet)
    assert touched.count == 2
    one, two = touched.differences
    assert (one.subject, one.recorded and one.recorded["severity"]) == ("p1", "critical")
    assert one.again is not None and one.again["severity"] != "critical"
    assert (two.subject, two.recorded) == ("p2", None) and two.again is not None


def test_a_sample_is_the_same_each_time_and_only_it_is_compared(workspace: Workspace) -> None:
    _, first = verify_run(workspace, "last", 5, quiet)
    _, second = verify_run(workspace, "last", 5, quiet)
    assert first == second and first.agreed
    assert (first.accounts, first.total, first.whole) == (5, 12, False)


def test_a_crash_is_reported_and_the_others_are_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The worker dies for real wherever account a7 is looked at."""
    (tmp_path / "sitecustomize.py").write_text(
        "import engine.reasoning.rete, os, signal, sys\n"
        "module = sys.modules['engine.reasoning.rete.reason']\n"
        "whole = module.conclude_accounts\n"
        "def dying(night, book, lasting, ids):\n"
        "    if 'a7' in ids: os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    return whole(night, book, lasting, ids)\n"
        "module.conclude_accounts = dying\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    _, verified = verify_run(workspace, "last", None, quiet)
    assert [crash.accounts for crash in verified.crashes] == [("a7",)]
    assert "SIGSEGV" in verified.crashes[0].said
    assert (verified.accounts, verified.count, verified.agreed) == (11, 0, False)


def test_conclusions_that_cannot_be_read(workspace: Workspace) -> None:
    run, _ = verify_run(workspace, "last", 1, quiet)
    signal_path(run.folder, "late").write_bytes(b"not parquet")
    with pytest.raises(StoreError, match="late cannot be compared"):
        verify_run(workspace, "last", None, quiet)


def test_the_command_ends_with_3_where_something_differs(workspace: Workspace) -> None:
    run, _ = verify_run(workspace, "last", 1, quiet)
    signal_path(run.folder, "late").unlink()
    command = [sys.executable, str(ROOT / "cli.py"), "verify", "-w", str(workspace.root), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    assert not said["agreed"] and {d["name"] for d in said["shown"]} == {"late"}


def test_no_more_differences_are_listed_than_fit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = verify_run(workspace, "last", 1, quiet)
    signal_path(run.folder, "late").unlink()
    monkeypatch.setattr(verifying, "MOST_SHOWN", 2)
    _, verified = verify_run(workspace, "last", None, quiet)
    assert len(verified.differences) == 2 < verified.count
