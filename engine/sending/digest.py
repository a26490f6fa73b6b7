"""What a digest tells: a person's tasks, the new ones first, then the late ones, those due today, and how many more."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from engine.audit.grounds import because_of
from engine.delivery.exports.people import Item, Person, people
from engine.delivery.render import render
from engine.errors import UsageError
from engine.store.opening import Store
from engine.store.outbox import Message, told_until
from engine.store.tasks import COLUMNS, FROM, TaskFilter, TaskRow, list_tasks, shown_rows

NEW, LATE, TODAY, LATER = "new", "late", "today", "later"
PARTS = (NEW, LATE, TODAY, LATER)
_MOST_GONE = 10
_NEWS = """
select t.id from task t join run r on r.id = t.made_run
where t.id in (select value from json_each(:ids)) and r.number > :since
union
select v.task from moved v where v.task in (select value from json_each(:ids)) and v.run > :since
"""
_GONE = f"""
select {COLUMNS} from {FROM} join run g on g.id = t.ended_run
where (t.assignee = :person or t.queue = :person) and t.status in ('done', 'closed') and g.number > :since
order by t.ended_on, t.id
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Digest:
    """A person's digest. `parts`: the tasks that are shown, by their part; `count` all of them, `late` how many of
    them are late, `fresh` how many new; `others`: late tasks of other people that were escalated to this one; `gone`:
    what ended by itself. `more`: how many of the person's tasks are not shown, `more_others` of others'.
    """

    id: str
    name: str
    language: str
    count: int
    late: int
    fresh: int
    parts: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    more: int = 0
    others: tuple[Item, ...] = ()
    more_others: int = 0
    gone: tuple[TaskRow, ...] = ()
    more_gone: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.count and not self.others

    @property
    def items(self) -> tuple[Item, ...]:
        """The person's own tasks that are shown."""
        return tuple(chain.from_iterable(self.parts.get(name, ()) for name in PARTS))

    def cut(self, most: int, most_gone: int = _MOST_GONE) -> "Digest":
        """The same with at most so many tasks, and so many that are gone."""
        left, parts = most, {}
        for name in PARTS:
            parts[name] = self.parts.get(name, ())[:left]
            left -= len(parts[name])
        others = self.others[:left]
        shown = sum(map(len, parts.values()))
        return replace(
            self, parts=parts, more=self.count - shown, others=others,
            more_others=self.more_others + len(self.others) - len(others), gone=self.gone[:most_gone],
            more_gone=self.more_gone + len(self.gone[most_gone:]),
        )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A message of the outbox with the digests that it tells, one for each of its people who has any task."""

    message: Message
    digests: tuple[Digest, ...]

    @property
    def empty(self) -> bool:
        """Whether nobody in it has anything to do."""
        return all(digest.empty for digest in self.digests)


def draw(store: Store, wanted: Sequence[Message], today: date, most: int, *, empty: bool) -> list[Drawn]:
    """The digests of many messages at once, as of `today`, with the reasons of the tasks that they show.

    `most`: tasks a person; `empty`: people without tasks are told so too.
    """
    drawn = []
    for message in wanted:
        since = _since(store, message)
        found = [_digest(store, person, message.language, today, since).cut(most) for person in message.people]
        drawn.append(Drawn(message, tuple(d for d in found if empty or not d.empty)))
    return _reasoned(store, drawn)


def _since(store: Store, message: Message) -> int:
    """The number of the run after which something is new: the last that was told there, else the one before this."""
    told = told_until(store, message)
    if told is not None:
        return told
    rows = store.rows("select number - 1 from run where id = ?", [message.run])
    return int(rows[0][0]) if rows else 0


def _digest(store: Store, id: str, language: str, today: date, since: int) -> Digest:
    person = _person(store, id, language, today)
    ids = json.dumps([item.task.id for item in person.items])
    fresh = {id for (id,) in store.rows(_NEWS, {"ids": ids, "since": since})}
    parts: dict[str, list[Item]] = {name: [] for name in PARTS}
    for item in person.items:
        day = item.task.due_on
        name = NEW if item.task.id in fresh else LATE if day < today else TODAY if day == today else LATER
        parts[name].append(item)
    rows = store.rows(_GONE, {"person": id, "since": since})
    gone = shown_rows(store, [(row[1], *row[1:]) for row in rows])
    return Digest(
        id, person.name, language, len(person.items), sum(item.task.due_on < today for item in person.items),
        len(parts[NEW]), {name: tuple(some) for name, some in parts.items()}, 0, person.late, 0,
        tuple(gone),
    )  # fmt: skip


def _person(store: Store, id: str, language: str, today: date) -> Person:
    rows = store.rows("select name from rep where id = ?", [id])
    name = str(rows[0][0]) if rows else id
    try:
        tasks = list_tasks(store, TaskFilter(rep=id, today=today))
    except UsageError:  # somebody of whom the store no longer knows
        tasks = []
    [found] = people(tasks, {}, lambda _: language, lambda _: id, id)
    return replace(found, name=name)


def _reasoned(store: Store, drawn: Iterable[Drawn]) -> list[Drawn]:
    """The same with every shown task's reasons, found for all of a language at once, for that takes seconds."""
    drawn = list(drawn)
    shown: dict[str, dict[str, TaskRow]] = {}
    for digest in chain.from_iterable(one.digests for one in drawn):
        for item in (*digest.items, *digest.others):
            shown.setdefault(digest.language, {})[item.task.id] = item.task
    because = {
        language: because_of(store, list(tasks.values()), lambda _, said=language: said, render)  # type: ignore[misc]
        for language, tasks in shown.items()
    }

    def told(items: Iterable[Item], language: str) -> tuple[Item, ...]:
        return tuple(replace(item, because=because[language].get(item.task.id, ())) for item in items)

    return [
        replace(one, digests=tuple(
            replace(
                d, parts={name: told(items, d.language) for name, items in d.parts.items()},
                others=told(d.others, d.language),
            )
            for d in one.digests
        ))
        for one in drawn
    ]  # fmt: skip
