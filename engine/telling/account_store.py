"""A small store that holds what the real one knows of a single account, for a night that is only tried."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from engine.store.faults import told
from engine.store.opening import Store, open_store

_LEFT_OUT = ("migrations", "told", "told_settled", "ledger", "unsealed", "outbox")
_FIRST = ("episode", "task")  # what other tables refer to
_LAST_POLICY = "hash in (select policy from source.run order by number desc limit 1)"


def account_store(store: Store, account: str, folder: Path) -> None:
    """Make a store in `folder` with the episodes and tasks of one account, all that belongs to these, and what
    belongs to no account (runs, people). Nobody's words but those about this account come along."""
    with told(store.path), open_store(folder, create=True) as copy:
        db: sqlite3.Connection = copy.db.conn
        db.execute("pragma foreign_keys = off")
        db.execute("pragma synchronous = off")
        db.execute("attach ? as source", [f"file:{quote(str(store.path.absolute()))}?mode=ro"])
        tables = [name for (name,) in db.execute("select name from source.sqlite_schema where type = 'table'")]
        known = {name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")}
        wanted = [name for name in tables if name in known and name not in _LEFT_OUT and not name.startswith("sqlite_")]
        db.execute("begin")
        for table in sorted(wanted, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)):
            condition, values = _condition(db, table, account)
            name = _quoted(table)
            db.execute(f"insert into main.{name} select * from source.{name} where {condition}", values)  # noqa: S608 - quoted
        db.execute("commit")
        db.execute("detach source")


def _condition(db: sqlite3.Connection, table: str, account: str) -> tuple[str, Sequence[str]]:
    """Which rows of a table come along."""
    if table == "policy":
        return _LAST_POLICY, []
    keys = db.execute(f"pragma source.foreign_key_list({_quoted(table)})")
    owners = {target: column for _, _, target, column, *_ in keys if target != table}
    for target in _FIRST:
        if target in owners:
            return f"{_quoted(owners[target])} in (select id from main.{target})", []  # noqa: S608 - quoted
    columns = {name for _, name, *_ in db.execute(f"pragma source.table_info({_quoted(table)})")}
    return ("account = ?", [account]) if "account" in columns else ("true", [])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
