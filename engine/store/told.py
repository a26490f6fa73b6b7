"""Facts that people told: kept in the store, and taken in by every import like one more source."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime


def write_told(
    tx: sqlite3.Connection,
    type: str,
    id: str,
    fields: Mapping[str, str],
    who: str,
    at: datetime,
    task: str | None = None,
) -> int:
    """Write down a fact that `who` told, inside an open transaction; gives the number of the new row.

    `fields` are field names with their values as text, as a CSV file would have them. An `id` that the facts
    already know changes those fields of it; the other fields stay. `task`: the task whose word told it.
    """
    cursor = tx.execute(
        "insert into told (type, fact, fields, who, at, task) values (?, ?, ?, ?, ?, ?)",
        [
            type,
            id,
            json.dumps(dict(fields), ensure_ascii=False, sort_keys=True),
            who,
            at.isoformat(timespec="seconds"),
            task,
        ],
    )
    return int(cursor.lastrowid or 0)
