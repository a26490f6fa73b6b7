"""The published versions of a policy: who sealed which texts, when and why. Rows are only ever added."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import StoreError, UsageError
from engine.store.opening import Store

_COLUMNS = "number, policy, at, who, approved_by, note, rolled_back_to, after_run, changes"


@dataclass(frozen=True)
class Version:
    """A published policy. `policy` is the hash of its texts; `after_run`: the number of the last run before it.

    `changes`: what differs from the version before, as plain objects; None where that could not be told.
    """

    number: int
    policy: str
    at: datetime
    who: str
    approved_by: str | None
    note: str | None
    rolled_back_to: int | None
    after_run: int
    changes: tuple[Mapping[str, Any], ...] | None


@dataclass(frozen=True)
class Sealing:
    """Who publishes, when, and what is noted with it."""

    who: str
    at: datetime
    approved_by: str | None = None
    note: str | None = None
    rolled_back_to: int | None = None


def list_versions(store: Store) -> list[Version]:
    """All versions, the first one first."""
    if not store.rows("select 1 from sqlite_schema where name = 'policy_version'"):
        return []
    rows = store.rows(f"select {_COLUMNS} from policy_version order by number")  # noqa: S608 - constants
    return [_version(row) for row in rows]


def last_version(store: Store) -> Version | None:
    """The version in force; None where nothing was published."""
    return next(reversed(list_versions(store)), None)


def find_version(store: Store, number: int) -> Version:
    """The version by its number. Raises UsageError where there is none."""
    found = list_versions(store)
    for version in found:
        if version.number == number:
            return version
    hint = f"there are 1 to {found[-1].number}: holdfast policy log" if found else "holdfast policy publish --by WHO"
    raise UsageError(f"there is no version {number} of the policy", hint)


def version_of(store: Store, hash: str) -> int | None:
    """The number of the last version with these texts; None where they were never published."""
    return max((version.number for version in list_versions(store) if version.policy == hash), default=None)


def version_texts(store: Store, version: Version) -> dict[str, str]:
    """The texts of a version by file. Raises StoreError where they are gone."""
    rows = store.rows("select texts from policy where hash = ?", [version.policy])
    if not rows:
        raise StoreError(f"the texts of version {version.number} are gone", "put back your last copy of the store")
    return dict(json.loads(rows[0][0]))


def runs_under(store: Store) -> dict[int, int]:
    """How many runs were made under each version since it was published."""
    counts: dict[int, int] = {}
    found = list_versions(store)
    for number, policy in store.rows("select number, policy from run"):
        fitting = [v.number for v in found if v.policy == policy and v.after_run < number]
        if fitting:
            counts[max(fitting)] = counts.get(max(fitting), 0) + 1
    return counts


def seal_version(
    tx: sqlite3.Connection, hash: str, texts: Mapping[str, str], sealing: Sealing,
    changes: Sequence[Mapping[str, Any]] | None,
) -> int:  # fmt: skip
    """Add a version inside a transaction of the caller; gives its number."""
    plain = json.dumps(dict(texts), ensure_ascii=not _utf8(texts), sort_keys=True)
    tx.execute("insert or ignore into policy (hash, texts) values (?, ?)", [hash, plain])
    [(number,)] = tx.execute("select coalesce(max(number), 0) + 1 from policy_version").fetchall()
    [(after,)] = tx.execute("select coalesce(max(number), 0) from run").fetchall()
    told = None if changes is None else json.dumps(list(changes), ensure_ascii=False)
    at = sealing.at.isoformat(timespec="microseconds")
    tx.execute(
        f"insert into policy_version ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constants
        [
            number, hash, at, sealing.who, sealing.approved_by, sealing.note, sealing.rolled_back_to, after, told,
        ],
    )  # fmt: skip
    return int(number)


def _utf8(texts: Mapping[str, str]) -> bool:
    """Whether the texts can be stored as they are: bytes that were no UTF-8 stand in them as lone surrogates."""
    try:
        for name, text in texts.items():
            (name + text).encode()
    except UnicodeEncodeError:
        return False
    return True


def _version(row: tuple[Any, ...]) -> Version:
    number, policy, at, who, approved, note, back, after, changes = row
    told = None if changes is None else tuple(json.loads(changes))
    return Version(number, policy, datetime.fromisoformat(at), who, approved, note, back, after, told)
