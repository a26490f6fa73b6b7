"""The main job of a workspace: facts in, a night run, its policy tested."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.action.night import Settings, run_night
from engine.action.report import Night
from engine.delivery.render import render
from engine.errors import PolicyError
from engine.facts.importing import Imported, import_facts
from engine.facts.work import Bench, workbench
from engine.outgoing import digests_of
from engine.policy.load import PolicyFaults, check, load_policy, read_texts
from engine.policy.model import Policy
from engine.reports.outlook import open_outlook
from engine.reports.source import ReportSource
from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.model import Result
from engine.scenarios.reading import read_scenarios
from engine.scenarios.suite import run_tests
from engine.store.opening import open_store, read_store
from engine.store.sealed import newest_run, sealed_snapshot
from engine.store.signing import check_key
from engine.store.tellings import untaken
from engine.store.versions import last_version, version_of, version_texts
from engine.telling.at_once import Followed, Here, tell, undo
from engine.telling.guard import Verdict, weigh
from engine.telling.merged import MergedFacts, changes, merged
from engine.telling.taking import note_taken, taking
from engine.workspace import Workspace

REJECTED_SHARE = "rejected_share"  # the limit that says how much of a fact type may be set aside
DEFAULT_REJECTED_SHARE = 0.05

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """A night with the import that it rests on."""

    imported: Imported
    night: Night

    @property
    def policy_version(self) -> int | None:
        """The published version with the very texts of the night's policy; None where they are not published."""
        return version_of(self.night.store, self.night.policy.hash)

    def as_dict(self) -> dict[str, Any]:
        """The object that `holdfast run --json` prints."""
        return {**self.night.as_dict(), "policy_version": self.policy_version}


@contextmanager
def night_of(
    workspace: Workspace,
    today: date,
    *,
    facts: Path | None = None,
    engine: str = "columnar",
    dry_run: bool = False,
    progress: Progress = lambda _: None,
) -> Iterator[Done]:
    """Import the facts and run a night. A dry run takes the same path and writes nothing to the workspace.

    `facts`: a folder or workbook instead of the workspace's own sources; what people told is added to either. Raises
    HoldfastError.
    """
    if not dry_run:
        check_key(workspace.store)
    policy = policy_in_force(workspace)
    with TemporaryDirectory(prefix="holdfast-") as temporary:
        store = Path(temporary) if dry_run else workspace.store
        rejects = store / "rejects" / f"{today.isoformat()}.csv"
        with taking(workspace.store) as told:
            imported = import_facts(
                policy.contract, facts or workspace.sources, store, rejects, rejected_share(policy), progress,
                told.rows, workspace.language,
            )  # fmt: skip
        progress("reasoning")
        night = run_night(
            policy, imported.snapshot, today,
            replace(settings(workspace), also=None if dry_run else digests_of(workspace)), engine=engine,
            dry_run=dry_run, rejected=imported.rejected,
        )  # fmt: skip
        with night:
            if not dry_run:
                note_taken(workspace.store, imported, told.news)
            yield Done(imported, night)


def policy_in_force(workspace: Workspace) -> Policy:
    """The policy that nights run under: the files as they stand, or the last published version where that is required.

    Raises PolicyFaults, and PolicyError where nothing is published yet.
    """
    if workspace.settings.publish != "required":
        return load_policy(workspace.root)
    if workspace.database.is_file():
        with read_store(workspace.store) as store:
            version = last_version(store)
            texts = None if version is None else version_texts(store, version)
        if texts is not None:
            checked = check(texts)
            if checked.policy is None:
                raise PolicyFaults(checked.faults, checked.texts)
            return checked.policy
    raise PolicyError(
        "no policy is published, and holdfast.yaml says `publish: required`", "holdfast policy publish --by WHO"
    )


def settings(workspace: Workspace) -> Settings:
    """How the workspace wants its nights."""
    return Settings(workspace.store, workspace.calendar, workspace.language, workspace.languages, render)


def rejected_share(policy: Policy) -> float:
    """The largest share of one type's rows that may be set aside, by the policy's limit."""
    limit = policy.limits.get(REJECTED_SHARE)
    return float(limit.values.get(None, DEFAULT_REJECTED_SHARE)) if limit else DEFAULT_REJECTED_SHARE


def tell_fact(workspace: Workspace, type: str, given: Sequence[str], who: str, today: date, at: datetime) -> Followed:
    """Take down a fact of `field=value` texts and say what follows on `today`. Raises HoldfastError."""
    return tell(_here(workspace, today, at), type, given, who)


def undo_fact(workspace: Workspace, name: str, who: str, today: date, at: datetime) -> Followed:
    """Take back what was told under a number or a fact's id, and say what follows. Raises HoldfastError."""
    return undo(_here(workspace, today, at), name, who)


def weigh_promise(workspace: Workspace, cells: Mapping[str, str], today: date) -> Verdict:
    """What may be promised of a wish, given as a promise's cells, by the last night's facts and what was told since.

    Before the first night the workspace's own sources are read. Raises HoldfastError.
    """
    policy = policy_in_force(workspace)
    with TemporaryDirectory(prefix="holdfast-") as temporary, workbench() as bench:
        folder = Path(temporary)
        now = _facts_now(workspace, policy, bench, folder)
        return weigh(
            bench, policy, now.facts, cells, today, workspace.calendar, render, workspace.language, folder
        )  # fmt: skip


@dataclass(frozen=True)
class Outlook:
    """The cadence table held against the facts, to be asked. `rejected`: rows set aside where the facts were read."""

    source: ReportSource
    rejected: int


@contextmanager
def outlook_of(
    workspace: Workspace, today: date | None = None, facts: Path | None = None, progress: Progress = lambda _: None
) -> Iterator[Outlook]:
    """The policy in force, held against the last night's facts and what was told since, as of `today`.

    By default it is the day of that night. Before the first night the workspace's own sources are read, and where
    `facts` names a folder or workbook, these, as of the system's day. No night is run and nothing is written to the
    workspace. Raises HoldfastError.
    """
    policy = policy_in_force(workspace)
    with TemporaryDirectory(prefix="holdfast-") as temporary, workbench() as bench, ExitStack() as stack:
        folder = Path(temporary)
        progress("facts")
        now = _facts_now(workspace, policy, bench, folder, facts)
        there = workspace.database.is_file()
        store = stack.enter_context(open_store(workspace.store if there else folder / "store", create=not there))
        day = today or now.night or date.today()
        progress("cadence")
        with open_outlook(policy, now.facts, store, day, workspace.calendar, folder, now.night) as source:
            yield Outlook(source, now.rejected)


@dataclass(frozen=True)
class _Now:
    """Facts as they are known now; `night`: the day of the last night, where they are of one."""

    facts: MergedFacts
    night: date | None = None
    rejected: int = 0


def _facts_now(workspace: Workspace, policy: Policy, bench: Bench, folder: Path, given: Path | None = None) -> _Now:
    """The last night's facts with what was told since; before the first night, or where `given`, read from sources."""
    if given is None and workspace.database.is_file():
        with open_store(workspace.store) as store:
            run = newest_run(store)
            if run is not None:
                base = sealed_snapshot(store, run)
                changed = changes(bench, policy.contract, base, store, untaken(store))
                return _Now(merged(bench, policy.contract, base, changed, folder), run.today)
    with taking(workspace.store) as told:
        imported = import_facts(
            policy.contract, given or workspace.sources, folder, folder / "rejects.csv", rejected_share(policy), None,
            told.rows,
        )  # fmt: skip
    return _Now(MergedFacts(imported.snapshot.hash, imported.snapshot, {}), None, imported.rejected)


def _here(workspace: Workspace, today: date, at: datetime) -> Here:
    return Here(policy_in_force(workspace), settings(workspace), workspace.calendar, today, at)


@dataclass(frozen=True)
class Tested:
    """A policy whose scenario tests run as the `results` are read."""

    policy: Policy
    results: Iterator[Result]

    def coverage(self, results: Iterable[Result]) -> Coverage:
        """What of the policy the tests leave out."""
        return coverage(self.policy, results)


def tests_of(workspace: Workspace, only: str = "", *, both: bool = False) -> Tested:
    """The scenario tests of a workspace's policy, those whose name or file holds `only`. Raises HoldfastError."""
    policy = load_policy(workspace.root)
    scenarios = read_scenarios(policy, read_texts(workspace.root), only)
    return Tested(policy, run_tests(policy, scenarios, settings(workspace), workspace.calendar, both))
