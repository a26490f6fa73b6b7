"""What policy texts may use, and the names that they read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.texts import UsedName, template_faults, template_names


def test_names_with_their_places() -> None:
    text = "{{ account.name }}:{{ days_late | days }}\n  {% if tier == 'A' %}{{ account.name }}{% endif %}"
    assert template_names(text) == [
        UsedName("account.name", 1, 4),
        UsedName("days_late", 1, 23),
        UsedName("tier", 2, 9),
        UsedName("account.name", 2, 26),
    ]


def test_wide_characters_and_line_ends_count_as_one_character() -> None:
    assert template_names("客户 {{ name }}\r\n{{ due }}") == [UsedName("name", 1, 7), UsedName("due", 2, 4)]


def test_names_that_a_loop_binds_are_its_own() -> None:
    text = "{% for r in reasons %}{{ r }} {{ x }}{% endfor %}{{ r }}"
    assert [used.name for used in template_names(text)] == ["reasons", "x", "r"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain 文字 { } %",
        "{{ a }} {{ a.b.c }} {{ a | money }} {{ a | round(2) }} {{ -3 }} {{ 'x' }}",
        "{% if a > 3 and not b or c is defined %}x{% elif a is none %}y{% else %}z{% endif %}",
        "{% for r in reasons %}{{ r }}{% else %}-{% endfor %}",
        "{{ a if b else c }}{# a note #}{% raw %}{{ x() }}{% endraw %}",
        "{%- if a == true -%} x {%- endif -%}",
    ],
)
def test_admitted(text: str) -> None:
    assert template_faults(text) == []


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("{{ f(1) }}", (1, 5), "a call is not admitted"),
        ("x\n {{ a.b() }}", (2, 8), "a call is not admitted"),
        ("{{ a['b'] }}", (1, 5), "[ ] is not admitted"),
        ("{{ a[1:2] }}", (1, 5), "[ ] is not admitted"),
        ("{% include 'x' %}", (1, 4), "{% include %} is not admitted"),
        ("{% import 'x' as y %}", (1, 4), "{% import %} is not admitted"),
        ("{% from 'x' import y %}", (1, 4), "{% from %} is not admitted"),
        ("{% extends 'x' %}", (1, 4), "{% extends %} is not admitted"),
        ("{% block x %}{% endblock %}", (1, 4), "{% block %} is not admitted"),
        ("{% macro x() %}{% endmacro %}", (1, 4), "{% macro %} is not admitted"),
        ("{% set a = 1 %}", (1, 4), "{% set %} is not admitted"),
        ("{% set a %}x{% endset %}", (1, 4), "{% set %} is not admitted"),
        ("{% with a = 1 %}{% endwith %}", (1, 4), "{% with %} is not admitted"),
        ("{% filter money %}x{% endfilter %}", (1, 4), "{% filter %} is not admitted"),
        ("{{ a * 2 }}", (1, 6), "* is not admitted"),
        ("{{ 9 ** 9 }}", (1, 6), "** is not admitted"),
        ("{{ a ~ b }}", (1, 6), "~ is not admitted"),
        ("{{ a + 1 }}", (1, 6), "+ is not admitted"),
        ("{{ -a }}", (1, 4), "- is admitted before a number only"),
        ("{{ [1] }}", (1, 4), "a list is not admitted"),
        ("{{ {'a': 1} }}", (1, 4), "a dictionary is not admitted"),
        ("{{ a in b }}", (1, 6), "'in' is not admitted"),
        ("{{ 'x'.upper }}", (1, 8), "'.upper' is admitted after a plain name only"),
        ("{{ a | upper }}", (1, 8), "there is no filter 'upper'"),
        ("{{ a | money(2) }}", (1, 8), "takes nothing in brackets"),
        ("{{ a | round(99) }}", (1, 8), "round takes the number of decimal places"),
        ("{{ a is even }}", (1, 9), "the test 'even' is not admitted"),
        ("{% for a, b in c %}{% endfor %}", (1, 4), "for takes one name"),
        ("{% for a in b.c %}{% endfor %}", (1, 4), "for goes over a plain name"),
        ("{% for a in b if a %}{% endfor %}", (1, 4), "for takes neither"),
        ("{% for a in b recursive %}{% endfor %}", (1, 4), "for takes neither"),
        ("ok\n{% if a %}", (2, 4), "Unexpected end of template"),
        ("{{ a", (1, 1), "unexpected end of template"),
        ("{% else %}", (1, 1), "Encountered unknown tag 'else'"),
        ("{{ " + "(" * 9999, (1, 1), "nested too deeply"),
        ("{{ a" + " and a" * 9999 + " }}", (1, 1), "nested too deeply"),
    ],
)
def test_not_admitted(text: str, place: tuple[int, int], said: str) -> None:
    [(line, column, message), *_] = template_faults(text)
    assert said in message
    assert line == place[0]
    assert (line, column) == place or column >= 1


def test_all_faults_come_at_once() -> None:
    faults = template_faults("{{ f() }}\n{{ a | upper }}\n{% set x = 1 %}")
    assert [line for line, _, _ in faults] == [1, 2, 3]


@given(st.text(alphabet="{}%#|. \nabif(['x12-+*~", max_size=60))
def test_any_text_is_judged_without_an_exception(text: str) -> None:
    for line, column, message in template_faults(text):
        assert line >= 1
        assert column >= 1
        assert message
    for used in template_names(text):
        assert used.name in text.replace(" ", "").replace("\n", "")
