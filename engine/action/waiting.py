"""Keeping in the store what waits for room: so that its age counts and people see it.

The rows are reckoned anew by every night, from what the run seals; the ledger does not cover them.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from engine.action.make import Making, said_in
from engine.action.tonight import Tonight

_TONIGHT = """
select t.key, p.name, t.subject, t.account, c.name, t.priority, t.reasons
from (select unnest($1::varchar[]) key) w
join tonight t on t.key = w.key
join play p on p.play = t.play
left join carer c on c.account = t.account
order by t.key
"""
_WRITE = """
insert into waiting (key, play, subject_type, subject, account, account_name, person, priority, reasons, title, since)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (key) do update set account_name = excluded.account_name, person = excluded.person,
    priority = excluded.priority, reasons = excluded.reasons, title = excluded.title
"""


def write_waiting(db: sqlite3.Connection, tonight: Tonight, waits: Mapping[str, str], making: Making) -> None:
    """Write down what waits, `waits` says for whom, since tonight where it is new. Only what differs is written."""
    known = {
        row[0]: row[1:] for row in db.execute("select key, account_name, person, priority, reasons, title from waiting")
    }
    db.executemany("delete from waiting where key = ?", ((key,) for key in known if key not in waits))
    if waits:
        rows = _rows(tonight, waits, making)
        db.executemany(_WRITE, (row for row in rows if known.get(row[0]) != row[5:10]))


def _rows(tonight: Tonight, waits: Mapping[str, str], making: Making) -> Iterator[tuple[Any, ...]]:
    since = making.there.today.isoformat()
    cursor = tonight.db.cursor().execute(_TONIGHT, [sorted(waits)])
    while some := cursor.fetchmany(10_000):
        for key, play, subject, account, name, priority, reasons in some:
            found, person = making.policy.plays[play], waits[key]
            language = making.languages.get(person, making.language)
            title = said_in(found.title, language) or play
            yield key, play, found.about, subject, account, name, person, priority, reasons, title, since
