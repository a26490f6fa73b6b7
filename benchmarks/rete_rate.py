"""How fast the rete engine is, and how much memory it takes.

    python -m benchmarks.rete_rate FACTS POLICY [--accounts N] [--today DATE]

FACTS is a folder of Parquet facts in the contract's columns, POLICY a folder with rules, playbooks and templates
(`benchmarks/portfolio` takes the contract that holdfast comes with). Prints one JSON object: accounts, seconds,
accounts a second, and the process's highest memory. With --accounts only the first N are concluded.
"""

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.measure import peak_megabytes
from benchmarks.night import TODAY, facts_as_they_are, portfolio_policy
from engine.policy.load import load_policy
from engine.policy.model import Policy
from engine.reasoning.rete import reason


@dataclass(frozen=True)
class Rate:
    """What a run over so many accounts took."""

    accounts: int
    seconds: float
    megabytes: float

    @property
    def a_second(self) -> float:
        """Accounts a second."""
        return self.accounts / self.seconds


def measure(policy: Policy, facts: Path, today: date = TODAY, accounts: int | None = None) -> Rate:
    """Concludes all accounts of a folder of facts, or the first so many, and says what it took.

    Memory is that of the whole process, so measure one run a process.
    """
    with duckdb.connect(":memory:") as db:
        ids = [id for (id,) in db.read_parquet(str(facts / "account.parquet")).order("id").select("id").fetchall()]
    some = None if accounts is None else ids[:accounts]
    with tempfile.TemporaryDirectory(prefix="holdfast-rate-") as made:
        start = time.perf_counter()
        reason(policy, facts_as_they_are(facts), today, Path(made) / "conclusions", accounts=some)
        seconds = time.perf_counter() - start
    return Rate(len(ids if some is None else some), seconds, peak_megabytes())


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="The rete engine's accounts a second.")
    parser.add_argument("facts", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--accounts", type=int, metavar="N")
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY)
    given = parser.parse_args()
    own = given.policy.resolve() == (Path(__file__).parent / "portfolio").resolve()
    policy = portfolio_policy() if own else load_policy(given.policy)
    rate = measure(policy, given.facts, given.today, given.accounts)
    figures = {"accounts": rate.accounts, "seconds": round(rate.seconds, 2), "megabytes": round(rate.megabytes)}
    print(json.dumps({**figures, "accounts_a_second": round(rate.a_second)}))


if __name__ == "__main__":
    main()
