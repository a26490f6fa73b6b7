"""Signals and risk against customers later lost, on foreign order data: python -m benchmarks.backtest [FOLDER] [NAME …]

FOLDER holds a folder of facts per company (northwind, adventureworks, cdnow), ../shared/data by default. Prints the
tables of docs/backtest.md, in Markdown.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from engine.audit.backtest.looking import Asked, BackTest, backtest
from engine.delivery.backtest_view import backtest_report
from engine.delivery.report_view import cell, heading, said_as
from engine.facts.importing import import_facts
from engine.policy.load import load_policy
from engine.reports.report import Report
from engine.shipped import shipped_root

DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@dataclass(frozen=True)
class Company:
    """Its last known day, and the horizon that fits its rhythm of orders, in days."""

    name: str
    end: date
    horizon: int


COMPANIES = (
    Company("northwind", date(1998, 5, 6), 180),
    Company("adventureworks", date(2014, 5, 1), 270),
    Company("cdnow", date(1998, 6, 30), 180),
)


def look_back(company: Company, data: Path = DATA) -> BackTest:
    """The shipped policy, held against a company's weeks."""
    policy = load_policy(shipped_root())
    with TemporaryDirectory(prefix="holdfast-") as made:
        folder = Path(made)
        imported = import_facts(policy.contract, data / company.name, folder, folder / "rejects.csv", 0.05)
        asked = Asked(company.end, horizon=company.horizon)
        return backtest(policy, imported.snapshot, asked, (), lambda text: print(text, file=sys.stderr))


def markdown(report: Report) -> Iterator[str]:
    """The report's tables and notes as Markdown."""
    for part in report.parts:
        yield f"**{said_as(part.table.title, 'en')}**"
        yield ""
        yield "| " + " | ".join(heading(column, "en") for column in part.table.columns) + " |"
        yield "|" + "---|" * len(part.table.columns)
        for row in part.table.rows:
            cells = (cell(value, column.kind, "en", {}) for value, column in zip(row, part.table.columns, strict=True))
            yield "| " + " | ".join(cells) + " |"
        yield ""
        yield from (said_as(note, "en") for note in part.table.notes)
        yield ""
    yield from (said_as(note, "en") for note in report.notes)


def main() -> None:
    """Look back at each company that is there."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    for company in COMPANIES:
        if (data / company.name).is_dir() and company.name in (sys.argv[2:] or [company.name]):
            began = perf_counter()
            found = look_back(company, data)
            print(f"## {company.name}\n")
            print("\n".join(markdown(backtest_report(found))))
            print(f"\n{perf_counter() - began:.0f} seconds.\n")


if __name__ == "__main__":
    main()
