"""Options and kinds of arguments that several commands share."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.messages.spoken import language_of_environment

ENDED_DAYS = 30  # for so long a calendar says that a task has ended
DIFFERENT = 3  # the exit code where something is other than expected


class Language(StrEnum):
    """The languages of texts."""

    EN = "en"
    ZH = "zh"


class TextOrJson(StrEnum):
    """For people, or for programs."""

    TEXT = "text"
    JSON = "json"


class ListFormat(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class TaskFormat(StrEnum):
    """How a list of tasks is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    ICS = "ics"
    MD = "md"
    HTML = "html"


class CalendarKind(StrEnum):
    """What a task is in a calendar."""

    EVENT = "event"
    TODO = "todo"


class Engine(StrEnum):
    """The two engines."""

    COLUMNAR = "columnar"
    RETE = "rete"


WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="The workspace; by default the nearest one upwards.")
]


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date; write year-month-day, such as 2026-11-22") from None


TodayOption = Annotated[
    date | None,
    typer.Option("--today", parser=day_of, metavar="DATE", help="The day to work for; by default the system's."),
]


def system_language() -> Language:
    """The language of the environment; English where it says nothing."""
    return Language(language_of_environment())
