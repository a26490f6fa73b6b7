"""What the policy concludes on each past day: reasoned by the nightly engine, one conclusions folder at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from engine.audit.backtest.ground import ask
from engine.audit.backtest.terms import Period
from engine.policy.expressions import Expression, refs, rules_in
from engine.policy.model import Policy, Signal
from engine.policy.names import account_path
from engine.reasoning.columnar.engine import Facts, reason
from engine.reasoning.days import Workdays
from engine.reasoning.layout import risk_path, signal_path
from engine.reasoning.plan import build_plan, tier_expressions

RISK_LEVELS = {"red": ("red",), "amber": ("red", "amber")}  # an alarm of amber: amber or worse
TIER = ("account", "tier")


@dataclass(frozen=True)
class Watched:
    """What was looked at: `rules` (signals that reach accounts, then risk levels) with their numbers in `held`.

    `not_judged`: the signals that the facts cannot answer, each with the fact types it misses.
    """

    rules: Mapping[str, int]
    not_judged: Mapping[str, tuple[str, ...]]


def observe(
    db: duckdb.DuckDBPyConnection, policy: Policy, snapshot: Facts, period: Period, calendar: Workdays | None,
    folder: Path, say: Callable[[str], None],
) -> Watched:  # fmt: skip
    """Makes the tables `held` (rule, account, n: on which day) and `risk_score` (account, score), of the last day.

    Raises EngineError. `folder` is for the conclusions, which are dropped as soon as they are read.
    """
    slim = lean(policy)
    plan = build_plan(slim, snapshot.present)
    signals = [signal.name for signal in plan.signals]
    levels = [f"risk.{level.level}" for level in plan.risk]
    numbers = {rule: number for number, rule in enumerate([*signals, *levels])}
    ask(db, "create or replace temp table held (rule integer, account varchar, n integer)")
    ask(db, "create or replace temp table risk_score (account varchar, score double)")
    ask(db, "create or replace temp table rule (name varchar, number integer)")
    for rule, number in numbers.items():
        ask(db, "insert into rule values ($1, $2)", [rule, number])
    for n, day in enumerate(period.days):
        say(f"{day.isoformat()} ({n + 1}/{len(period.days)})")
        with _concluded(slim, snapshot, day, calendar, folder) as into:
            files = [str(signal_path(into, rule)) for rule in signals]
            if files:
                ask(db, _HELD, {"files": files, "n": n})
            for level in levels:
                names = list(RISK_LEVELS[level.removeprefix("risk.")])
                ask(db, _RISK, {"rule": level, "names": names, "path": str(risk_path(into)), "n": n})
            if n == len(period.days) - 1:
                ask(db, "insert into risk_score select account, score from read_parquet($1)", [str(risk_path(into))])
    return Watched(numbers, {each.rule: each.missing for each in plan.not_judged})


def lean(policy: Policy) -> Policy:
    """The policy without what only texts and tasks need; it concludes the same signals and risks."""
    signals = {name: replace(signal, evidence=()) for name, signal in policy.signals.items()}
    return replace(policy, signals=signals, plays={})


def reaches_accounts(policy: Policy, rule: str) -> bool:
    """Whether a signal can be about an account, and not only about a person or the company."""
    signal = policy.signals[rule]
    return signal.touches is not None or account_path(policy.contract, signal.about) is not None


def only(policy: Policy, rules: Iterable[str], *, risk: bool) -> Policy:
    """The policy with these signals and all that they rest on; with `risk`, all signals that reach accounts.

    Risk counts no others.
    """
    if risk:
        rules = [rule for rule in policy.signals if reaches_accounts(policy, rule)]
    wanted, todo = set[str](), [name for name in rules if name in policy.signals]
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += [rule for rule in rests_on(policy, policy.signals[name])[0] if rule in policy.signals]
    return replace(
        policy, signals={n: s for n, s in policy.signals.items() if n in wanted}, risk=policy.risk if risk else ()
    )


def rests_on(policy: Policy, signal: Signal) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The signals that a signal's condition and severity name, and the measures (about, name) that they read."""
    todo: list[Expression | None] = [signal.when, *(when for _, when in signal.severity)]
    todo += [signal.touches.when] if signal.touches is not None else []
    return reads(policy, todo)


def reads(policy: Policy, todo: list[Expression | None]) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The signals and measures (about, name) that expressions read, directly or through measures; TIER is one."""
    rules, measures = set[str](), set[tuple[str, str]]()
    todo = list(todo)
    while todo:
        node = todo.pop()
        rules.update(rules_in(node))
        for ref in refs(node):
            key = (ref.type, ref.name)
            if key in measures:
                continue
            if key == TIER:
                measures.add(key)
                todo += tier_expressions(policy)
            elif key in policy.measures:
                measures.add(key)
                measure = policy.measures[key]
                todo += [measure.where, measure.value, measure.take.of if measure.take else None]
    return frozenset(rules), frozenset(measures)


@contextmanager
def _concluded(policy: Policy, snapshot: Facts, day: date, calendar: Workdays | None, folder: Path) -> Iterator[Path]:
    """The conclusions about a day, gone when left."""
    with TemporaryDirectory(prefix="day-", dir=folder) as made:
        into = Path(made) / "conclusions"
        reason(policy, snapshot, day, into, calendar)
        yield into


_HELD = """
insert into held
select r.number, f.account, $n
from read_parquet($files, filename = true) f join rule r on r.name = parse_filename(f.filename, true)
where f.account is not null group by r.number, f.account
"""
_RISK = """
insert into held
select r.number, f.account, $n from read_parquet($path) f join rule r on r.name = $rule
where f.level in (select unnest($names::varchar[]))
"""
