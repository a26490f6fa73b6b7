"""A simulated year: python -m benchmarks.year [--accounts 1000] [--reps 20] [--nights 365] [--seed 1]

A company of so many customers and sellers works by the shipped policy. Every day things happen, people work through
their lists as diligently as they are, and every night holdfast reads the company's exports and makes the next lists.
The same seed gives the same year. Exit code 3 where a task was made twice, given to somebody who is gone, or reopened.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.year.counting import Counted, folder_bytes, kept
from benchmarks.year.facts import Files
from benchmarks.year.people import Staff
from benchmarks.year.report import figures, lines
from benchmarks.year.work import Office
from benchmarks.year.world import World
from engine.job import night_of, policy_in_force
from engine.store.opening import read_store
from engine.workspace import Workspace, init_workspace

FIRST = date(2026, 1, 1)
WRONG = 3


def simulate(
    workspace: Workspace, accounts: int, reps: int, nights: int, seed: int,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:  # fmt: skip
    """Live through the nights in a new workspace; gives the figures. Its policy says which facts are exported."""
    policy = policy_in_force(workspace)
    files = Files(workspace.root / "facts", policy.contract)
    staff = Staff(files, reps, FIRST, nights, seed)
    world = World(files, staff, accounts, FIRST, seed)
    office = Office(workspace, world, policy)
    counted = Counted()
    for number in range(nights):
        day = FIRST + timedelta(number)
        workday = workspace.calendar.is_workday(day)
        office.leaving += staff.live(day)
        world.live(day, workday)
        if workday and number:
            office.work(day)
        files.write()
        _night(workspace, day, staff, workday, counted)
        say(f"{day}: {counted.seconds[-1]:.1f} s, {sum(counted.made.values()):,} tasks so far")
        if number % 30 == 29:
            say("  " + "\n  ".join(lines(_figures(workspace, world, office, counted, day))))
    return _figures(workspace, world, office, counted, FIRST + timedelta(nights - 1))


def _figures(workspace: Workspace, world: World, office: Office, counted: Counted, day: date) -> dict[str, Any]:
    counted.bytes.append(folder_bytes(workspace.store))
    with read_store(workspace.store) as store:
        counted.again = Counter(dict(store.rows("select play, count(*) from episode where number > 1 group by play")))
        lost = sum(account.lost for account in world.accounts.values())
        return figures(counted, kept(store, day), dict(office.said), len(world.accounts), lost)


def _night(workspace: Workspace, day: date, staff: Staff, workday: bool, counted: Counted) -> None:
    stage, began = "policy", perf_counter()
    start, at_work = began, process_time()

    def note(text: str) -> None:
        nonlocal stage, began
        now = perf_counter()
        counted.stages[stage] += now - began
        stage, began = "reading" if text.startswith("reading") else text, now

    with night_of(workspace, day, progress=note) as night:
        seconds = perf_counter() - start
        counted.processor.append(process_time() - at_work)
        note("")
        here = {id for id, one in staff.by_id.items() if one.here(day)}
        sellers = [one.id for one in staff.of("sales") if one.works(day)] if workday else []
        counted.night(night.night.store, day, here, sellers, seconds)


def main() -> None:
    """Simulate, print, and say by the exit code whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description="a simulated year")
    parser.add_argument("--accounts", type=int, default=1000, metavar="N")
    parser.add_argument("--reps", type=int, default=20, metavar="N", help="sellers; others come with them")
    parser.add_argument("--nights", type=int, default=365, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the workspace there, to look at it")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    wanted = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="holdfast-year-") as made:
        workspace = init_workspace(wanted.keep or Path(made) / "year", "zh")
        found = simulate(workspace, wanted.accounts, wanted.reps, wanted.nights, wanted.seed, say)
    print(json.dumps(found, ensure_ascii=False, indent=1) if wanted.json else "\n".join(lines(found)))
    sys.exit(WRONG if found["duplicates"] or found["to_inactive"] or found["reopened"] else 0)


if __name__ == "__main__":
    main()
