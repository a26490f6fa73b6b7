"""What the ledger costs a night: python -m benchmarks.sealing FACTS STORE

Two nights of the portfolio on generated facts (`benchmarks.generate`), the second with nothing new. Prints one JSON
object: for each night the seconds of all its writing and, of these, of sealing it; the bytes of its entry and of the
files that only the seal needs; then the bytes of the whole store, the seconds that `audit check` takes, and the
process's highest memory.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.measure import peak_megabytes
from benchmarks.night import TODAY, facts_as_they_are, portfolio_policy
from engine.action import night
from engine.action.calendar import Calendar
from engine.audit.checking import check_store
from engine.delivery.render import render
from engine.reasoning import columnar
from engine.store.frozen import KNOWN, ROWS
from engine.store.opening import read_store


def main() -> None:
    facts, store = facts_as_they_are(Path(sys.argv[1])), Path(sys.argv[2])
    policy, settings = portfolio_policy(), night.Settings(store, Calendar("CN"), "zh", {}, render)
    sealed: list[float] = []
    reasoned: list[float] = []
    night.seal_run = _timed(night.seal_run, sealed)
    columnar.reason = _timed(columnar.reason, reasoned)
    found: dict[str, Any] = {}
    for name in ("first", "unchanged"):
        start = time.perf_counter()
        with night.run_night(policy, replace(facts, hash=name), TODAY, settings) as done:
            seconds = time.perf_counter() - start - reasoned[-1]
            [(entry,)] = done.store.rows("select length(body) from ledger order by number desc limit 1")
            files = sum((store / "runs" / done.run / part).stat().st_size for part in (ROWS, KNOWN))
            found[name] = {"commit": seconds, "sealing": sealed[-1], "entry_bytes": entry, "file_bytes": files}
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    start = time.perf_counter()
    with read_store(store) as opened:
        checked = check_store(opened)
    found["check"] = {"seconds": time.perf_counter() - start, "rows": checked.rows, "damages": len(checked.damages)}
    print(json.dumps({**found, "store_bytes": size, "megabytes": peak_megabytes()}))


def _timed(call: Callable[..., None], taken: list[float]) -> Callable[..., None]:
    def timed(*args: Any, **options: Any) -> None:
        start = time.perf_counter()
        call(*args, **options)
        taken.append(time.perf_counter() - start)

    return timed


if __name__ == "__main__":
    main()
