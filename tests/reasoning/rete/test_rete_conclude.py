"""Conclusions from rows in memory and from a snapshot: whole runs, single accounts, something told."""

import json
from datetime import timedelta
from decimal import Decimal

import duckdb
from small_policies import TODAY, small_policy, write

from engine.reasoning.plan import build_plan
from engine.reasoning.rete import conclusions, reason
from engine.reasoning.rete.conclusions import Concluded
from engine.reasoning.rete.reason import ranking, snapshot_source
from engine.reasoning.rete.source import MemorySource, Overlay

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
FACTS = {
    "account": [{"id": "a1", "name": "$m", "owner": "r1"}, {"id": "客户2", "name": "'; drop table x; --"}],
    "order": [
        {"id": "o1", "account": "a1", "ordered_on": YESTERDAY, "amount": Decimal("100.5"), "product": "x"},
        {"id": "o2", "account": "客户2", "ordered_on": YESTERDAY, "amount": Decimal("1"), "product": "x"},
        {"id": "o3", "account": "客户2", "ordered_on": TOMORROW, "amount": Decimal("1000"), "product": "y"},
    ],
    "promise": [
        {"id": "p1", "account": "a1", "made_on": YESTERDAY, "due_on": YESTERDAY},
        {"id": "p2", "account": "客户2", "made_on": YESTERDAY, "due_on": TODAY},
        {"id": "p3", "account": None, "made_on": YESTERDAY, "due_on": YESTERDAY},
        {"id": "p4", "account": "nobody", "made_on": YESTERDAY, "due_on": YESTERDAY},
        {"id": "p5", "account": "a1", "made_on": TOMORROW, "due_on": YESTERDAY},
    ],
    "recall": [{"id": "c1", "product": "x", "seen_on": TODAY}, {"id": "c2", "product": "y", "seen_on": TODAY}],
}


def said(found):
    signals = {rule: sorted((c.subject, c.account or "", c.severity) for c in cs) for rule, cs in found.signals.items()}
    plays = {play: sorted((t.subject, t.account or "") for t in ts) for play, ts in found.plays.items()}
    return signals, sorted((s.account, s.level, s.figures["score"]) for s in found.risk), plays


WHOLE = (
    {
        "late": [("p1", "a1", "high"), ("p3", "", "high"), ("p4", "nobody", "high")],
        "big": [("a1", "a1", "critical")],
        "recalled": [("c1", "a1", "high"), ("c1", "客户2", "high")],
    },
    [("a1", "red", 30.0)],
    {"save": [("a1", "a1")]},
)


def test_conclusions_from_rows_in_memory():
    plan = build_plan(small_policy(), frozenset(FACTS))
    found = conclusions(plan, MemorySource(FACTS), TODAY)
    assert said(found) == WHOLE
    assert found.signals["big"] == [Concluded("a1", "a1", "critical", {"spend": 1005000})]
    assert dict(found.signals["late"][0].evidence) == {"due_on": YESTERDAY, "account.tier": "A"}


def test_one_account_is_concluded_as_among_all():
    plan = build_plan(small_policy(), frozenset(FACTS))
    signals, risk, plays = said(conclusions(plan, MemorySource(FACTS), TODAY, accounts=["a1"]))
    assert signals == {rule: [c for c in cs if c[1] == "a1"] for rule, cs in WHOLE[0].items()}
    assert (risk, plays) == WHOLE[1:]
    other, risk, _ = said(conclusions(plan, MemorySource(FACTS), TODAY, accounts=["客户2", "unheard of"]))
    assert other == {"recalled": [("c1", "客户2", "high")]}
    assert risk == []


def test_an_account_without_the_others_is_ranked_by_cutoffs_given():
    plan = build_plan(small_policy(), frozenset(FACTS))
    ends = ranking(plan, MemorySource(FACTS), TODAY)
    alone = {type: [r for r in rows if "客户2" in r.values()] for type, rows in FACTS.items()}
    late = [{"id": "p2", "account": "客户2", "made_on": YESTERDAY, "due_on": YESTERDAY}]
    told = Overlay(MemorySource(alone), {"promise": late})
    assert "big" in conclusions(plan, told, TODAY, accounts=["客户2"]).signals
    assert "big" not in conclusions(plan, told, TODAY, accounts=["客户2"], cutoffs=ends).signals


def test_what_is_told_takes_the_place_of_what_was_known(tmp_path):
    plan = build_plan(small_policy(), frozenset(FACTS))
    source = snapshot_source(plan, write(tmp_path / "facts", FACTS))
    told = {
        "promise": [
            {**FACTS["promise"][0], "due_on": TOMORROW},
            {**FACTS["promise"][1], "id": "p6", "due_on": YESTERDAY},
        ]
    }
    signals, _, _ = said(conclusions(plan, Overlay(source, told), TODAY))
    assert signals["late"] == [("p3", "", "high"), ("p4", "nobody", "high"), ("p6", "客户2", "high")]
    assert "big" not in signals


def test_a_snapshot_gives_the_conclusions_folder(tmp_path):
    facts = {type: rows for type, rows in FACTS.items() if type != "recall"}
    reason(small_policy(), write(tmp_path / "facts", facts), TODAY, tmp_path / "out")
    with duckdb.connect(":memory:") as db:
        late = db.execute(
            "select * from read_parquet(?) order by 1", [str(tmp_path / "out/signals/late.parquet")]
        ).fetchall()
        risk = db.execute("select * from read_parquet(?)", [str(tmp_path / "out/risk.parquet")]).fetchall()
    assert late[0] == ("p1", "a1", "high", 10.0, {"due_on": YESTERDAY, "account.tier": "A"})
    assert [row[:2] for row in late] == [("p1", "a1"), ("p3", None), ("p4", "nobody")]
    assert risk == [("a1", "red", 20.0, 2, 1, 1, 0, 0, 2)]
    assert sorted(p.name for p in (tmp_path / "out/signals").iterdir()) == ["big.parquet", "late.parquet"]
    judged = json.loads((tmp_path / "out/judged.json").read_text())
    assert judged == {"not_judged": [{"rule": "recalled", "missing": ["recall"]}]}


def test_the_assignment_in_force_is_the_owner(tmp_path):
    assignments = [
        {"id": "s1", "account": "a1", "rep": "r2", "since": YESTERDAY - timedelta(days=9), "until": TODAY},
        {"id": "s2", "account": "a1", "rep": "r3", "since": YESTERDAY - timedelta(days=5), "until": TOMORROW},
        {"id": "s3", "account": "a1", "rep": "r4", "since": YESTERDAY - timedelta(days=5), "until": None},
        {"id": "s4", "account": "a1", "rep": "r5", "since": TOMORROW, "until": None},
    ]
    assert owner_of(assignments) == "r4"
    assert owner_of(assignments[:2]) == "r3"
    assert owner_of(assignments[:1]) == "r1"


def owner_of(assignments):
    from small_policies import CONTRACT

    from engine.reasoning.rete.known import known_facts

    known = known_facts(MemorySource({**FACTS, "assignment": assignments}), CONTRACT, TODAY)
    ((account, *_),) = known.where("account", "id", ["a1"])
    reps = [row["id"] for rows in known.where("account", "owner", [account["owner"]]) for row in rows]
    assert reps == ["a1"]
    return account["owner"]
