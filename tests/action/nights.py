"""Help for the tests of nights: a small policy by hand, facts, and conclusions written as an engine would."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.action.night import Settings, run_night
from engine.action.report import Night
from engine.delivery.render import render
from engine.policy.contract import Contract, FactType, Field
from engine.policy.expressions import Literal, Ref
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.model import Due, Evidence, Play, Policy, Signal, Step, Template, Tiers
from engine.reasoning import layout
from engine.reasoning.days import MondayToFriday
from engine.reasoning.plan import build_plan

HERE = Place("rules/here.yaml", 1, 1)
ALWAYS = Literal(True, Kind.BOOLEAN)
SUNDAY = date(2026, 11, 22)
MONDAY = date(2026, 11, 23)


class Weekdays(MondayToFriday):
    """Monday to Friday, with the steps ahead that due dates need."""

    def add_workdays(self, day: date, n: int) -> date:
        while n:
            day = date.fromordinal(day.toordinal() + 1)
            n -= day.weekday() < 5
        return day

    def unpublished(self, year: int) -> bool:
        return False


def texts(*names: str) -> dict[str, Field]:
    return {name: Field(name, Kind.TEXT) for name in names}


CONTRACT: Contract = {
    "account": FactType(
        "account",
        None,
        texts("name", "second", "department", "tier") | {"owner": Field("owner", Kind.TEXT, ref="rep")},
    ),
    "rep": FactType(
        "rep",
        "hired_on",
        texts("name", "role", "department", "manager", "email")
        | {"hired_on": Field("hired_on", Kind.DATE), "left_on": Field("left_on", Kind.DATE, planned=True)},
    ),
    "assignment": FactType(
        "assignment", "since", texts("account", "rep") | {n: Field(n, Kind.DATE) for n in ("since", "until")}
    ),
    "absence": FactType(
        "absence", "told_on", texts("rep") | {n: Field(n, Kind.DATE) for n in ("told_on", "since", "until")}
    ),
    "promise": FactType(
        "promise",
        "made_on",
        {"account": Field("account", Kind.TEXT, ref="account"), "rep": Field("rep", Kind.TEXT, ref="rep")}
        | {n: Field(n, Kind.DATE) for n in ("made_on", "due_on")},
    ),
}
COLUMNS = {  # of the snapshot's files
    type.name: {"id": Kind.TEXT} | {f.name: f.kind for f in type.fields.values()} for type in CONTRACT.values()
}


def signal(name: str, about: str = "promise", evidence: Mapping[str, Kind] | None = None, **given: Any) -> Signal:
    values = {"days_late": Kind.INTEGER} if evidence is None else evidence
    return Signal(
        name=name,
        about=about,
        when=ALWAYS,
        weight=10,
        title={"en": name, "zh": name},
        evidence=tuple(Evidence(n, Ref((), about, n, kind)) for n, kind in values.items()),
        place=HERE,
        when_place=HERE,
        **{
            "severity": (("high", None),),
            "because": {"en": "{{ days_late | days }} late", "zh": "逾期 {{ days_late | days }}"},
            "source": (f"S.{name}",),
            "needs": frozenset({about}),
            **given,
        },
    )


def step(
    id: str = "call", assign: str = "owner", due: Due | None = None, after: tuple[str, ...] = (), **given: Any
) -> Step:
    return Step(id, assign, due or Due(1, workdays=True), "promise/call", after, HERE, **given)


def play(name: str = "keep", signals: tuple[str, ...] = ("late",), about: str = "promise", **given: Any) -> Play:
    return Play(
        name=name,
        about=about,
        trigger=ALWAYS,
        signals=signals,
        title={"en": "Keep it", "zh": "兑现"},
        place=HERE,
        trigger_place=HERE,
        **{
            "steps": (step(),),
            "evidence": (Evidence("account.name", Ref(("account",), "account", "name", Kind.TEXT)),),
            "source": ("P.keep",),
            "needs": frozenset({about}),
            **given,
        },
    )


def template(language: str, title: str, body: str, name: str = "promise/call") -> Template:
    return Template(name, language, title, body, HERE, HERE)


TEMPLATES = (
    template("en", "Call {{ account.name }}", "{% for r in reasons %}\n- {{ r }}\n{% endfor %}\nFor {{ assignee }}."),
    template("zh", "致电 {{ account.name }}", "{% for r in reasons %}\n- {{ r }}\n{% endfor %}\n{{ due }}"),
)


def policy(signals: Iterable[Signal] = (), plays: Iterable[Play] = (), hash: str = "policy1") -> Policy:
    signals, plays = tuple(signals) or (signal("late"),), tuple(plays)
    return Policy(
        hash=hash,
        texts={"rules/here.yaml": "signals:"},
        contract=CONTRACT,
        limits={},
        measures={},
        tiers=Tiers("rank", None, (("A", 0.05), ("B", 0.2), ("C", None)), None, None, {}, HERE),
        signals={s.name: s for s in signals},
        risk=(),
        plays={p.name: p for p in plays},
        templates={(t.name, t.language): t for t in TEMPLATES},
        words={},
        strata={("tier",): 1} | {("signal", s.name): 1 for s in signals},
    )


@dataclass(frozen=True)
class Snapshot:
    """Facts as Parquet files; a type without rows given is not there."""

    folder: Path
    hash: str
    present: frozenset[str]

    def path(self, type: str) -> Path:
        return self.folder / f"{type}.parquet"


def snapshot(folder: Path, hash: str = "facts1", **rows: list[dict[str, Any]]) -> Snapshot:
    folder.mkdir(parents=True, exist_ok=True)
    for type, given in rows.items():
        columns = {name: layout.column_type(kind).sql("duckdb") for name, kind in COLUMNS[type].items()}
        _write(folder / f"{type}.parquet", columns, [[row.get(name) for name in columns] for row in given])
    return Snapshot(folder, hash, frozenset(rows))


@dataclass
class Conclusions:
    """What tonight's engine shall conclude: (subject, account, severity, evidence) by rule, and so on."""

    signals: dict[str, list[tuple[str, str | None, str, dict[str, Any]]]] = field(default_factory=dict)
    plays: dict[str, list[tuple[str, str | None, dict[str, Any]]]] = field(default_factory=dict)
    risk: list[tuple[str, str, float]] = field(default_factory=list)

    def write(self, policy: Policy, snapshot: Snapshot, today: date, into: Path, *, calendar: Any = None) -> None:
        plan = build_plan(policy, snapshot.present)
        layout.make_folders(into)
        for rule in plan.signals:
            types = {n: t.sql("duckdb") for n, t in layout.signal_columns(rule.evidence).items()}
            rows = [[s, a, severity, 10.0, e] for s, a, severity, e in self.signals.get(rule.name, [])]
            _write(layout.signal_path(into, rule.name), types, rows)
        for one in plan.plays:
            types = {n: t.sql("duckdb") for n, t in layout.play_columns(one.evidence).items()}
            _write(layout.play_path(into, one.name), types, [list(row) for row in self.plays.get(one.name, [])])
        types = {n: t.sql("duckdb") for n, t in layout.risk_columns().items()}
        _write(
            layout.risk_path(into), types, [[a, level, score, *[0] * (len(types) - 3)] for a, level, score in self.risk]
        )
        layout.write_judged(plan, into)


def both(*promises: tuple[str, str | None], other: tuple[tuple[str, str | None], ...] = ()) -> Conclusions:
    """The plays `keep` (for each of the promises, severity high) and `mend` (for each of `other`, medium) hold."""
    found = late(*promises)
    found.signals["late"] += [(p, a, "medium", {"days_late": 1}) for p, a in other if (p, a) not in promises]
    found.plays["mend"] = [(p, a, {"account.name": f"Shop {a}"}) for p, a in other]
    return found


def late(*promises: tuple[str, str | None], severity: str = "high", days: int = 3) -> Conclusions:
    """The rule `late` and the play `keep` hold for each (promise, account)."""
    return Conclusions(
        signals={"late": [(p, a, severity, {"days_late": days}) for p, a in promises]},
        plays={"keep": [(p, a, {"account.name": f"Shop {a}"}) for p, a in promises]},
    )


def _write(path: Path, types: Mapping[str, str], rows: list[list[Any]]) -> None:
    db = duckdb.connect()
    columns = ", ".join(f'"{name}" {type}' for name, type in types.items())
    db.execute(f"create table t ({columns})")
    if rows:
        db.executemany(f"insert into t values ({', '.join('?' for _ in types)})", rows)
    db.execute("copy t to $1 (format parquet)", [str(path)])


REPS = [
    {"id": "r1", "name": "Li Wei", "role": "sales", "manager": "m1", "department": "north"},
    {"id": "r2", "name": "Li Wei", "role": "sales", "manager": "m1", "department": "north"},
    {"id": "m1", "name": "Mei", "role": "manager", "department": "north", "manager": "d1"},
    {"id": "d1", "name": "Dai", "role": "director"},
    {"id": "g1", "name": "Gao", "role": "gm"},
]
ACCOUNTS = [
    {"id": "a1", "name": "Shop a1", "owner": "r1", "second": "r2", "department": "north", "tier": "A"},
    {"id": "a2", "name": "无锡商行", "owner": "r2", "department": "north"},
]
PROMISES = [{"id": "p1", "account": "a1", "rep": "r1"}, {"id": "p2", "account": "a2", "rep": "r2"}]


class Workspace:
    """A store and facts; `night` runs with the conclusions given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch
        self.store = folder / "store"
        self.policy = policy(plays=[play()])
        self.facts = snapshot(folder / "facts", account=ACCOUNTS, rep=REPS, promise=PROMISES)
        self.settings = Settings(self.store, Weekdays(), "en", {}, render)

    def night(self, conclusions: Conclusions, today: date = SUNDAY, facts: str = "", **given: Any) -> dict[str, Any]:
        with self.open_night(conclusions, today, facts, **given) as night:
            return night.as_dict()

    def open_night(self, conclusions: Conclusions, today: date = SUNDAY, facts: str = "", **given: Any) -> Night:
        self.engine(conclusions.write)
        snapshot = replace(self.facts, hash=facts or f"facts of {today}")
        return run_night(self.policy, snapshot, today, self.settings, **given)

    def engine(self, reason: Callable[..., None]) -> None:
        """Put a stand-in in the place of the nightly engine."""
        module = importlib.import_module("engine.reasoning.columnar")
        self._patch.setattr(module, "reason", reason, raising=False)


def by_id(tasks: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    """The tasks whose fields are as wanted."""
    return [task for task in tasks if all(task[name] == value for name, value in wanted.items())]
