"""The benchmark's facts: python -m benchmarks.generate ACCOUNTS FOLDER

Writes six fact types as Parquet, in the columns of the fact contract; the same on every run. Per account ten orders
of the last year, twelve contacts of the last half year, half a promise and a fifth of a complaint, spread by hash.
"""

import sys
from pathlib import Path

import duckdb

TODAY = "date '2026-11-22'"


def pick(salt: int, choices: int) -> str:
    """A whole number below `choices` that looks random but follows from the row's number `i`."""
    return f"(hash(i * {salt}) % {choices})"


def day(salt: int, back: int) -> str:
    """One of the last `back` days."""
    return f"{TODAY} - cast({pick(salt, back)} as int)"


def generate(accounts: int, folder: Path) -> None:
    """Writes the facts of so many accounts."""
    folder.mkdir(parents=True, exist_ok=True)
    reps = max(accounts // 60, 4)
    amount = f"cast(exp({pick(13, 6000)} / 1000.0) * 10 as decimal(18, 4))"
    tables = {
        "rep": (
            reps,
            "'r' || i as id, 'Rep ' || i as name, "
            "case i % 10 when 8 then 'manager' when 9 then 'director' else 'sales' end as role, "
            "date '2020-01-01' as hired_on, case when i % 50 = 0 then date '2026-11-01' end as left_on",
        ),
        "account": (
            accounts,
            f"'c' || i as id, '客户' || i as name, 'r' || (i % {reps}) as owner, date '2024-01-01' as created_on",
        ),
        "order": (
            accounts * 10,
            f"'o' || i as id, 'c' || {pick(7, accounts)} as account, {day(11, 365)} as ordered_on, {amount} as amount",
        ),
        "interaction": (
            accounts * 12,
            f"'i' || i as id, 'c' || {pick(17, accounts)} as account, 'r' || {pick(19, reps)} as rep, "
            f"{day(23, 180)} as happened_on, case when {pick(29, 2)} = 0 then 'visit' else 'call' end as channel",
        ),
        "promise": (
            accounts // 2,
            f"'p' || i as id, 'c' || {pick(31, accounts)} as account, 'delivery' as kind, "
            f"date '2026-09-01' as made_on, {TODAY} + cast({pick(37, 60)} as int) - 30 as due_on, "
            f"case when {pick(41, 3)} > 0 then date '2026-11-20' end as kept_on",
        ),
        "complaint": (
            accounts // 5,
            f"'k' || i as id, 'c' || {pick(43, accounts)} as account, 'service' as kind, {day(47, 90)} as opened_on, "
            f"case when {pick(53, 2)} = 0 then 'high' else 'low' end as severity, "
            f"case when {pick(59, 4)} > 0 then date '2026-11-21' end as resolved_on",
        ),
    }
    with duckdb.connect() as db:
        for name, (rows, columns) in tables.items():
            facts = db.sql(f"select {columns} from range({rows}) as numbers(i)")
            facts.write_parquet(str(folder / f"{name}.parquet"))


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
