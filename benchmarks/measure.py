"""Running one thing in a process of its own, and what it took."""

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Taken:
    """What a run took: the least seconds and megabytes of several runs."""

    seconds: float
    megabytes: float

    def best(self, other: "Taken") -> "Taken":
        """The better of two runs, figure by figure."""
        return Taken(min(self.seconds, other.seconds), min(self.megabytes, other.megabytes))


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def run(module: str, *arguments: str | Path) -> dict[str, Any]:
    """Runs a module of the benchmarks and reads the JSON object that it prints last."""
    command: Sequence[str] = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def took(found: dict[str, Any]) -> Taken:
    """The figures of a run."""
    return Taken(found["seconds"], found["megabytes"])
