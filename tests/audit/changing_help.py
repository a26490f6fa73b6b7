"""A small firm whose policy is changed: four nights, five promises, one play."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from bare import bare_workspace

from engine.audit.diffing import Difference
from engine.changing import Compared, diff_of
from engine.job import night_of
from engine.workspace import Workspace

FIRST = date(2026, 11, 17)
POLICY = """
limits: {grace: {A: 0, B: 1, C: 3}, big: 1000, visit_hours: 2, call_hours: 0.5}
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
    because: {en: "{{ days_late | days }} late", zh: "逾期{{ days_late | days }}"}
  large: {title: {en: Large, zh: 大}, about: account, when: spend > limit.big, severity: low, because: {en: x, zh: x}}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
PLAY = """
play: keep
title: {en: Keep the promise, zh: 兑现承诺}
about: promise
trigger: signal('late')
cooldown_days: 30
steps:
  - {id: call, assign: owner, due: 1 workday, template: promise/call, contact: call}
"""
THANK = """
play: thank
title: {en: Thank, zh: 致谢}
about: account
trigger: signal('large')
steps:
  - {id: visit, assign: owner, due: 3 workdays, template: promise/call, contact: visit}
"""
TEXTS = {"en": "# Call {{ account.name }}\n\nSay when.\n", "zh": "# 致电{{ account.name }}\n\n说明时间。\n"}
FACTS = {
    "account": "id,name,owner,kind,tier\na1,北方光学,r1,customer,C\na2,<b>Markup</b> & Co,r2,customer,C\n"
    "a3,Third,r2,customer,C\n",
    "rep": "id,name,role\nr1,Ann,sales\nr2,李伟,sales\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,900\no2,a2,2026-01-05,2000\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\n"
    "p1,a1,delivery,2026-10-01,2026-11-10,\n"
    "p2,a2,gift,2026-10-01,2026-11-15,\n"
    "p3,a3,delivery,2026-10-01,2026-11-17,\n",
}


def write(root: Path, policy: str = POLICY, play: str = PLAY, *plays: str) -> Path:
    """A policy folder with these texts."""
    for name in ("rules", "playbooks", "templates/promise"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "rules" / "policy.yaml").write_text(policy)
    for number, text in enumerate(filter(None, (play, *plays))):
        (root / "playbooks" / f"p{number}.yaml").write_text(text)
    for language, text in TEXTS.items():
        (root / "templates" / "promise" / f"call.{language}.md").write_text(text)
    return root


def make(folder: Path, language: str = "en", nights: int = 4, policy: str = POLICY) -> Workspace:
    """A workspace with this policy in which so many nights have run."""
    made = bare_workspace(folder, language)
    write(made.root, policy)
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    for number in range(nights):
        night(made, number)
    return made


def night(workspace: Workspace, number: int) -> None:
    """Run the night of that number."""
    with night_of(workspace, FIRST + timedelta(number)):
        pass


def candidate(workspace: Workspace, folder: Path, policy: str = POLICY, play: str = PLAY, *plays: str) -> Path:
    """A candidate beside the workspace, with the same contract."""
    made = write(folder, policy, play, *plays)
    shutil.copy(workspace.rules / "facts.yaml", made / "rules" / "facts.yaml")
    return made


def compared(workspace: Workspace, folder: Path, nights: int = 7, most: int = 20) -> Compared:
    """The candidate in a folder against the workspace's policy."""
    return diff_of(workspace, folder, None, nights, most, lambda _: None)


def names(difference: Difference) -> tuple[str, str, str, list[str]]:
    """How, play, subject and the causes of a difference."""
    found = difference.found
    return found.how, found.play, found.subject, [" ".join(cause.name).strip() for cause in difference.causes]
