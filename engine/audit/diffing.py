"""What a candidate policy would do: both policies over the same sealed nights, from the same state, task by task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from engine.action.hours import task_hours
from engine.action.night import Settings
from engine.action.report import Night
from engine.audit.behind import Behind
from engine.audit.comparing import Comparison, Side, compare
from engine.audit.diffing_causes import Cause, alone, candidates, causes_of
from engine.audit.rerunning import Past, Say, branch, rerun
from engine.audit.seen import CANDIDATE, CHANGED, LIVE, Found, NightCount, Seen
from engine.errors import HoldfastError, PolicyError
from engine.policy.contract import DERIVED
from engine.policy.differing import PolicyChange, policy_changes
from engine.policy.model import Policy
from engine.reasoning.days import Workdays
from engine.store.opening import open_store
from engine.store.sealed import sealed_snapshot

MOST_TRIALS = 8  # changes that are tried out one at a time


@dataclass(frozen=True)
class Difference:
    """A task that differs, and the changes that made it so. `together`: several could have, and none was told apart."""

    found: Found
    causes: tuple[Cause, ...]
    together: bool
    hours_before: float
    hours_after: float


@dataclass(frozen=True)
class SideCount:
    """What one policy came to over the counted nights: each task once, in hours, and night by night."""

    tasks: int
    hours: float
    nights: tuple[NightCount, ...]


@dataclass(frozen=True)
class PolicyDiff:
    """What differs between the live policy and a candidate.

    `warmed_on`: the day of the night that gave both the same state, None where both began with nothing. `last`: the
    conclusions of the last night compared, None where the policies are the same. `tried`: how many changes were tried
    out alone.
    """

    changes: tuple[PolicyChange, ...]
    causes: tuple[Cause, ...]
    nights: int = 0
    warmed_on: str | None = None
    words: int = 0
    live: SideCount | None = None
    candidate: SideCount | None = None
    tasks: tuple[Difference, ...] = ()
    last: Comparison | None = None
    tried: int = 0
    accounts: Mapping[str, str] | None = None

    @property
    def differs(self) -> bool:
        """Whether any task, conclusion or risk is another."""
        return bool(self.tasks) or (self.last is not None and bool(self.last.total or self.last.risk))


def diff(
    live: Policy, candidate: Policy, past: Past, settings: Settings, calendar: Workdays, most: int, say: Say
) -> PolicyDiff:  # fmt: skip
    """Run both policies over the past nights, and say what differs and why; `most` conclusions are explained.

    Nothing is run where the checked policies are the same. Raises HoldfastError.
    """
    changes = tuple(policy_changes(live, candidate))
    if not changes:
        return PolicyDiff((), ())
    _refuse_new_fields(live, candidate, past)
    causes = causes_of(live, candidate, changes)
    with TemporaryDirectory(prefix="holdfast-") as temporary:
        folder = Path(temporary)
        seen = Seen(folder / "seen.db")
        try:
            return _diff(live, candidate, past, settings, most, say, _Ground(folder, seen, calendar), changes, causes)
        finally:
            seen.close()


@dataclass(frozen=True)
class _Ground:
    folder: Path
    seen: Seen
    calendar: Workdays


def _diff(
    live: Policy, candidate: Policy, past: Past, settings: Settings, most: int, say: Say, ground: _Ground,
    changes: tuple[PolicyChange, ...], causes: list[Cause],
) -> PolicyDiff:  # fmt: skip
    start = _warm_up(live, past, settings, ground.folder, say)
    folders = {}
    for side, policy in ((LIVE, live), (CANDIDATE, candidate)):
        folders[side] = _go(side, policy, past, start, ground, say)
    raw = ground.seen.differences(LIVE, CANDIDATE)
    found = [each for one in raw if (each := _without_renaming(one, causes)) is not None]
    fitting = {each.identity: candidates(each, live, candidate, causes) for each in found}
    alone_made = _trials(live, candidate, fitting.values(), past, start, ground, say)
    tasks = tuple(_difference(each, fitting[each.identity], alone_made, live, candidate) for each in found)
    last = past.counted[-1]
    say("comparing")
    snapshot = sealed_snapshot(past.store, last)
    sides = [
        Side(policy, Behind(policy, snapshot, last.today, ground.calendar), folders[side])
        for side, policy in ((LIVE, live), (CANDIDATE, candidate))
    ]
    compared = compare(sides[0], sides[1], most)
    names = {}
    for account in {move.account for move in compared.shown if move.account}:
        names[account] = str((sides[1].behind.fact("account", account) or {}).get("name") or account)
    return PolicyDiff(
        changes, tuple(causes), len(past.counted), past.runs[0].today.isoformat() if past.warmed else None,
        len(past.words), _count(LIVE, live, ground.seen), _count(CANDIDATE, candidate, ground.seen), tasks, compared,
        len(alone_made), names,
    )  # fmt: skip


def _warm_up(live: Policy, past: Past, settings: Settings, folder: Path, say: Say) -> Settings:
    """The state that every side begins with: that of the live policy after the warm-up night, or an empty store."""
    start = replace(settings, store=folder / "start", reason=None)
    open_store(start.store, create=True).close()
    if past.warmed:
        say(f"warming up on {past.runs[0].today}")
        rerun(live, past, past.runs[:1], start, lambda _: None)
    return start


def _go(side: str, policy: Policy, past: Past, start: Settings, ground: _Ground, say: Say) -> Path:
    """Go through the counted nights under a policy; gives the folder of the last one's conclusions."""
    settings = branch(start, ground.folder / f"side-{side}")
    last = [settings.store]

    def watch(night: Night) -> None:
        say(f"{side}: {night.today}")
        ground.seen.watch(side, night.today, night)
        last[0] = night.folder

    rerun(policy, past, past.counted, settings, watch)
    return last[0]


def _trials(
    live: Policy, candidate: Policy, fitting: Iterable[list[Cause]], past: Past, start: Settings,
    ground: _Ground, say: Say,
) -> dict[Cause, frozenset[tuple[str, str, int, str]]]:  # fmt: skip
    """What each change does alone, of those that share a difference with another; nothing where they are too many."""
    unclear = dict.fromkeys(cause for some in fitting if len(some) > 1 for cause in some)
    if len(unclear) > MOST_TRIALS:
        return {}
    made = {}
    for n, cause in enumerate(unclear):
        policy = alone(live, candidate, cause)
        if policy is None:
            continue
        side = f"change {n + 1} of {len(unclear)}"
        try:
            _go(side, policy, past, start, ground, say)
        except PolicyError:
            continue
        made[cause] = frozenset(each.identity for each in ground.seen.differences(LIVE, side))
    return made


def _difference(
    found: Found, fitting: list[Cause], made: Mapping[Cause, frozenset[tuple[str, str, int, str]]], live: Policy,
    candidate: Policy,
) -> Difference:  # fmt: skip
    causes = fitting
    if len(fitting) > 1:
        causes = [cause for cause in fitting if found.identity in made.get(cause, ())] or fitting
    together = len(fitting) > 1 and causes is fitting
    before = task_hours(live, found.before.contact) if found.before and not found.before.joined else 0.0
    after = task_hours(candidate, found.after.contact) if found.after and not found.after.joined else 0.0
    return Difference(found, tuple(causes), together, before, after)


def _without_renaming(found: Found, causes: list[Cause]) -> Found | None:
    """The difference without what is only another name of a signal; None where nothing else is."""
    if found.how != CHANGED or "reasons" not in found.fields or not found.before or not found.after:
        return found
    names = {cause.renamed: cause.name[1] for cause in causes if cause.renamed and cause.name[0] == "signal"}
    if sorted(names.get(reason, reason) for reason in found.before.reasons) != sorted(found.after.reasons):
        return found
    fields = tuple(field for field in found.fields if field != "reasons")
    return replace(found, fields=fields) if fields else None


def _count(side: str, policy: Policy, seen: Seen) -> SideCount:
    tasks = seen.tasks(side)
    hours = sum(task_hours(policy, contact) * count for contact, count in tasks.items())
    return SideCount(sum(tasks.values()), hours, tuple(seen.nights(side)))


def _refuse_new_fields(live: Policy, candidate: Policy, past: Past) -> None:
    """Raises HoldfastError where a policy knows fields that the sealed facts do not have."""
    present = sealed_snapshot(past.store, past.runs[0])
    with duckdb.connect() as db:
        for policy in (live, candidate):
            for type in sorted(policy.contract.keys() & present.present):
                rows = db.execute("describe from read_parquet($1)", [str(present.path(type))]).fetchall()
                known = {row[0] for row in rows} | {field.name for field in DERIVED.get(type, ())}
                new = sorted(policy.contract[type].fields.keys() - known)
                if new:
                    raise HoldfastError(
                        f"the sealed facts have no field {type}.{new[0]} yet, so it cannot be tried on them",
                        "run a night with the new rules/facts.yaml first, or leave it as it is in the candidate",
                    )
