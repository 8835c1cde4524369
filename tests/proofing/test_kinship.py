"""Who is whose guardian: the register says so, or nothing comes of it."""

from threading import Barrier, Thread

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.db import commit, db
from idp.errors import Forbidden, IdpError, InvalidInput, TooMany, Unavailable, Upstream
from idp.identifiers import citizen_id
from idp.mandates import choosing, rules
from idp.proofing import evidence, kinship
from tests.person import Person
from tests.proofing.conftest import number
from tests.proofing.register_server import Question, RegisterServer, problem
from tests.provider import Provider

CHILD = number(401, day=f"{clock.now().year - 6}0101")


def guardian(proving: Provider, sequence: int) -> Person:
    person = proving.person(name="刘洋")
    with proving.context():
        account = accounts.get(person.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, number(sequence)), name=person.name)
        evidence.add(account, "chip", source="test")
        commit()
    return person


@pytest.fixture
def related(server: RegisterServer) -> RegisterServer:
    def respond(question: Question) -> object:
        born = f"{CHILD[6:10]}-{CHILD[10:12]}-{CHILD[12:14]}"
        return server.signed(question, "match", {"relation": "father", "child_birthdate": born})

    server.respond = respond  # type: ignore[assignment]
    return server


def test_a_parent_acts_for_a_child_that_gets_an_account_without_a_login(
    proving: Provider, related: RegisterServer
) -> None:
    liuyang = guardian(proving, 402)
    with proving.context():
        made = kinship.claim(accounts.get(liuyang.id), f" {CHILD} ", "刘小宝")
        child = accounts.get(made.principal_id)
        assert (child.username, child.phone_sealed, accounts.name_of(child)) == (None, None, "刘小宝")
        assert identities.find_account(identities.parse(citizen_id.TYPE, CHILD)) is child
        assert made.evidence_number
        roles = rules.ACTING_AS["ward"]
        assert [one.principal_id for one in choosing.choices(liuyang.id, roles, (), clock.now())] == [
            child.id
        ]


def test_both_parents_at_once_share_one_child(proving: Provider, related: RegisterServer) -> None:
    parents = [guardian(proving, 403), guardian(proving, 404)]
    barrier = Barrier(2)
    ended: list[str] = []

    def claim(person: Person) -> None:
        with proving.context():
            account = accounts.get(person.id)
            commit()
            barrier.wait()
            try:
                kinship.claim(account, CHILD, "刘小宝")
                ended.append("done")
            except IdpError as error:
                ended.append(error.code)

    threads = [Thread(target=claim, args=(one,)) for one in parents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["done", "done"]
    with proving.context():
        found = {
            choice.principal_id
            for one in parents
            for choice in choosing.choices(one.id, {"guardian"}, (), clock.now())
        }
        assert len(found) == 1


@pytest.mark.parametrize("result", ["mismatch", "not_found", "refused"])
def test_whatever_the_register_does_not_confirm_is_one_answer(
    proving: Provider, server: RegisterServer, result: str
) -> None:
    person = guardian(proving, 405)
    server.respond = lambda question: server.signed(question, result, {})
    with proving.context(), pytest.raises(InvalidInput) as caught:
        kinship.claim(accounts.get(person.id), CHILD, "刘小宝")
    assert caught.value.code == "kinship_mismatch"


def test_a_register_that_is_down_or_lies_leaves_nothing_behind(
    proving: Provider, server: RegisterServer
) -> None:
    person = guardian(proving, 406)
    with proving.context():
        server.respond = lambda question: problem(503)
        with pytest.raises(Unavailable):
            kinship.claim(accounts.get(person.id), CHILD, "刘小宝")
        server.respond = lambda question: server.signed(question, "match", {"child_birthdate": "soon"})
        with pytest.raises(Upstream):
            kinship.claim(accounts.get(person.id), CHILD, "刘小宝")
        db.session.rollback()
        assert identities.find_account(identities.parse(citizen_id.TYPE, CHILD)) is None


def test_a_birth_date_that_contradicts_the_number_makes_no_guardian(
    proving: Provider, server: RegisterServer
) -> None:
    person, adult = guardian(proving, 408), number(409, day="19900307")
    young = {"relation": "father", "child_birthdate": f"{clock.now().year - 6}-01-01"}
    server.respond = lambda question: server.signed(question, "match", young)
    with proving.context():
        with pytest.raises(Upstream):
            kinship.claim(accounts.get(person.id), adult, "刘大明")
        db.session.rollback()
        assert identities.find_account(identities.parse(citizen_id.TYPE, adult)) is None


def test_nobody_guesses_children_or_claims_without_a_proven_name(
    proving: Provider, server: RegisterServer
) -> None:
    person, unknown = guardian(proving, 407), proving.person()
    server.respond = lambda question: server.signed(question, "not_found", {})
    with proving.context():
        with pytest.raises(Forbidden):
            kinship.claim(accounts.get(unknown.id), CHILD, "刘小宝")
        for typed in ("", "123", "x" * 4000, "91330106MA28FAKE9N"):
            with pytest.raises(InvalidInput) as caught:
                kinship.claim(accounts.get(person.id), typed, "刘小宝")
            assert caught.value.field == "number"
        for _ in range(kinship.TRIES):
            with pytest.raises(InvalidInput):
                kinship.claim(accounts.get(person.id), CHILD, "刘小宝")
        with pytest.raises(TooMany):
            kinship.claim(accounts.get(person.id), CHILD, "刘小宝")
