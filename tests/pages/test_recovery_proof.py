"""Recovering an account: as strong as the account, from the first code to the ticket."""

import pytest

from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.authenticators import recovery_row
from idp.db import commit, db
from tests.accounts.gateway import Gateway
from tests.pages import newcomer, recovering
from tests.person import Person
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import Provider


def recoveries_of(provider: Provider, person: Person) -> list[recovery_row.Recovery]:
    with provider.context():
        found = db.session.query(recovery_row.Recovery).filter_by(account_id=person.id).all()
        db.session.expunge_all()
        return found


def test_without_a_proven_name_the_code_is_enough(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    visitor = recovering.arrive(asking, gateway, person.phone)
    recovering.ticket(visitor)
    (made,) = recoveries_of(asking, person)
    assert (made.state, made.proofs) == (recovery_row.WAITING, ["phone"])
    assert made.ready_at is not None
    assert (made.ready_at - made.created_at).total_seconds() == 3600


def test_p2_also_answers_the_register(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, "phone", "register")
    recovering.know(register_service, (person, number))
    visitor = recovering.arrive(asking, gateway, person.phone)
    assert visitor.is_at("/recovery/proof")
    visitor.send("proof-submit", values={"name": person.name, "number": number})
    recovering.ticket(visitor)
    assert recoveries_of(asking, person)[0].proofs == ["phone", "register"]


def test_p3_proves_everything_again(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, *recovering.P3)
    recovering.know(register_service, (person, number))
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.send("proof-submit", values={"name": person.name, "number": number})
    assert visitor.is_at("/recovery/proof")
    start = visitor.path.replace("/proof", "/start")
    assert visitor.client.get(start, base_url=visitor.issuer).status_code == 410
    visitor.send("proof-submit")
    visitor.send("proof-submit", values={"card": recovering.CARD})
    recovering.ticket(visitor)
    (made,) = recoveries_of(asking, person)
    assert made.proofs == ["phone", "register", "operator3", "bank4"]
    assert made.ready_at is not None
    assert (made.ready_at - made.created_at).total_seconds() == 24 * 3600


@pytest.mark.parametrize(("reading", "status"), [("genuine", 200), ("forged", 400), ("", 400)])
def test_the_chip_of_the_card_is_another_way_to_p3(
    asking: Provider, gateway: Gateway, register_service: RegisterServer, reading: str, status: int
) -> None:
    person, number = recovering.verified(asking, *recovering.P3)
    recovering.know(register_service, (person, number))
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.go(f"{visitor.path}&proof=chip")
    visitor.send("proof-submit", values={"reading": reading})
    assert visitor.response.status_code == status
    assert visitor.is_at("/recovery/start") is (status == 200)


def test_somebody_elses_name_and_number_prove_nothing(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, "phone", "register")
    thief, own = recovering.verified(asking, "phone", "register")
    recovering.know(register_service, (person, number), (thief, own))
    answers = []
    # True, but of another account; wrong; unknown: one answer.
    for name, typed in ((thief.name, own), (thief.name, number), ("王五", recovering.number())):
        visitor = recovering.arrive(asking, gateway, person.phone)
        visitor.send("proof-submit", values={"name": name, "number": typed})
        assert visitor.response.status_code == 400
        answers.append("This does not match" in visitor.response.get_data(as_text=True))
    assert answers == [True] * 3
    with asking.context():
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="recovery.refused").all()
        assert [event.data for event in events] == [{"proof": "register", "reason": "mismatch"}] * 3
    assert recoveries_of(asking, person) == []


@pytest.mark.parametrize(
    ("name", "number"),
    [("", ""), ("张伟", "12"), ("张伟", "33010619900101100"), ("\0", "\0"), ("x" * 5000, "9" * 5000)],
)
def test_bad_input_is_told_at_its_field(
    asking: Provider, gateway: Gateway, register_service: RegisterServer, name: str, number: str
) -> None:
    person, _number = recovering.verified(asking, "phone", "register")
    register_service.asked.clear()
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.send("proof-submit", values={"name": name, "number": number})
    assert visitor.response.status_code == 400
    assert "tx-field-wrong" in visitor.response.get_data(as_text=True)
    assert register_service.asked == []


def test_a_new_number_finds_the_account_by_the_person(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, "phone", "register")
    recovering.know(register_service, (person, number))
    new = newcomer.phone()
    visitor = recovering.arrive(asking, gateway, new)
    # P2 by its evidence, but without its phone P3 is asked.
    recovering.prove_all(visitor, person.name, number)
    recovering.ticket(visitor)
    (made,) = recoveries_of(asking, person)
    assert made.phone_sealed is not None
    assert new not in made.phone_sealed


def test_a_number_that_was_somebody_elses_leads_to_the_own_account(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    former = asking.person(phone=newcomer.phone())
    person, number = recovering.verified(asking, *recovering.P3)
    recovering.know(register_service, (person, number))
    visitor = recovering.arrive(asking, gateway, former.phone)
    visitor.go(visitor.path.replace("/start", "/proof"))
    assert visitor.is_at("/recovery/start")


def test_without_an_account_nothing_is_told_until_all_is_proven(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, *recovering.P3)
    nobody = Person(person.id, "", "陈静", None)
    its = recovering.number()
    recovering.know(register_service, (person, number), (nobody, its))
    texts = []
    for who, typed in ((person, number), (nobody, its)):
        visitor = recovering.arrive(asking, gateway, newcomer.phone())
        visitor.send("proof-submit", values={"name": who.name, "number": typed})
        text = visitor.response.get_data(as_text=True)
        texts.append("".join(one for one in "".join(visitor.page.texts) if not one.isdigit()))
        assert visitor.response.status_code == 200
        assert "proof-submit" in text
    assert texts[0] == texts[1]
    visitor.send("proof-submit")
    visitor.send("proof-submit", values={"card": recovering.CARD})
    assert visitor.response.status_code == 404
    assert 'data-reason="recovery_no_account"' in visitor.response.get_data(as_text=True)


@pytest.mark.parametrize("change", [{"kind": "official"}, {"status": "frozen"}])
def test_officials_and_locked_accounts_are_sent_elsewhere(
    asking: Provider, gateway: Gateway, change: dict[str, str]
) -> None:
    person = asking.person(phone=newcomer.phone())
    with asking.context():
        for name, value in change.items():
            setattr(accounts.get(person.id), name, value)
        commit()
    visitor = recovering.arrive(asking, gateway, person.phone)
    assert visitor.response.status_code == 403
    assert "data-reason" in visitor.response.get_data(as_text=True)
    assert recoveries_of(asking, person) == []


def test_of_the_dead_nobody_recovers_an_account(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, "phone", "register")
    recovering.know(register_service, (person, number), status="deceased")
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.send("proof-submit", values={"name": person.name, "number": number})
    assert visitor.response.status_code == 403
    assert 'data-reason="recovery_at_counter"' in visitor.response.get_data(as_text=True)


def test_a_register_that_is_away_loses_nothing(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, number = recovering.verified(asking, "phone", "register")
    register_service.respond = lambda _question: problem(503)
    visitor = recovering.arrive(asking, gateway, person.phone)
    visitor.send("proof-submit", values={"name": person.name, "number": number})
    assert visitor.response.status_code == 503
    recovering.know(register_service, (person, number))
    visitor.send("proof-submit", values={"name": person.name, "number": number})
    assert visitor.is_at("/recovery/start")


def test_an_account_verified_in_person_is_sent_to_the_counter(
    asking: Provider, gateway: Gateway, register_service: RegisterServer
) -> None:
    person, _number = recovering.verified(asking, *recovering.P3, "counter")
    visitor = recovering.arrive(asking, gateway, person.phone)
    assert visitor.is_at("/recovery/proof")
    assert "verified in person is recovered in person" in visitor.response.get_data(as_text=True)
    assert 'id="recovery-counter"' in visitor.response.get_data(as_text=True)


def test_another_browser_does_not_go_on_with_this_visit(asking: Provider, gateway: Gateway) -> None:
    person = asking.person(phone=newcomer.phone())
    visitor = recovering.arrive(asking, gateway, person.phone)
    thief = newcomer.visitor_of(asking)
    for path in (visitor.path, "/recovery/start?visit=x", "/recovery/proof", "/recovery/password?visit=%00"):
        thief.open(path)
        assert (thief.response.status_code, thief.page.error) == (410, "journey_expired")


def test_guessing_is_limited(asking: Provider, gateway: Gateway, register_service: RegisterServer) -> None:
    person, _number = recovering.verified(asking, "phone", "register")
    recovering.know(register_service)
    visitor = recovering.arrive(asking, gateway, person.phone)
    for _ in range(40):
        visitor.send("proof-submit", values={"name": "李四", "number": recovering.number()})
        if visitor.response.status_code == 429:
            return
    raise AssertionError("nobody stops who guesses")
