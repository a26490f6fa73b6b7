"""The terminal: where results, progress and errors go."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from engine.errors import HoldfastError
from engine.messages import in_language
from engine.messages.spoken import CHINESE, speak, spoken

NARROWEST = 40  # columns; a narrower terminal is written to as if it were this wide
PIPED = 80  # columns where nobody watches
STOPPED = 130  # the exit code after Ctrl-C
TRACE = "HOLDFAST_TRACE"  # set in the environment, a defect prints its traceback


def console() -> Console:
    """Where results go: as wide as the terminal, 80 columns where there is none."""
    width = Console().width if sys.stdout.isatty() else _columns()
    return Console(width=max(width, NARROWEST), highlight=False, soft_wrap=False)


@contextmanager
def watched() -> Iterator[Callable[[str], None]]:
    """What says how far the work is, on stderr, where a person watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(f"{text} …")


def print_json(data: object) -> None:
    """Write one JSON value to stdout."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def run_guarded(command: Callable[[], object]) -> None:
    """Run a command; whatever the user can mend ends in a message and an exit code, not in a traceback."""
    speak("")
    try:
        command()
    except HoldfastError as error:
        _say(*error.said(spoken()))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say(in_language("stopped; nothing of this run was kept", spoken()))
        sys.exit(STOPPED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get(TRACE):
            traceback.print_exc()
        where = traceback.extract_tb(error.__traceback__)[-1]
        failure = _damage() or HoldfastError(
            f"holdfast itself failed: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})",
            f"nothing of this run was kept; set {TRACE}=1 and report what it prints",
        )
        _say(*failure.said(spoken()))
        sys.exit(1)


def _damage() -> HoldfastError | None:
    """What is wrong with a store that was opened, where that explains a failure."""
    from engine.audit.damaged_store import damage_behind

    try:
        return damage_behind()
    except Exception:  # then the first failure is told
        return None


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdigit() and int(given) else PIPED


def _say(message: str, hint: str = "") -> None:
    """Show what is wrong and the way out, both in the spoken language already."""
    error, way = ("错误：", "建议：") if spoken() == CHINESE else ("error: ", "try: ")
    print(message if "\n" in message else f"{error}{message}", file=sys.stderr)
    if hint:
        print(f"  {way}{hint}", file=sys.stderr)
