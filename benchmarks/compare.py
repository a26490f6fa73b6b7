"""Whether holdfast concluded what the SQL by hand did: python -m benchmarks.compare BY_HAND HOLDFAST

Compares signals (account, rule, subject, severity), risks (account, level) and tasks (account, signal or save,
subject) as sets. Prints one JSON object: how many there are, and how many stand on one side alone.
"""

import json
import sys
from pathlib import Path

import duckdb

BY_HAND = {
    "signals": "select account, name, subject, severity from signal",
    "risks": "select distinct account, level from task",
    "tasks": "select account, name, subject from task",
}
HOLDFAST = {
    "signals": """select account, parse_filename(filename, true) as name, subject, severity
                  from read_parquet($signals, filename = true)""",
    "risks": "select account, level from read_parquet($risk)",
    "tasks": """select account, replace(parse_filename(filename, true), 'answer-', '') as name, subject
                from read_parquet($plays, filename = true)""",
}


def compare(by_hand: Path, holdfast: Path) -> dict[str, dict[str, int]]:
    """For signals, risks and tasks: how many, and how many differ."""
    found = {}
    with duckdb.connect() as db:
        for name in ("signal", "task"):
            db.read_parquet(str(by_hand / f"{name}.parquet")).create_view(name)
        files = {
            "signals": str(holdfast / "signals" / "*.parquet"),
            "risk": str(holdfast / "risk.parquet"),
            "plays": str(holdfast / "plays" / "*.parquet"),
        }
        for what, ours in HOLDFAST.items():
            used = {name: path for name, path in files.items() if f"${name}" in ours}
            db.execute(f"create or replace temp table ours as {ours}", used)
            db.execute(f"create or replace temp table theirs as {BY_HAND[what]}")
            counted = db.execute(
                "select (select count(*) from theirs),"
                " (select count(*) from (from ours except all from theirs)),"
                " (select count(*) from (from theirs except all from ours))"
            ).fetchall()
            number, only_ours, only_theirs = counted[0]
            found[what] = {"number": number, "differ": only_ours + only_theirs}
    return found


if __name__ == "__main__":
    print(json.dumps(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
