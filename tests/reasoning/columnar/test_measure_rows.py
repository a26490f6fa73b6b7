"""Measures of rows of the own type, of all rows, and of lists of values."""

from datetime import timedelta
from typing import Any

from test_measures import FACTS, NOV, A, B, order, show


def test_rows_of_the_own_type_see_their_subject(judge: Any) -> None:
    def complaint(id: str, account: str, day: int, kind: str) -> dict[str, Any]:
        return {"id": id, "account": account, "opened_on": NOV + timedelta(days=day), "kind": kind}

    facts = {
        "account": [A, B],
        "complaint": [
            complaint("c1", "a", 0, "quality"),
            complaint("c2", "a", 3, "quality"),
            complaint("c3", "a", 3, "price"),
            complaint("c4", "a", 5, "quality"),
            complaint("c5", "b", 5, "quality"),
        ],
    }
    measures = """
  before:
    {about: complaint, from: complaint, by: account, where: kind = subject.kind and opened_on < subject.opened_on,
     take: count}
  others: {about: complaint, from: complaint, by: account, where: id <> subject.id, take: list(id)}
  waited:
    {about: complaint, from: complaint, by: account, where: opened_on < subject.opened_on,
     take: min(subject.opened_on - opened_on)}
"""
    found = {
        r["subject"]: r["evidence"]
        for r in judge(show(measures, "before others waited", "complaint"), facts).signals("show")
    }
    assert {id: (e["before"], e["others"], e["waited"]) for id, e in found.items()} == {
        "c1": (0, "c2 / c3 / c4", None),
        "c2": (1, "c1 / c3 / c4", 3),
        "c3": (0, "c1 / c2 / c4", 3),
        "c4": (2, "c1 / c2 / c3", 2),
        "c5": (0, None, None),
    }


def test_subject_stands_for_the_own_type_name_too(judge: Any) -> None:
    facts = FACTS | {"promise": [{"id": "p", "account": "a", "made_on": NOV + timedelta(days=3)}]}
    measures = (
        "  since: {about: promise, from: order, by: account, where: ordered_on >= subject.made_on, take: sum(amount)}"
    )
    assert judge(show(measures, "since", "promise"), facts).evidence("show", "since") == {"p": 26}


def test_by_all_every_row_counts_for_every_subject(judge: Any) -> None:
    measures = """
  own: {about: account, from: order, take: sum(amount)}
  average: {about: account, from: account, by: all, where: own > 0, take: avg(own)}
  number: {about: account, from: order, by: all, where: product = 'q', take: count}
  above: {about: account, value: own > average}
"""
    found = judge(show(measures, "average number above"), FACTS).signals("show")
    assert [tuple(r["evidence"][n] for n in ("average", "number", "above")) for r in found] == [
        (21.5, 2, True),
        (21.5, 2, False),
        (21.5, 2, False),
    ]
    nobody = judge(show(measures, "average number above"), {"account": [A], "order": []}).signals("show")
    assert [tuple(r["evidence"][n] for n in ("average", "number", "above")) for r in nobody] == [(None, 0, False)]


def test_a_list_is_in_the_order_of_code_points_and_ends_after_twenty(judge: Any) -> None:
    many = [f"产品{n:05}" for n in range(3000)]
    facts = {
        "account": [A, B],
        "order": [
            *(order(f"m{n}", "a", 0, 1, product=product) for n, product in enumerate(reversed(many))),
            *(order(f"b{n}", "b", 0, 1, product=p) for n, p in enumerate(["😀", "钢材", "a / b", "é", "B", "a", ""])),
        ],
    }
    measures = """
  all_of: {about: account, from: order, take: list(product)}
  few: {about: account, from: order, where: product < '产品00020', take: list(product)}
  none_of: {about: account, from: order, where: amount > 5, take: list(product)}
"""
    a, b = (row["evidence"] for row in judge(show(measures, "all_of few none_of"), facts).signals("show"))
    assert (a["all_of"], a["few"]) == (" / ".join(many[:20]) + " / …", " / ".join(many[:20]))
    assert b["all_of"] == " / B / a / a / b / é / 钢材 / 😀"
    assert (a["none_of"], b["none_of"]) == (None, None)
