"""The invented people: always the same, well formed, and nobody twice."""

from collections import Counter

from idp.identifiers import document, uscc
from idp.sandbox import cast
from idp.sandbox.registers import made_up

PEOPLE, ENTERPRISES = made_up.make(2026)


def test_the_seed_makes_the_same_people_every_time() -> None:
    assert made_up.make(2026) == (PEOPLE, ENTERPRISES)
    assert 200 < len(PEOPLE) < 400
    assert len(ENTERPRISES) == 50


def test_every_number_is_well_formed_and_says_what_the_register_says() -> None:
    for one in PEOPLE:
        found = document.find(one.number)
        assert found is not None, one
        assert (found.type, found.birth_date, found.sex) == (one.id_type, one.birth_date, one.sex)
    assert all(uscc.find(one.uscc) for one in ENTERPRISES)


def test_nobody_is_twice() -> None:
    for values in (
        [one.number for one in PEOPLE],
        [one.phone for one in PEOPLE if one.phone],
        [one.bank_card for one in PEOPLE if one.bank_card],
        [one.uscc for one in ENTERPRISES],
        [one.name for one in ENTERPRISES],
    ):
        assert max(Counter(values).values()) == 1


def test_families_belong_together() -> None:
    by_number = {one.number: one for one in PEOPLE}
    children = [one for one in PEOPLE if one.guardians]
    assert len(children) > 20
    for child in children:
        for number, _relation in child.guardians:
            parent = by_number[number]
            assert parent.household == child.household
            assert child.birth_date.year - parent.birth_date.year >= 18
    assert {one.representative for one in ENTERPRISES} <= set(by_number)


def test_the_people_of_the_contract_are_among_them() -> None:
    known = {one.username: one for one in PEOPLE if one.username}
    for member in cast.people():
        one = known[member.username]
        assert (one.number, one.name, one.phone) == (member.number, member.name, member.phone)
        assert (one.birth_date.isoformat(), one.sex) == (member.birthdate, member.gender)
    assert {"810000", "820000", "830000"} <= {one.number[:6] for one in PEOPLE}


def test_the_child_is_seven_all_year() -> None:
    for year in (2026, 2027, 2031):
        child = cast.child(year)
        assert document.find(child.number) is not None
        assert child.birthdate == f"{year - 8}-12-31"
