"""Keys, retention and published policies, as the settings of a workspace say."""

from datetime import timedelta
from pathlib import Path

import pytest
from sealed_help import DAY, POLICY, at, made, run, speak

from engine.action.words import done
from engine.audit.backtest.looking import Asked
from engine.audit.pruning import kept_runs
from engine.changing import publish
from engine.errors import HoldfastError, PolicyError, StoreError
from engine.hindsight import backtest_of, silent_rules_of
from engine.inquiry import check_ledger, ledger_entries, new_key, prune_runs
from engine.job import policy_in_force, weigh_promise
from engine.workspace import Workspace, open_workspace


def with_settings(workspace: Workspace, text: str) -> Workspace:
    """The workspace with more in its settings."""
    path = workspace.root / "holdfast.yaml"
    path.write_text(path.read_text() + f"\n{text}\n")
    return open_workspace(workspace.root)


def test_every_entry_is_signed_without_an_option(tmp_path: Path) -> None:
    workspace = made(tmp_path / "firm")
    public, name = new_key(workspace, tmp_path / "firm.pem")
    workspace = with_settings(workspace, f"audit: {{key: {tmp_path}/firm.pem, public: {public}}}")
    publish(workspace, "m1", at(0))
    run(workspace, 0)
    speak(workspace, done, 0, 0)
    assert [entry.key for entry in ledger_entries(workspace, 9)] == [name] * 3
    checked = check_ledger(workspace, None, None)
    assert (checked.damages, checked.proven, checked.signed) == ((), True, 3)


@pytest.mark.parametrize("what", ["missing", "public", "text", "folder"])
def test_a_key_that_cannot_be_used_is_said_before_the_night(tmp_path: Path, what: str) -> None:
    workspace = made(tmp_path / "firm")
    new_key(workspace, tmp_path / "firm.pem")
    (tmp_path / "text").write_text("no key")
    name = {"missing": "none.pem", "public": "firm.pem.pub", "text": "text", "folder": ""}[what]
    workspace = with_settings(workspace, f"audit: {{key: {tmp_path}/{name}}}")
    (workspace.root / "facts" / "account.csv").unlink()  # which the night would say, if it got so far
    with pytest.raises(StoreError, match="key"):
        run(workspace, 0)
    assert not workspace.database.exists()


def test_a_private_key_inside_the_workspace_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    workspace = made(tmp_path / "firm")
    with pytest.raises(HoldfastError, match="inside the workspace proves nothing"):
        with_settings(workspace, "audit: {key: firm.pem}")


def test_how_many_runs_are_kept_is_said_by_the_policy_in_force(tmp_path: Path) -> None:
    workspace = made(tmp_path / "firm")
    (workspace.rules / "policy.yaml").write_text(POLICY.replace("grace: 1", "grace: 1, audit_keep_runs: 2"))
    publish(workspace, "m1", at(0))
    (workspace.rules / "policy.yaml").write_text(POLICY.replace("grace: 1", "grace: 1, audit_keep_runs: 9"))
    assert kept_runs(policy_in_force(workspace), None, None) == 9
    workspace = with_settings(workspace, "publish: required")
    assert kept_runs(policy_in_force(workspace), None, None) == 2
    for day in range(4):
        run(workspace, day)
    for path in (workspace.root / "facts").glob("*.csv"):
        path.write_text(path.read_text().splitlines()[0] + "\n")
    run(workspace, 4)
    pruned = prune_runs(workspace, None, None, "m1", dry_run=False)
    assert pruned.runs and pruned.tasks > 0 and pruned.kept >= 2
    assert check_ledger(workspace, None, None).damages == ()
    assert ledger_entries(workspace, 1)[0].content["by"] == "m1"


def test_where_publishing_is_required_all_that_acts_or_reports_goes_by_the_published_policy(tmp_path: Path) -> None:
    workspace = with_settings(made(tmp_path / "firm"), "publish: required")
    asked = Asked(DAY, DAY - timedelta(30), DAY, 7, 30, ())
    for refused in (
        lambda: run(workspace, 0), lambda: backtest_of(workspace, asked, print), lambda: silent_rules_of(workspace),
        lambda: weigh_promise(workspace, {}, DAY), lambda: prune_runs(workspace, None, None, "m1", dry_run=True),
    ):  # fmt: skip
        with pytest.raises(PolicyError, match="no policy is published"):
            refused()
    published = publish(workspace, "m1", at(0)).version.policy
    run(workspace, 0)
    (workspace.rules / "policy.yaml").write_text("limits: [")
    assert silent_rules_of(workspace)[1].hash == published
    assert backtest_of(workspace, asked, lambda _: None)[1].hash == published
