"""A whole back-test, and the sweep of one limit."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from engine.audit.backtest.counting import Ground, RuleFigures, add_counts, figures_of, ground_of
from engine.audit.backtest.ground import Acted, add_facts, add_truth, first_known
from engine.audit.backtest.observing import Watched, observe, only, reaches_accounts
from engine.audit.backtest.scores import Scores, scores_of
from engine.audit.backtest.terms import Period, Terms, period_of, terms_of
from engine.audit.backtest.tuning import Variant, affected
from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.policy.model import Policy
from engine.reasoning.columnar.engine import Facts, open_database, open_links
from engine.reasoning.days import Workdays

Say = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is wanted of a back-test; None: by the policy and the data. `end`: the day that the facts are of."""

    end: date
    since: date | None = None
    until: date | None = None
    every: int = 7
    horizon: int | None = None
    rules: tuple[str, ...] = ()
    calendar: Workdays | None = None


@dataclass(frozen=True)
class BackTest:
    """What a back-test found: signals that reach accounts, in the policy's order, and risk levels."""

    terms: Terms
    period: Period
    ground: Ground
    signals: tuple[RuleFigures, ...]
    risk: tuple[RuleFigures, ...]
    scores: Scores | None
    not_judged: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Tuned:
    """One value of a limit, and what the rules that it moves come to under it. `now`: the policy has this value."""

    value: str
    now: bool
    rules: tuple[RuleFigures, ...]


@dataclass(frozen=True)
class Sweep:
    """The sweep of a limit; `rules` are the signals and risk levels that it moves."""

    limit: str
    terms: Terms
    period: Period
    ground: Ground
    rules: tuple[str, ...]
    values: tuple[Tuned, ...]


def backtest(policy: Policy, snapshot: Facts, asked: Asked, acted: Iterable[Acted], say: Say) -> BackTest:
    """Hold a policy against the days of the past. `acted`: the tasks done, see `ground.Acted`. Raises HoldfastError."""
    _check_rules(policy, asked.rules)
    terms = terms_of(policy, asked.horizon)
    with _laid(policy, snapshot, asked, terms, acted) as (db, period, folder):
        risk = not asked.rules or any(rule.startswith("risk.") for rule in asked.rules)
        watched = _watch(db, only(policy, asked.rules, risk=risk), snapshot, terms, period, asked, folder, say)
        say("figures")
        add_counts(db, terms, period)
        ground = ground_of(db, terms, period)
        wanted = {rule: n for rule, n in watched.rules.items() if not asked.rules or rule in asked.rules}
        found = figures_of(db, terms, period, ground, wanted)
        seen = _seen(terms, period)
        scores = scores_of(db, terms, seen[-1]) if seen and not asked.rules else None
    kept = [each for each in found if not _about_nobody(policy, each.rule)]
    return BackTest(
        terms, period, ground, tuple(each for each in kept if not each.rule.startswith("risk.")),
        tuple(each for each in kept if each.rule.startswith("risk.")), scores, watched.not_judged,
    )  # fmt: skip


def sweep(
    policy: Policy, snapshot: Facts, asked: Asked, acted: Iterable[Acted], limit: str, variants: Sequence[Variant],
    say: Say,
) -> Sweep:  # fmt: skip
    """The figures of the rules that a limit moves, under each of its values; losses are counted as the policy has it.

    Raises UsageError where no signal or risk level that was asked for depends on the limit.
    """
    _check_rules(policy, asked.rules)
    terms = terms_of(policy, asked.horizon)
    moved = affected(policy, [variant.policy for variant in variants])
    rules = tuple(rule for rule in moved if not asked.rules or rule in asked.rules)
    rules = tuple(rule for rule in rules if not _about_nobody(policy, rule))
    if not rules:
        raise UsageError(
            f"no signal about customers depends on limit '{limit}'" if not asked.rules
            else f"limit '{limit}' does not move {', '.join(asked.rules)}",
            "holdfast check shows the policy; docs/policy.md says what each limit is for",
        )  # fmt: skip
    with _laid(policy, snapshot, asked, terms, acted) as (db, period, folder):
        found = []
        ground = None
        for variant in variants:
            slim = only(variant.policy, rules, risk=any(rule.startswith("risk.") for rule in rules))
            watched = _watch(
                db, slim, snapshot, terms, period, asked, folder,
                lambda text, value=variant.said: say(f"{limit} {value}: {text}"),  # type: ignore[misc]
            )  # fmt: skip
            add_counts(db, terms, period)
            ground = ground or ground_of(db, terms, period)
            wanted = {rule: watched.rules[rule] for rule in rules if rule in watched.rules}
            found.append(Tuned(variant.said, variant.now, tuple(figures_of(db, terms, period, ground, wanted))))
    assert ground is not None  # noqa: S101  there is at least the policy's own value
    judged = tuple(rule for rule in rules if any(each.rule == rule for each in found[0].rules))
    return Sweep(limit, terms, period, ground, judged, tuple(found))


@contextmanager
def _laid(
    policy: Policy, snapshot: Facts, asked: Asked, terms: Terms, acted: Iterable[Acted]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Period, Path]]:
    """A database with the ground truth, the days, and a folder that goes with it."""
    with TemporaryDirectory(prefix="holdfast-") as made:
        folder = Path(made)
        (folder / "none").mkdir()
        with open_links(snapshot, folder / "none") as links, open_database(folder / "none", None) as db:
            add_facts(db, policy.contract, snapshot, links)
            period = period_of(terms, asked.end, asked.every, asked.since, asked.until, first_known(db))
            add_truth(db, terms, period, acted)
            yield db, period, folder


def _watch(
    db: duckdb.DuckDBPyConnection, policy: Policy, snapshot: Facts, terms: Terms, period: Period, asked: Asked,
    folder: Path, say: Say,
) -> Watched:  # fmt: skip
    return observe(db, policy, snapshot, replace(period, days=_seen(terms, period)), asked.calendar, folder, say)


def _seen(terms: Terms, period: Period) -> tuple[date, ...]:
    """The days whose horizon is known to its end: the first ones of the period."""
    return tuple(day for day in period.days if (period.end - day).days >= terms.horizon)


def _about_nobody(policy: Policy, rule: str) -> bool:
    return rule in policy.signals and not reaches_accounts(policy, rule)


def _check_rules(policy: Policy, rules: Sequence[str]) -> None:
    known = [*policy.signals, *(f"risk.{level.level}" for level in policy.risk)]
    for rule in rules:
        if rule not in known:
            raise UsageError(f"there is no signal '{rule}'", nearest(rule, known) or "holdfast check names them")
