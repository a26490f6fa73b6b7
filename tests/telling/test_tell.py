"""Telling a fact: what is refused, what is taken down, and what follows at once for its account."""

import shutil
from pathlib import Path

import pytest
from tell_help import DAY, names, night, small_workspace, tell, undo

from engine.errors import FactsError, HoldfastError, UsageError
from engine.store.opening import read_store
from engine.store.tellings import list_told
from engine.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_workspace(tmp_path_factory.mktemp("tell") / "w")
    night(workspace)
    return workspace.root


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    return open_workspace(Path(shutil.copytree(made, tmp_path / "w")))


@pytest.mark.parametrize(
    ("type", "given", "error", "said"),
    [
        ("complant", ["kind=price"], UsageError, "did you mean complaint"),
        ("complaint", ["acount=a1"], UsageError, "did you mean account"),
        ("complaint", ["account"], UsageError, "not field=value"),
        ("complaint", ["account=a1", "account=a2"], UsageError, "twice"),
        ("account", ["id=a1", "active=false"], UsageError, "worked out"),
        ("complaint", ["account=a1", "kind=prize"], FactsError, "did you mean price"),
        ("complaint", ["account=a1", "opened_on=2026-02-30"], FactsError, "no such day"),
        ("complaint", ["kind=price"], FactsError, "account: required, but empty"),
        ("complaint", ["account=a99", "kind=price"], FactsError, "there is no account of this id"),
        ("complaint", ["account=Firm 3 公司", "kind=price"], FactsError, "did you mean a3"),
        ("order", ["account=a1", "amount=1e400"], FactsError, "without an exponent"),
        ("order", ["account=a1", "amount=123456789012345678"], FactsError, "too large"),
        ("promise", ["id=p99", "kept_on=2026-11-20"], FactsError, "no promise 'p99' is known"),
        ("promise", ["id=p1", "kind="], FactsError, "cannot be cleared"),
        ("promise", ["id=p1"], UsageError, "nothing is told"),
        ("complaint", ["account=a1", "kind=price", "id=a\x00b"], FactsError, "control"),
        ("complaint", ["account=a1", "kind=price", f"text={'x' * 100_001}"], FactsError, "longer"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(made, type, given, error, said):
    workspace = open_workspace(made)
    with pytest.raises(error) as caught:
        tell(workspace, type, *given)
    assert said in f"{caught.value.message} {caught.value.hint}"
    with read_store(workspace.store) as store:
        assert list_told(store) == []


@pytest.mark.parametrize("who", ["", "  ", "\x07", "x" * 201])
def test_it_must_be_said_who_tells(made, who):
    with pytest.raises(UsageError):
        tell(open_workspace(made), "complaint", "account=a1", "kind=price", by=who)


def test_a_complaint_is_followed_by_its_signal_risk_and_task(workspace):
    followed = tell(workspace, "complaint", "account=a5", "kind=quality", "severity=high", "text==SUM(A1) <b>太差</b>")
    effect = followed.effect
    assert names(effect.came) == [("complaint-open", followed.told.telling.fact, "high")]
    assert effect.came[0]["because"] == "quality: =SUM(A1) <b>太差</b>"
    assert (effect.before.level, effect.after.level, effect.after.score) == ("green", "red", 10)
    assert [(t["play"], t["assignee"], t["outcome"]) for t in effect.tasks] == [("answer", "r2", "new")]
    assert (followed.told.filled, followed.account_name) == (("opened_on",), "Firm 5 公司")


def test_a_kept_promise_ends_its_signal(workspace):
    effect = tell(workspace, "promise", "id=p1", "kept_on=2026-11-20").effect
    assert names(effect.gone) == [("promise-late", "p1", "medium")]
    assert (effect.before.level, effect.after.level) == ("amber", "green")


def test_an_order_that_lifts_a_customer_changes_its_severities(workspace):
    effect = tell(workspace, "order", "account=a1", "amount=100000").effect
    assert names(effect.came) == [("big-customer", "a1", "low")]
    assert [(s["rule"], s["was"], s["severity"]) for s in effect.changed] == [("complaint-open", "medium", "high")]


def test_what_is_told_later_knows_what_was_told_before(workspace):
    first = tell(workspace, "complaint", "account=a5", "kind=quality")
    second = tell(workspace, "complaint", f"id={first.told.telling.fact}", "resolved_on=2026-11-20")
    assert names(second.effect.gone) == [("complaint-open", first.told.telling.fact, "medium")]
    assert second.told.telling.before == {"resolved_on": ""}
    back = undo(workspace, str(second.told.telling.id))
    assert names(back.effect.came) == [("complaint-open", first.told.telling.fact, "medium")]
    gone = undo(workspace, first.told.telling.fact)
    assert gone.told.row is None
    assert names(gone.effect.gone) == [("complaint-open", first.told.telling.fact, "medium")]


def test_undoing_what_a_night_has_taken_in_shows_the_fact_as_it_was(workspace):
    tell(workspace, "promise", "id=p1", "kept_on=2026-11-20")
    night(workspace)
    back = undo(workspace, "p1")
    assert names(back.effect.came) == [("promise-late", "p1", "medium")]
    assert back.told.row["kept_on"] is None
    again = tell(workspace, "complaint", "account=a3", "kind=price")
    assert ("promise-late", "p1") in again.effect.before.signals


def test_nothing_can_be_taken_back_twice_or_unknown(workspace):
    number = str(tell(workspace, "complaint", "account=a5", "kind=quality").told.telling.id)
    undo(workspace, number, by="bob")
    with pytest.raises(UsageError, match="already taken back by bob"):
        undo(workspace, number)
    with pytest.raises(UsageError, match="nothing was told"):
        undo(workspace, "zzz")
    with pytest.raises(UsageError):
        undo(workspace, "1", by=" ")


def test_a_fact_of_a_later_day_changes_nothing_yet(workspace):
    followed = tell(workspace, "complaint", "account=a5", "kind=quality", "opened_on=2026-12-01")
    assert str(followed.known_later) == "2026-12-01"
    assert (followed.effect.came, followed.effect.tasks) == ([], ())


def test_a_past_day_has_signals_but_no_tasks(workspace):
    followed = tell(workspace, "complaint", "account=a5", "kind=quality", day=DAY.replace(day=1))
    assert names(followed.effect.came)
    assert followed.effect.tasks is None


def test_a_fact_without_an_account_says_how_many_it_touches(workspace):
    touched = tell(workspace, "company_event", "kind=disaster").touched
    assert [(s["rule"], s["severity"], s["accounts"]) for s in touched.signals] == [("event-on", "medium", 4)]
    leaving = tell(workspace, "rep", "id=r1", "left_on=2026-12-31").touched
    assert ([s["rule"] for s in leaving.signals], leaving.cared_for) == (["rep-leaving"], 4)


def test_before_the_first_night_it_is_only_taken_down(tmp_path):
    workspace = small_workspace(tmp_path / "w", language="zh")
    followed = tell(workspace, "complaint", "account=a5", "kind=quality")
    assert (followed.why_not, followed.effect) == ("no_night", None)
    assert night(workspace)["rows"]["complaint"] == 3


def test_the_ids_that_are_made_are_new(workspace):
    tell(workspace, "complaint", "id=told-2", "account=a1", "kind=price")
    assert tell(workspace, "complaint", "account=a5", "kind=quality").told.telling.fact == "told-2x"


def test_without_durable_rules_the_columnar_engine_answers(workspace, monkeypatch):
    monkeypatch.setattr("engine.telling.effect.find_spec", lambda name: None)
    followed = tell(workspace, "complaint", "account=a5", "kind=quality", "severity=high")
    assert "durable-rules" in followed.effect.fallback
    assert names(followed.effect.came) == [("complaint-open", followed.told.telling.fact, "high")]
    assert [t["play"] for t in followed.effect.tasks] == ["answer"]


def test_a_policy_with_faults_takes_nothing_down(workspace):
    (workspace.rules / "all.yaml").write_text("signals: {", encoding="utf-8")
    with pytest.raises(HoldfastError):
        tell(workspace, "complaint", "account=a5", "kind=quality")
