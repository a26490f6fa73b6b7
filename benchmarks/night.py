"""The portfolio's night by holdfast, in a process of its own: python -m benchmarks.night ENGINE FACTS INTO

ENGINE is columnar or rete. Prints one JSON object: seconds from policy text and Parquet facts to conclusions with
their evidence, and the process's highest memory.
"""

import importlib
import json
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.measure import peak_megabytes
from engine.facts.snapshot import Snapshot
from engine.policy.faults import show
from engine.policy.load import check, read_texts
from engine.policy.model import Policy

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)


def portfolio_policy() -> Policy:
    """The benchmark's policy, by the fact contract and the words that holdfast comes with."""
    texts = read_texts(HERE / "portfolio")
    for name in ("rules/facts.yaml", "rules/words.yaml"):
        texts[name] = (HERE.parent / name).read_text(encoding="utf-8")
    checked = check(texts)
    if checked.policy is None:
        raise SystemExit("\n".join(show(fault, checked.texts) for fault in checked.faults))
    return checked.policy


def facts_as_they_are(folder: Path) -> Snapshot:
    """A folder of generated facts taken for a snapshot: fields of the contract that it lacks are missing."""
    present = frozenset(path.stem for path in folder.glob("*.parquet"))
    return Snapshot(hash="", folder=folder, present=present, rows={})


def main() -> None:
    engine, facts, into = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    reason = importlib.import_module(f"engine.reasoning.{engine}").reason
    snapshot = facts_as_they_are(facts)
    start = time.perf_counter()
    policy = portfolio_policy()
    read = time.perf_counter()
    reason(policy, snapshot, TODAY, into)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "policy": read - start, "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
