"""How urgent a task is."""

import pytest

from engine.action.priority import priority


@pytest.mark.parametrize(
    ("severity", "tier", "expected"),
    [
        ("critical", None, 1),
        ("critical", "A", 1),
        ("high", "A", 1),
        ("high", "B", 2),
        ("medium", "C", 3),
        ("low", None, 4),
        (None, "B", 5),
        (None, "A", 4),
    ],
)
def test_by_severity_and_one_up_for_the_best_tier(severity: str | None, tier: str | None, expected: int) -> None:
    assert priority(severity, tier) == expected
