"""Who is proposed: small cases by hand, and what holds of every division."""

import random

import pytest
from handing import customer, person
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.handover.candidates import Candidate, Moving
from engine.handover.proposing import Proposal, Weights, fit, propose

CARE = {"A": {"service_skill": 5.0, "communication_skill": 4.0}, "B": {"product_skill": 5.0}, "C": {}}


def proposed(customers: list[Moving], people: list[Candidate]) -> dict[str, Proposal]:
    return propose(customers, people, CARE, Weights())


def taker(customers: list[Moving], people: list[Candidate]) -> str | None:
    return proposed(customers, people)["a1"].rep


@pytest.mark.source("D1.handover.manager")
def test_the_own_department_comes_first_as_long_as_it_has_room() -> None:
    people = [person("r1", department="S2"), person("r2", hours=9.0)]
    assert taker([customer("a1")], people) == "r2"
    assert taker([customer("a1", hours=2.0)], people) == "r1"


@pytest.mark.source("D1.handover.manager")
def test_the_second_carer_is_preferred() -> None:
    people = [person("r1"), person("r2", hours=4.0)]
    assert taker([customer("a1")], people) == "r1"
    assert taker([customer("a1", second="r2")], people) == "r2"


@pytest.mark.source("D1.handover.manager")
def test_who_knows_the_region_is_preferred() -> None:
    people = [person("r1", region="West"), person("r2", region="无锡")]
    assert taker([customer("a1", places=("江苏省", "无锡市"))], people) == "r2"
    assert fit(customer("a1", places=("江苏省", "无锡市")), people[1], {}).region is True
    assert fit(customer("a1"), people[1], {}).region is None


@pytest.mark.source("D1.care.A")
@pytest.mark.source("D1.care.B")
def test_the_skills_that_the_tier_asks_for_count() -> None:
    people = [
        person("r1", skills={"service_skill": 5, "product_skill": 3, "communication_skill": 3}),
        person("r2", skills={"service_skill": 3, "product_skill": 5, "communication_skill": 5}),
        person("r3"),
    ]
    assert fit(customer("a1", tier="A"), people[1], CARE["A"]).short == 2
    assert not fit(customer("a1", tier="A"), people[2], CARE["A"]).rated  # nobody rated is blamed for it
    assert taker([customer("a1", tier="A")], people[:2]) == "r1"
    assert taker([customer("a1", tier="B")], people[:2]) == "r2"


@pytest.mark.source("D1.handover.manager")
def test_nobody_is_filled_beyond_their_hours_while_others_have_room() -> None:
    customers = [customer(f"a{n}", second="r1", hours=3.0) for n in range(1, 6)]
    people = [person("r1"), person("r2", department="S2")]
    found = proposed(customers, people)
    assert sorted(each.rep or "" for each in found.values()) == ["r1", "r1", "r1", "r2", "r2"]
    assert min(each.free for each in found.values()) >= 0


def test_where_all_are_full_it_is_said_by_how_much() -> None:
    found = proposed([customer("a1", hours=4.0)], [person("r1", hours=8.0), person("r2", hours=12.0)])
    assert (found["a1"].rep, found["a1"].free) == ("r1", -2.0)


def test_value_is_spread() -> None:
    customers = [customer(f"a{n}", value=1000.0) for n in range(1, 5)]
    found = proposed(customers, [person("r1", capacity=100.0), person("r2", capacity=100.0)])
    assert sorted(each.rep or "" for each in found.values()) == ["r1", "r1", "r2", "r2"]


def test_a_tie_goes_to_the_smaller_id() -> None:
    assert taker([customer("a1")], [person("r3"), person("r2"), person("r9")]) == "r2"


def test_nobody_gets_their_own_customer_back_or_one_they_were_refused_for() -> None:
    people = [person("r0"), person("r1"), person("r2")]
    assert taker([customer("a1", barred=frozenset({"r1"}))], people) == "r2"
    assert taker([customer("a1", barred=frozenset({"r1", "r2"}))], people) is None
    assert taker([customer("a1")], []) is None


ids = st.integers(1, 9).map(lambda n: f"r{n}")
customers_drawn = st.lists(
    st.builds(
        customer,
        st.integers(1, 30).map(lambda n: f"a{n}"),
        tier=st.sampled_from("ABC"),
        second=st.none() | ids,
        hours=st.sampled_from([0.41, 0.8, 1.17]),
        value=st.sampled_from([0.0, 10.0, 1000.0]),
        places=st.sampled_from([(), ("East",), ("West",)]),
    ),
    min_size=1, max_size=8, unique_by=lambda each: each.id,
)  # fmt: skip
people_drawn = st.lists(
    st.builds(
        person, ids, department=st.sampled_from(["S1", "S2", None]), region=st.sampled_from([None, "East", "West"]),
        capacity=st.sampled_from([0.0, 2.0, 20.0]), hours=st.sampled_from([0.0, 1.5, 19.0]),
    ),
    min_size=1, max_size=5, unique_by=lambda each: each.id,
)  # fmt: skip


@given(customers_drawn, people_drawn, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
@pytest.mark.source("D1.handover.manager")
def test_everybody_gets_a_carer_the_same_one_in_any_order(
    customers: list[Moving], people: list[Candidate], dice: random.Random
) -> None:
    found = proposed(customers, people)
    assert {each.id for each in customers} == set(found)
    assert {each.rep for each in found.values()} <= {each.id for each in people}
    shuffled, others = list(customers), list(people)
    dice.shuffle(shuffled)
    dice.shuffle(others)
    assert proposed(shuffled, others) == found
    for each in people:
        mine = [c for c in customers if found[c.id].rep == each.id]
        after = each.hours + sum(c.hours for c in mine)
        if mine and after > each.capacity + 0.1:  # more than they have: it is said, and nobody else had room for it
            assert all(found[c.id].free < 0 for c in mine)
            least = min(c.hours for c in mine)
            taken = {p.id: p.hours + sum(c.hours for c in customers if found[c.id].rep == p.id) for p in people}
            assert all(taken[p.id] + least > p.capacity - 0.1 for p in people if p.id != each.id)
