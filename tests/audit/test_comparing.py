"""Two runs side by side: by what the facts did, and by what the policy did."""

from datetime import date, timedelta

import pytest
from bare import bare_workspace

from engine.audit.comparing import Move, Part
from engine.errors import UsageError
from engine.inquiry import Compared, compare_runs
from engine.job import night_of
from engine.policy.differing import policy_changes
from engine.policy.load import load_policy
from engine.workspace import Workspace

DAY = date(2026, 11, 20)
POLICY = """
limits: {grace: {A: 0, B: 1, C: 3}, big: 1000}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: kept_on is null and days_late > limit.grace
    severity: {high: days_late > 5, medium: otherwise}
    because: {en: "{{ days_late | days }} late"}
  large: {title: {en: Large}, about: account, when: spend > limit.big, severity: low, because: {en: "x"}}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
FACTS = {
    "account": "id,name,owner,kind,tier\na1,北方光学,r1,customer,C\n",
    "rep": "id,name,role\nr1,Ann,sales\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,900\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\np1,a1,delivery,2026-10-01,2026-11-17,\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Four nights: an ordinary one; a day later; a promise more and one kept; another policy."""
    made = bare_workspace(tmp_path_factory.mktemp("compare") / "firm")
    (made.rules / "policy.yaml").write_text(POLICY)
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    run(made, 0)
    run(made, 1)
    more = f"{FACTS['promise'].rstrip()}2026-11-22\np2,a1,gift,2026-11-01,2026-11-10,\n"
    (made.root / "facts" / "promise.csv").write_text(more)
    run(made, 2)
    (made.rules / "policy.yaml").write_text(POLICY.replace("big: 1000", "big: 800"))
    run(made, 3)
    return made


def run(workspace: Workspace, days: int) -> None:
    with night_of(workspace, DAY + timedelta(days)):
        pass


def compared(workspace: Workspace, first: int, second: int) -> Compared:
    return compare_runs(workspace, str(DAY + timedelta(first)), str(DAY + timedelta(second)), 20)


def test_a_day_that_passed_is_seen_in_the_values(workspace: Workspace) -> None:
    [move] = compared(workspace, 0, 1).comparison.shown
    assert (move.rule, move.subject, move.how, move.after) == ("late", "p1", "new", "medium")
    assert (move.because, move.parts) == ("days_late > limit.grace", (Part("days_late", 3, 4),))
    assert move.place.startswith("rules/policy.yaml:")


def test_facts_that_came_and_went(workspace: Workspace) -> None:
    found = compared(workspace, 1, 2).comparison
    kept, new = found.shown
    assert (kept.subject, kept.how, kept.because) == ("p1", "gone", "kept_on is null")
    assert kept.parts == (Part("kept_on", None, DAY + timedelta(2)),)
    assert (new.subject, new.how, new.because) == ("p2", "new", "days_late > limit.grace") or new.fact
    assert found.risk == (("a1", "amber", "red"),)


def test_a_changed_limit_is_named(workspace: Workspace) -> None:
    found = compared(workspace, 2, 3)
    assert [(c.kind, c.name, c.how, c.detail) for c in found.comparison.policy] == [
        ("limit", "big", "changed", "1000 → 800")
    ]
    large = next(move for move in found.comparison.shown if move.rule == "large")
    assert (large.changed, large.how) == (("big",), "new")


def test_a_run_with_itself(workspace: Workspace) -> None:
    found = compared(workspace, 1, 1).comparison
    assert (found.policy, found.total, found.risk) == ((), 0, ())


def test_only_so_many_are_explained_but_all_are_counted(workspace: Workspace) -> None:
    found = compare_runs(workspace, str(DAY), "last", 0).comparison
    assert found.shown == () and found.total >= 2
    assert all(isinstance(move, Move) for move in found.shown)


@pytest.mark.parametrize("name", ["2025", "no-such-run", "2026-11"])
def test_a_run_must_be_one(workspace: Workspace, name: str) -> None:
    with pytest.raises(UsageError):
        compare_runs(workspace, name, "last", 5)


def test_a_rewriting_is_no_change(workspace: Workspace) -> None:
    before = load_policy(workspace.root)
    path = workspace.rules / "policy.yaml"
    text = path.read_text()
    try:
        path.write_text(
            "# a comment\n" + text.replace("kept_on is null and days_late", "kept_on   IS NULL AND days_late")
        )
        assert policy_changes(before, load_policy(workspace.root)) == []
    finally:
        path.write_text(text)
