"""The way from source files to a snapshot, in a process of its own: python -m benchmarks.importing FACTS STORE

Prints one JSON object: the seconds, and the process's highest memory.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.measure import peak_megabytes
from benchmarks.night import portfolio_policy
from engine.facts.importing import import_facts


def main() -> None:
    facts, store = Path(sys.argv[1]), Path(sys.argv[2])
    contract = portfolio_policy().contract
    start = time.perf_counter()
    imported = import_facts(contract, facts, store, store / "rejects.csv", 0.0)
    seconds = time.perf_counter() - start
    if imported.rejected:
        raise SystemExit(f"{imported.rejected} generated rows were set aside")
    folder = str(imported.snapshot.folder)
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes(), "folder": folder}))


if __name__ == "__main__":
    main()
