"""A few weeks of the simulated year, under a small policy: nothing twice, nothing to who is gone, nothing reopened."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from bare import bare_workspace

from benchmarks.year.__main__ import FIRST, simulate
from benchmarks.year.facts import Files
from benchmarks.year.people import Staff
from benchmarks.year.world import World
from engine.workspace import Workspace

NIGHTS = 20
TYPES = (
    "account", "contact", "rep", "absence", "assignment", "handover", "interaction", "order", "promise", "complaint",
    "subscription",
)  # fmt: skip
RULES = """
limits:
  budget_share: 1.0
  budget_least_tasks: 2
  budget_most_tasks: 6
  budget_always: 1
  false_alarm_days: 90
measures:
  spend: {about: account, from: order, where: ordered_on > today - 365, take: sum(amount)}
  last_visit: {about: account, from: interaction, where: channel = 'visit', take: max(happened_on)}
  duty_hours: {about: account, value: "0.5"}
tiers:
  rank_by: spend
  classes: {A: top 5%, B: top 20%, C: rest}
signals:
  visit-due:
    title: {en: Visit due, zh: 该拜访了}
    about: account
    when: active and (last_visit is null or today - last_visit > 12)
    severity: {high: tier = 'A', medium: otherwise}
    weight: 10
    because: {en: "last visit {{ last_visit }}", zh: "上次拜访 {{ last_visit }}"}
    source: [D1.cadence.A]
  promise-late:
    title: {en: Promise late, zh: 承诺逾期}
    about: promise
    when: kept_on is null and due_on < today
    severity: high
    weight: 20
    because: {en: "due on {{ due_on }}", zh: "{{ due_on }} 到期"}
    source: [D0.cause.broken-promise]
  complaint-open:
    title: {en: Complaint open, zh: 投诉未结}
    about: complaint
    when: resolved_on is null
    severity: {critical: severity = 'high', high: otherwise}
    weight: 30
    because: {en: "opened {{ opened_on }}", zh: "{{ opened_on }} 提出"}
    source: [D2.cause.complaint]
  leaving:
    title: {en: On notice, zh: 已提出离职}
    about: rep
    when: notice_on is not null and active
    severity: high
    weight: 30
    because: {en: "leaves {{ left_on }}", zh: "{{ left_on }} 离职"}
    source: [D0.cause.rep-left]
risk:
  red: signals.critical >= 1
  amber: signals.any >= 1
"""
PLAYS = {
    "visit": (
        "account", "visit-due", 3,
        "  - {id: visit, assign: owner, due: 3 workdays, template: t/t, contact: visit}\n",
    ),
    "keep": (
        "promise", "promise-late", 14,
        "  - {id: call, assign: owner, due: 1 workday, template: t/t, contact: call}\n"
        "  - {id: good, assign: owner.manager, due: 2 workdays, template: t/t, after: call}\n",
    ),
    "answer": (
        "complaint", "complaint-open", 7,
        "  - {id: answer, assign: owner, due: 1 workday, template: t/t, done_when: answered_on is not null}\n"
        "  - {id: solve, assign: service, due: 3 workdays, template: t/t, after: answer}\n",
    ),
    "plan": ("rep", "leaving", 30, "  - {id: plan, assign: rep.manager, due: 2 workdays, template: t/t}\n"),
}  # fmt: skip
ENDING = "escalate: [{after: 2 workdays, to: owner.manager}, {after: 5 workdays, to: director}]\n"


def company(folder: Path) -> Workspace:
    """A workspace with four plays about some of the fact types."""
    made = bare_workspace(folder, "en")
    contract = (made.rules / "facts.yaml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=[a-z_]+:)", contract)
    kept = [part for part in parts if part.split(":")[0] in TYPES]
    (made.rules / "facts.yaml").write_text("".join(kept), encoding="utf-8")
    (made.rules / "all.yaml").write_text(RULES, encoding="utf-8")
    for name, (about, rule, cooldown, steps) in PLAYS.items():
        text = (
            f"play: {name}\ntitle: {{en: {name}, zh: {name}}}\nabout: {about}\ntrigger: signal('{rule}')\n"
            f"source: [D3.promise.register]\ncooldown_days: {cooldown}\nsteps:\n{steps}"
        )
        ending = ENDING if about != "rep" else ""
        (made.playbooks / f"{name}.yaml").write_text(text + ending, encoding="utf-8")
    (made.templates / "t").mkdir(parents=True)
    for language in ("en", "zh"):
        (made.templates / "t" / f"t.{language}.md").write_text("# {{ play_title }}\n\n{{ due }}\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return simulate(company(tmp_path_factory.mktemp("year") / "w"), 50, 4, NIGHTS, 1)


@pytest.mark.parametrize("fault", ["duplicates", "to_inactive", "reopened"])
def test_no_night_goes_wrong(weeks: dict, fault: str) -> None:
    assert weeks[fault] == 0


def test_a_good_deal_happens(weeks: dict) -> None:
    assert weeks["nights"] == NIGHTS
    assert weeks["new_tasks"] > 40
    assert weeks["done_in_time"] > weeks["done_late"] > 0
    assert weeks["over_budget"]["matters"] > 0
    assert weeks["words"]["hand-overs accepted"] > 0
    assert weeks["words"]["departures closed"] > 0
    assert not [word for word in weeks["words"] if word.startswith("refused")]


def lived(folder: Path, seed: int) -> dict:
    """The facts of a company after three months in which nobody looked at a list."""
    files = Files(folder)
    staff = Staff(files, 4, FIRST, 90, seed)
    world = World(files, staff, 50, FIRST, seed)
    for n in range(90):
        staff.live(FIRST + timedelta(n))
        world.live(FIRST + timedelta(n), n % 7 < 5)
    return files.rows


def test_the_same_seed_is_the_same_world(tmp_path: Path) -> None:
    rows = lived(tmp_path, 1)
    assert rows == lived(tmp_path, 1)
    assert rows != lived(tmp_path, 2)
    assert all(rows[type] for type in ("order", "complaint", "absence", "supply", "survey", "subscription"))
