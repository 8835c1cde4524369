"""What an answer makes of an account: evidence of one person never lands on another one's number or name."""

import json

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import db
from idp.proofing import evidence
from tests.proofing.conftest import number, submit
from tests.proofing.register_server import Answer, Question, RegisterServer
from tests.provider import Provider

ME = number(1)


def reload(account: Account) -> Account:
    db.session.rollback()
    db.session.expire_all()
    return accounts.get(account.id)


def test_somebody_elses_network_certificate_does_not_raise_an_account_with_a_number(
    proving: Provider, server: RegisterServer
) -> None:
    # Name and number are a neighbour's, from a leaked list; the network certificate is one's own.
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        case = submit(person, "network_id", presentation="ey.ab.cd")
        # The service answered without comparing.
        assert (case.state, case.reasons) == ("undecided", ["answer_contradictory"])
        assert json.loads(server.asked[-1].body) == {"presentation": "ey.ab.cd", "number": ME, "name": "李娜"}
        server.respond = lambda question: server.signed(question, "mismatch", {"holder": "mismatch"})
        case = submit(person, "network_id", presentation="ey.ab.ef")
        assert (case.state, case.reasons) == ("refused", ["presentation_not_valid"])
        assert evidence.level(reload(accounts.get(person.id)), clock.now()) == 2
        shown = {"pseudonym": "wz-77", "valid_until": "2099-01-01T00:00:00+00:00", "holder": "match"}
        server.respond = lambda question: server.signed(question, "match", shown)
        assert submit(person, "network_id", presentation="ey.ab.gh").state == "approved"
        assert evidence.level(reload(accounts.get(person.id)), clock.now()) == 3


def test_a_number_proven_while_a_network_certificate_is_checked_is_not_its_holders(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()
    answered = server.respond

    def meanwhile(question: Question) -> Answer:
        if question.source == "network-id":
            with proving.context():
                assert submit(person, "register", name="李娜", number=ME).state == "approved"
        return answered(question)

    server.respond = meanwhile
    with proving.context():
        case = submit(person, "network_id", presentation="ey.ab.cd")
        assert case.state == "undecided"
        account = reload(accounts.get(person.id))
        assert [one["code"] for one in account.standing] == ["register"]


def test_a_number_beside_a_network_certificate_inherits_nothing_from_it(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "network_id", presentation="ey.ab.cd")
        assert submit(person, "register", name="李娜", number=ME).state == "approved"
        account = reload(accounts.get(person.id))
        assert [one["code"] for one in account.standing] == ["register"]
        assert evidence.level(account, clock.now()) == 2


def test_two_network_certificates_are_two_people(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "network_id", presentation="ey.ab.cd")
        other = {"pseudonym": "wz-other", "valid_until": "2099-01-01T00:00:00+00:00"}
        server.respond = lambda question: server.signed(question, "match", other)
        case = submit(person, "network_id", presentation="ey.ab.ef")
        assert (case.state, case.reasons) == ("undecided", ["identity_differs"])
