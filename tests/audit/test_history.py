"""The time line of an account: what came and went, with who said what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bare import bare_workspace

from engine.action.words import Word, done
from engine.errors import UsageError
from engine.inquiry import history_of
from engine.job import night_of
from engine.store import open_store
from engine.store.told import write_told
from engine.workspace import Workspace

DAY = date(2026, 11, 20)
POLICY = """
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    when: kept_on is null and due_on < today
    severity: {high: due_on < today - 1, medium: otherwise}
    because: {en: "late", zh: "迟了"}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
PLAY = (
    "play: keep\nabout: promise\ntrigger: signal('late')\nsteps: [{id: go, assign: owner, due: 1 day, template: any}]\n"
)
FACTS = {
    "account": "id,name,owner,kind\na1,北方光学,r1,customer\n",
    "rep": "id,name,role\nr1,Ann,sales\n",
    "order": "id,account,ordered_on,amount\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\np1,a1,delivery,2026-10-01,2026-11-20,\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Four nights: the promise is due, late, later, and kept after somebody said that it is done."""
    made = bare_workspace(tmp_path_factory.mktemp("history") / "firm")
    (made.rules / "policy.yaml").write_text(POLICY)
    (made.playbooks / "keep.yaml").write_text(PLAY)
    (made.templates / "any.en.md").write_text("# Keep it\n\nNow.\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    for days in range(3):
        with night_of(made, DAY + timedelta(days)):
            pass
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    with open_store(made.store) as store:
        [(task,)] = store.rows("select id from task")
        done(store, task, Word("r1", at, "delivered"))
        with store.transaction() as tx:
            write_told(tx, "interaction", "x1", {"account": "a1", "channel": "visit"}, "r1", at)
    kept = FACTS["promise"].rstrip() + "2026-11-22\n"
    (made.root / "facts" / "promise.csv").write_text(kept)
    with night_of(made, DAY + timedelta(3)):
        pass
    return made


def test_all_kinds_stand_in_the_order_of_days(workspace: Workspace) -> None:
    events = history_of(workspace, "a1", since=date(2026, 10, 1)).events
    told = [(event.on.day, event.kind, event.how) for event in events]
    assert told == [
        (1, "fact", "known"),
        (21, "signal", "came"), (21, "risk", "changed"), (21, "task", "made"),
        (22, "told", "told"), (22, "signal", "changed"), (22, "risk", "changed"),
        *[(22, *each) for each in (("task", "done"), ("word", "done"))],
        (23, "signal", "went"), (23, "risk", "changed"),
    ]  # fmt: skip
    assert [e.detail["before"] for e in events if e.kind == "risk"] == ["green", "amber", "red"]


def test_only_the_days_that_were_asked_for(workspace: Workspace) -> None:
    found = history_of(workspace, "a1", since=DAY + timedelta(3))
    assert {event.on for event in found.events} == {DAY + timedelta(3)}
    assert history_of(workspace, "a1", until=date(2026, 9, 1)).events == []


def test_an_unknown_account(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no account 'a9'"):
        history_of(workspace, "a9")
