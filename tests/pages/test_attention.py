"""What a person is asked to look at."""

from datetime import timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.assurance.policy import Policy
from idp.consent import deletion_request
from idp.consent.consent_record import ConsentRecord
from idp.consent.deletion_request import DeletionRequest
from idp.db import commit, db
from idp.level_policy import current
from tests.person import Person
from tests.provider import Provider, SignIn
from tests.site import Site


def attention(body: str) -> list[str]:
    return [part.split('"')[0] for part in body.split('data-attention="')[1:]]


@pytest.fixture
def shared(either: Provider) -> tuple[Person, Site]:
    person, site = either.person(totp=True), either.site()
    visitor = site.visitor()
    visitor.arrive(site.authorize_url(), person)
    return person, site


def record(person: Person) -> ConsentRecord:
    return db.session.query(ConsentRecord).filter_by(account_id=person.id).one()


def test_a_consent_that_ends_soon(either: Provider, sign_in: SignIn, shared: tuple[Person, Site]) -> None:
    person, _site = shared
    visitor = sign_in(person)
    assert "consent" not in attention(visitor.response.get_data(as_text=True))
    with either.context():
        record(person).expires_at = clock.now() + timedelta(days=8)
        commit()
    visitor.go("/account")
    assert "consent" in attention(visitor.response.get_data(as_text=True))
    with either.context():
        record(person).withdrawn_at = clock.now()
        commit()
    visitor.go("/account")
    assert "consent" not in attention(visitor.response.get_data(as_text=True))


def test_an_office_that_owes_an_answer(
    either: Provider, sign_in: SignIn, shared: tuple[Person, Site]
) -> None:
    person, site = shared
    with either.context():
        asked = deletion_request.ask(accounts.get(person.id), site.rp.client_id)
        commit()
        number: UUID = asked.id
    visitor = sign_in(person)
    assert "deletion" not in attention(visitor.response.get_data(as_text=True))
    with either.context():
        found = db.session.get(DeletionRequest, number)
        assert found is not None
        found.overdue_at = clock.now()
        commit()
    visitor.go("/account")
    assert "deletion" in attention(visitor.response.get_data(as_text=True))


def test_a_proof_that_runs_out(either: Provider, sign_in: SignIn) -> None:
    person = either.person(evidence=["phone", "register", "face"])
    visitor = sign_in(person)
    assert "evidence" not in attention(visitor.response.get_data(as_text=True))
    with either.context():
        policy: Policy = current.get()
        days = policy.evidence["face"].days
        assert days is not None
        account = accounts.get(person.id)
        earlier = int((clock.now() - timedelta(days=days - 5)).timestamp())
        account.standing = [
            {**one, "at": earlier} if one["code"] == "face" else one for one in account.standing
        ]
        commit()
    visitor.go("/account")
    assert "evidence" in attention(visitor.response.get_data(as_text=True))
