"""What waits for room on somebody's list: matters that hold and have no task since nobody has the time."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.store.opening import Store


@dataclass(frozen=True)
class Waiting:
    """A matter that waits, since which night, and for whose time. `reasons`: the rules behind it, gravest first."""

    key: str
    play: str
    title: str
    subject_type: str
    subject: str
    account: str | None
    account_name: str | None
    person: str
    person_name: str | None
    priority: int
    since: date
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As `tasks --format json` and `run --json` print it."""
        return {
            "status": "waiting", "outcome": "over_budget", "account": self.account, "account_name": self.account_name,
            "subject": {"type": self.subject_type, "id": self.subject}, "play": self.play, "title": self.title,
            "assignee": self.person, "assignee_name": self.person_name, "priority": self.priority,
            "since": self.since.isoformat(), "because": list(self.reasons),
        }  # fmt: skip


_LIST = """
select w.key, w.play, w.title, w.subject_type, w.subject, w.account, w.account_name, w.person, r.name, w.priority,
       w.since, w.reasons
from waiting w left join rep r on r.id = w.person
where (:rep is null or w.person = :rep) and (:account is null or w.account = :account)
order by w.priority, w.since, w.account_name, w.key
"""
_COUNT = (
    "select count(*) from waiting where (:rep is null or person = :rep) and (:account is null or account = :account)"
)


def list_waiting(store: Store, rep: str | None = None, account: str | None = None) -> list[Waiting]:
    """What waits for a person's time, for an account, or all of it; the most urgent first."""
    rows = store.rows(_LIST, {"rep": rep, "account": account})
    return [Waiting(*row[:10], date.fromisoformat(row[10]), tuple(json.loads(row[11]))) for row in rows]  # type: ignore[call-arg]


def count_waiting(store: Store, rep: str | None = None, account: str | None = None) -> int:
    """How much waits; see `list_waiting`."""
    [(count,)] = store.rows(_COUNT, {"rep": rep, "account": account})
    return int(count)
