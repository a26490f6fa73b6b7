"""What is counted after each night, straight from the store."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.store import Store

_OPEN = """
select t.id, t.assignee, t.due_on, t.made_run, e.play, t.step, e.subject_type, e.subject, e.account, t.joined,
       e.snoozed_until
from task t join episode e on e.id = t.episode where t.status in ('open', 'started')
"""
_TWICE = "select count(*) from (select key from episode where state <> 'cleared' group by key having count(*) > 1)"


@dataclass
class Counted:
    """The figures of all nights so far. New and open tasks per person and workday are kept for sellers."""

    new: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # seconds of it that a night took
    stages: Counter[str] = field(default_factory=Counter)
    bytes: list[int] = field(default_factory=list)
    duplicates: int = 0
    inactive: int = 0
    reopened: int = 0
    made: Counter[str] = field(default_factory=Counter)  # by play
    by_person: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)  # by play: episodes after the first of their matter
    waited: list[tuple[int, str]] = field(default_factory=list)  # for how many nights a held-back matter waited; play
    waiting: dict[str, tuple[date, str]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    _fresh: Counter[str] = field(default_factory=Counter)

    def night(self, store: Store, day: date, here: set[str], sellers: list[str], seconds: float) -> None:
        """Count a night. `here`: who is employed on the day; `sellers`: those whose lists count today, if any."""
        self.seconds.append(seconds)
        [(run,)] = store.rows("select id from run order by number desc limit 1")
        tasks = store.rows(_OPEN)
        seen: Counter[tuple[object, ...]] = Counter()
        open: Counter[str] = Counter()
        fresh: Counter[str] = Counter()
        for id, assignee, _, made, play, step, type, subject, account, joined, snoozed in tasks:
            seen[play, step, type, subject, account] += 1
            self.reopened += id in self.ended
            if assignee is not None and assignee not in here:
                self.inactive += 1
            if made == run:
                self.made[play] += 1
            if joined is None and assignee is not None:
                open[assignee] += not (snoozed and snoozed > day.isoformat())
                fresh[assignee] += made == run
        self.duplicates += sum(count - 1 for count in seen.values()) + int(store.rows(_TWICE)[0][0])
        self.ended |= {id for (id,) in store.rows("select id from task where status in ('done', 'closed')")}
        self._fresh.update(fresh)
        self.by_person.update(fresh)
        for rep in sellers:
            self.new.append(self._fresh[rep])
            self.open.append(open[rep])
        if sellers:  # what a weekend's nights made is on the next workday's list
            self._fresh.clear()
        rows = store.rows("select key, since, play from waiting")
        now = {key: (date.fromisoformat(since), play) for key, since, play in rows}
        for key in sorted(self.waiting.keys() - now.keys()):
            since, play = self.waiting[key]
            self.waited.append(((day - since).days, play))
        self.waiting = now


@dataclass(frozen=True)
class Kept:
    """A person's tasks that fell due: how many, done in time, done late, gone by themselves, still open."""

    due: int
    in_time: int
    late: int
    by_itself: int
    unfinished: int

    @property
    def share(self) -> float:
        """Done in time, of those that did not go by themselves."""
        left = self.due - self.by_itself
        return self.in_time / left if left else 0.0


def kept(store: Store, until: date) -> dict[str, Kept]:
    """By person, of the tasks that were due up to a day."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    rows = store.rows(
        "select assignee, due_on, status, ended_on from task"
        " where assignee is not null and due_on <= ? and joined is null", [until.isoformat()]
    )  # fmt: skip
    for assignee, due, status, ended in rows:
        cell = found[assignee]
        cell[0] += 1
        if status == "done":
            cell[1 if ended <= due else 2] += 1
        else:
            cell[3 if status == "closed" else 4] += 1
    return {rep: Kept(*cell) for rep, cell in found.items()}


def folder_bytes(folder: Path) -> int:
    """Bytes of all files, each counted once however often it is linked."""
    sizes = {}
    for path in folder.rglob("*"):
        if path.is_file():
            stat = path.stat()
            sizes[stat.st_ino] = stat.st_size
    return sum(sizes.values())
