"""Recovering at a counter: two officials first, then the waiting."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.authenticators import recovery, recovery_row
from idp.db import commit, db
from idp.proofing import case as cases
from idp.proofing import case_row
from tests.accounts.gateway import Gateway
from tests.pages import newcomer, recovering
from tests.person import Person, Visitor
from tests.provider import Provider

P4 = (*recovering.P3, "counter")


@pytest.fixture
def person(asking: Provider) -> Person:
    return recovering.verified(asking, *P4)[0]


def prepared(asking: Provider, gateway: Gateway, person: Person) -> tuple[Visitor, str]:
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.go(visitor.path.replace("/proof", "/counter"))
    assert visitor.is_at("/recovery/counter")
    visitor.go(f"{visitor.path}&division=330106")
    visitor.send("counter-submit")
    text = visitor.response.get_data(as_text=True)
    return visitor, text.partition('id="recovery-ticket">')[2].partition("<")[0]


def case_of(asking: Provider, person: Person) -> case_row.ProofingCase:
    found = cases.find_open(person.id, "counter")
    assert found is not None
    return found


def test_two_officials_then_the_waiting_then_the_password(
    asking: Provider, gateway: Gateway, person: Person
) -> None:
    visitor, ticket = prepared(asking, gateway, person)
    assert "Case number" in visitor.response.get_data(as_text=True)
    early = recovering.resume(asking, ticket)
    assert 'data-state="counter"' in early.response.get_data(as_text=True)
    with asking.context():
        cases.examine(case_of(asking, person), uuid4(), person_id=uuid4())
        cases.decide(case_of(asking, person), uuid4(), approve=True, reason="card compared")
        commit()
    later = recovering.resume(asking, ticket)
    assert 'data-state="waiting"' in later.response.get_data(as_text=True)
    with clock.shifted(timedelta(hours=73)):
        ready = recovering.resume(asking, ticket)
        assert ready.is_at("/recovery/password")
        ready.send("password-submit", values={"new_password": "一个新的密码 of today"})
        assert ready.is_at("/recovery/done")


def test_refused_at_the_counter_it_is_over(asking: Provider, gateway: Gateway, person: Person) -> None:
    _visitor, ticket = prepared(asking, gateway, person)
    with asking.context():
        cases.decide(case_of(asking, person), uuid4(), approve=False, reason="somebody else")
        commit()
    later = recovering.resume(asking, ticket)
    assert 'data-state="expired"' in later.response.get_data(as_text=True)


def test_a_stop_cancels_the_case_too(asking: Provider, gateway: Gateway, person: Person) -> None:
    prepared(asking, gateway, person)
    with asking.context():
        found = recovery.find_open(person.id)
        assert found is not None
        assert isinstance(found.case_id, UUID)
        recovery.stop(found)
        commit()
        assert cases.find_open(person.id, "counter") is None
        assert case_row.get(found.case_id).state == case_row.CANCELLED


def test_a_second_one_is_told(asking: Provider, gateway: Gateway, person: Person) -> None:
    prepared(asking, gateway, person)
    visitor, ticket = prepared(asking, gateway, person)
    assert visitor.response.status_code == 409
    assert ticket == ""


@pytest.mark.parametrize("division", ["", "x", "999999", "\0", "9" * 5000])
def test_a_place_that_is_none_is_told(
    asking: Provider, gateway: Gateway, person: Person, division: str
) -> None:
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.go(visitor.path.replace("/proof", "/counter") + "&division=330106")
    visitor.send("counter-submit", values={"division": division})
    assert visitor.response.status_code == 400
    with asking.context():
        assert db.session.query(recovery_row.Recovery).filter_by(account_id=person.id).all() == []
        assert cases.find_open(person.id, "counter") is None


def test_where_a_code_is_enough_there_is_no_counter(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.open(visitor.path.replace("/start", "/counter"))
    assert visitor.response.status_code == 410
