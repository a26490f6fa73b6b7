"""The day itself may be named in every text, with either engine."""

from datetime import date
from pathlib import Path

import pytest
from bare import bare_workspace

from engine.job import night_of
from engine.workspace import Workspace

TODAY = date(2026, 11, 22)
POLICY = """
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
signals:
  late: {title: {en: Late}, about: promise, when: due_on < today, severity: low, because: {en: "late on {{ today }}"}}
"""
PLAY = (
    "play: keep\nabout: promise\ntrigger: signal('late')\nsteps: [{id: go, assign: owner, due: 1 day, template: any}]\n"
)
FACTS = {
    "account": "id,name,owner\na1,北方光学,r1\n",
    "rep": "id,name,role\nr1,Ann,sales\n",
    "promise": "id,account,kind,made_on,due_on\np1,a1,gift,2026-01-01,2026-02-01\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One late promise, and texts that name the day."""
    made = bare_workspace(tmp_path / "firm")
    (made.rules / "policy.yaml").write_text(POLICY)
    (made.playbooks / "keep.yaml").write_text(PLAY)
    (made.templates / "any.en.md").write_text("# Keep it, {{ today }}\n\n{% for r in reasons %}{{ r }}{% endfor %}\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    return made


@pytest.mark.parametrize("engine", ["columnar", "rete"])
def test_the_day_stands_in_titles_bodies_and_reasons(workspace: Workspace, engine: str) -> None:
    with night_of(workspace, TODAY, engine=engine, dry_run=True) as done:
        found = done.night.as_dict()
    [signal], [task] = found["signals"], found["tasks"]
    assert signal["because"] == "late on 2026-11-22"
    assert (task["title"], task["body"]) == ("Keep it, 2026-11-22", "late on 2026-11-22")
