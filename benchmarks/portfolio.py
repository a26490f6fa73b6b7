"""The same night's work from YAML policy and from SQL written by hand for these very rules.

    python -m benchmarks [--accounts 20000 200000 1000000] [--runs 3] [--skip-import] [--nights 200000] [--rete 2000]

Facts are generated into a temporary folder. The two sides run in turn, each in a process of its own, and the best of
`--runs` counts; seconds are from Parquet facts (and, for holdfast, policy text) to conclusions in Parquet, with their
evidence in the case of holdfast. Both must conclude the same, or the exit code is 3.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.table import Table

from benchmarks.generate import generate
from benchmarks.measure import Taken, run, took

DIFFERENT = 3


@dataclass(frozen=True)
class Line:
    """The figures of one number of accounts."""

    accounts: int
    by_hand: Taken
    holdfast: Taken
    counts: dict[str, dict[str, int]]

    @property
    def equal(self) -> bool:
        """Whether both sides concluded the same."""
        return not any(count["differ"] for count in self.counts.values())


def main() -> None:
    """Measures, prints and exits."""
    wanted = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 100)
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", dir=wanted.folder) as made:
        lines = [_measure(accounts, wanted.runs, Path(made), console) for accounts in wanted.accounts]
        console.print(_table(lines))
        for line in lines:
            _say_counts(console, line)
            facts = Path(made) / f"facts {line.accounts}"
            if not wanted.skip_import:
                _say_import(console, line.accounts, facts, Path(made) / f"store {line.accounts}")
            if line.accounts <= wanted.nights:
                _say_nights(console, line.accounts, facts, Path(made) / f"nights {line.accounts}")
        if wanted.rete:
            _say_rete(console, wanted.rete, Path(made))
    sys.exit(0 if all(line.equal for line in lines) else DIFFERENT)


def _measure(accounts: int, runs: int, folder: Path, console: Console) -> Line:
    facts, by_hand, holdfast = (folder / f"{name} {accounts}" for name in ("facts", "by hand", "holdfast"))
    with console.status(f"{accounts:,} accounts: facts"):
        generate(accounts, facts)
    by_hand.mkdir()
    taken: list[tuple[Taken, Taken]] = []
    for number in range(runs):
        with console.status(f"{accounts:,} accounts: run {number + 1} of {runs}"):
            theirs = took(run("by_hand", facts, by_hand))
            ours = took(run("night", "columnar", facts, holdfast))
        taken.append((theirs, ours))
    theirs, ours = taken[0]
    for other_theirs, other_ours in taken[1:]:
        theirs, ours = theirs.best(other_theirs), ours.best(other_ours)
    return Line(accounts, theirs, ours, run("compare", by_hand, holdfast))


def _table(lines: list[Line]) -> Table:
    table = Table(title="Portfolio: SQL by hand, and holdfast")
    for column in ("accounts", "by hand s", "holdfast s", "ratio", "by hand MB", "holdfast MB", "ratio", "equal"):
        table.add_column(column, justify="right")
    for line in lines:
        theirs, ours = line.by_hand, line.holdfast
        times = (f"{theirs.seconds:.2f}", f"{ours.seconds:.2f}", f"{ours.seconds / theirs.seconds:.2f}")
        sizes = (f"{theirs.megabytes:.0f}", f"{ours.megabytes:.0f}", f"{ours.megabytes / theirs.megabytes:.2f}")
        table.add_row(f"{line.accounts:,}", *times, *sizes, "yes" if line.equal else "NO")
    return table


def _say_counts(console: Console, line: Line) -> None:
    said = (
        f"{count['number']:,} {what}" + (f" ({count['differ']:,} differ)" if count["differ"] else "")
        for what, count in line.counts.items()
    )
    console.print(f"{line.accounts:,} accounts: {', '.join(said)}")


def _say_import(console: Console, accounts: int, facts: Path, store: Path) -> None:
    store.mkdir()
    with console.status(f"{accounts:,} accounts: import"):
        taken = took(run("importing", facts, store))
    console.print(f"{accounts:,} accounts: import of facts {taken.seconds:.2f} s, {taken.megabytes:.0f} MB")


def _say_nights(console: Console, accounts: int, facts: Path, store: Path) -> None:
    """Commit of the first night, and of a second one that finds nothing new."""
    with console.status(f"{accounts:,} accounts: two nights"):
        found = run("commits", facts, store)
    for name in ("first", "second"):
        night = found[name]
        console.print(
            f"{accounts:,} accounts: commit of the {name} night {night['commit']:.2f} s, {night['tasks']:,} tasks made"
        )
    console.print(f"{accounts:,} accounts: both nights within {found['megabytes']:.0f} MB")


def _say_rete(console: Console, accounts: int, folder: Path) -> None:
    """The other engine, which looks at one account after the other: its speed, and whether it concludes the same."""
    facts, rete, by_hand = (folder / f"{name} {accounts}" for name in ("rete facts", "rete", "rete by hand"))
    by_hand.mkdir()
    with console.status(f"{accounts:,} accounts: rete"):
        generate(accounts, facts)
        run("by_hand", facts, by_hand)
        taken = took(run("night", "rete", facts, rete))
        counts = run("compare", by_hand, rete)
    equal = "equal" if not any(count["differ"] for count in counts.values()) else "NOT EQUAL"
    console.print(f"rete: {accounts / taken.seconds:,.0f} accounts a second, {taken.megabytes:.0f} MB, {equal}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="measure a night's run")
    parser.add_argument("--accounts", type=int, nargs="+", default=[20_000, 200_000, 1_000_000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each side; the best counts")
    parser.add_argument("--skip-import", action="store_true", help="do not measure the import of the facts")
    parser.add_argument(
        "--nights", type=int, default=200_000, metavar="N", help="measure whole nights up to so many accounts"
    )
    parser.add_argument("--rete", type=int, default=2000, metavar="N", help="accounts for the other engine; 0: none")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    return parser.parse_args()


if __name__ == "__main__":
    main()
