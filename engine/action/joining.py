"""One visit serves several reasons: open tasks of one person that meet one account in the same way become one.

Every matter keeps its own row of table `task`, with its own state. The rows that are one task for the person point
by `joined` to the one whose id people see; all of them have the same status. See `engine.store.tasks` for how they
are shown.
"""

import sqlite3
from typing import Any

_HEIRLESS = """
select distinct l.id from task m join task l on l.id = m.joined
where m.joined is not null and m.status in ('open', 'started') and l.status in ('done', 'closed') order by l.id
"""
_HEIR = """
select m.id from task m join episode e on e.id = m.episode
where m.joined = ? and m.status in ('open', 'started') order by e.priority, m.due_on, m.id limit 1
"""
_CONTENT = (
    "episode", "step", "assignee", "queue", "title", "body", "language", "due_on", "status", "asks", "made_run",
    "ended_run", "ended_on", "ended_why", "contact", "by_hand",
)  # fmt: skip
_PLACES = """
with one as materialized (
    select t.id, t.joined, t.assignee, e.account, t.contact, t.made_run, e.priority, t.due_on
    from task t join episode e on e.id = t.episode
    where t.contact is not null and t.status = 'open' and t.assignee is not null and e.account is not null
      and e.snoozed_until is null
), shared as (
    select assignee, account, contact from one group by 1, 2, 3 having count(*) > 1 or count(joined) > 0
), placed as (
    select id, joined,
           first_value(id) over (
               partition by assignee, account, contact
               order by exists (select 1 from task m where m.joined = one.id and m.status = 'open') desc,
                        substr(made_run, 1, 10), priority, due_on, id
           ) leader
    from shared join one using (assignee, account, contact)
)
select nullif(leader, id), id from placed where joined is not nullif(leader, id)
"""
_APART = """
select t.id from task t join episode e on e.id = t.episode
where t.joined is not null and t.status = 'open'
  and (t.assignee is null or e.account is null or t.contact is null or e.snoozed_until is not null)
"""


def join_tasks(db: sqlite3.Connection) -> None:
    """Put together what is one task for its person, and part what no longer is.

    The id that people know stays with what is left of a task when the matter that it came from has gone.
    """
    for (leader,) in db.execute(_HEIRLESS).fetchall():
        _hand_over(db, leader)
    apart = [(None, id) for (id,) in db.execute(_APART)]
    db.executemany("update task set joined = ? where id = ?", apart + db.execute(_PLACES).fetchall())


def joined_matters(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """The matters whose unfinished tasks are part of another one: (key, the id that people see)."""
    return db.execute(
        "select e.key, t.joined from task t join episode e on e.id = t.episode"
        " where t.joined is not null and t.status in ('open', 'started') group by e.key"
    ).fetchall()


def parts_of(db: sqlite3.Connection, task: str) -> list[str]:
    """The rows that are one task for its person, the one that people see first; `task` is any of them."""
    rows = db.execute(
        "select id from task where id = (select coalesce(joined, id) from task where id = ?)"
        " union all select id from ("
        " select id from task where joined = (select coalesce(joined, id) from task where id = ?) order by id)",
        [task, task],
    )
    return [id for (id,) in rows]


def _hand_over(db: sqlite3.Connection, leader: str) -> None:
    """Let the gravest matter that is left have the leader's id; the ended one takes its heir's."""
    (heir,) = db.execute(_HEIR, [leader]).fetchone()
    columns = ", ".join(_CONTENT)
    content = f"select {columns} from task where id = ?"  # noqa: S608 - constants
    old: tuple[Any, ...] = db.execute(content, [leader]).fetchone()
    new: tuple[Any, ...] = db.execute(content, [heir]).fetchone()
    db.execute("update task set step = '' where id = ?", [heir])  # frees its place among its episode's steps
    sets = ", ".join(f"{name} = ?" for name in _CONTENT)
    for row, id in ((new, leader), (old, heir)):
        db.execute(f"update task set {sets}, joined = null where id = ?", [*row, id])  # noqa: S608 - constants
    db.execute("update notice set level = -level where task = ?", [leader])
    db.execute("update notice set task = ? where task = ?", [leader, heir])
    db.execute("update notice set task = ?, level = -level where task = ? and level < 0", [heir, leader])
