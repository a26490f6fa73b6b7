"""The tables of the store, as numbered steps; a step that has been released is never changed."""

import sqlite3

from engine.errors import StoreError

APPLICATION_ID = 0x486F6C64  # "Hold", marks our own files

_FIRST = """
create table run (
    number integer primary key,
    id text not null unique,
    today text not null,
    engine text not null,
    policy text not null references policy (hash),
    snapshot text not null,
    language text not null,
    rejected integer not null,
    counts text not null
);
create table policy (hash text primary key, texts text not null);
create table rep (id text primary key, name text not null, email text, active integer not null);
create table episode (
    id integer primary key,
    key text not null,
    number integer not null,
    play text not null,
    subject_type text not null,
    subject text not null,
    account text,
    account_name text,
    state text not null check (state in ('active', 'clearing', 'cleared')),
    touched integer not null default 0,
    priority integer not null,
    reasons text not null,
    sources text not null,
    digest text not null,
    missed integer not null default 0,
    missed_on text,
    opened_run text not null references run (id),
    ended_on text,
    ended_why text,
    unique (key, number)
);
create index episode_plain on episode (state) where state = 'active' and touched = 0;
create index episode_special on episode (state) where state = 'clearing' or (state = 'active' and touched = 1);
create index episode_account on episode (account);
create table task (
    id text primary key,
    episode integer not null references episode (id),
    step text not null,
    assignee text,
    queue text,
    title text not null,
    body text not null,
    language text not null,
    due_on text not null,
    status text not null check (status in ('open', 'started', 'done', 'closed')),
    asks text,
    made_run text not null references run (id),
    ended_run text references run (id),
    ended_on text,
    ended_why text
);
create unique index task_step on task (episode, step);
create index task_due on task (assignee, due_on) where status in ('open', 'started');
create index task_ended on task (ended_run) where ended_run is not null;
create table action (
    id integer primary key,
    task text not null references task (id),
    who text not null,
    at text not null,
    what text not null,
    note text
);
create index action_task on action (task);
create table notice (
    id integer primary key,
    task text not null references task (id),
    level integer not null,
    person text,
    queue text,
    run text not null references run (id),
    unique (task, level)
);
create index notice_person on notice (person)
"""

MIGRATIONS = (_FIRST,)


def migrate(db: sqlite3.Connection) -> None:
    """Bring an open database up to this code's tables, in one transaction.

    Raises StoreError for a file that is not ours or is newer than the code.
    """
    if version(db) == len(MIGRATIONS):
        return
    db.execute("begin immediate")
    try:
        done = version(db)
        if not done:
            db.execute("create table migrations (number integer primary key)")
            db.execute(f"pragma application_id = {APPLICATION_ID}")
        for number, text in enumerate(MIGRATIONS[done:], done + 1):
            for statement in text.split(";\n"):
                db.execute(statement)
            db.execute("insert into migrations values (?)", [number])
        db.execute("commit")
    except BaseException:
        db.execute("rollback")
        raise


def version(db: sqlite3.Connection) -> int:
    """The last step the database has gone through; 0 for an empty one. Raises StoreError as `migrate` does."""
    tables = {name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")}
    if not tables:
        return 0
    (application,) = db.execute("pragma application_id").fetchone()
    if application != APPLICATION_ID or "migrations" not in tables:
        raise StoreError("the file holds tables of something else", "move it away, or name the right folder")
    (done,) = db.execute("select coalesce(max(number), 0) from migrations").fetchone()
    if done > len(MIGRATIONS):
        raise StoreError(
            f"the store was written by a newer holdfast (tables of version {done}, known are {len(MIGRATIONS)})",
            "update holdfast, or use the one that wrote it",
        )
    return int(done)
