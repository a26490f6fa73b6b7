"""A firm after three nights in which people said all kinds of things: what `why` is asked about."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bare import bare_workspace

from engine.action import words
from engine.action.words import Word
from engine.job import night_of
from engine.store import open_store
from engine.workspace import Workspace

DAY = date(2026, 11, 18)  # a Wednesday
POLICY = """
limits: {grace: {A: 0, B: 1, C: 3}, false_alarm_days: 60, red_score: 60}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: kept_on is null and days_late > limit.grace
    severity: {high: days_late > 5, low: otherwise}
    weight: 40
    because: {en: "{{ days_late | days }} late", zh: "迟了 {{ days_late | days }}"}
    source: [D0.cause.broken-promise]
  angry:
    title: {en: Open complaint, zh: 投诉未结}
    about: complaint
    when: resolved_on is null
    severity: medium
    weight: 30
    because: {en: "since {{ opened_on }}", zh: "自 {{ opened_on }}"}
  asked: {title: {en: Asked, zh: 已问}, about: survey, when: id is not null, severity: low, because: {en: x, zh: x}}
  leaver: {title: {en: Leaver, zh: 离职}, about: rep, when: left_on <= today, severity: high, because: {en: x, zh: x}}
risk: {red: "score >= limit.red_score or signals.critical >= 1", amber: signals.any >= 1}
"""
STEP = "steps: [{id: go, assign: owner, due: 1 workday, template: any, contact: visit}]\n"
PLAYS = {
    "keep": f"about: promise\ntrigger: signal('late')\ncooldown_days: 14\n{STEP}",
    "talk": f"about: complaint\ntrigger: signal('angry')\n{STEP}",
    "seldom": "about: promise\ntrigger: signal('late') and account.id = 'a7'\n"
    f"max_fires: {{n: 1, per_days: 90}}\n{STEP}",
    "resting": f"about: promise\ntrigger: signal('late')\nenabled: false\n{STEP}",
    "save": f"about: account\ntrigger: risk = 'red'\n{STEP.replace(', contact: visit', '')}",
    "richer": f"about: account\ntrigger: signal('late') and spend > 1000000\n{STEP}",
    "ask": f"about: survey\ntrigger: signal('asked')\n{STEP}",
}
ACCOUNTS = [f"a{n}" for n in range(1, 9)]
FACTS = {
    "account": "id,name,owner,kind\n" + "".join(f"{id},<b>{id}</b>,r1,customer\n" for id in ACCOUNTS),
    "rep": "id,name,role,left_on\nr1,Ann,sales,\nr2,Bo,sales,2026-11-01\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,60.25\n",
    "complaint": "id,account,kind,opened_on\nc1,a1,quality,2026-11-17\n",
}


def promises(kept: str = "") -> str:
    """One late promise an account, but a6's, which is late in some days; those of `kept` are kept."""
    late = (DAY - timedelta(10)).isoformat()
    rows = [
        f"p{id[1]},{id},delivery,2026-10-01,{(DAY + timedelta(3)).isoformat() if id == 'a6' else late},"
        f"{late if id in kept.split() else ''}\n"
        for id in ACCOUNTS
    ]
    return "id,account,kind,made_on,due_on,kept_on\n" + "".join(rows)


def night(workspace: Workspace, days: int, kept: str = "") -> None:
    """The night so many days after the first, with the promises of some accounts kept."""
    (workspace.root / "facts" / "promise.csv").write_text(promises(kept))
    with night_of(workspace, DAY + timedelta(days)):
        pass


def task_of(workspace: Workspace, account: str, play: str = "keep") -> str:
    """The id of the account's task of a play."""
    with open_store(workspace.store) as store:
        rows = store.rows(
            "select t.id from task t join episode e on e.id = t.episode where e.account = ? and e.play = ?"
            " order by t.made_run desc limit 1",
            [account, play],
        )
        return str(rows[0][0])


def firm(folder: Path, language: str = "en") -> Workspace:
    """The firm: a2 was put off, a3 a false alarm, a4 lost, a5 done, a7 kept and late again, a8 begun and kept."""
    made = bare_workspace(folder, language)
    (made.rules / "policy.yaml").write_text(POLICY)
    for name, text in PLAYS.items():
        (made.playbooks / f"{name}.yaml").write_text(
            f"play: {name}\ntitle: {{en: Play {name}, zh: 方案{name}}}\n{text}"
        )
    (made.templates / "any.en.md").write_text("# {{ play_title }} for {{ account.name }}\n\nNow.\n")
    (made.templates / "any.zh.md").write_text("# {{ account.name }}：{{ play_title }}\n\n马上。\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    night(made, 0)
    at = datetime(2026, 11, 18, 9, tzinfo=UTC)
    said = Word("r1", at, "they are at a fair")
    tasks = {account: task_of(made, account) for account in ("a2", "a3", "a4", "a5", "a8")}
    with open_store(made.store) as store:
        words.snooze(store, tasks["a2"], said, DAY + timedelta(12))
        words.false_alarm(store, tasks["a3"], said)
        words.lost(store, tasks["a4"], said)
        words.done(store, tasks["a5"], said)
        words.start(store, tasks["a8"], said)
    night(made, 1, "a7 a8")
    night(made, 2, "a8")
    return made
