"""The figures that `stats` can give: the rows they are summed from, the sums, what is read off them."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.reports.cube import Figure
from engine.reports.table import As


@dataclass(frozen=True)
class Measure:
    """A figure by any dimension.

    `needs`: the fact types without which it is not judged; `rows`: the view it is summed from (`ground.py`); `parts`:
    each sum as SQL over that view; the first of `figures` leads: rows are ranked and charts drawn by it.
    """

    name: str
    needs: tuple[str, ...]
    rows: str
    parts: Mapping[str, str]
    figures: tuple[Figure, ...]
    source: tuple[str, ...] = ("D0.stat.class",)

    @property
    def leading(self) -> Figure:
        """The figure that ranks rows and is charted."""
        return self.figures[0]


_SUMS = {
    "amount": "coalesce(sum(amount), 0)",
    "orders": "count(*)",
    "margin": "coalesce(sum(margin), 0)",
    "known": "coalesce(sum(amount) filter (margin is not null), 0)",
}
_ORDERS = Figure("orders", As.INTEGER, "orders")
_SPEND = Figure("spend", As.MONEY, "amount")

MEASURES: Mapping[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "spend", ("order",), "figure_order", _SUMS,
            (
                _SPEND, Figure("share", As.PERCENT, "amount", share=True), _ORDERS,
                Figure("mean_order", As.MONEY, "amount", "orders"),
            ),
        ),
        Measure(
            "orders", ("order",), "figure_order", _SUMS,
            (_ORDERS, Figure("share", As.PERCENT, "orders", share=True), _SPEND),
        ),
        Measure(
            "margin", ("order",), "figure_order", _SUMS,
            (
                Figure("margin", As.MONEY, "margin"), Figure("share", As.PERCENT, "margin", share=True),
                Figure("margin_rate", As.PERCENT, "margin", "known"), _SPEND,
            ),
        ),
        Measure(
            "accounts", ("account",), "figure_standing", {"accounts": "count(*) filter (at_end)"},
            (Figure("accounts", As.INTEGER, "accounts"), Figure("share", As.PERCENT, "accounts", share=True)),
        ),
        Measure(
            "churn", ("account",), "figure_standing",
            {
                "lost": "count(*) filter (lost)", "at_start": "count(*) filter (at_start)",
                "lost_there": "count(*) filter (lost_there)",
            },
            (
                Figure("lost", As.INTEGER, "lost"), Figure("share", As.PERCENT, "lost", share=True),
                Figure("at_start", As.INTEGER, "at_start"), Figure("churn_rate", As.PERCENT, "lost_there", "at_start"),
            ),
            ("D0.stat.class", "D1.churn.quarterly", "D1.kind.active-passive"),
        ),
        Measure(
            "contacts", ("interaction",), "figure_contact", {"contacts": "count(*)"},
            (Figure("contacts", As.INTEGER, "contacts"), Figure("share", As.PERCENT, "contacts", share=True)),
            ("D0.stat.class", "D0.cause.small"),
        ),
        Measure(
            "promotions", ("benefit",), "figure_promotion",
            {"promotions": "count(*)", "promotion_value": "coalesce(sum(amount), 0)"},
            (
                Figure("promotions", As.INTEGER, "promotions"),
                Figure("share", As.PERCENT, "promotions", share=True),
                Figure("promotion_value", As.MONEY, "promotion_value"),
            ),
            ("D0.stat.class", "D0.cause.small"),
        ),
    )
}  # fmt: skip
OTHER = ("shares", "leavers")  # reckoned in modules of their own
NAMES = (*MEASURES, *OTHER)
_ALIASES = {"sales": "spend", "customers": "accounts", "share": "shares", "lost": "churn", "profit": "margin"}


def measure_name(name: str) -> str:
    """The measure that is meant by `name`. Raises UsageError, which names those there are."""
    found = _ALIASES.get(name, name)
    if found not in NAMES:
        raise UsageError(f"there is no measure '{name}'", nearest(name, NAMES) or f"choose from {', '.join(NAMES)}")
    return found
