"""What rows become, by every function."""

from datetime import date

import pytest

from engine.policy.kinds import Kind
from engine.reasoning.rete.takes import BEFORE_ALL, Taken, take


def rows(*values, on=BEFORE_ALL):
    return [Taken(on, f"o{i}", value) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("function", "kind", "values", "expected"),
    [
        ("count", Kind.INTEGER, [], 0),
        ("sum", Kind.MONEY, [], 0),
        ("sum", Kind.MONEY, [10**18 - 1, None, 1], 10**18),
        ("sum", Kind.NUMBER, [0.1, 0.2, 0.3], 0.1 + 0.2 + 0.3),
        ("sum", Kind.NUMBER, [1e308, 1e308], None),
        ("avg", Kind.MONEY, [10000, 20000], 1.5),
        ("avg", Kind.INTEGER, [], None),
        ("avg", Kind.INTEGER, [1, None, 2], 1.5),
        ("min", Kind.TEXT, ["b", "", None], ""),
        ("max", Kind.DATE, [date(2024, 2, 29), date(2024, 2, 28)], date(2024, 2, 29)),
        ("count_distinct", Kind.TEXT, ["a", "a", None, "b"], 2),
        ("count_distinct", Kind.TEXT, [None], 0),
        ("top_share", Kind.TEXT, ["a", "a", None, "b"], 2 / 3),
        ("top_share", Kind.TEXT, [None], None),
        ("mean_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 11), date(2026, 1, 4)], 5.0),
        ("mean_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 1)], None),
        ("median_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 12)], 5.5),
        ("median_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 4), date(2026, 1, 12)], 2.0),
        ("max_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 12), date(2026, 1, 2)], 10),
        ("max_gap", Kind.DATE, [date(2026, 1, 1), None, date(2026, 1, 1)], None),
        ("spread_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 9)], 8**0.5),
        ("spread_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 5), date(2026, 1, 3)], 0.0),
        ("spread_gap", Kind.DATE, [date(2026, 1, 1), date(2026, 1, 3)], None),
        ("list", Kind.TEXT, ["钢材", "b", None, "B", "b", "😀"], "B / b / 钢材 / 😀"),
        ("list", Kind.TEXT, [""], ""),
        ("list", Kind.TEXT, [None], None),
        ("list", Kind.TEXT, [], None),
        ("list", Kind.INTEGER, [10, 9, -1, 9], "-1 / 9 / 10"),
        ("list", Kind.DATE, [date(2026, 1, 3), date(2025, 12, 31)], "2025-12-31 / 2026-01-03"),
        ("list", Kind.INTEGER, [*range(20, 0, -1)], " / ".join(map(str, range(1, 21)))),
        ("list", Kind.INTEGER, [*range(30000, 0, -1), *range(5000)], " / ".join(map(str, range(20))) + " / …"),
        ("latest", Kind.TEXT, [], None),
        ("previous", Kind.TEXT, ["a"], None),
        ("latest", Kind.TEXT, ["a", None], None),
        ("previous", Kind.TEXT, ["a", "b"], "a"),
    ],
)
def test_take(function, kind, values, expected):
    assert take(function, kind, rows(*values)) == expected


def test_latest_goes_by_day_then_id_and_undated_rows_come_first():
    given = [
        Taken(date(2026, 1, 2), "o1", "second"),
        Taken(BEFORE_ALL, "o9", "undated"),
        Taken(date(2026, 1, 2), "o2", "last"),
    ]
    assert take("latest", Kind.TEXT, given) == "last"
    assert take("previous", Kind.TEXT, given) == "second"
    assert take("previous", Kind.TEXT, given[1:]) == "undated"


def test_doubles_are_added_in_the_order_of_ids():
    values = [Taken(BEFORE_ALL, "o2", 1e16), Taken(BEFORE_ALL, "o3", -1e16), Taken(BEFORE_ALL, "o1", 1.0)]
    assert take("sum", Kind.NUMBER, values) == (1.0 + 1e16) - 1e16
