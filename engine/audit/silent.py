"""Rules that say nothing, or say it of everybody: each deserves a look, for nobody misses an alarm that never comes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from engine.audit.backtest.observing import reads
from engine.audit.backtest.terms import limit_of
from engine.facts.snapshot import Snapshot
from engine.policy.contract import DERIVED
from engine.policy.expressions import refs
from engine.policy.faults import Place
from engine.policy.impossible import Clash, Names, impossible
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar.night import engine_error
from engine.store.opening import Store

NIGHTS = ("silent_rule_nights", 30)
SHARE = ("broad_rule_share", 0.8)
LEAST = ("broad_rule_least", 20)
RULES = "rules"  # in the counts of a run: conclusions per judged signal


@dataclass(frozen=True)
class Oddity:
    """A rule and what is odd about it. `kind`: impossible, unfilled, nobody (for `nights`) or broad.

    broad: it matched `matched` of `subjects` facts of the `type` that it is about. unfilled: `fields` no fact has.
    """

    rule: str
    kind: str
    place: Place
    why: Clash | None = None
    fields: tuple[str, ...] = ()
    nights: int = 0
    matched: int = 0
    subjects: int = 0
    type: str = ""


@dataclass(frozen=True)
class Silence:
    """The odd rules, and how many nights of those `wanted` are recorded: with fewer no rule counts as silent."""

    oddities: tuple[Oddity, ...]
    nights: int
    wanted: int


def quick_oddities(store: Store, policy: Policy, snapshot: Snapshot, today: date) -> tuple[list[Oddity], int]:
    """The rules that matched nobody for long, or nearly everybody, and the nights recorded: by the runs' own counts.

    Cheap, for every night: the facts are not looked at, except to count customers.
    """
    wanted = int(limit_of(policy, *NIGHTS))
    nights = _nights(store, wanted)
    found = []
    if wanted and len(nights) >= wanted:
        for name, signal in policy.signals.items():
            if all(night.get(name) == 0 for night in nights):
                found.append(Oddity(name, "nobody", signal.when_place, nights=len(nights)))
    if nights:
        found += _broad(policy, snapshot, today, nights[0])
    return found, len(nights)


def silence(store: Store, policy: Policy, snapshot: Snapshot, today: date) -> Silence:
    """Every odd rule, each once: what is impossible first, then silent ones, then those that match nearly everybody."""
    found = {}
    for each in impossible(policy):
        if each.severity is None:
            found[each.rule] = Oddity(each.rule, "impossible", each.place, each.why)
    empty = unfilled(policy, snapshot)
    for each in impossible(policy, empty):
        rule = policy.signals.get(each.rule) or policy.plays.get(each.rule)
        if each.severity is None and each.rule not in found and rule is not None and rule.needs <= snapshot.present:
            causes = _causes(policy, each.rule, empty)
            found[each.rule] = Oddity(each.rule, "unfilled", each.place, each.why, causes)
    odd, nights = quick_oddities(store, policy, snapshot, today)
    for oddity in odd:
        found.setdefault(oddity.rule, oddity)
    return Silence(tuple(found.values()), nights, int(limit_of(policy, *NIGHTS)))


def unfilled(policy: Policy, snapshot: Snapshot) -> Names:
    """The fields of the contract that are missing in every row, of types that have rows; by the files' statistics."""
    found = set[tuple[str, str]]()
    with duckdb.connect() as db:
        for type in snapshot.present & policy.contract.keys():
            if not snapshot.rows[type]:
                continue
            try:
                rows = db.execute(_FILLED, [str(snapshot.path(type))]).fetchall()
            except duckdb.Error as fault:
                raise engine_error(fault, f"facts of type {type}") from fault
            filled = {name for name, there in rows if there}
            found |= {(type, name) for name in policy.contract[type].fields if name not in filled}
    return frozenset(found - _by_other_means(snapshot))


def _by_other_means(snapshot: Snapshot) -> set[tuple[str, str]]:
    """Fields that the engines fill where the facts do not."""
    derived = {(type, field.name) for type, fields in DERIVED.items() for field in fields}
    owner = {(ACCOUNT, "owner")} if "assignment" in snapshot.present else set()
    return derived | {(ACCOUNT, "tier")} | owner


def _causes(policy: Policy, rule: str, empty: Names) -> tuple[str, ...]:
    """The empty fields for whose sake a rule can match nobody: those that suffice alone, else all that it reads."""
    read = _read(policy, rule) & empty
    alone = [key for key in read if any(each.rule == rule for each in impossible(policy, frozenset({key})))]
    return tuple(sorted(f"{type}.{name}" for type, name in alone or read))


def _read(policy: Policy, rule: str) -> Names:
    """The fields that a rule's condition reads, directly or through measures and signals."""
    found, todo, seen = set[tuple[str, str]](), [rule], set[str]()
    while todo:
        name = todo.pop()
        signal, play = policy.signals.get(name), policy.plays.get(name)
        node = signal.when if signal is not None else play.trigger if play is not None else None
        if name in seen or node is None:
            continue
        seen.add(name)
        rules, keys = reads(policy, [node])
        todo += rules
        measures = [policy.measures[key] for key in keys if key in policy.measures]
        nodes = [node, *(each for m in measures for each in (m.where, m.value, m.take.of if m.take else None))]
        found |= {(ref.type, ref.name) for ref in refs(*nodes)}
    return frozenset(found)


def _nights(store: Store, wanted: int) -> list[Mapping[str, int]]:
    """The conclusions per rule of the last nights, newest first; of runs on one day the last."""
    rows = store.rows(
        "select counts from run where number in (select max(number) from run group by today)"
        " order by number desc limit ?",
        [max(wanted, 1)],
    )
    counts = [json.loads(text).get(RULES) for (text,) in rows]
    return list(_until_missing(counts))


def _until_missing(counts: Iterable[Mapping[str, int] | None]) -> Iterator[Mapping[str, int]]:
    """Those before the first run that recorded none."""
    for each in counts:
        if each is None:
            return
        yield each


def _broad(policy: Policy, snapshot: Snapshot, today: date, night: Mapping[str, int]) -> Iterator[Oddity]:
    share, least = limit_of(policy, *SHARE), int(limit_of(policy, *LEAST))
    subjects = dict(snapshot.rows)
    if "account" in subjects:
        subjects["account"] = _customers(snapshot, today)
    for name, signal in policy.signals.items():
        matched, there = night.get(name, 0), subjects.get(signal.about, 0)
        if signal.touches is None and there >= least and matched >= share * there:
            yield Oddity(name, "broad", signal.when_place, matched=matched, subjects=there, type=signal.about)


def _customers(snapshot: Snapshot, today: date) -> int:
    """The accounts that are no prospects and not lost."""
    try:
        with duckdb.connect() as db:
            db.execute(_CUSTOMERS, {"path": str(snapshot.path("account")), "today": today})
            [(count,)] = db.fetchall()
    except duckdb.BinderException:
        return snapshot.rows["account"]  # a contract without these fields
    except duckdb.Error as fault:
        raise engine_error(fault, "counting customers") from fault
    return int(count)


_CUSTOMERS = """
select count(*) from read_parquet($path)
where kind is distinct from 'prospect' and (lost_on is null or lost_on > $today)
"""
_FILLED = """
select path_in_schema, bool_or(coalesce(stats_null_count < num_values, true))
from parquet_metadata($1) group by path_in_schema
"""
