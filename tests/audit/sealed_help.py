"""A workspace with nights, words, told facts and published versions behind it, and ways to damage its store."""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from bare import bare_workspace

from engine.action.words import Word, done, note, reassign, start
from engine.changing import publish
from engine.inquiry import check_ledger
from engine.job import night_of, tell_fact
from engine.store.opening import open_store
from engine.workspace import Workspace

DAY = date(2026, 11, 20)
NIGHTS = 6
POLICY = """
limits: {grace: 1}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
signals:
  late:
    title: {en: Late}
    about: promise
    when: kept_on is null and today - due_on > limit.grace
    severity: medium
    because: {en: "late"}
  quiet:
    title: {en: Quiet}
    about: account
    when: spend < 500
    severity: high
    because: {en: "quiet"}
risk: {amber: signals.any >= 1}
"""
PLAYS = {
    "keep": """
play: keep
trigger: signal('late')
about: promise
cooldown_days: 2
steps:
  - {id: call, assign: owner, due: 1 workday, template: call, contact: call}
escalate: [{after: 1 workday, to: owner.manager}]
""",
    "wake": """
play: wake
trigger: signal('quiet')
about: account
cooldown_days: 2
steps:
  - {id: call, assign: owner, due: 2 workdays, template: call, contact: call}
""",
}
FACTS = {
    "account": "id,name,owner,kind,tier\na1,北方光学,r1,customer,C\na2,South,r1,customer,C\na3,East,r2,customer,C\n",
    "rep": "id,name,role,manager,email\nr1,Ann,sales,m1,ann@firm.example\nr2,Ben,sales,m1,\nm1,Max,manager,,\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,900\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\n"
    + "".join(f"p{n},a{n % 3 + 1},delivery,2026-10-01,2026-11-{10 + n},{kept}\n" for n, kept in enumerate(
        ("", "", "2026-11-22", "", "", "", "", "2026-11-24", "")
    )),
}  # fmt: skip


def made(root: Path) -> Workspace:
    """A workspace with two rules and two plays, and no night yet."""
    workspace = bare_workspace(root)
    (workspace.rules / "policy.yaml").write_text(POLICY)
    for name, text in PLAYS.items():
        (workspace.playbooks / f"{name}.yaml").write_text(text)
    (workspace.templates / "call.en.md").write_text("# Call {{ account.name }}\n\nCall them.\n")
    for name, text in FACTS.items():
        (workspace.root / "facts" / f"{name}.csv").write_text(text)
    return workspace


def run(workspace: Workspace, day: int) -> None:
    """A night."""
    with night_of(workspace, DAY + timedelta(day)):
        pass


def speak(workspace: Workspace, what: Callable[..., str], place: int, day: int, *more: str, note: str = "") -> None:
    """Say something of a task."""
    with open_store(workspace.store) as store:
        rows = store.rows("select id from task where status in ('open', 'started') and joined is null order by id")
        what(store, rows[place][0], Word("r1", at(day), note or None), *more)


def at(day: int) -> datetime:
    """An evening."""
    return datetime.fromisoformat(f"{DAY + timedelta(day)}T18:00")


def lived_in(root: Path) -> Workspace:
    """Nights with all that fills the tables of a store between them."""
    workspace = made(root)
    publish(workspace, "m1", at(0), "first")
    for day in range(NIGHTS):
        run(workspace, day)
        if day == 0:
            speak(workspace, start, 0, day)
            tell_fact(workspace, "order", ["account=a2", "amount=40", f"ordered_on={DAY}"], "r1", DAY, at(0))
        elif day == 1:
            speak(workspace, reassign, 0, day, "m1")
            speak(workspace, note, 0, day, note="they are away")
            (workspace.rules / "policy.yaml").write_text(POLICY.replace("grace: 1", "grace: 2"))
            publish(workspace, "m1", at(1), "second", "g1")
        elif day < 4:
            speak(workspace, done, 0, day)
    return workspace


def behind_the_back(workspace: Workspace, *statements: str, triggers: bool = False) -> None:
    """Change the database as somebody with an SQL tool would; without `triggers` one who switches them off."""
    db = sqlite3.connect(workspace.database)
    kept = db.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
    for name, _ in () if triggers else kept:
        db.execute(f"drop trigger {name}")
    for statement in statements:
        assert db.execute(statement).rowcount != 0, statement
    for _, text in () if triggers else kept:
        db.execute(text)
    db.commit()
    db.close()


def found(workspace: Workspace) -> list[tuple[str, str]]:
    """What `audit check` finds."""
    return [(damage.kind, damage.name) for damage in check_ledger(workspace, None, None).damages]
