"""Signals on signals, whom they touch, risk and plays."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.reasoning.columnar.engine import open_database

NOV = date(2026, 11, 1)
TEXTS = "title: {en: t, zh: t}, because: {en: t, zh: t}"


def signal(
    name: str, when: str, about: str = "account", severity: str = "low", weight: float = 1, more: str = ""
) -> str:
    return f'  {name}: {{{TEXTS}, about: {about}, when: "{when}", severity: {severity}, weight: {weight}{more}}}\n'


def signals(*lines: str) -> str:
    return "signals:\n" + "".join(lines)


def play(name: str, about: str, trigger: str) -> str:
    step = "{id: act, assign: director, due: today, template: test/text}"
    return f'play: {name}\ntitle: {{en: t, zh: t}}\nabout: {about}\ntrigger: "{trigger}"\nsteps: [{step}]\n'


def accounts(ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": id, "name": id.upper(), **more} for id in ids]


def order(id: str, account: str, amount: object, **more: object) -> dict[str, Any]:
    return {"id": id, "account": account, "ordered_on": NOV, "amount": amount, **more}


def promise(id: str, account: str | None, **more: object) -> dict[str, Any]:
    return {"id": id, "account": account, "kind": "gift", "made_on": NOV, **more}


def test_limits_by_tier_differ(judge: Any) -> None:
    rules = "limits: {days: {A: 0, B: 10, C: 30}}\n" + signals(
        signal("late", "today - made_on > limit.days", "promise")
    )
    facts = {
        "account": [{"id": t, "name": "x", "tier": t} for t in "ABC"],
        "promise": [promise(f"p{t}", t) for t in "ABC"] + [promise("q", None)],
    }
    assert judge(rules, facts).subjects("late") == ["pA", "pB"]


def test_severity_is_the_first_that_holds(judge: Any) -> None:
    rules = signals(
        signal("late", "true", "promise", "{critical: urged > 9, high: urged > 5 or insisted, medium: otherwise}")
    )
    facts = {
        "account": accounts("a"),
        "promise": [
            promise("p", "a", urged=10),
            promise("q", "a", insisted=True),
            promise("r", "a"),
            promise("s", "a", urged=6),
        ],
    }
    assert [row["severity"] for row in judge(rules, facts).signals("late")] == ["critical", "high", "medium", "high"]


def test_signals_rest_on_signals(judge: Any) -> None:
    rules = signals(
        signal("late", "due_on < today", "promise"),
        signal("very-late", "signal('late') and due_on < date '2026-11-10'", "promise"),
        signal("angry", "severity = 'high'", "complaint"),
        signal("late-and-angry", "signal('late') and signal('angry')"),
        signal("late-not-angry", "signal('late') and not signal('angry')"),
        signal("sister", "not signal('late') and signal('late-and-angry')", "promise"),
        signal("left", "not active", "rep"),
    )
    facts = {
        "account": accounts("abc"),
        "promise": [promise("p", "a", due_on=date(2026, 11, 9)), promise("q", "a", due_on=date(2026, 11, 22)),
                    promise("r", "b", due_on=date(2026, 11, 21)), promise("s", None, due_on=date(2026, 11, 21)),
                    promise("t", "a", due_on=date(2026, 11, 21))],
        "complaint": [{"id": "k", "account": "a", "opened_on": NOV, "severity": "high"},
                      {"id": "l", "account": None, "opened_on": NOV, "severity": "high"}],
        "rep": [{"id": "x", "name": "X", "role": "sales", "left_on": NOV}],
    }  # fmt: skip
    found = judge(rules, facts)
    assert found.subjects("late") == ["p", "r", "s", "t"]
    assert found.subjects("very-late") == ["p"]
    assert found.subjects("late-and-angry") == ["a"]
    assert found.subjects("late-not-angry") == ["b"]
    assert found.subjects("sister") == ["q"]
    assert [(row["subject"], row["account"]) for row in found.signals("left")] == [("x", None)]


RECALL = ", touches: {from: [order, subscription], match: product}"


def test_a_recall_touches_everyone_who_bought(judge: Any) -> None:
    rules = signals(
        signal("recall", "kind = 'incident'", "product_event", "high", more=RECALL),
        signal("recalled", "signal('recall')"),
        signal("again", "signal('recall')", "product_event"),
    )
    facts = {
        "account": accounts("abcd"),
        "product_event": [
            {"id": id, "product": product, "kind": kind, "happened_on": NOV}
            for id, product, kind in [
                ("x", "p'; --", "incident"), ("y", "q", "incident"), ("z", "p'; --", "upgrade"), ("n", "?", "incident"),
            ]
        ],
        "order": [
            order("1", "a", 1, product="p'; --"), order("2", "a", 2, product="p'; --"), order("3", "b", 1, product="q"),
            order("4", "c", 1),
        ],
        "subscription": [
            {"id": "s", "account": account, "product": product, "started_on": NOV, "ends_on": NOV}
            for account, product in [("a", "q"), ("a", "p'; --"), (None, "q")]
        ],
    }  # fmt: skip
    found = judge(rules, facts, plays={"replace": play("replace", "product_event", "signal('recall')")})
    pairs = [("x", "a"), ("y", "a"), ("y", "b")]
    assert [(row["subject"], row["account"]) for row in found.signals("recall")] == pairs
    assert found.subjects("recalled") == ["a", "b"]
    assert [(row["subject"], row["account"]) for row in found.signals("again")] == [("x", None), ("y", None)]
    assert [(row["subject"], row["account"]) for row in found.plays("replace")] == pairs
    assert {account: row["any"] for account, row in found.risk().items()} == {"a": 3, "b": 2}


def test_turbulence_touches_the_accounts_that_fit(judge: Any) -> None:
    touches = ", touches: {when: \"tier in ('A', 'B') and city = 'x'\"}"
    rules = signals(signal("turbulence", "ended_on is null", "company_event", more=touches))
    facts = {
        "account": [{"id": t, "name": t, "tier": t, "city": "x"} for t in "ABC"],
        "company_event": [
            {"id": "e", "kind": "disaster", "began_on": NOV},
            {"id": "f", "kind": "other", "began_on": NOV},
        ],
    }
    found = judge(rules, facts, plays={"talk": play("talk", "company_event", "signal('turbulence')")})
    pairs = [(event, account) for event in "ef" for account in "AB"]
    assert [(row["subject"], row["account"]) for row in found.signals("turbulence")] == pairs
    assert [(row["subject"], row["account"]) for row in found.plays("talk")] == pairs


def test_risk_counts_conclusions_and_sums_weights_exactly(judge: Any) -> None:
    rules = signals(
        signal("late", "true", "promise", "high", 0.1),
        signal("other", "id in ('a', 'b', 'd')", severity="low", weight=2.5),
        signal("person", "true", "rep", "critical", 100),
    )
    amber = "signal('late') or signals.different >= 2"
    risk = {"rules/risk.yaml": f"risk: {{red: score >= 2.8 or signals.critical >= 1, amber: {amber}}}"}
    facts = {
        "account": accounts("abcd"),
        "promise": [
            *(promise(f"p{i}", "a") for i in range(3)),
            promise("q", "c"),
            promise("r", "nobody"),
            promise("s", None),
        ],
        "rep": [{"id": "r", "name": "R", "role": "sales"}],
    }
    plays = {
        "save": play("save", "account", "risk = 'red'"),
        "calm": play("calm", "account", "risk = 'green' and score > 0 and signals.low = 1 and signals.any = 1"),
        "each": play("each", "promise", "risk = 'red' and signals.high = 3 or score is null"),
    }
    found = judge(rules, facts, files=risk, plays=plays)
    none = {"critical": 0, "medium": 0}
    assert found.risk() == {
        "a": {"level": "red", "score": 2.8, "any": 4, "high": 3, "low": 1, "different": 1, **none},
        "c": {"level": "amber", "score": 0.1, "any": 1, "high": 1, "low": 0, "different": 1, **none},
    }
    assert [row["subject"] for row in found.plays("save")] == ["a"]
    assert [row["subject"] for row in found.plays("calm")] == ["b", "d"]
    assert [row["subject"] for row in found.plays("each")] == ["p0", "p1", "p2", "r", "s"]


def test_risk_by_measures_alone(judge: Any) -> None:
    risk = {"rules/risk.yaml": "risk: {red: spend > 5, amber: spend > 1}"}
    facts = {"account": accounts("abc"), "order": [order("1", "a", 9), order("2", "b", 2)]}
    found = judge(signals(signal("never", "false")), facts, files=risk)
    assert {account: (row["level"], row["any"]) for account, row in found.risk().items()} == {
        "a": ("red", 0),
        "b": ("amber", 0),
    }


def test_more_rules_than_a_mask_has_bits(judge: Any) -> None:
    rules = signals(*(signal(f"rule-{i}", f"relation_level = {i % 3 + 1}", severity="medium") for i in range(130)))
    risk = {"rules/risk.yaml": "risk: {red: signal('rule-129') and signals.different = 44, amber: signal('rule-61')}"}
    facts = {"account": [{"id": f"a{n}", "name": "x", "relation_level": n} for n in (1, 2, 3)]}
    found = judge(rules, facts, files=risk).risk()
    assert {account: (row["level"], row["different"]) for account, row in found.items()} == {
        "a1": ("red", 44),
        "a2": ("amber", 43),
    }


def test_an_absent_type_is_not_judged_and_an_empty_one_is(judge: Any) -> None:
    rules = signals(
        signal("quiet", "n_orders = 0"),
        signal("late", "due_on < today", "promise"),
        signal("both", "signal('late') or signal('quiet')"),
    )
    rules += "measures: {n_orders: {about: account, from: order, take: count}}\n"
    found = judge(rules, {"account": accounts("a"), "promise": []})
    assert found.not_judged() == {"quiet": ["order"]}
    assert found.subjects("late") == [] and found.subjects("both") == []
    found = judge(rules, {"account": accounts("a"), "order": []})
    assert found.not_judged() == {"late": ["promise"]}
    assert found.subjects("quiet") == ["a"] and found.subjects("both") == ["a"]


@pytest.mark.parametrize(
    ("when", "judged"),
    [
        ("kind is null and not signal('late')", True),
        ("active and kind is null and not (signal('late') or signal('odd'))", True),
        ("signal('odd') and not signal('late')", True),
        ("kind is null and (active or tier = 'A' and not signal('late'))", True),
        ("not signal('late')", False),
        ("active and not signal('late')", False),
        ("active and not (signal('late') and active)", False),
        ("kind is null and signal('late')", False),
        ("kind is null and not (signal('late') and kind is null)", False),
        ("not signal('late') and not signal('odd')", False),
    ],
)
def test_a_signal_that_is_not_judged_holds_nobody_back_who_has_a_reason(judge: Any, when: str, judged: bool) -> None:
    odd = "kind = 'prospect'" if "or signal('odd')" in when else "kind is null"
    rules = signals(signal("late", "due_on < today", "promise"), signal("odd", odd), signal("mine", when))
    found = judge(rules, {"account": accounts("a")})
    assert set(found.not_judged()) == ({"late"} if judged else {"late", "mine"})
    if judged:
        assert found.subjects("mine") == ["a"]
    assert judge(rules, {"account": accounts("a"), "promise": []}).not_judged() == {}


def test_a_proviso_that_is_judged_holds_back(judge: Any) -> None:
    rules = signals(signal("late", "due_on < today", "promise"), signal("mine", "kind is null and not signal('late')"))
    facts = {"account": accounts("ab"), "promise": [promise("p", "a", due_on=NOV), promise("q", "b")]}
    assert judge(rules, facts).subjects("mine") == ["b"]


def test_evidence_of_absent_facts_is_missing(judge: Any) -> None:
    rules = 'signals:\n  show: {title: {en: t, zh: t}, about: account, when: true, severity: low, weight: 1, because: {en: "{{ owner.name }} {{ n }}", zh: "t"}}\n'  # noqa: E501
    rules += "measures: {n: {about: account, from: order, take: count}}\n"
    found = judge(rules, {"account": accounts("a", owner="r")}).signals("show")
    assert [row["evidence"] for row in found] == [{"owner.name": None, "n": None}]


def test_no_facts_at_all(judge: Any) -> None:
    found = judge(signals(signal("any", "true")), {})
    assert found.not_judged() == {"any": ["account"]}
    assert found.risk() == {}


def test_text_of_facts_stays_text(judge: Any) -> None:
    nasty = ["'; drop table account; --", '"quoted"', "{{ 1 }}", "客户\n第二行", "\\", "%", "", "null", "𠀋🙂"]
    facts = {"account": [{"id": f"{i}{text}", "name": text, "city": text} for i, text in enumerate(nasty)]}
    rules = signals(signal("same", "name = city and id like '%'"))
    found = judge(rules, facts, plays={"p": play("p", "account", "signal('same')")})
    assert set(found.subjects("same")) == {row["id"] for row in facts["account"]}
    assert len(found.plays("p")) == len(nasty)
    assert found.signals("same")[0]["evidence"]["name"] == nasty[0]


def test_a_folder_may_have_signs_that_databases_expand(judge: Any) -> None:
    rules = signals(signal("x", "true"), signal("y", "signal('x')"))
    found = judge(rules, {"account": accounts("a")}, place="a [b] {c} * ' ?")
    assert [row["score"] for row in found.risk().values()] == [2.0]


def test_weights_may_be_fractions(judge: Any) -> None:
    rules = signals(signal("x", "true", weight=0.7))
    assert [row["weight"] for row in judge(rules, {"account": accounts("a")}).signals("x")] == [0.7]
    assert judge(rules, {"account": accounts("a")}).risk()["a"]["score"] == float(Decimal("0.7"))


def test_a_damaged_file_is_an_error_without_a_traceback(judge: Any) -> None:
    with pytest.raises(EngineError, match=r"^facts of type account: "):
        judge(signals(signal("x", "true")), {"account": b"no parquet"})


def test_a_folder_that_cannot_be_is_an_error_without_a_traceback(judge: Any, tmp_path: Any) -> None:
    (tmp_path / "into").write_text("in the way")
    with pytest.raises(EngineError, match="cannot be written"):
        judge(signals(signal("x", "true")), {"account": []}, into=tmp_path / "into")


def test_little_memory_is_enough_or_said(judge: Any) -> None:
    rules = signals(signal("x", "true"))
    assert judge(rules, {"account": accounts("a")}, memory_limit="200MB").subjects("x") == ["a"]
    with pytest.raises(EngineError, match="starting DuckDB"):
        judge(rules, {"account": accounts("a")}, memory_limit="much")


def test_what_a_killed_engine_leaves_is_named_as_unfinished(tmp_path: Path) -> None:
    with open_database(tmp_path / "run", None):
        left = [path.suffix for path in tmp_path.iterdir()]
    assert left == [".part"]  # no run of the ledger, no file that somebody added: the next night removes it
    assert not any(tmp_path.iterdir())
