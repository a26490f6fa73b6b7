"""Changing the policy of a workspace: what a candidate would do, and the versions that were published."""

import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.action.words import checked_text
from engine.audit.diffing import PolicyDiff, diff
from engine.audit.rerunning import read_past
from engine.errors import UsageError
from engine.job import policy_in_force, settings
from engine.policy.differing import PolicyChange, policy_changes
from engine.policy.faults import Place
from engine.policy.files import FOLDERS
from engine.policy.load import PolicyFaults, check, load_policy, policy_hash, read_texts
from engine.policy.model import Policy
from engine.policy.scenarios import TESTS_FOLDER
from engine.store.opening import Store, open_store, read_store, run_lock
from engine.store.restoring import finish_rollback, write_plan
from engine.store.versions import (
    Sealing,
    Version,
    find_version,
    last_version,
    list_versions,
    runs_under,
    seal_version,
    version_texts,
)
from engine.workspace import Workspace

_LONGEST_GIT = 60  # seconds that reading a revision may take


@dataclass(frozen=True)
class Compared:
    """A candidate against the live policy; `names` say what each is: a folder, a revision, the last version."""

    live: Policy
    candidate: Policy
    names: tuple[str, str]
    found: PolicyDiff


def diff_of(
    workspace: Workspace, folder: Path | None, rev: str | None, nights: int, most: int, say: Callable[[str], None]
) -> Compared:
    """What the policy in a folder, or of a git revision, would have done over the last nights.

    Without either the workspace's own files are held against the last published version. Raises HoldfastError.
    """
    if folder is not None and rev is not None:
        raise UsageError("a candidate is a folder or a revision, not both", "leave out --policy or --rev")
    if folder is None and rev is None:
        live, candidate, names = _unpublished(workspace)
    else:
        live = policy_in_force(workspace)
        names = ("", str(folder) if folder is not None else f"git {rev}")
        if folder is not None:
            candidate = load_policy(folder.absolute())
        else:
            with _revision(workspace.root, str(rev)) as checked_out:
                candidate = load_policy(checked_out)
    with read_store(workspace.store) as store:
        past = read_past(store, nights)
        return Compared(
            live, candidate, names, diff(live, candidate, past, settings(workspace), workspace.calendar, most, say)
        )


def _unpublished(workspace: Workspace) -> tuple[Policy, Policy, tuple[str, str]]:
    with read_store(workspace.store) as store:
        version = last_version(store)
        if version is None:
            raise UsageError(
                "name the candidate: nothing is published yet that the files could be compared with",
                "holdfast diff --policy DIR, or --rev REVISION",
            )
        live = _sound(version_texts(store, version))
    return live, load_policy(workspace.root), (f"version {version.number}", "")


@contextmanager
def _revision(root: Path, rev: str) -> Iterator[Path]:
    """The policy files of a git revision of the workspace, in a temporary folder. Raises UsageError."""
    if not rev or rev.startswith("-"):
        raise UsageError(f"'{rev}' is no revision", "name a commit, a branch or a tag")
    try:
        _git(root, "rev-parse", "--show-prefix")
    except UsageError:
        raise UsageError(f"{root} is not in a git repository", "name a folder: holdfast diff --policy DIR") from None
    known = _git(root, "rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}", missing=f"there is no revision '{rev}'")
    commit = known.decode().strip()
    there = _git(root, "ls-tree", "--name-only", "-z", commit, *(f"{name}/" for name in FOLDERS)).decode().split("\0")
    folders = [name for name in FOLDERS if any(path.startswith(f"{name}/") for path in there)]
    if "rules" not in folders:
        raise UsageError(f"revision '{rev}' has no policy in {root.name}", "name a later one")
    archive = _git(root, "archive", "--format=tar", commit, *folders)
    with TemporaryDirectory(prefix="holdfast-") as temporary:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(temporary, filter="data")
        yield Path(temporary)


def _git(root: Path, *words: str, missing: str = "") -> bytes:
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_GIT, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise UsageError("git is not installed here", "name a folder: holdfast diff --policy DIR") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError("git took too long", "name a folder: holdfast diff --policy DIR") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(missing or f"git failed: {said[0] if said else words[0]}", "see git log for what there is")
    return done.stdout


@dataclass(frozen=True)
class Published:
    """A version, and whether it was new: the same texts under the same approval are published once."""

    version: Version
    new: bool


def publish(
    workspace: Workspace, who: str, at: datetime, note: str | None = None, approved_by: str | None = None
) -> Published:
    """Seal the workspace's policy as a version. Raises PolicyFaults, UsageError, StoreError."""
    sealing = _sealing(who, at, note, approved_by)
    policy = load_policy(workspace.root)
    with open_store(workspace.store, create=True) as store:
        last = last_version(store)
        if last and last.policy == policy.hash and sealing.approved_by in (None, last.approved_by):
            return Published(last, False)
        changes = _changes(store, last, policy)
        with store.transaction() as tx:
            number = seal_version(tx, policy.hash, policy.texts, sealing, changes)
        return Published(find_version(store, number), True)


@dataclass(frozen=True)
class Log:
    """The versions, the last first, with the runs made under each; `unpublished`: the files say something else."""

    versions: tuple[Version, ...]
    runs: Mapping[int, int]
    unpublished: bool


def policy_log(workspace: Workspace) -> Log:
    """The published versions of a workspace's policy. Raises HoldfastError."""
    if not workspace.database.is_file():
        return Log((), {}, False)
    with read_store(workspace.store) as store:
        found = list_versions(store)
        runs = runs_under(store) if found else {}
    now = policy_hash(read_texts(workspace.root))
    return Log(tuple(reversed(found)), runs, bool(found) and found[-1].policy != now)


def show_version(workspace: Workspace, number: int) -> tuple[Version, int]:
    """A version, and how many runs were made under it. Raises HoldfastError."""
    with read_store(workspace.store) as store:
        return find_version(store, number), runs_under(store).get(number, 0)


def rollback(
    workspace: Workspace, number: int, who: str, at: datetime, *, force: bool = False
) -> tuple[int, int | None]:
    """Put the policy files of a version back, and publish that; gives its number, and that of what `force` saved.

    Scenario tests stay as they are. Raises UsageError where files were changed since the last version, unless
    `force`, which seals them first; PolicyFaults where this holdfast cannot read the old version any more.
    """
    sealing = _sealing(who, at, f"rolled back to {number}", None, number)
    with open_store(workspace.store) as store:
        version, last = find_version(store, number), last_version(store)
        texts = version_texts(store, version)
        policy = _sound(texts)
        now = _published_part(read_texts(workspace.root))
        edited = last is None or last.policy != policy_hash(now)
        saved = None
        if edited and not force:
            raise UsageError(
                "the policy files were changed since the last version, and a rollback would lose that",
                "publish them first, or add --force, which saves them as a version",
            )
        if edited:
            saved = _save(store, now, _sealing(who, at, f"saved before the rollback to {number}", None))
        elif last is not None and last.policy == version.policy:
            raise UsageError(f"the policy stands as in version {number} already", "see holdfast policy log")
        changes = _changes(store, last_version(store), policy) or []
    write = {name: text for name, text in texts.items() if now.get(name) != text}
    with run_lock(workspace.store):
        write_plan(workspace.store, write, sorted(now.keys() - texts.keys()), policy.hash, sealing, changes)
    return finish_rollback(workspace.root, workspace.store) or 0, saved


def _save(store: Store, texts: Mapping[str, str], sealing: Sealing) -> int:
    policy = check(texts).policy
    changes = None if policy is None else _changes(store, last_version(store), policy)
    with store.transaction() as tx:
        return seal_version(tx, policy_hash(texts), texts, sealing, changes)


def _changes(store: Store, before: Version | None, policy: Policy) -> list[dict[str, Any]] | None:
    """What a policy changes against a version; None where that is none or cannot be read any more."""
    old = None if before is None else check(version_texts(store, before)).policy
    return None if old is None else [change_json(change) for change in policy_changes(old, policy)]


def change_json(change: PolicyChange) -> dict[str, Any]:
    """A change of a policy as a plain object."""
    place: Place | None = change.place
    where = f"{place.file}:{place.line}" if place else ""
    return {"kind": change.kind, "name": change.name, "how": change.how, "place": where, "detail": change.detail}


def _published_part(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if not name.startswith(TESTS_FOLDER)}


def _sound(texts: Mapping[str, str]) -> Policy:
    checked = check(texts)
    if checked.policy is None:
        raise PolicyFaults(checked.faults, checked.texts)
    return checked.policy


def _sealing(who: str, at: datetime, note: str | None, approved_by: str | None, back: int | None = None) -> Sealing:
    name = checked_text(who, "who")
    if not name:
        raise UsageError("it must be said who publishes", "add --by with a name")
    approved = checked_text(approved_by, "who approved") if approved_by else None
    return Sealing(name, at, approved or None, checked_text(note, "the note") if note else None, back)
