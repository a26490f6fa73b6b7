"""The tables of the store, as numbered steps; a step that has been released is never changed."""

import sqlite3
from collections.abc import Mapping, Sequence

from engine.errors import StoreError
from engine.store.ledger_before import LEDGER_BEFORE
from engine.store.ledger_tables import LEDGER

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

_TOLD = """
create table told (
    id integer primary key,
    type text not null,
    fact text not null,
    fields text not null,
    who text not null,
    at text not null,
    task text references task (id),
    undone_at text,
    undone_by text
);
create index told_task on told (task) where task is not null
"""

_TOLD_STATE = """
alter table told add column before text;
alter table told add column taken integer not null default 0;
create index told_fact on told (type, fact, id);
create index told_news on told (id) where taken <> (undone_at is null);
create table told_settled (
    told integer not null references told (id),
    field text not null,
    primary key (told, field)
) without rowid
"""

_EPISODES = """
alter table episode add column tier text;
alter table episode add column snoozed_until text;
alter table episode add column skipped text not null default '[]';
alter table task add column contact text;
alter table task add column joined text references task (id);
alter table task add column by_hand integer not null default 0;
alter table action add column detail text;
alter table action add column undone_at text;
alter table action add column undone_by text;
alter table notice add column why text;
alter table notice add column before text;
create index task_joined on task (joined) where joined is not null;
create index task_contact on task (contact) where contact is not null and status = 'open';
create index task_queue on task (queue) where assignee is null and status in ('open', 'started')
"""

_CHANGES = """
alter table task add column revision integer not null default 0;
alter table task add column changed integer references run (number);
create table moved (
    id integer primary key,
    task text not null references task (id),
    person text not null,
    run integer references run (number)
);
create index moved_person on moved (person);
create trigger task_changed after update of assignee, queue, title, body, due_on, status, asks, joined on task
when (new.assignee, new.queue, new.title, new.body, new.due_on, new.status, new.asks, new.joined)
is not (old.assignee, old.queue, old.title, old.body, old.due_on, old.status, old.asks, old.joined)
begin update task set revision = revision + 1, changed = (select max(number) from run)
where id in (new.id, old.joined, new.joined); end;
create trigger task_moved after update of assignee on task
when old.assignee is not null and new.assignee is not old.assignee and old.joined is null
begin insert into moved (task, person, run) select old.id, old.assignee, max(number) from run; end;
create trigger task_joined after update of joined on task
when old.joined is null and new.joined is not null and new.assignee is not null
and not exists (select 1 from run where id = new.made_run and counts = '{}')
begin insert into moved (task, person, run) select new.id, new.assignee, max(number) from run; end;
create trigger matter_changed after update of account_name, priority, reasons, snoozed_until on episode
when (new.account_name, new.priority, new.reasons, new.snoozed_until)
is not (old.account_name, old.priority, old.reasons, old.snoozed_until)
begin update task set revision = revision + 1, changed = (select max(number) from run)
where status in ('open', 'started') and id in (select coalesce(joined, id) from task where episode = new.id); end
"""

_VERSIONS = """
create table policy_version (
    number integer primary key,
    policy text not null references policy (hash),
    at text not null,
    who text not null,
    approved_by text,
    note text,
    rolled_back_to integer references policy_version (number),
    after_run integer not null,
    changes text
);
create trigger version_stays before update on policy_version
begin select raise(abort, 'a published version is never changed'); end;
create trigger version_kept before delete on policy_version
begin select raise(abort, 'a published version is never removed'); end
"""

_OUTBOX = """
create table outbox (
    id integer primary key,
    run text not null references run (id),
    day text not null,
    channel text not null,
    person text not null,
    people text not null,
    language text not null,
    state text not null check (state in ('waiting', 'sending', 'sent', 'unsure', 'failed', 'superseded', 'no_address',
        'empty', 'dropped')),
    why text,
    reply text,
    attempts integer not null default 0,
    next_try_at text,
    changed_at text not null,
    address text,
    content text,
    seen integer,
    said_by text,
    unique (day, channel, person)
);
create index outbox_state on outbox (state) where state in ('waiting', 'sending', 'unsure', 'failed');
create index outbox_person on outbox (channel, person, day)
"""

_WAITING = """
create table waiting (
    key text primary key,
    play text not null,
    subject_type text not null,
    subject text not null,
    account text,
    account_name text,
    person text not null,
    priority integer not null,
    reasons text not null,
    title text not null,
    since text not null
) without rowid;
create index waiting_person on waiting (person)
"""

MIGRATIONS = (_FIRST, _TOLD, _TOLD_STATE, _EPISODES, _CHANGES, _VERSIONS, LEDGER, LEDGER_BEFORE, _OUTBOX, _WAITING)

BEFORE_LEDGER = MIGRATIONS.index(LEDGER)  # the last step of stores without a ledger


def migrate(db: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring an open database up to this code's tables, or through the first `steps`, in one transaction.

    Raises StoreError for a file that is not ours or is newer than the code.
    """
    if version(db) >= len(steps):
        return
    db.execute("begin immediate")
    try:
        done = version(db)
        if not done:
            db.execute("create table migrations (number integer primary key)")
            db.execute(f"pragma application_id = {APPLICATION_ID}")
        for number, text in enumerate(steps[done:], done + 1):
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


Schema = Mapping[tuple[str, str], str | None]  # the text of each table, index and trigger, by kind and name


def schema(db: sqlite3.Connection) -> Schema:
    """What a database is made of, apart from what SQLite keeps for itself."""
    rows = db.execute("select type, name, sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\'")
    return {(type, name): text for type, name, text in rows}


def expected_schema(db: sqlite3.Connection) -> Schema:
    """What a database that went through as many steps is made of."""
    (done,) = db.execute("select coalesce(max(number), 0) from migrations").fetchone()
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(fresh, MIGRATIONS[:done])
        return schema(fresh)
    finally:
        fresh.close()
