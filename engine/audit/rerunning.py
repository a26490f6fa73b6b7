"""Past nights gone through again under another policy, in a store of its own, with what people said between them."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from engine.action import words
from engine.action.night import Settings, run_night
from engine.action.report import Night
from engine.action.saying import What
from engine.errors import FactsError, StoreError, UsageError
from engine.policy.model import Policy
from engine.store.opening import Store, copy_store, open_store
from engine.store.sealed import SealedRun, find_run, sealed_snapshot

Say = Callable[[str], None]


@dataclass(frozen=True)
class Spoken:
    """A word that somebody said about a task, with what finds the same task in another store."""

    after_run: int
    what: What
    word: words.Word
    key: str
    play: str
    subject: str
    step: str
    opened_on: date
    latest: bool  # it is about the last episode of its matter
    until: date | None = None
    to: str | None = None


@dataclass(frozen=True)
class Past:
    """Sealed nights, one a day, in the order of days, and the words said about their tasks.

    The first night is the warm-up where there are several: it gives the state that the others begin with.
    """

    store: Store
    runs: tuple[SealedRun, ...]
    words: tuple[Spoken, ...]

    @property
    def warmed(self) -> bool:
        """Whether there is a night to warm up on."""
        return len(self.runs) > 1

    @property
    def counted(self) -> tuple[SealedRun, ...]:
        """The nights whose differences count."""
        return self.runs[1:] if self.warmed else self.runs


def read_past(store: Store, nights: int) -> Past:
    """The last `nights` sealed nights and the one before them; of several runs on a day the last.

    Nights before one whose facts are gone are left out. Raises StoreError where no night is left.
    """
    rows = store.rows(_RUNS, [nights + 1])
    runs: list[SealedRun] = []
    for (id,) in rows:
        run = find_run(store, id)
        try:
            sealed_snapshot(store, run)
        except FactsError:
            break
        runs.insert(0, run)
    if not runs:
        raise StoreError("there is no night whose facts are kept", "run a night first: holdfast run")
    return Past(store, tuple(runs), tuple(_spoken(store)))


def rerun(
    policy: Policy, past: Past, runs: Iterable[SealedRun], settings: Settings, watch: Callable[[Night], None]
) -> None:
    """Go through nights under a policy, in the store of `settings`; `watch` sees each when it is done.

    After each night what people said before the next one is said again, of the same task where it is there too.
    """
    for run in runs:
        with run_night(policy, sealed_snapshot(past.store, run), run.today, settings) as night:
            watch(night)
        with open_store(settings.store) as store:
            for spoken in _said_after(past, run):
                _repeat(store, spoken)


def branch(settings: Settings, folder: Path) -> Settings:
    """Settings for a copy of the store, in a new folder."""
    folder.mkdir()
    copy_store(settings.store, folder).close()
    return replace(settings, store=folder)


def _said_after(past: Past, run: SealedRun) -> list[Spoken]:
    """The words said after a night and before the next one that counts; before the first also earlier ones."""
    place = past.runs.index(run)
    if place + 1 == len(past.runs):
        return []
    until = past.runs[place + 1].number
    if place:
        return [spoken for spoken in past.words if run.number <= spoken.after_run < until]
    return [
        spoken for spoken in past.words if spoken.after_run < until and spoken.latest and spoken.opened_on <= run.today
    ]


def _repeat(store: Store, spoken: Spoken) -> None:
    """Say a word again; where there is no such task, or it is over, nothing comes of it."""
    rows = store.rows(_TASK, [spoken.key, spoken.step])
    if not rows:
        return
    task = str(rows[0][0])
    with suppress(UsageError):
        match spoken.what:
            case What.START:
                words.start(store, task, spoken.word)
            case What.DONE:
                words.done(store, task, spoken.word)
            case What.SNOOZE if spoken.until is not None:
                words.snooze(store, task, spoken.word, spoken.until)
            case What.FALSE_ALARM:
                _of_matter(words.false_alarm, store, task, spoken)
            case What.KEPT:
                words.kept(store, task, spoken.word, None, spoken.subject)
            case What.LOST:
                words.lost(store, task, spoken.word)
            case What.REASSIGN if spoken.to is not None:
                words.reassign(store, task, spoken.word, spoken.to)


def _of_matter(say: Callable[..., str], store: Store, task: str, spoken: Spoken) -> None:
    """Say something of one matter of a task, named by its play or else by its subject."""
    try:
        say(store, task, spoken.word, spoken.play)
    except UsageError:
        say(store, task, spoken.word, spoken.subject)


def _spoken(store: Store) -> Iterable[Spoken]:
    try:
        rows = store.db.conn.execute(_WORDS).fetchall()
    except sqlite3.OperationalError as error:
        raise StoreError("what people said cannot be read from this store", "run a night, which updates it") from error
    for after, what, who, at, note, detail, key, play, subject, step, opened, latest in rows:
        told = json.loads(detail) if detail else {}
        until = date.fromisoformat(told["until"]) if told.get("until") else None
        word = words.Word(who, datetime.fromisoformat(at), note)
        yield Spoken(
            int(after), What(what), word, key, play, subject, step, date.fromisoformat(opened), bool(latest), until,
            told.get("to"),
        )  # fmt: skip


_RUNS = """
select id from run where number in (select max(number) from run group by today) order by number desc limit ?
"""
_TASK = """
select t.id from task t join episode e on e.id = t.episode
where e.key = ? and t.step = ? and e.state <> 'cleared' and t.status in ('open', 'started')
order by e.number desc limit 1
"""
_WORDS = """
select coalesce(json_extract(a.detail, '$.run'), 0), a.what, a.who, a.at, a.note, a.detail,
       e.key, e.play, e.subject, t.step, r.today, not exists (
           select 1 from episode f where f.key = e.key and f.number > e.number
       )
from action a join task t on t.id = a.task join episode e on e.id = t.episode join run r on r.id = e.opened_run
where a.undone_at is null and a.what in ('start', 'done', 'snooze', 'false_alarm', 'kept', 'lost', 'reassign')
order by a.id
"""
