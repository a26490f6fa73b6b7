"""Small hand-made policies and facts for the tests of the rete engine."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from engine.policy import expressions as ex
from engine.policy.contract import FactType, Field
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.model import (
    Due,
    Evidence,
    Link,
    Measure,
    Play,
    Policy,
    RiskLevel,
    Signal,
    Step,
    Take,
    Tiers,
    Touches,
)  # fmt: skip
from engine.policy.strata import strata

TODAY = date(2026, 11, 22)
AT = Place("rules/small.yaml", 1, 1)
TEXT, MONEY, DATE, INTEGER = Kind.TEXT, Kind.MONEY, Kind.DATE, Kind.INTEGER


def _type(name, known_from, /, **fields):
    return FactType(name, known_from, {n: Field(n, k) if isinstance(k, Kind) else k for n, k in fields.items()})


def planned(name):
    return Field(name, DATE, planned=True)


def ref(target):
    return Field(target, TEXT, ref=target)


CONTRACT = {
    type.name: type
    for type in (
        _type(
            "account", None, name=TEXT, owner=Field("owner", TEXT, ref="rep"), tier=TEXT, kind=TEXT, lost_on=DATE,
            active=Kind.BOOLEAN,
        ),
        _type("rep", "hired_on", name=TEXT, hired_on=DATE, left_on=planned("left_on"), active=Kind.BOOLEAN),
        _type("assignment", "since", account=ref("account"), rep=ref("rep"), since=DATE, until=DATE),
        _type("order", "ordered_on", account=ref("account"), ordered_on=DATE, amount=MONEY, product=TEXT),
        _type("promise", "made_on", account=ref("account"), made_on=DATE, due_on=planned("due_on")),
        _type("recall", "seen_on", product=TEXT, seen_on=DATE),
    )
}  # fmt: skip


def column(name, kind=TEXT, path=(), type="account"):
    return ex.Ref(tuple(path), type, name, kind)


def text(value):
    return ex.Literal(value, TEXT)


def signal(name, about, when, needs=(), evidence=(), severity=(("high", None),), weight=10, touches=None):
    evidence = tuple(Evidence(n, v) for n, v in evidence)
    needs = frozenset({about, *needs})
    return Signal(name, about, when, severity, weight, {}, {}, evidence, (), AT, AT, needs, touches=touches)


SPEND = Measure(
    "spend", "account", MONEY, AT, "order", Link(("account",), "id"), None,
    Take("sum", column("amount", MONEY, (), "order")), None, frozenset({"account", "order"}),
)  # fmt: skip
LATE = signal(
    "late", "promise", ex.Compare("<", column("due_on", DATE, (), "promise"), ex.Today()),
    evidence=[("due_on", column("due_on", DATE, (), "promise")), ("account.tier", column("tier", TEXT, ["account"]))],
)  # fmt: skip
BIG = signal(
    "big", "account", ex.And((ex.Holds("late"), ex.Compare("=", column("tier"), text("A")))), needs=["order"],
    evidence=[("spend", column("spend", MONEY))],
    severity=(("critical", ex.Compare("=", column("name"), text("$m"))), ("low", None)),
)  # fmt: skip
HAS_PRODUCT = ex.Not(ex.IsMissing(column("product", TEXT, (), "recall")))
RECALLED = signal("recalled", "recall", HAS_PRODUCT, touches=Touches(("order",), "product"))
STEPS = (Step("act", "owner", Due(1, True), "t", (), AT),)
SAVE = Play(
    "save", "account", ex.Compare("=", column("risk"), text("red")), ("late", "big", "recalled"), STEPS, {}, (), (),
    AT, AT, needs=frozenset({"account"}),
)  # fmt: skip


def small_policy(signals=(LATE, BIG, RECALLED), plays=(SAVE,), measures=(SPEND,)):
    measures = {(m.about, m.name): m for m in measures}
    signals = {s.name: s for s in signals}
    tiers = Tiers("rank", "spend", (("A", 0.5), ("C", None)), None, None, {}, AT)
    risk = (RiskLevel("red", ex.Compare(">=", column("signals.any", INTEGER), ex.Literal(2, INTEGER)), AT),)
    return Policy(
        "small", {}, CONTRACT, {}, measures, tiers, signals, risk, {p.name: p for p in plays}, {}, {},
        strata(measures, tiers, signals),
    )  # fmt: skip


@dataclass(frozen=True)
class Written:
    """Facts in a folder."""

    hash: str
    folder: Path
    present: frozenset
    rows: dict

    def path(self, type):
        return self.folder / f"{type}.parquet"


STORED = {TEXT: "VARCHAR", MONEY: "DECIMAL(18, 4)", DATE: "DATE", INTEGER: "BIGINT", Kind.NUMBER: "DOUBLE"}


def write(folder, facts):
    """Facts as a snapshot would hold them."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as db:
        for type, rows in facts.items():
            fields = {n: f for n, f in CONTRACT[type].fields.items() if n != "active"}
            columns = {"id": "VARCHAR"} | {n: STORED[f.kind] for n, f in fields.items()}
            declared = ", ".join(f'"{name}" {stored}' for name, stored in columns.items())
            db.execute(f"create or replace table t ({declared})")
            for row in rows:
                db.execute(f"insert into t values ({', '.join('?' * len(columns))})", [row.get(n) for n in columns])
            db.table("t").write_parquet(str(folder / f"{type}.parquet"))
    return Written("small", folder, frozenset(facts), {type: len(rows) for type, rows in facts.items()})


FACTS_SQL = {  # {n} accounts with five orders and a promise each
    "account": "select 'a' || i as id, 'name' as name, 'customer' as kind from range({n}) as t(i)",
    "order": """select 'o' || i as id, 'a' || (i % {n}) as account, 'p' || (i % 50) as product,
        date '2026-01-01' + cast(i % 300 as integer) as ordered_on, cast(i % 1000 as decimal(18, 4)) as amount
        from range({n} * 5) as t(i)""",
    "promise": """select 'p' || i as id, 'a' || i as account, date '2026-01-01' as made_on,
        date '2026-11-01' + cast(i % 60 as integer) as due_on from range({n}) as t(i)""",
    "recall": "select 'c' || i as id, 'p' || i as product, date '2026-10-01' as seen_on from range(3) as t(i)",
}
