"""Who gets a digest of a night: written into the outbox within the night's own transaction, or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.action.assign import Person
from engine.action.place import There
from engine.sending.addresses import mail_address
from engine.sending.terms import ALL, MAIL, Delivery, Webhook
from engine.store.outbox import Draft, moment, queue

_WITH_TASKS = """
select distinct coalesce(t.assignee, t.queue) from task t join episode e on e.id = t.episode
where t.status in ('open', 'started') and (e.snoozed_until is null or e.snoozed_until <= :today)
union
select coalesce(n.person, n.queue) from notice n join task t on t.id = n.task join episode e on e.id = t.episode
where t.status in ('open', 'started') and (e.snoozed_until is null or e.snoozed_until <= :today)
"""
_WITH_NEWS = """
select coalesce(t.assignee, t.queue) from task t join episode e on e.id = t.episode
where (e.snoozed_until is null or e.snoozed_until <= :today)
  and ((t.status in ('open', 'started')
        and (t.made_run = :run or t.due_on = :today or e.snoozed_until = :today
             or t.id in (select v.task from moved v join run r on r.number = v.run where r.id = :run)))
       or t.ended_run = :run)
union
select coalesce(n.person, n.queue) from notice n where n.run = :run
"""


@dataclass(frozen=True)
class Terms:
    """How a workspace delivers: its settings of delivery, its language, and that of a person by id."""

    delivery: Delivery
    language: str
    language_of: Callable[[str], str]
    now: Callable[[], datetime] = moment


def queue_night(tx: sqlite3.Connection, run: str, there: There, terms: Terms) -> int:
    """Queue tonight's digests. Gives how many wait.

    Somebody who is away gets none; what came meanwhile is new in the next one. On days off there is none, where the
    settings say `workdays`.
    """
    digest, today = terms.delivery.digest, there.today
    if digest.when == "workdays" and not _worked(there, today):
        return 0
    values = {"run": run, "today": today.isoformat()}
    busy = {id for (id,) in tx.execute(_WITH_TASKS, values)}
    if digest.when == "changes":
        busy &= {id for (id,) in tx.execute(_WITH_NEWS, values)}
    drafts = [*_letters(tx, there, terms, busy), *_posts(there, terms, busy)]
    return queue(tx, run, today, drafts, terms.now())


def _worked(there: There, day: date) -> bool:
    return there.calendar.add_workdays(day - timedelta(1), 1) == day


def _letters(tx: sqlite3.Connection, there: There, terms: Terms, busy: set[str]) -> Iterator[Draft]:
    if terms.delivery.mail is None:
        return
    addresses = dict(tx.execute("select id, email from rep"))
    for person in sorted(there.people.by_id.values(), key=lambda p: p.id):
        wanted = person.active and (person.id in busy or terms.delivery.digest.empty)
        if wanted and not there.absences.until(person.id, there.today):
            address = addresses.get(person.id)
            why = "" if mail_address(address or "") else "bad_address" if address else "no_address"
            yield Draft(MAIL, person.id, (person.id,), terms.language_of(person.id), why)


def _posts(there: There, terms: Terms, busy: set[str]) -> Iterator[Draft]:
    for hook in terms.delivery.webhooks:
        whom = [person for person in there.people.by_id.values() if person.active and named(hook, person)]
        language = hook.language or terms.language
        queues = sorted(id for id in busy if id not in there.people.by_id and {id, ALL} & set(hook.whom))
        people = (*sorted(person.id for person in whom), *queues)
        if not people:
            yield Draft(hook.name, "", (), language, "nobody")
        elif terms.delivery.digest.empty or busy & set(people):
            yield Draft(hook.name, "", people, language)


def named(hook: Webhook, person: Person) -> bool:
    """Whether the robot tells of this person's tasks."""
    return bool({ALL, person.id, person.role, person.department} & set(hook.whom))
