"""Who gets a task."""

from dataclasses import replace

import pytest

from engine.action.assign import NOBODYS, Assignment, Carers, People, Person, assign

CARERS = Carers("a1", "owner", "second", "north")
STAFF = (
    Person("owner", "Li Wei", "sales", True, "north", "boss"),
    Person("second", "Li Wei", "sales", True, "north", "boss"),
    Person("boss", "Mei", "manager", True, "north", "head"),
    Person("south-boss", "Bo", "manager", True, "south"),
    Person("head", "Dai", "director", True),
    Person("gm", "Gao", "gm", True),
)


def people(*left: str, staff: tuple[Person, ...] = STAFF) -> People:
    return People(replace(p, active=p.active and p.id not in left) for p in staff)


def person(to: str, *left: str, carers: Carers = CARERS, rep: str | None = None) -> str | None:
    return assign(to, carers, rep, people(*left)).person


def test_the_owner_then_second_then_manager_then_queue() -> None:
    assert person("owner") == "owner"
    assert person("owner", "owner") == "second"
    assert person("owner", "owner", "second") == "boss"
    assert person("owner", "owner", "second", "boss") == "head"  # the manager's manager
    staff = (*STAFF, Person("clerk", "C", "service", True, "north"))
    nobody_above = people("owner", "second", "boss", "head", staff=staff)
    assert assign("owner", CARERS, None, nobody_above) == Assignment(None, "north")


def test_director_then_gm_where_the_department_is_empty() -> None:
    alone = replace(STAFF[0], manager=None)
    staff = (alone, *STAFF[4:])
    assert assign("owner", CARERS, None, people("owner", staff=staff)) == Assignment("head")
    assert assign("owner", CARERS, None, people("owner", "head", staff=staff)) == Assignment("gm")


def test_an_empty_company_leaves_the_task_in_a_queue() -> None:
    assert assign("owner", CARERS, None, People(())) == Assignment(None, "north")
    assert assign("owner", Carers("a1", "gone"), None, People(())) == Assignment(None, NOBODYS)
    assert assign("director", Carers(), None, People(())) == Assignment(None, NOBODYS)


def test_people_who_are_not_known_are_not_assigned() -> None:
    assert person("owner", carers=replace(CARERS, owner="ghost")) == "second"
    assert person("second", carers=replace(CARERS, second=None)) == "owner"


def test_the_facts_own_rep_falls_back_to_the_owner() -> None:
    assert person("rep", rep="second") == "second"
    assert person("rep", "second", rep="second") == "owner"
    assert person("rep", rep=None) == "owner"


def test_a_task_about_a_person_without_account_goes_up_from_that_person() -> None:
    nobody = Carers()
    assert person("rep", "owner", carers=nobody, rep="owner") == "boss"
    assert person("manager", carers=nobody, rep="owner") == "boss"
    assert person("rep.manager", carers=nobody, rep="boss") == "head"


def test_the_owners_manager_also_when_the_owner_left() -> None:
    assert person("owner.manager", "owner") == "boss"
    assert person("owner.manager", "boss") == "head"
    assert person("owner.manager.manager") == "head"
    assert person("manager", "owner") == "boss"


def test_no_manager_at_all_falls_to_one_of_the_department_then_the_director() -> None:
    staff = (replace(STAFF[0], manager=None), *STAFF[2:])
    crew = people(staff=staff)
    assert assign("owner.manager", CARERS, None, crew).person == "boss"
    assert assign("owner.manager", CARERS, None, people("boss", "south-boss", staff=staff)).person == "head"


def test_a_manager_is_never_the_one_whose_manager_is_meant() -> None:
    staff = (replace(STAFF[2], manager=None), *STAFF[4:])
    carers = Carers("a1", "boss", None, "north")
    assert assign("owner.manager", carers, None, people(staff=staff)).person == "head"
    assert assign("director.manager", carers, None, people(staff=staff)).person == "gm"


def test_managers_in_a_ring_come_to_an_end() -> None:
    ring = (Person("x", "X", "sales", False, None, "y"), Person("y", "Y", "sales", False, None, "x"))
    assert assign("owner", Carers("a", "x"), None, People(ring)) == Assignment(None, NOBODYS)


@pytest.mark.parametrize(
    ("role", "instead"),
    [("service", "owner"), ("technician", "owner"), ("trainer", "boss"), ("compliance", "head"), ("sales", "owner")],
)
def test_a_role_nobody_holds_falls_to_the_next(role: str, instead: str) -> None:
    assert person(role) == instead


def test_director_and_gm_stand_in_for_each_other() -> None:
    assert person("director", "head") == "gm"
    assert person("gm", "gm") == "head"
    assert person("compliance", "head") == "gm"


def test_technician_falls_to_service_first() -> None:
    staff = (*STAFF, Person("s1", "S", "service", True, "south"))
    assert assign("technician", CARERS, None, people(staff=staff)).person == "s1"


def test_several_holders_the_accounts_department_first_then_spread_evenly_and_stably() -> None:
    service = tuple(Person(f"n{i}", "N", "service", True, "north") for i in range(4))
    crew = people(staff=(*STAFF, *service, Person("s1", "S", "service", True, "south")))
    given = [assign("service", Carers(f"a{i}", "owner", None, "north"), None, crew).person for i in range(400)]
    assert {given.count(p.id) for p in service} <= set(range(60, 141))
    assert "s1" not in given
    again = [assign("service", Carers(f"a{i}", "owner", None, "north"), None, crew).person for i in range(400)]
    assert given == again
    assert assign("service", Carers("a1", None, None, "south"), None, crew).person == "s1"
