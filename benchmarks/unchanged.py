"""A night with nothing new, in a process of its own: python -m benchmarks.unchanged [--accounts 20000]

After a first night of the portfolio four more are run: the same day with the same facts in another order and another
format; the same day with one mail address changed; the next day with these facts, where time alone brings some
matters; and that day with another address. For each: seconds, what the folder of the store grew by, and how many rows
of its database are new or others than before.
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.generate import generate
from benchmarks.night import TODAY, portfolio_policy
from engine.action.calendar import Calendar
from engine.action.night import Settings, run_night
from engine.delivery.render import render
from engine.facts.importing import import_facts

Rows = dict[str, set[tuple[Any, ...]]]


def main() -> None:
    """Run the nights and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unchanged")
    parser.add_argument("--accounts", type=int, default=20_000, metavar="N")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="holdfast-unchanged-") as made:
        print(json.dumps(measure(wanted.accounts, Path(made)), indent=1))


def measure(accounts: int, made: Path) -> dict[str, Any]:
    """The figures, by night."""
    made_by, facts, store = (made / name for name in ("generated", "facts", "store"))
    generate(accounts, made_by)
    _export(made_by, facts, ("account", "complaint", "interaction", "order", "promise", "rep"), "")
    policy = portfolio_policy()
    settings = Settings(store, Calendar("CN"), "zh", {}, render)
    found: dict[str, Any] = {}
    later = TODAY + timedelta(1)
    nights = (
        ("first", facts, TODAY, None), ("same day, facts in other files", made_by, TODAY, None),
        ("same day, one address", facts, TODAY, "r1"), ("next day, same facts", facts, later, None),
        ("next day, another address", facts, later, "r2"),
    )  # fmt: skip
    for name, source, today, moved in nights:
        if moved is not None:
            _export(made_by, facts, ("rep",), moved)
        files, rows = _files(store), _rows(store)
        start = time.perf_counter()
        imported = import_facts(policy.contract, source, store, store / "rejects.csv", 0.0)
        with run_night(policy, imported.snapshot, today, settings) as night:
            seconds = time.perf_counter() - start
            counts = night.counts
        now = _files(store)
        new = {inode: at for inode, at in now.items() if inode not in files and at[0].parent.name != "store"}
        parts = {part: sum(size for path, size in new.values() if part in path.parts) for part in ("runs", "snapshots")}
        database = sum(at[1] for at in now.values() if at[0].name == "holdfast.db")
        before = sum(at[1] for at in files.values() if at[0].name == "holdfast.db")
        found[name] = {
            "seconds": round(seconds, 2), "already": night.already,
            **{name: 0 if night.already else counts[name] for name in ("new_tasks", "closed_tasks")},
            "bytes_of_conclusions": parts["runs"], "bytes_of_facts": parts["snapshots"],
            "files": len(new), "database_grew": database - before, "rows": _changed(rows, _rows(store)),
        }  # fmt: skip
    return found


def _export(made_by: Path, into: Path, types: Sequence[str], moved: str) -> None:
    """The generated facts as CSV, in another order; the person `moved` has another mail address."""
    into.mkdir(exist_ok=True)
    with duckdb.connect() as db:
        for type in types:
            source, target = str(made_by / f"{type}.parquet"), str(into / f"{type}.csv")
            rows = db.read_parquet(source).order("hash(id)")
            if type == "rep":
                email = duckdb.CaseExpression(
                    duckdb.ColumnExpression("id") == duckdb.ConstantExpression(moved),
                    duckdb.ConstantExpression(f"{moved}@example.com"),
                )
                rows = rows.select(duckdb.StarExpression(), email.alias("email"))
            rows.write_csv(target, header=True)


def _files(folder: Path) -> dict[int, tuple[Path, int]]:
    """Every file on the disk once, by its number there."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            stat = path.stat()
            found[stat.st_ino] = (path, stat.st_size)
    return found


def _rows(store: Path) -> Rows:
    if not (store / "holdfast.db").is_file():
        return {}
    db = sqlite3.connect(store / "holdfast.db")
    try:
        names = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table' order by 1")]
        return {name: set(db.execute(f'select * from "{name}"')) for name in names if not name.startswith("sqlite_")}
    finally:
        db.close()


def _changed(before: Rows, after: Rows) -> dict[str, int]:
    """How many rows of each table were not there so before."""
    counts = {name: len(rows - before.get(name, set())) for name, rows in after.items()}
    return {name: count for name, count in counts.items() if count}


if __name__ == "__main__":
    main()
