"""The rete engine: conclusions account by account, matched by durable-rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from engine.facts.snapshot import Snapshot
from engine.policy.contract import Contract
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.days import MondayToFriday, Workdays
from engine.reasoning.plan import Plan, build_plan
from engine.reasoning.rete.batch import places
from engine.reasoning.rete.conclude import batches, conclude_accounts, conclude_adrift, conclude_lasting
from engine.reasoning.rete.conclusions import Conclusions
from engine.reasoning.rete.known import known_facts
from engine.reasoning.rete.needs import columns
from engine.reasoning.rete.night import Night, prepare_night
from engine.reasoning.rete.rulebook import rulebook
from engine.reasoning.rete.source import ParquetSource, Source
from engine.reasoning.rete.tiers import Cutoffs
from engine.reasoning.rete.tiers import cutoffs as cutoffs_of
from engine.reasoning.rete.values import Value
from engine.reasoning.rete.write import Writer


class Facts(Protocol):
    """What the engine needs of a snapshot."""

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file."""
        ...

    def path(self, type: str, /) -> Path:
        """The Parquet file of a present type."""
        ...


Watch = Callable[[str], None]  # hears in words what is being looked at, so that a crash can be placed


def reason(
    policy: Policy,
    snapshot: Snapshot,
    today: date,
    into: Path,
    calendar: Workdays | None = None,
    accounts: Sequence[str] | None = None,
    watch: Watch | None = None,
) -> None:
    """Writes the conclusions of `policy` for the facts of `snapshot` on the day `today` into the folder `into`.

    With `accounts`, only conclusions for these are drawn and written, none about persons or the company alone.
    `calendar` says which days are worked; by default Monday to Friday. `watch` hears what is being looked at.
    Raises EngineError where durable-rules is not installed or fails.
    """
    plan = build_plan(policy, snapshot.present)
    source = snapshot_source(plan, snapshot)
    with Writer(plan, into) as writer:
        for some in conclude(plan, source, today, calendar, accounts, watch=watch):
            writer.add(some)


@dataclass(frozen=True)
class Case:
    """A state of the facts to conclude from, and what all accounts together give to it.

    `company`: company-wide measures by (about, name), in the engine's own form; those that are not there are reckoned.
    """

    facts: Facts
    cutoffs: Cutoffs | None = None
    company: Mapping[tuple[str, str], Value] = field(default_factory=dict)


def conclude_cases(
    policy: Policy,
    cases: Sequence[Case],
    today: date,
    calendar: Workdays | None,
    accounts: Sequence[str],
    watch: Watch | None = None,
) -> list[Conclusions]:
    """The conclusions for a few accounts from each of several states of the facts. Raises EngineError."""
    found = []
    for case in cases:
        plan = build_plan(policy, case.facts.present)
        source = snapshot_source(plan, case.facts)
        found.append(_whole(conclude(plan, source, today, calendar, accounts, case.cutoffs, watch, case.company)))
    return found


def snapshot_source(plan: Plan, snapshot: Facts) -> Source:
    """The rows of a snapshot, with the fields that the plan looks at."""
    files = {type: snapshot.path(type) for type in snapshot.present if type in plan.policy.contract}
    return ParquetSource(files, plan.policy.contract, columns(plan))


def conclude(
    plan: Plan,
    source: Source,
    today: date,
    calendar: Workdays | None = None,
    accounts: Sequence[str] | None = None,
    cutoffs: Cutoffs | None = None,
    watch: Watch | None = None,
    company: Mapping[tuple[str, str], Value] | None = None,
) -> Iterator[Conclusions]:
    """Conclusions from rows of any source, batch by batch; each one is whole for the accounts in it.

    `cutoffs`: where the classes of the ranking end; without them, all accounts of the source are ranked first.
    `company`: company-wide measures that are known already.
    """
    watch = watch or _unwatched
    night = _night(plan, source, today, calendar)
    night.cutoffs = cutoffs
    night.company.update(company or {})
    with rulebook(night, of_accounts=accounts is not None) as book:
        watch("persons and the company")
        lasting = conclude_lasting(night, book)
        if accounts is None:
            yield lasting.conclusions
        for ids in batches(_ids(source, plan.policy.contract) if accounts is None else dict.fromkeys(accounts)):
            watch(f"accounts {ids[0]} to {ids[-1]}")
            yield conclude_accounts(night, book, lasting, ids)
        if accounts is None:
            watch("facts without an account")
            yield from conclude_adrift(night, book, lasting)


def ranking(plan: Plan, source: Source, today: date, calendar: Workdays | None = None) -> Cutoffs | None:
    """Where the classes of the ranking end, to be given to `conclusions`; None where accounts are not ranked."""
    tiers = plan.policy.tiers
    if tiers.by != "rank" or tiers.measure is None or not plan.ranked:
        return None
    return cutoffs_of(tiers, places(_night(plan, source, today, calendar)))


def conclusions(
    plan: Plan,
    source: Source,
    today: date,
    calendar: Workdays | None = None,
    accounts: Sequence[str] | None = None,
    cutoffs: Cutoffs | None = None,
) -> Conclusions:
    """All conclusions from a source in one value: for a few accounts, as when something is told."""
    return _whole(conclude(plan, source, today, calendar, accounts, cutoffs))


def _whole(drawn: Iterable[Conclusions]) -> Conclusions:
    whole = Conclusions()
    for some in drawn:
        for rule, concluded in some.signals.items():
            whole.signals.setdefault(rule, []).extend(concluded)
        whole.risk += some.risk
        for play, triggered in some.plays.items():
            whole.plays.setdefault(play, []).extend(triggered)
    return whole


def _night(plan: Plan, source: Source, today: date, calendar: Workdays | None) -> Night:
    known = known_facts(source, plan.policy.contract, today, owners="owner" in columns(plan).get(ACCOUNT, ()))
    return prepare_night(plan, known, today, calendar or MondayToFriday())


def _unwatched(what: str) -> None:
    return None


def _ids(source: Source, contract: Contract) -> Iterator[str]:
    if ACCOUNT in contract:
        for rows in source.every(ACCOUNT):
            yield from (row["id"] for row in rows)
