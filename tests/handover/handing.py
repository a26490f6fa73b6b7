"""Help for the tests of hand-overs: a small firm, its nights, and people without a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from bare import bare_workspace

from engine.handover.candidates import Candidate, Moving
from engine.handover.ground import Ground, open_ground
from engine.handover.writing import Word
from engine.job import night_of
from engine.policy.load import load_policy
from engine.workspace import Workspace

DAY = date(2026, 11, 20)
MANAGER = Word("m1", datetime(2026, 11, 20, 9, 0).astimezone())
POLICY = """
limits:
  care_service: {A: 5, B: 4, C: 3}
  handover_tell_days: {A: 3, B: 5, C: 10}
  watch_days: 90
  rotation_days: 1000
  rotation_share: 0.5
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
  duty_hours: {about: account, value: "case when tier = 'A' then 4.0 when tier = 'B' then 2.0 else 1.0 end"}
  owner_since: {about: account, from: assignment, where: until is null, take: max(since)}
  days_with_owner: {about: account, value: today - owner_since}
  rotation_due: {about: account, value: active and owner.active and days_with_owner > limit.rotation_days}
  spend_before_change: {about: account, from: order, where: ordered_on < account.owner_since, take: sum(amount)}
  spend_since_change: {about: account, from: order, where: ordered_on >= account.owner_since, take: sum(amount)}
signals:
  owned: {title: {en: Owned}, about: account, when: owner.active, severity: low, because: {en: "{{ owner.name }}"}}
risk: {amber: signals.any >= 1}
"""
PLAY = """
play: see
title: {en: See}
about: account
trigger: signal('owned')
steps: [{id: see, assign: owner, due: 2 workdays, template: people/see}]
"""
REP = (
    "id,name,role,department,region,manager,notice_on,left_on,weekly_hours,service_skill\n"
    "g1,Gu,gm,HQ,,,,,,\nm1,Mo,manager,S1,,g1,,,,\nm2,Mi,manager,S2,,g1,,,,\n"
    "r1,Lee,sales,S1,,m1,2026-11-16,2026-12-18,30,5\n"
    "r2,Ann,sales,S1,East,m1,,,10,5\nr3,Ann,sales,S1,West,m1,,,10,3\nr4,Bo,sales,S2,East,m2,,,40,5\n"
)
FACTS = {
    "rep": REP,
    "account": (
        "id,name,owner,second,tier,province,kind,signed_on\n"
        "a1,Alpha,r1,r3,A,East,customer,2020-01-01\na2,Beta,r1,,B,West,customer,2020-01-01\n"
        "a3,Gamma,r1,,C,,customer,\na4,Delta,r2,,C,,customer,\n"
    ),
    "assignment": "id,account,rep,since,until\ng1,a2,r1,2020-02-01,\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-06-01,5000\no2,a2,2026-06-01,2000\no3,a4,2026-06-01,100\n",
    "promise": "id,account,rep,kind,text,made_on,due_on\np1,a1,r1,gift,a pen,2026-10-01,2026-11-30\n"
    "p2,a4,r1,gift,,2026-10-01,2026-11-25\n",
    "complaint": "id,account,opened_on,kind,resolved_on\nc1,a2,2026-11-10,quality,\n"
    "c2,a2,2026-10-10,quality,2026-10-12\n",
    "subscription": "id,account,product,started_on,ends_on\ns1,a3,Care,2026-01-01,2026-12-31\n",
}


def firm(folder: Path, changed: dict[str, str] | None = None) -> Workspace:
    """A workspace of the small policy and facts, some of them changed, after one night."""
    made = bare_workspace(folder / "firm")
    (made.rules / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (made.playbooks / "see.yaml").write_text(PLAY, encoding="utf-8")
    (made.templates / "people").mkdir()
    (made.templates / "people" / "see.en.md").write_text("# See {{ name }}\n\nGo.\n", encoding="utf-8")
    for name, text in (FACTS | (changed or {})).items():
        (made.root / "facts" / f"{name}.csv").write_text(text, encoding="utf-8")
    run(made, DAY)
    return made


def run(workspace: Workspace, day: date) -> None:
    with night_of(workspace, day):
        pass


@contextmanager
def ground(workspace: Workspace, day: date = DAY) -> Iterator[Ground]:
    with open_ground(workspace.store, load_policy(workspace.root), workspace.calendar, day) as opened:
        yield opened


def later(days: int) -> date:
    return DAY + timedelta(days)


def customer(id: str, **given: object) -> Moving:
    """A customer of r0 in department S1, of tier C, due one hour a week."""
    base = {"name": id, "tier": "C", "owner": "r0", "second": None, "department": "S1", "places": (), "hours": 1.0}
    return Moving(id=id, **{**base, "value": 0.0, **given})  # type: ignore[arg-type]


def person(id: str, **given: object) -> Candidate:
    """Somebody in department S1 with ten hours a week, all of them free."""
    base = {"label": id, "role": "sales", "department": "S1", "region": None, "manager": None, "capacity": 10.0}
    return Candidate(id=id, **{**base, "assumed": False, **given})  # type: ignore[arg-type]
