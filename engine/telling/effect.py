"""What follows at once from something told: signals, risk and tasks of one account, before and after."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from engine.action.away import company_due
from engine.action.make import because_text
from engine.action.night import Settings, run_night
from engine.action.room import others_than
from engine.action.spread import AT_ONCE
from engine.errors import EngineError
from engine.policy.kinds import MONEY_PLACES, Kind
from engine.policy.model import Due, Policy
from engine.reasoning.columnar import reason as columnar_reason
from engine.reasoning.columnar.standing import Standing, standing
from engine.reasoning.days import Workdays
from engine.reasoning.layout import NO_EVIDENCE, risk_path, signal_path
from engine.reasoning.plan import Plan, build_plan
from engine.store.opening import Store
from engine.store.sealed import newest_run
from engine.store.waiting import list_waiting
from engine.telling.account_store import account_store
from engine.telling.merged import MergedFacts

GREEN = "green"


@dataclass(frozen=True)
class State:
    """An account at one moment: what concludes for it, by (rule, subject), its level of risk and score."""

    signals: Mapping[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    level: str = GREEN
    score: float = 0.0


@dataclass(frozen=True)
class Effect:
    """What follows for an account. `tasks` of the next night as `run --json` has them, None where that cannot be
    said (with `due_between` where the day is only known then); `waiting`: what would have none since the lists are
    full; `fallback` says why the columnar engine was used, where it was."""

    account: str
    before: State
    after: State
    tasks: tuple[dict[str, Any], ...] | None
    fallback: str = ""
    waiting: tuple[dict[str, Any], ...] = ()

    @property
    def came(self) -> list[dict[str, Any]]:
        """The signals that were not there before."""
        return [signal for key, signal in self.after.signals.items() if key not in self.before.signals]

    @property
    def gone(self) -> list[dict[str, Any]]:
        """The signals that are no more."""
        return [signal for key, signal in self.before.signals.items() if key not in self.after.signals]

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The signals that are graver or less grave than before, each with `was`."""
        both = (
            (self.before.signals[key], signal)
            for key, signal in self.after.signals.items()
            if key in self.before.signals
        )
        return [{**now, "was": then["severity"]} for then, now in both if then["severity"] != now["severity"]]


@dataclass(frozen=True)
class _Found:
    """The account before and after, and conclusions in a folder with the policy that a night needs of them."""

    before: State
    after: State
    policy: Policy
    folder: Path
    fallback: str = ""


def effect_on(
    policy: Policy, before: MergedFacts, after: MergedFacts, type: str, account: str, today: date,
    settings: Settings, calendar: Workdays, store: Store | None, folder: Path,
) -> Effect:  # fmt: skip
    """Conclude for one account from the facts before and after something of `type` was told, and try the night.

    `store` knows what is open for the account; without one, no tasks can be told. Works in `folder`, in memory that
    does not grow with the number of accounts. Raises HoldfastError.
    """
    about = _About(policy, account, today, settings, calendar, folder)
    plays = _living_plays(store, account)
    found = None
    fallback = "durable-rules is not installed"
    if find_spec("durable") is not None:
        try:
            found = _by_rete(about, before, after, type, plays)
        except EngineError as error:
            fallback = error.message
    if found is None:
        found = _by_columnar(about, before, after, fallback)
    tasks: tuple[dict[str, Any], ...] | None = None
    waiting: tuple[dict[str, Any], ...] = ()
    if store is not None and not _is_past(store, today):
        tasks, waiting = _tasks(found, after, about, store)
    return Effect(account, found.before, found.after, tasks, found.fallback, waiting)


@dataclass(frozen=True)
class _About:
    """The account that is looked at, by which policy, on which day, and where to work."""

    policy: Policy
    account: str
    today: date
    settings: Settings
    calendar: Workdays
    folder: Path


def _living_plays(store: Store | None, account: str) -> frozenset[str]:
    """The plays of which the store knows an episode of the account."""
    rows = [] if store is None else store.rows("select distinct play from episode where account = ?", [account])
    return frozenset(play for (play,) in rows)


def _by_rete(about: _About, before: MergedFacts, after: MergedFacts, type: str, living: frozenset[str]) -> _Found:
    from engine.reasoning.rete.reason import Case, conclude_cases
    from engine.reasoning.rete.worker import in_worker
    from engine.reasoning.rete.write import Writer

    policy, today, calendar = about.policy, about.today, about.calendar
    plans = build_plan(policy, before.present), build_plan(policy, after.present)
    first = standing(plans[0], before, today, calendar)
    same = before.present == after.present and type not in first.types
    second = first if same else standing(plans[1], after, today, calendar)
    cases = [
        Case(facts, cutoffs_of(plan, given), _company(policy, given))
        for facts, plan, given in ((before, plans[0], first), (after, plans[1], second))
    ]
    old, new = in_worker(conclude_cases, policy, cases, today, calendar, [about.account])
    small = _only(plans[1], frozenset(new.signals), living | frozenset(new.plays))
    with Writer(small, about.folder / "after") as writer:
        writer.add(new)
    return _Found(_stated(about, old), _stated(about, new), small.policy, about.folder / "after")


def _only(plan: Plan, signals: frozenset[str], plays: frozenset[str]) -> Plan:
    """The plan with these signals and plays alone, and its policy with these plays: the others are not concerned."""
    policy = replace(plan.policy, plays={name: play for name, play in plan.policy.plays.items() if name in plays})
    levels = (replace(level, signals=tuple(s for s in level.signals if s.name in signals)) for level in plan.levels)
    return replace(plan, policy=policy, levels=tuple(levels), plays=tuple(p for p in plan.plays if p.name in plays))


def _by_columnar(about: _About, before: MergedFacts, after: MergedFacts, fallback: str) -> _Found:
    states = []
    for facts, name in ((before, "old"), (after, "new")):
        into = about.folder / name
        columnar_reason(about.policy, facts, about.today, into, calendar=about.calendar)
        _keep_only(into, about.account)
        states.append(_state(about, into))
    return _Found(states[0], states[1], about.policy, about.folder / "new", fallback)


def cutoffs_of(plan: Plan, given: Standing) -> Any:
    """Where the classes end, as the rete engine takes it; None where accounts are not ranked."""
    from engine.reasoning.rete.tiers import Cutoffs, last_class, place
    from engine.reasoning.rete.values import stored

    if given.ends is None:
        return None
    kind = plan.policy.measures["account", plan.policy.tiers.measure or ""].kind
    places = tuple((name, None if end is None else place(stored(end[0], kind), end[1])) for name, end in given.ends)
    return Cutoffs(places, last_class(plan.policy.tiers))


def _company(policy: Policy, given: Standing) -> dict[tuple[str, str], Any]:
    from engine.reasoning.rete.values import stored

    return {key: stored(value, policy.measures[key].kind) for key, value in given.company.items()}


def _keep_only(folder: Path, account: str) -> None:
    """Leave in a conclusions folder what concerns one account."""
    with duckdb.connect(":memory:") as db:
        for path in [*folder.glob("signals/*.parquet"), *folder.glob("plays/*.parquet"), risk_path(folder)]:
            kept = path.with_suffix(".kept")
            db.execute(
                "create or replace table kept as select * from read_parquet($1) where account = $2",
                [str(path), account],
            )
            db.execute("copy kept to $1 (format parquet)", [str(kept)])
            kept.replace(path)


def _stated(about: _About, some: Any) -> State:
    """What the rete engine concluded, as a state of the account."""
    from engine.reasoning.rete.conclusions import Conclusions

    given: Conclusions = some
    signals = {}
    for rule, concluded in sorted(given.signals.items()):
        kinds = {e.name: e.value.kind for e in about.policy.signals[rule].evidence}
        for one in sorted(concluded, key=lambda c: c.subject):
            evidence = {name: _outside(value, kinds.get(name)) for name, value in one.evidence.items()}
            signals[rule, one.subject] = _signal(about, rule, one.subject, one.severity, evidence)
    level, score = next(((s.level, s.figures["score"]) for s in given.risk if s.account == about.account), (GREEN, 0.0))
    return State(signals, level, float(str(score)))


def _outside(value: Any, kind: Kind | None) -> Any:
    return Decimal(value).scaleb(-MONEY_PLACES) if kind is Kind.MONEY and isinstance(value, int) else value


def _signal(about: _About, rule: str, subject: str, severity: str, evidence: Mapping[str, Any]) -> dict[str, Any]:
    signal, settings = about.policy.signals[rule], about.settings
    return {
        "rule": rule,
        "subject": {"type": signal.about, "id": subject},
        "severity": severity,
        "title": signal.title.get(settings.language) or next(iter(signal.title.values())),
        "because": because_text(settings.render, about.policy, signal.because, evidence, settings.language),
        "source": list(signal.source),
    }


def _state(about: _About, folder: Path) -> State:
    """What stands in a conclusions folder, as a state of the account."""
    signals: dict[tuple[str, str], dict[str, Any]] = {}
    with duckdb.connect(":memory:") as db:
        for rule in sorted(about.policy.signals):
            path = signal_path(folder, rule)
            if not path.is_file():
                continue
            db.execute(
                "select subject, severity, unnest(evidence) from read_parquet($1) where account = $2 order by subject",
                [str(path), about.account],
            )
            names = [name for name, *_ in db.description or ()][2:]
            for subject, severity, *values in db.fetchall():
                evidence = {n: v for n, v in zip(names, values, strict=True) if n != NO_EVIDENCE}
                signals[rule, subject] = _signal(about, rule, subject, severity, evidence)
        row = db.execute(
            "select level, score from read_parquet($1) where account = $2", [str(risk_path(folder)), about.account]
        ).fetchone()
    return State(signals, *(row or (GREEN, 0.0)))


def _is_past(store: Store, today: date) -> bool:
    rows = store.rows("select today from run order by number desc limit 1")
    return bool(rows) and today.isoformat() < rows[0][0]


_Follows = tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]


def _tasks(found: _Found, facts: MergedFacts, about: _About, store: Store) -> _Follows:
    """The account's tasks after the next night, and what of it waits for room.

    The night is carried out on a small copy of the store; what its people have to do for others counts with it.
    """

    def given(policy: Policy, facts: object, today: date, into: Path, **_: object) -> None:
        shutil.copytree(found.folder, into, dirs_exist_ok=True)

    copy = about.folder / "store"
    account_store(store, about.account, copy)
    run = newest_run(store)
    others = others_than(store.db.conn, about.account, about.today, run.folder if run is not None else None)
    settings = replace(about.settings, store=copy, reason=given, also=None, others=others)
    with run_night(found.policy, facts, about.today, settings) as night:
        names = dict(night.store.rows("select id, name from rep"))
        tasks = (task for task in night.tasks() if task["account"] == about.account)
        waiting = list_waiting(night.store, account=about.account)
        return (
            tuple({**task, "assignee_name": names.get(task["assignee"]), **_between(task, about)} for task in tasks),
            tuple(matter.as_json() for matter in waiting),
        )


def _between(task: Mapping[str, Any], about: _About) -> dict[str, list[str]]:
    """`due_between` of a new task whose day is spread over a range: which one it is rests on other new tasks too."""
    parts = [part for part in (task, *task["joined"]) if part["outcome"] == "new"]
    spans = [
        step.due for part in parts for step in about.policy.plays[part["play"]].steps if step.id == part["step"]
    ]  # fmt: skip
    if task["priority"] <= AT_ONCE or not any(span.first for span in spans):
        return {}
    first, last = (
        min(company_due(Due(getattr(span, end) or span.days, span.workdays), about.today, about.settings.calendar)
            for span in spans if span.first)
        for end in ("first", "days")
    )  # fmt: skip
    return {"due_between": [min(first.isoformat(), task["due_on"]), max(last.isoformat(), task["due_on"])]}
