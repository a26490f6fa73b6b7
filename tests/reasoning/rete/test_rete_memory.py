"""Memory stays flat over accounts."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from small_policies import FACTS_SQL

MEASURE = """
import resource, sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from small_policies import TODAY, Written, small_policy
from engine.reasoning.rete import reason
folder = Path(sys.argv[1])
facts = Written("many", folder, frozenset(p.stem for p in folder.glob("*.parquet")), {})
reason(small_policy(), facts, TODAY, Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
GROWTH = 40  # MB that four times the accounts may cost


def peak(folder, accounts):
    """Megabytes at most, for a run over so many accounts in a process of its own."""
    facts = folder / f"facts{accounts}"
    facts.mkdir()
    with duckdb.connect(":memory:") as db:
        for type, query in FACTS_SQL.items():
            db.sql(query.format(n=accounts)).write_parquet(str(facts / f"{type}.parquet"))
    here = Path(__file__).parent
    command = [
        sys.executable,
        "-c",
        MEASURE,
        str(facts),
        str(folder / f"out{accounts}"),
        str(here),
        str(here.parents[2]),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory as Linux gives it")
def test_memory_is_flat_over_accounts(tmp_path):
    few, many = peak(tmp_path, 2000), peak(tmp_path, 8000)
    assert many - few < GROWTH
