"""A report of several tables with charts, still plain data: nothing is worded or drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.reports.table import As, Said, Table

Label = str | Said | None
CHARTED = 12  # categories a chart shows; the rest stand together as others


class Form(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"  # lying, one per label: categories
    COLUMNS = "columns"  # standing: the course of time
    STACKED = "stacked"  # standing, series on each other: parts of a whole over time
    STACKED_BARS = "stacked bars"  # lying, series on each other
    GROUPED = "grouped bars"  # lying, series beside each other: shares to compare
    LINES = "lines"  # a rate over time


@dataclass(frozen=True)
class Series:
    """One row of values, in the order of the chart's labels; None where there is none.

    `tone`: red, amber or green, where its colour says something.
    """

    name: Label
    values: tuple[Any, ...]
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """What a chart shows: per label (read as `labels_as`) a value of each series, read as `kind`."""

    title: Said
    form: Form
    labels: tuple[Label, ...]
    series: tuple[Series, ...]
    kind: As
    by: Said | None = None  # what the series are
    labels_as: As = As.TEXT


@dataclass(frozen=True)
class Part:
    """A table with its charts, as people read it: long tails folded into others, and a row of totals last.

    `name` is its key in JSON; `data` is what programs get instead: every row, without totals.
    `definitions` say what its figures mean.
    """

    name: str
    table: Table
    charts: tuple[Chart, ...] = ()
    data: Table | None = None
    definitions: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole report: its parts, and how each of its figures is defined."""

    title: Said
    parts: tuple[Part, ...]
    definitions: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()

    @property
    def defined(self) -> tuple[Said, ...]:
        """All definitions that its tables need, each once."""
        found = (*self.definitions, *(each for part in self.parts for each in part.definitions))
        return tuple(each for n, each in enumerate(found) if each not in found[:n])


def absent(types: Sequence[str]) -> Said:
    """That something is not judged, for want of these types of fact."""
    return Said("figures_absent", {"types": ", ".join(sorted(types))})
