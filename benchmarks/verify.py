"""A second opinion on a whole night, and what it takes.

    python -m benchmarks.verify [--accounts 2000 20000] [--sample 500] [--shipped 2000]

For each number of accounts one night of the portfolio is run by the columnar engine in a workspace of its own, then
verified by the rete engine: once a sample, once all. `--shipped N`: the same under the policy that holdfast comes
with, for the example company repeated until it has N accounts. Seconds and memory are of `holdfast verify` in a process
of its own: the caller, which compares, and the worker, which reasons again. Memory is flat where it does not follow the
number of accounts. Exit code 3 where the engines differ.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.company import multiply
from benchmarks.generate import generate
from benchmarks.measure import peak_megabytes, run
from engine.inquiry import verify_run
from engine.job import night_of
from engine.shipped import POLICY_FOLDERS
from engine.workspace import init_workspace, open_workspace

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
DIFFERENT = 3


def make_workspace(folder: Path, accounts: int, *, shipped: bool) -> None:
    """A workspace under the portfolio's policy with its facts, or under the shipped one with the example company's."""
    workspace = init_workspace(folder, "en")
    if shipped:
        multiply(accounts, workspace.root / "facts")
        return
    generate(accounts, workspace.root / "facts")
    texts = {name: (workspace.rules / name).read_bytes() for name in ("facts.yaml", "words.yaml")}
    for name in POLICY_FOLDERS:
        shutil.rmtree(workspace.root / name)
        shutil.copytree(HERE / "portfolio" / name, workspace.root / name)
    for name, text in texts.items():
        (workspace.rules / name).write_bytes(text)


def one_night(folder: Path) -> dict[str, Any]:
    """Run the night, so that there is something to verify."""
    with night_of(open_workspace(folder), TODAY) as done:
        return {"signals": done.night.counts["signals"], "tasks": done.night.counts["new_tasks"]}


def one_verify(folder: Path, sample: int | None) -> dict[str, Any]:
    """Verify the night; what it took, in seconds and megabytes."""
    start = time.perf_counter()
    _, found = verify_run(open_workspace(folder), "last", sample, lambda _: None)
    seconds = time.perf_counter() - start
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "seconds": seconds, "accounts": found.accounts, "conclusions": found.conclusions, "agreed": found.agreed,
        "caller": peak_megabytes(), "worker": worker / (1024 * 1024 if sys.platform == "darwin" else 1024),
    }  # fmt: skip


def main() -> None:
    """Measures, prints and exits."""
    wanted = _arguments()
    if wanted.night or wanted.one:
        print(json.dumps(one_night(wanted.night) if wanted.night else one_verify(wanted.one, wanted.sample or None)))
        return
    console = Console(width=None if sys.stdout.isatty() else 100)
    table = Table(title="verify: a night re-performed by the rete engine")
    for column in ("policy", "accounts", "looked at", "s", "a second", "caller MB", "worker MB", "compared", "agreed"):
        table.add_column(column, justify="right")
    agreed = True
    worlds = [(n, False) for n in wanted.accounts] + ([(wanted.shipped, True)] if wanted.shipped else [])
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", dir=wanted.folder) as made:
        for accounts, shipped in worlds:
            name = "shipped" if shipped else "portfolio"
            folder = Path(made) / f"{name} {accounts}"
            with console.status(f"{name}, {accounts:,} accounts: the night"):
                make_workspace(folder, accounts, shipped=shipped)
                run("verify", "--night", folder)
            for sample in (*([wanted.sample] if 0 < wanted.sample < accounts else []), 0):
                with console.status(f"{name}, {accounts:,} accounts: verify {sample or 'all'}"):
                    found = run("verify", "--one", folder, "--sample", str(sample))
                agreed = agreed and found["agreed"]
                table.add_row(
                    name, f"{accounts:,}", f"{found['accounts']:,}", f"{found['seconds']:.0f}",
                    f"{found['accounts'] / found['seconds']:.0f}", f"{found['caller']:.0f}", f"{found['worker']:.0f}",
                    f"{found['conclusions']:,}", "yes" if found["agreed"] else "NO",
                )  # fmt: skip
            shutil.rmtree(folder)
    console.print(table)
    sys.exit(0 if agreed else DIFFERENT)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verify", description="measure a second opinion")
    parser.add_argument("--accounts", type=int, nargs="*", default=[2_000, 20_000], metavar="N")
    parser.add_argument("--sample", type=int, default=500, metavar="N", help="accounts of the sample; 0: none")
    parser.add_argument("--shipped", type=int, default=0, metavar="N", help="accounts under the shipped policy too")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    parser.add_argument("--night", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
