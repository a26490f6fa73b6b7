"""The kinds of value that facts, measures and expressions have."""

from enum import StrEnum


class Kind(StrEnum):
    """A value's kind.

    Text; integer (up to 12 digits); number (double); money (exact, 4 decimal places, up to 14 digits before
    them); date (years 1 to 9999); boolean. `date - date` is an integer number of days.
    """

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def numeric(self) -> bool:
        """Whether it can be reckoned with."""
        return self in (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)


INTEGER_LIMIT = 10**12  # exclusive; larger whole numbers in facts are set aside
MONEY_LIMIT = 10**14  # exclusive; so that decimal(18, 4) holds it
MONEY_PLACES = 4
