"""亲友代办: both say yes by their own login, six principals at most."""

import pytest
from flask import Flask

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from idp.errors import Conflict, InvalidInput, NotFound
from idp.mandates import appointment, choosing, mandate, relatives
from idp.mandates.decision import ACTIVE, Permit, Reason, Refusal
from idp.mandates.terms import Terms
from tests.mandates.conftest import MakePerson
from tests.mandates.test_appointment import at_once

TERMS = Terms("relative", ("medical",))


def test_the_principal_offers_and_the_agent_agrees(person: MakePerson) -> None:
    mother, daughter = person("母亲"), person("女儿")
    made = relatives.offer(mother, daughter, TERMS)
    with pytest.raises(NotFound):
        appointment.confirm(made, mother.id)
    appointment.confirm(made, daughter.id)
    commit()
    answer = choosing.check(daughter.id, made.id, ("relative",), (), clock.now())
    assert answer == Permit(frozenset({"medical"}), 3, "relative")
    appointment.revoke(made, mother.id)
    commit()
    assert choosing.check(daughter.id, made.id, (), (), clock.now()) == Refusal(Reason.ENDED)


def test_an_agent_asks_and_only_the_principal_can_say_yes(person: MakePerson) -> None:
    mother, daughter = person("母亲"), person("女儿")
    made = relatives.ask(daughter, mother, TERMS)
    commit()
    assert isinstance(choosing.check(daughter.id, made.id, (), (), clock.now()), Refusal)
    with pytest.raises(NotFound):
        appointment.confirm(made, daughter.id)
    appointment.confirm(made, mother.id)
    assert (made.status, made.granted_by, made.confirmed_by) == (ACTIVE, mother.id, daughter.id)


def test_nobody_acts_for_a_seventh_person(person: MakePerson) -> None:
    agent = person("热心人")
    for number in range(6):
        relatives.offer(person(f"邻居{number}"), agent, TERMS)
    with pytest.raises(Conflict) as caught:
        relatives.offer(person("第七位"), agent, TERMS)
    assert caught.value.code == "agent_full"


def test_of_two_sixth_principals_at_once_one_is_too_many(context: Flask, person: MakePerson) -> None:
    agent = person("热心人")
    for number in range(5):
        relatives.offer(person(f"邻居{number}"), agent, TERMS)
    pair = [person("甲").id, person("乙").id]
    commit()
    ended = at_once(
        context,
        *(lambda one=one: relatives.offer(accounts.get(one), accounts.get(agent.id), TERMS) for one in pair),
    )
    assert ended == ["agent_full", "done"]


def test_nobody_is_their_own_relative_nor_gives_away_the_phone(person: MakePerson) -> None:
    mother = person("母亲")
    with pytest.raises(InvalidInput) as caught:
        relatives.offer(mother, mother, TERMS)
    assert caught.value.code == "holder_is_principal"
    with pytest.raises(InvalidInput) as caught:
        relatives.offer(mother, person("女儿"), Terms("relative", ("phone",)))
    assert caught.value.code == "item_personal"


def test_given_and_received_are_listed(person: MakePerson) -> None:
    mother, daughter = person("母亲"), person("女儿")
    made = relatives.offer(mother, daughter, TERMS)
    appointment.confirm(made, daughter.id)
    assert mandate.of_principal(mother.id) == [made]
    assert mandate.of_principal(mother.id, before=made.id) == []
    assert mandate.held_by(daughter.id) == [(made, None)]
    assert mandate.find_text(str(made.id)) is made
    assert mandate.find_text("no id") is None
