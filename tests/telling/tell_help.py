"""Help for the tests of told facts: a small workspace with a policy of its own, run without a terminal."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.job import night_of, tell_fact, undo_fact
from engine.shipped import shipped_root
from engine.telling.at_once import Followed
from engine.workspace import Workspace, init_workspace

DAY = date(2026, 11, 20)  # a Friday
NOW = datetime.fromisoformat("2026-11-20T14:30:00+08:00")

RULES = """
limits: {grace_days: 1, big: 5000}
tiers: {by: rank, rank_by: spend, classes: {A: top 25%, B: top 50%, C: rest}}
measures:
  spend:     {about: account, from: order, where: ordered_on > today - 365 and cancelled_on is null, take: sum(amount)}
  all_spend: {about: account, from: order, where: ordered_on > today - 365, take: sum(amount)}
signals:
  complaint-open:
    title: {en: Complaint open, zh: 投诉未解决}
    about: complaint
    when: resolved_on is null
    severity: {high: severity = 'high' or tier = 'A', medium: otherwise}
    weight: 10
    because: {en: "{{ kind }}: {{ text }}", zh: "{{ kind }}：{{ text }}"}
  promise-late:
    title: {en: Promise late, zh: 承诺逾期}
    about: promise
    when: kept_on is null and today - due_on > limit.grace_days
    severity: medium
    weight: 5
    because: {en: "due {{ due_on }}"}
  big-customer:
    title: {en: Big customer, zh: 大客户}
    about: account
    when: tier = 'A'
    severity: low
    because: {en: "spend {{ spend | money }}"}
  event-on:
    title: {en: Turbulence, zh: 动荡}
    about: company_event
    when: ended_on is null
    severity: medium
    weight: 3
    because: {en: "{{ kind }} since {{ began_on }}"}
    touches: {when: "tier in ('A', 'B')"}
  rep-leaving:
    title: {en: Rep leaves, zh: 员工离职}
    about: rep
    when: left_on is not null
    severity: high
    because: {en: "leaves {{ left_on }}"}
risk: {red: signals.high >= 1, amber: signals.medium >= 1}
"""
PLAYS = {
    "answer": """
play: answer
about: complaint
trigger: signal('complaint-open')
steps:
  - {id: call, assign: owner, due: 1 workday, template: t/call}
""",
    "keep": """
play: keep
about: promise
trigger: signal('promise-late')
cooldown_days: 5
steps:
  - {id: call, assign: owner, due: 2 workdays, template: t/call}
""",
    "event": """
play: event
about: company_event
trigger: signal('event-on')
steps:
  - {id: call, assign: owner, due: 2 workdays, template: t/call}
""",
}
FACTS: Mapping[str, str] = {
    "account": "id,name,owner,kind\n" + "".join(f"a{n},Firm {n} 公司,r{1 + n % 2},customer\n" for n in range(1, 9)),
    "rep": "id,name,role,manager\nr1,Ann,sales,m1\nr2,Bob 王,sales,m1\nm1,Mo,manager,\n",
    "order": "id,account,ordered_on,amount\n" + "".join(f"o{n},a{n},2026-06-0{n},{n}000\n" for n in range(1, 9)),
    "complaint": "id,account,opened_on,kind,severity,resolved_on\nc1,a1,2026-11-01,quality,low,\n"
    "c2,a2,2026-11-02,price,,2026-11-10\n",
    "promise": "id,account,rep,kind,made_on,due_on,kept_on,value\n"
    "p1,a3,r2,delivery,2026-10-01,2026-11-10,,\np2,a4,r1,gift,2026-10-01,2026-11-10,2026-11-09,12.50\n",
}


def small_workspace(folder: Path, facts: Mapping[str, str] = FACTS, language: str = "en") -> Workspace:
    """A workspace with the small policy and these facts, no night run yet."""
    workspace = init_workspace(folder, language)
    for name in ("rules", "playbooks", "templates"):
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    shutil.copy(shipped_root() / "rules" / "facts.yaml", folder / "rules" / "facts.yaml")
    (folder / "rules" / "all.yaml").write_text(RULES, encoding="utf-8")
    for name, text in PLAYS.items():
        (folder / "playbooks" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "templates" / "t").mkdir()
    for language_of in ("en", "zh"):
        text = "# Call by {{ due }}\n\n{% for r in reasons %}\n- {{ r }}\n{% endfor %}\n"
        (folder / "templates" / "t" / f"call.{language_of}.md").write_text(text, encoding="utf-8")
    write_facts(workspace, facts)
    return workspace


def write_facts(workspace: Workspace, facts: Mapping[str, str]) -> None:
    """Write fact files over those of the workspace."""
    for name, text in facts.items():
        (workspace.root / "facts" / f"{name}.csv").write_text(text, encoding="utf-8")


def night(workspace: Workspace, day: date = DAY, **options: Any) -> dict[str, Any]:
    """Run a night; what `run --json` prints, and the notices of its import under `notices`."""
    with night_of(workspace, day, **options) as done:
        return {**done.night.as_dict(), "notices": done.imported.notices, "rows": dict(done.imported.snapshot.rows)}


def tell(workspace: Workspace, type: str, *given: str, by: str = "ann", day: date = DAY) -> Followed:
    """Tell a fact."""
    return tell_fact(workspace, type, given, by, day, NOW)


def undo(workspace: Workspace, name: str, by: str = "ann", day: date = DAY) -> Followed:
    """Take a fact back."""
    return undo_fact(workspace, name, by, day, NOW)


def names(signals: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Signals as (rule, subject, severity)."""
    return sorted((s["rule"], s["subject"]["id"], s["severity"]) for s in signals)
