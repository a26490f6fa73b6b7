"""What all accounts give to a single one, in sets: the same as the rete engine finds going through all of them."""

import pytest
from tell_help import DAY, FACTS, night, small_workspace, write_facts

from engine.facts.snapshot import open_snapshot
from engine.policy.load import load_policy
from engine.reasoning.columnar.standing import standing
from engine.reasoning.plan import build_plan
from engine.reasoning.rete.reason import ranking, snapshot_source
from engine.telling.effect import cutoffs_of


@pytest.mark.parametrize(
    "accounts",
    [
        FACTS["account"],
        "id,name,kind,lost_on\na1,x,customer,\na2,y,prospect,\na3,z,customer,2026-01-01\n",
        "id,name\n",
        "id,name,tier\n" + "".join(f"a{n},x,C\n" for n in range(1, 9)),
    ],
)
def test_the_classes_end_where_the_rete_engine_says(tmp_path, accounts):
    workspace = small_workspace(tmp_path / "w")
    write_facts(workspace, {"account": accounts})
    found = night(workspace)
    snapshot = next(iter(workspace.snapshots.iterdir()))
    policy, facts = load_policy(workspace.root), open_snapshot(snapshot)
    plan = build_plan(policy, facts.present)
    given = standing(plan, facts, DAY, workspace.calendar)
    assert cutoffs_of(plan, given) == ranking(plan, snapshot_source(plan, facts), DAY, workspace.calendar)
    assert found["rows"]["account"] == accounts.count("\n") - 1
    assert "order" in given.types
