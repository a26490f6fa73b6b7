"""Texts filled in with values."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery.render import render
from engine.errors import PolicyError

WORDS = {"delivery": {"en": "delivery date", "zh": "交货"}, "gift": {"en": "gift"}}


def filled(text: str, language: str = "en", /, **names: Any) -> str:
    return render(text, names, language, WORDS)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (None, "—", "—"),
        (1234567, "1,234,567", "1,234,567"),
        (Decimal("1234.5000"), "1,234.5", "1,234.5"),
        (Decimal("-0.0000"), "0", "0"),
        (
            Decimal("12345678901234567890123456789012345.1234"),
            "12,345,678,901,234,567,890,123,456,789,012,345.1234",
            None,
        ),
        (0.1 + 0.2, "0.3", "0.3"),
        (1234.567, "1,234.57", "1,234.57"),
        (2.675, "2.68", "2.68"),
        (float("inf"), "inf", "inf"),
        (date(2026, 11, 2), "2026-11-02", "2026年11月2日"),
        (True, "yes", "是"),
        (False, "no", "否"),
        ("客户", "客户", "客户"),
    ],
)
def test_values_as_people_read_them(value: Any, en: str, zh: str | None) -> None:
    assert filled("{{ x }}", x=value) == en
    assert filled("{{ x }}", "zh", x=value) == (zh or en)


@pytest.mark.parametrize(
    ("text", "value", "en", "zh"),
    [
        ("{{ x | money }}", Decimal("1234.5"), "1,234.50", "1,234.50"),
        ("{{ x | money }}", Decimal("1200.0000"), "1,200", "1,200"),
        ("{{ x | money }}", Decimal("0.005"), "0.01", "0.01"),
        ("{{ x | days }}", 12, "12 days", "12 天"),
        ("{{ x | days }}", 1, "1 day", "1 天"),
        ("{{ x | days }}", 1.5, "1.5 days", "1.5 天"),
        ("{{ x | percent }}", 0.8, "80%", "80%"),
        ("{{ x | percent }}", 0.125, "12.5%", "12.5%"),
        ("{{ x | percent }}", Decimal("-0.5"), "-50%", "-50%"),
        ("{{ x | round }}", 2.5, "3", "3"),
        ("{{ x | round(1) }}", 1234.56, "1,234.6", "1,234.6"),
        ("{{ x | day }}", date(2026, 1, 5), "2026-01-05", "2026年1月5日"),
        ("{{ x | word }}", "delivery", "delivery date", "交货"),
        ("{{ x | word }}", "gift", "gift", "gift"),
        ("{{ x | word }}", "other", "other", "other"),
        ("{{ x | money }}", "much", "much", "much"),
        ("{{ x | days | percent }}", None, "—", "—"),
    ],
)
def test_filters(text: str, value: Any, en: str, zh: str) -> None:
    assert filled(text, x=value) == en
    assert filled(text, "zh", x=value) == zh


def test_a_name_may_be_a_value_and_have_parts() -> None:
    names = {"rep": "r1", "rep.name": "Li", "account.items": 3, "account.owner.name": "Wu"}
    assert (
        render("{{ rep }} {{ rep.name }} {{ account.items }} {{ account.owner.name }}", names, "en", {}) == "r1 Li 3 Wu"
    )


def test_names_may_be_nested() -> None:
    assert filled("{{ account.owner.name }}", account={"owner": {"name": "Wu"}}) == "Wu"


def test_conditions_treat_missing_values_as_rules_do() -> None:
    text = "{% if x > 3 %}more{% elif x <= 3 %}less{% else %}unknown{% endif %}"
    assert [filled(text, x=value) for value in (4, 3, None, "text")] == ["more", "less", "unknown", "unknown"]
    assert filled("{{ 'a' if x != 1 else 'b' }}", x=None) == "b"
    assert filled("{{ 'a' if not x == 1 else 'b' }}", x=None) == "a"
    assert filled("{{ 'in' if 1 < x <= 3 else 'out' }}", x=3) == "in"
    assert filled("{{ 'none' if x is none else 'some' }}", x=None) == "none"


def test_a_list_line_by_line() -> None:
    text = "Why:\n{% for r in reasons %}\n- {{ r }}\n{% else %}\nnothing\n{% endfor %}\nEnd"
    assert filled(text, reasons=["late", "again"]) == "Why:\n- late\n- again\nEnd"
    assert filled(text, reasons=[]) == "Why:\nnothing\nEnd"


def test_values_are_never_code() -> None:
    assert filled("{{ x }}", x="{{ 7 * 7 }}{% include 'x' %}") == "{{ 7 * 7 }}{% include 'x' %}"


@pytest.mark.parametrize("start", ["- a", "# a", "* a", "> a", "1. a", "| a", "```"])
def test_values_are_never_markup(start: str) -> None:
    line = filled("Hello\n{{ x }}", x=start).splitlines()[1]
    assert line != start
    assert line.replace("\u2060", "") == start  # the same to the eye
    assert filled("Hello {{ x }}", x=start) == f"Hello {start}"


@given(st.text())
def test_values_stay_on_one_line_without_control_characters(value: str) -> None:
    shown = filled("{{ x }}", x=value)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(c) < 32 or c in "\u202e\u2066\x7f\u2028" for c in shown)


@pytest.mark.parametrize(
    "text", ["{{ nothing }}", "{{ account.nam }}", "{% if nothing %}{% endif %}", "{{ x.__class__ }}"]
)
def test_an_unknown_name_is_named(text: str) -> None:
    with pytest.raises(PolicyError, match=r"nothing|account\.nam|x\.__class__"):
        filled(text, x=1, account={"name": "A"})


@pytest.mark.parametrize(
    "text", ["{{ x() }}", "{{ x['a'] }}", "{% set y = 1 %}", "{{ 9 ** 9 ** 9 }}", "{{ x", "{{" + "(" * 9999]
)
def test_a_text_that_was_not_checked_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="cannot be rendered"):
        filled(text, x=1)
