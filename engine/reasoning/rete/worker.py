"""The rete engine in a process of its own: where durable-rules crashes, only that process goes down."""

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.errors import EngineError, HoldfastError
from engine.facts.snapshot import Snapshot
from engine.policy.model import Policy
from engine.reasoning.days import Workdays
from engine.reasoning.rete.reason import reason

JOB, RESULT, FAILURE, PROGRESS = "job", "result", "failure", "progress"
BOOT = "import sys; sys.path[:] = sys.argv[2:]; from engine.reasoning.rete import worker; worker.work(sys.argv[1])"
LAST_WORDS = 400  # characters of what a broken process said


Watch = Callable[[str], None]  # hears in words what is being looked at, so that a crash can be placed


@dataclass(frozen=True)
class Job:
    """What the other process is to do: call a function of a module with these arguments, and a watch as the last."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


def reason_in_worker(
    policy: Policy,
    snapshot: Snapshot,
    today: date,
    into: Path,
    calendar: Workdays | None = None,
    accounts: Sequence[str] | None = None,
) -> None:
    """As `reason`, in another process. A crash there becomes an EngineError that says what was being looked at."""
    in_worker(reason, policy, snapshot, today, into.absolute(), calendar, accounts)


def in_worker(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function of a module in another process, with a watch as its last argument; gives what it gives.

    Raises the HoldfastError that it raises there, and EngineError where that process ends otherwise than well.
    """
    with TemporaryDirectory(prefix="holdfast-") as made:
        folder = Path(made)
        (folder / JOB).write_bytes(pickle.dumps(Job(function, arguments)))
        command = [sys.executable, "-c", BOOT, made, *sys.path]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
        if (folder / FAILURE).exists():
            raise pickle.loads((folder / FAILURE).read_bytes())  # noqa: S301
        if done.returncode != 0:
            raise _crash(done.returncode, done.stderr.decode(errors="replace"), folder / PROGRESS)
        return pickle.loads((folder / RESULT).read_bytes())  # noqa: S301


def work(made: str) -> None:
    """The other process: does the job in a folder. A HoldfastError is left there for the caller."""
    folder = Path(made)
    job: Job = pickle.loads((folder / JOB).read_bytes())  # noqa: S301

    def watch(what: str) -> None:
        (folder / PROGRESS).write_text(what, encoding="utf-8")

    try:
        result = job.function(*job.arguments, watch)
    except HoldfastError as error:
        (folder / FAILURE).write_bytes(pickle.dumps(type(error)(error.message, error.hint)))
    else:
        (folder / RESULT).write_bytes(pickle.dumps(result))


def _crash(code: int, said: str, progress: Path) -> EngineError:
    how = f"ended with code {code}"
    if code < 0:
        how = f"was ended by {signal.Signals(-code).name}"
    at = progress.read_text(encoding="utf-8") if progress.exists() else "the start"
    last = f": {said.strip()[-LAST_WORDS:]}" if said.strip() else ""
    return EngineError(f"the rete engine {how} at {at}{last}", "use the columnar engine, and tell us of this one")
