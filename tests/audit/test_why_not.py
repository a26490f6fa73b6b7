"""Why a rule did not hold: the part that fails first, and the smallest change, each tried out on the facts."""

from datetime import date, timedelta

import pytest
from bare import bare_workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit.behind import Behind
from engine.audit.judging import judge
from engine.audit.supposing import Change, suppose
from engine.audit.why_not import Absence, why_not
from engine.errors import UsageError
from engine.facts.importing import import_facts
from engine.facts.sources import Source
from engine.inquiry import explain_absence
from engine.job import night_of
from engine.policy.load import load_policy
from engine.policy.model import Policy
from engine.workspace import Workspace

TODAY = date(2026, 11, 20)
POLICY = """
limits: {grace: {A: 0, B: 1, C: 3}, many: 3, silent_days: 30, big: 1000}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null and ordered_on > today - 365, take: sum(amount)}
  complaints: {about: account, from: complaint, where: kind = 'quality' and opened_on > today - 180, take: count}
  last_visit:
    {about: account, from: interaction, where: channel = 'visit' and rep.role = 'sales', take: max(happened_on)}
signals:
  promise-late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: account.active and kept_on is null and days_late > limit.grace
    severity: high
    because: {en: "{{ days_late | days }} late"}
  often: {title: {en: Often}, about: account, when: complaints >= limit.many, severity: low, because: {en: "x"}}
  silent:
    title: {en: Silent}
    about: account
    when: last_visit is null or today - last_visit > limit.silent_days
    severity: low
    because: {en: "x"}
  large:
    title: {en: Large}
    about: account
    when: spend > limit.big and not signal('silent')
    severity: low
    because: {en: "x"}
  left: {title: {en: Left}, about: rep, when: left_on <= today, severity: low, because: {en: "x"}}
  moved: {title: {en: Moved}, about: account, when: "city = 'Wuxi'", severity: low, because: {en: "x"}}
  surveyed: {title: {en: Surveyed}, about: survey, when: satisfaction = 'neutral', severity: low, because: {en: "x"}}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""
PLAY = """
play: late
about: promise
trigger: signal('promise-late')
steps: [{id: go, assign: owner, due: 1 day, template: any}]
"""
FACTS = {
    "account": "id,name,owner,kind,city,tier\na1,北方光学,r1,customer,Nanjing,C\na2,=1+1,r1,customer,Wuxi,C\n",
    "rep": "id,name,role\nr1,Ann,sales\nm1,Mo,manager\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,60.25\n",
    "interaction": "id,account,rep,happened_on,channel\ni1,a1,r1,2026-11-01,visit\ni2,a1,m1,2026-11-19,visit\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\n"
    "p1,a1,delivery,2026-10-01,2026-11-17,\np2,a1,delivery,2026-10-01,2026-11-01,2026-11-02\n",
    "complaint": "id,account,kind,opened_on\nc1,a1,quality,2026-11-01\nc2,a1,service,2026-11-01\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A firm of two accounts after one night."""
    made = bare_workspace(tmp_path_factory.mktemp("why-not") / "firm")
    (made.rules / "policy.yaml").write_text(POLICY)
    (made.playbooks / "late.yaml").write_text(PLAY)
    (made.templates / "any.en.md").write_text("# Do it\n\nNow.\n")
    for name, text in FACTS.items():
        (made.root / "facts" / f"{name}.csv").write_text(text)
    with night_of(made, TODAY):
        pass
    return made


@pytest.fixture(scope="module")
def policy(workspace: Workspace) -> Policy:
    """Its policy."""
    return load_policy(workspace.root)


def asked(workspace: Workspace, rule: str, account: str = "a1", subject: str | None = None) -> Absence:
    """Why the rule did not hold that night."""
    return explain_absence(workspace, account, rule, subject).absence


def test_the_nearest_fact_is_shown_and_the_first_part_that_fails(workspace: Workspace) -> None:
    absence = asked(workspace, "promise-late")
    assert (absence.holds, absence.tree.detail["subject"]) == (False, "p1")
    assert absence.first is not None and absence.first.text == "days_late > limit.grace"
    assert {value.text: value.value for value in absence.first.children} == {"days_late": 3, "limit.grace": 3}
    assert absence.changes[0] == Change(days=1)  # C has three days of grace, and the third is today


def test_one_fact_may_be_asked_for(workspace: Workspace) -> None:
    absence = asked(workspace, "promise-late", subject="p2")
    assert absence.first is not None and absence.first.text == "kept_on is null"
    assert absence.changes == (Change(fields=(("promise", "p2", "kept_on", None),)),)


def test_so_many_more_rows(workspace: Workspace) -> None:
    [change] = asked(workspace, "often").changes
    assert [type for type, _ in change.added] == ["complaint", "complaint"]
    assert {(row["kind"], row["account"]) for _, row in change.added} == {("quality", "a1")}


def test_days_without_a_visit_count_only_what_the_measure_counts(workspace: Workspace) -> None:
    silent = asked(workspace, "silent")
    assert Change(days=12) in silent.changes  # sales came on 1 November; the manager's visit does not count
    assert Change(gone=(("interaction", "i1"),)) in silent.changes


def test_an_amount_that_is_missing(workspace: Workspace) -> None:
    [change, *_] = asked(workspace, "large").changes
    [(type, row)] = change.added
    assert (type, str(row["amount"])) == ("order", "939.7600")  # one cent over 1,000 with the 60.25 that are there


def test_a_rule_under_another_is_opened_up(workspace: Workspace) -> None:
    absence = asked(workspace, "late")
    assert absence.kind == "play" and absence.first is not None
    assert [child.text for child in absence.first.children] == ["promise-late"]
    assert absence.changes[0] == Change(days=1)


def test_where_there_is_no_fact_yet(workspace: Workspace) -> None:
    absence = asked(workspace, "promise-late", "a2")
    assert absence.tree.detail["none"] == "promise"
    [change, *_] = absence.changes
    assert change.added[0][0] == "promise" and change.added[0][1]["account"] == "a2"


def test_not_judged_names_what_is_missing(workspace: Workspace) -> None:
    assert asked(workspace, "surveyed").missing == ("survey",)


def test_a_rule_that_holds_says_so(workspace: Workspace) -> None:
    absence = asked(workspace, "moved", "a2")
    assert absence.holds and absence.changes == ()


def test_a_text_is_answered_by_the_wanted_one(workspace: Workspace) -> None:
    assert asked(workspace, "moved").changes == (Change(fields=(("account", "a1", "city", "Wuxi"),)),)


@pytest.mark.parametrize(
    ("rule", "account", "subject", "said"),
    [
        ("promis-late", "a1", None, "there is no signal or play 'promis-late'"),
        ("often", "a9", None, "there is no account 'a9'"),
        ("promise-late", "a1", "p9", "there is no promise 'p9'"),
        ("left", "a1", None, "about a rep"),
    ],
)
def test_what_cannot_be_asked(workspace: Workspace, rule: str, account: str, subject: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        asked(workspace, rule, account, subject)


def test_a_rule_about_a_person_is_asked_by_subject(workspace: Workspace) -> None:
    absence = asked(workspace, "left", subject="r1")
    assert absence.first is not None and absence.first.text == "left_on <= today"


def test_a_past_day_reads_the_same_facts_as_they_were_known(workspace: Workspace) -> None:
    with pytest.raises(Exception, match="nothing has run here yet"):
        explain_absence(workspace, "a1", "often", on=TODAY - timedelta(1))
    later = explain_absence(workspace, "a1", "promise-late", on=TODAY + timedelta(1))
    assert later.absence.holds


ANY_DAY = st.dates(date(2026, 8, 1), TODAY)


@settings(max_examples=25, deadline=None)
@given(
    visits=st.lists(ANY_DAY, max_size=4),
    complaints=st.lists(st.tuples(ANY_DAY, st.sampled_from(["quality", "service"])), max_size=5),
    amounts=st.lists(st.integers(0, 2000), max_size=4),
    due=st.one_of(st.none(), st.dates(date(2026, 10, 1), date(2026, 12, 24))),
)
def test_every_change_turns_the_rule(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory, visits: list[date],
    complaints: list[tuple[date, str]],
    amounts: list[int], due: date | None,
) -> None:  # fmt: skip
    root = tmp_path_factory.mktemp("turn")
    for name in ("account", "rep"):
        (root / f"{name}.csv").write_text(FACTS[name])
    rows = {
        "interaction": ["id,account,rep,happened_on,channel", *(f"i{n},a1,r1,{d},visit" for n, d in enumerate(visits))],
        "complaint": ["id,account,kind,opened_on", *(f"c{n},a1,{k},{d}" for n, (d, k) in enumerate(complaints))],
        "order": ["id,account,ordered_on,amount", *(f"o{n},a1,2026-05-01,{a}" for n, a in enumerate(amounts))],
        "promise": ["id,account,kind,made_on,due_on", f"p1,a1,delivery,2026-09-01,{due or ''}"],
    }
    for name, lines in rows.items():
        (root / f"{name}.csv").write_text("\n".join(lines) + "\n")
    imported = import_facts(policy.contract, (Source(None, root),), root / "store", root / "rejects.csv", 0.05)
    behind = Behind(policy, imported.snapshot, TODAY)
    for rule, signal in policy.signals.items():
        if signal.needs <= behind.present and signal.about in ("account", "promise"):
            absence = why_not(policy, behind, rule, "a1")
            for change in absence.changes:
                after = suppose(behind, change)
                subject = absence.tree.detail.get("subject", "supposed")
                row = after.fact(signal.about, subject)
                assert row is not None and judge(policy, after, rule, row, "a1"), (rule, change)
            assert absence.holds or absence.changes or rule == "large"
