"""What may be promised: the whole table of verdicts, the limits by tier and kind, the offer, and who must approve."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.delivery.promise_view import verdict_json
from engine.delivery.render import render
from engine.errors import FactsError, PolicyError
from engine.facts.importing import import_facts
from engine.facts.work import workbench
from engine.policy.load import load_policy
from engine.reasoning.days import MondayToFriday
from engine.telling.guard import Verdict, weigh
from engine.telling.merged import MergedFacts

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 20)
FACTS = {
    "account": "id,name,owner,tier,kind\na1,Alpha,r1,A,customer\nb1,Beta,r1,B,customer\n"
    "c1,伽马公司,r1,C,customer\np1,New,,,prospect\n",
    "rep": "id,name,role,manager\nr1,Ann,sales,m1\nr2,Bob,sales,\nm1,Mo 莫,manager,\n",
}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Weighs wishes: a function of promise cells (and `language`), over a shop of four customers."""
    folder = tmp_path_factory.mktemp("guard")
    for name, text in FACTS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    policy = load_policy(ROOT)
    with workbench() as bench:
        snapshot = import_facts(policy.contract, folder, folder / "store", folder / "rejects.csv", 0.5).snapshot
        facts = MergedFacts(snapshot.hash, snapshot, {})

        def check(language: str = "en", policy: Any = policy, **cells: str) -> Verdict:
            cells = {"made_on": DAY.isoformat(), "insisted": "false", **cells}
            made = tmp_path_factory.mktemp("weigh")
            return weigh(bench, policy, facts, cells, DAY, MondayToFriday(), render, language, made)

        yield check


@pytest.mark.source(
    "D3.guard.firm", "D3.guard.hedge", "D3.guard.persuade", "D3.guard.refuse", "D3.promise.range", "D3.promise.graded"
)
@pytest.mark.parametrize(
    ("certainty", "verdicts"),
    [
        ("certain", ("promise", "promise", "persuade", "hedge")),
        ("likely", ("hedge", "hedge", "persuade", "hedge")),
        ("uncertain", ("persuade", "hedge", "persuade", "refuse")),
        ("impossible", ("refuse", "refuse", "refuse", "refuse")),
    ],
)
def test_the_table_of_verdicts(given, certainty, verdicts):
    found = tuple(
        given(account="b1", kind="gift", value=value, certainty=certainty, insisted=insisted).verdict
        for value in ("1000", "1000.01")
        for insisted in ("false", "true")
    )
    assert found == verdicts


@pytest.mark.source("D3.promise.graded")
def test_the_same_wish_is_within_for_one_tier_and_outside_for_another(given):
    wish = {"kind": "delivery", "due_on": "2026-11-25", "certainty": "certain"}
    assert [given(account=a, **wish).within for a in ("a1", "b1", "c1", "p1")] == [True, True, False, False]


@pytest.mark.source("D3.guard.hedge")
@pytest.mark.parametrize(
    ("wish", "offer"),
    [
        ({"kind": "delivery", "due_on": "2026-12-10"}, (date(2026, 12, 11), None)),
        ({"kind": "delivery", "due_on": "2027-04-09"}, (date(2027, 4, 16), None)),
        ({"kind": "delivery", "due_on": "2026-11-21", "insisted": "true"}, (date(2026, 11, 26), None)),
        ({"kind": "service", "due_on": "2026-11-22", "value": "500"}, (date(2026, 11, 23), Decimal(500))),
        ({"kind": "rebate", "due_on": "2026-12-10", "value": "1000"}, (date(2026, 12, 10), 950)),
        ({"kind": "rebate", "due_on": "2026-11-22", "value": "99999", "insisted": "true"}, (date(2026, 11, 25), 14250)),
        ({"kind": "discount", "value": "0.08"}, (None, 0.076)),
        ({"kind": "discount", "value": "0.5", "insisted": "true"}, (None, 0.095)),
        ({"kind": "discount", "value": "1000"}, (None, 950)),
        ({"kind": "other"}, (None, None)),
    ],
)
def test_what_is_offered_keeps_the_reserve(given, wish, offer):
    found = given(account="b1", certainty="likely", **wish)
    assert found.verdict == "hedge"
    assert found.offer["due_on"] == offer[0]
    assert found.offer["value"] == (None if offer[1] is None else pytest.approx(float(offer[1])))


@pytest.mark.source("D3.promise.range")
def test_outside_the_limits_the_manager_is_named_and_with_name_and_reason_it_is_within(given):
    wish = {"account": "c1", "kind": "gift", "value": "501", "certainty": "certain", "insisted": "true"}
    found = given(**wish)
    assert (found.needs_approval, found.names["promise_approver"], found.names["promise_approver_id"]) == (
        True, "Mo 莫", "m1",
    )  # fmt: skip
    assert given(**wish, approved_by="m1").verdict == "hedge"
    approved = given(**wish, approved_by="m1", approval_reason="first order")
    assert (approved.verdict, approved.needs_approval) == ("promise", False)
    assert given(**wish, approved_by="r1", approval_reason="me").verdict == "hedge"


def test_the_approver_is_the_manager_of_who_promises_else_of_the_carer(given):
    wish = {"kind": "gift", "value": "99999", "certainty": "certain"}
    assert given(account="a1", rep="r2", **wish).names["promise_approver_id"] == "m1"
    assert given(account="p1", **wish).names["promise_approver_id"] is None


@pytest.mark.source("D3.risk.kinds")
@pytest.mark.parametrize(
    ("certainty", "risk"), [("certain", "economic"), ("likely", "social"), ("impossible", "quality")]
)
def test_the_wording_addresses_the_fear(given, certainty, risk):
    wish = {"account": "c1", "kind": "service", "due_on": "2026-12-20", "certainty": certainty}
    for language in ("en", "zh"):
        plain, found = given(language, **wish).text, given(language, **wish, answers_risk=risk)
        assert len(found.text.splitlines()) == len(plain.splitlines()) + 1
        assert found.template == f"promise/{ {'promise': 'firm'}.get(found.verdict, found.verdict) }"


@pytest.mark.source("D3.risk.kinds")
@pytest.mark.parametrize("verdict", ["firm", "hedge", "persuade", "refuse"])
def test_every_wording_knows_every_fear(verdict):
    for language in ("en", "zh"):
        text = (ROOT / "templates" / "promise" / f"{verdict}.{language}.md").read_text(encoding="utf-8")
        for risk in ("economic", "functional", "quality", "social", "psychological"):
            assert f"answers_risk == '{risk}'" in text


def test_the_json_holds_all_that_a_program_needs(given):
    found = verdict_json(given(account="b1", kind="delivery", due_on="2026-11-22", certainty="likely", insisted="true"))
    assert found["limits"]["lead_days"] == {"wished": 2, "least": 5, "kept": False}
    assert found["approval"] == {"needed": True, "by": "m1", "name": "Mo 莫", "given": False}
    assert (found["verdict"], found["offer"]["due_on"], found["reserve"]) == ("hedge", "2026-11-26", 0.05)
    assert "D3.guard.hedge" in found["source"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"account": "zz"}, "there is no account"),
        ({"account": "a1", "kind": "bribe"}, "kind"),
        ({"account": "a1", "rep": "nobody"}, "there is no rep"),
        ({"account": "a1", "approved_by": "nobody"}, "approved_by"),
        ({"account": "a1", "value": "=1+1"}, "not an amount"),
        ({"account": "a1", "value": "123456789012345678"}, "too large"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused(given, cells, said):
    with pytest.raises(FactsError) as caught:
        given(**{"kind": "gift", "certainty": "certain", **cells})
    assert said in caught.value.message


def test_a_policy_without_a_guard_says_so(given):
    policy = load_policy(ROOT)
    less = replace(policy, signals={n: s for n, s in policy.signals.items() if n != "promise-verdict-hedge"})
    with pytest.raises(PolicyError, match="promise-verdict-hedge"):
        given(policy=less, account="a1", kind="gift", certainty="certain")
