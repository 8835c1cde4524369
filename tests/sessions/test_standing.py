"""What a session is worth now."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import db
from idp.level_policy import current
from idp.sessions import session as sessions
from idp.sessions import standing
from idp.sessions.session import Browser
from tests.provider import Provider

BROWSER = Browser("test", "127.0.0.1")
P3 = ("phone", "register", "operator3", "bank4")


@pytest.mark.parametrize(
    ("methods", "evidence", "level"),
    [
        (["pwd"], P3, 2),
        (["pwd", "otp", "mfa"], P3, 3),
        (["pwd", "otp", "mfa"], ("phone", "register"), 2),
        (["swk", "user", "mfa"], ("phone", "counter"), 3),
        (["hwk", "user", "mfa"], ("phone", "counter"), 4),
        (["pwd", "otp", "mfa"], (), 0),
    ],
)
def test_it_is_the_lower_of_proof_and_authentication(
    provider: Provider, methods: list[str], evidence: tuple[str, ...], level: int
) -> None:
    person = provider.person(evidence=evidence)
    with provider.context():
        account, now = accounts.get(person.id), clock.now()
        session, _secret = sessions.start(person.id, methods, BROWSER)
        assert standing.level(current.get(), account, session, now) == level
        db.session.rollback()


def test_without_its_strength_it_is_worth_one_factor(provider: Provider) -> None:
    person = provider.person(evidence=P3)
    with provider.context():
        account = accounts.get(person.id)
        session, _secret = sessions.start(person.id, ["pwd", "otp", "mfa"], BROWSER)
        later = clock.now() + timedelta(minutes=61)
        assert standing.authenticator(current.get(), account, session, later) == 1
        assert standing.level(current.get(), account, session, later) == 2
        db.session.rollback()


def test_old_proof_does_not_count_where_a_young_one_is_wanted(provider: Provider) -> None:
    person = provider.person(evidence=("phone", "register"))
    with provider.context():
        account, later = accounts.get(person.id), clock.now() + timedelta(days=2)
        assert standing.proofing(current.get(), account, later) == 2
        assert standing.proofing(current.get(), account, later, max_age=86_400) == 0
