"""What a measure may take of its rows: the functions, what they take and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.policy.functions import ANY, NUMERIC
from engine.policy.kinds import Kind

ORDERED = (*NUMERIC, Kind.DATE, Kind.TEXT)
LISTED = (Kind.TEXT, Kind.INTEGER, Kind.DATE)  # kinds of which every value has one plain text
MOST_LISTED = 20  # values that `list` says
BETWEEN, AND_MORE = " / ", " / …"  # what stands between them, and behind them where there are more


@dataclass(frozen=True)
class TakeFunction:
    """The kinds of value it takes (none for count), what it gives (None: the same kind), and that in words."""

    of: tuple[Kind, ...]
    gives: Kind | None
    says: str


TAKES: Mapping[str, TakeFunction] = {
    "count": TakeFunction((), Kind.INTEGER, "how many rows there are"),
    "sum": TakeFunction(NUMERIC, None, "the sum, 0 without rows"),
    "min": TakeFunction(ORDERED, None, "the smallest value, the earliest date"),
    "max": TakeFunction(ORDERED, None, "the largest value, the latest date"),
    "avg": TakeFunction(NUMERIC, Kind.NUMBER, "the mean"),
    "count_distinct": TakeFunction(ANY, Kind.INTEGER, "how many different values there are"),
    "top_share": TakeFunction(ANY, Kind.NUMBER, "the share of the rows that have the most frequent value, 0 to 1"),
    "latest": TakeFunction(ANY, None, "the value in the newest row"),
    "previous": TakeFunction(ANY, None, "the value in the row before the newest"),
    "list": TakeFunction(LISTED, Kind.TEXT, f"the different values in order as a text, `a / b`; {MOST_LISTED} at most"),
    "mean_gap": TakeFunction((Kind.DATE,), Kind.NUMBER, "the mean days between one date and the next"),
    "median_gap": TakeFunction((Kind.DATE,), Kind.NUMBER, "the median days between one date and the next"),
    "max_gap": TakeFunction((Kind.DATE,), Kind.INTEGER, "the most days between one date and the next"),
    "spread_gap": TakeFunction(
        (Kind.DATE,), Kind.NUMBER, "how much these days differ: their sample standard deviation, of three dates or more"
    ),
}
GAPS = tuple(name for name in TAKES if name.endswith("_gap"))  # without a value: of the dates that rows are known from
BY_ROW = ("latest", "previous")  # in the order of those dates
