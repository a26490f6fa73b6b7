"""The functions that policy expressions may call, with what goes in and what comes out.

Any missing argument makes the result missing, except in coalesce. Dates outside the years 1 to 9999 are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.policy.kinds import Kind

NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)
ANY = tuple(Kind)


@dataclass(frozen=True)
class Function:
    """What a function takes: the admitted kinds per argument, and its result ("same" as the arguments, unified).

    `variadic`: the last argument may repeat, at least twice in all.
    """

    args: tuple[tuple[Kind, ...], ...]
    gives: Kind | str
    says: str
    variadic: bool = False


FUNCTIONS: Mapping[str, Function] = {
    "coalesce": Function((ANY, ANY), "same", "the first argument that is not missing", variadic=True),
    "least": Function((ANY, ANY), "same", "the smallest argument", variadic=True),
    "greatest": Function((ANY, ANY), "same", "the largest argument", variadic=True),
    "abs": Function((NUMERIC,), "same", "the value without its sign"),
    "floor": Function((NUMERIC,), Kind.INTEGER, "the largest whole number that is not larger (taken as double first)"),
    "ceil": Function((NUMERIC,), Kind.INTEGER, "the smallest whole number that is not smaller (taken as double first)"),
    "year": Function(((Kind.DATE,),), Kind.INTEGER, "the year of a date"),
    "month": Function(((Kind.DATE,),), Kind.INTEGER, "the month of a date, 1 to 12"),
    "day": Function(((Kind.DATE,),), Kind.INTEGER, "the day of the month, 1 to 31"),
    "month_start": Function(((Kind.DATE,),), Kind.DATE, "the first day of the date's month"),
    "add_months": Function(
        ((Kind.DATE,), (Kind.INTEGER,)),
        Kind.DATE,
        "the same day so many months later; the month's last day where it has no such day",
    ),
    "workdays": Function(
        ((Kind.DATE,), (Kind.DATE,)),
        Kind.INTEGER,
        "the workdays after the first date up to and including the second; negative when it is earlier",
    ),
}
