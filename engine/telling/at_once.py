"""Tell a fact, or take it back, and see at once what follows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.action.night import Settings
from engine.errors import FactsError
from engine.facts.snapshot import Snapshot, open_snapshot
from engine.facts.work import Bench, workbench
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.days import Workdays
from engine.store.opening import Store, open_store
from engine.store.tellings import Telling, untaken
from engine.telling.effect import Effect, effect_on
from engine.telling.merged import Changed, MergedFacts, Row, changes, merged
from engine.telling.record import Told, current, parse_fields, take_back, take_down
from engine.telling.touching import Touched, touched_by


@dataclass(frozen=True)
class Here:
    """Where and when something is told: policy, store, the day to look at, and how the workspace wants its nights."""

    policy: Policy
    settings: Settings
    calendar: Workdays
    today: date
    at: datetime

    @property
    def snapshots(self) -> Path:
        """The folder of frozen facts."""
        return self.settings.store / "snapshots"


@dataclass(frozen=True)
class Followed:
    """What was told and what follows: for one account, or for those that a fact without one touches.

    Both are None where there has been no night yet, or `why_not` says why nothing can be said.
    """

    told: Told
    effect: Effect | None = None
    touched: Touched | None = None
    account_name: str = ""
    why_not: str = ""
    known_later: date | None = None


def tell(here: Here, type: str, given: Sequence[str], who: str) -> Followed:
    """Take down a fact of `field=value` texts and say what follows. Raises HoldfastError; then nothing was written."""
    kind, cells = parse_fields(here.policy.contract, type, given)
    with _open(here, create=True) as (bench, store, base, folder):
        news = untaken(store)
        before = changes(bench, here.policy.contract, base, store, news)
        told = take_down(
            bench, here.policy.contract, store, base, before, kind, cells, who, here.at, here.today
        )  # fmt: skip
        after = {name: dict(rows) for name, rows in before.items()}
        after.setdefault(type, {})[told.telling.fact] = told.row
        return _follow(here, bench, store, base, folder, told, before, after)


def undo(here: Here, name: str, who: str) -> Followed:
    """Take back what was told under a number or a fact's id, and say what follows. Raises HoldfastError."""
    with _open(here, create=False) as (bench, store, base, folder):
        contract = here.policy.contract
        before = changes(bench, contract, base, store, untaken(store))
        telling = take_back(store, contract, name, who, here.at)
        after = changes(bench, contract, base, store, [*untaken(store), telling])
        kind = contract.get(telling.type)
        if kind is None:
            raise FactsError(f"number {telling.id} was taken back; the policy knows no fact type '{telling.type}'")
        old = current(bench, kind, base, before, telling.fact)
        told = Told(telling, kind, after[telling.type].get(telling.fact), old)
        return _follow(here, bench, store, base, folder, told, before, after)


@contextmanager
def _open(here: Here, *, create: bool) -> Iterator[tuple[Bench, Store, Snapshot | None, Path]]:
    with (
        TemporaryDirectory(prefix="holdfast-") as made,
        open_store(here.settings.store, create=create) as store,
        workbench() as bench,
    ):
        rows = store.rows("select snapshot from run order by number desc limit 1")
        base = open_snapshot(here.snapshots / rows[0][0]) if rows else None
        yield bench, store, base, Path(made)


def _follow(
    here: Here, bench: Bench, store: Store, base: Snapshot | None, folder: Path,
    told: Told, before: Changed, after: Changed,
) -> Followed:  # fmt: skip
    if base is None:
        return Followed(told, why_not="no_night")
    policy, type = here.policy, told.kind.name
    known_from = (told.row or {}).get(told.kind.known_from or "")
    later = known_from if isinstance(known_from, date) and known_from > here.today else None
    row: Row = told.row or told.before or {"id": told.telling.fact}
    old = merged(bench, policy.contract, base, before, folder)
    new = _after(bench, policy, base, old, before, after, folder)
    path = account_path(policy.contract, type)
    account = row["id"] if path == () else row.get(ACCOUNT) if path is not None else None
    if account is None:
        touched = touched_by(policy, new, type, row, here.today, here.calendar, here.settings.language, folder / "t")
        return Followed(told, touched=touched, known_later=later)
    effect = effect_on(
        policy, old, new, type, account, here.today, here.settings, here.calendar, store, folder
    )  # fmt: skip
    found = current(bench, policy.contract[ACCOUNT], base, after, account) or {}
    return Followed(told, effect, account_name=str(found.get("name") or account), known_later=later)


def _after(
    bench: Bench, policy: Policy, base: Snapshot, old: MergedFacts, before: Changed, after: Changed, folder: Path
) -> MergedFacts:
    """The facts after, sharing with those before the files of all types that are the same in both."""
    different = {type: rows for type, rows in after.items() if rows != before.get(type)}
    new = merged(bench, policy.contract, base, different, folder)
    files = {type: path for type, path in old.files.items() if type not in different} | dict(new.files)
    return MergedFacts(new.hash, base, files)


__all__ = ["Followed", "Here", "Telling", "tell", "undo"]
