"""Two whole nights of the portfolio, in a process of its own: python -m benchmarks.commits FACTS STORE

The first night makes every task; the second one finds the same conclusions from facts that changed in name only.
Prints one JSON object: seconds of commit (comparing, deciding, rendering, writing) and of reasoning for each night,
the tasks made, and the process's highest memory.
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
from engine.action.calendar import Calendar
from engine.action.night import Settings, run_night
from engine.delivery.render import render
from engine.reasoning import columnar


def main() -> None:
    facts, store = facts_as_they_are(Path(sys.argv[1])), Path(sys.argv[2])
    policy, settings = portfolio_policy(), Settings(store, Calendar("CN"), "zh", {}, render)
    reasoned: list[float] = []
    columnar.reason = _timed(columnar.reason, reasoned)
    found: dict[str, Any] = {}
    for name in ("first", "second"):
        start = time.perf_counter()
        with run_night(policy, replace(facts, hash=name), TODAY, settings) as night:
            seconds = time.perf_counter() - start
            found[name] = {"commit": seconds - reasoned[-1], "reason": reasoned[-1], "tasks": night.counts["new_tasks"]}
    print(json.dumps({**found, "megabytes": peak_megabytes()}))


def _timed(reason: Callable[..., None], taken: list[float]) -> Callable[..., None]:
    def timed(*args: Any, **options: Any) -> None:
        start = time.perf_counter()
        reason(*args, **options)
        taken.append(time.perf_counter() - start)

    return timed


if __name__ == "__main__":
    main()
