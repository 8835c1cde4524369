"""A code by message as the second factor: never alone, never for officials."""

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import PASSWORD, Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered, decoded


@pytest.fixture
def person(phones: Provider) -> Person:
    return phones.person(phone=newcomer.phone(), totp=True)


@pytest.fixture
def site(phones: Provider) -> Site:
    return phones.site(legal_basis="statutory_duty")


def at_offer(site: Site, person: Person) -> Visitor:
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url())
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    assert visitor.is_at("/login/second-factor")
    visitor.go(visitor.path.replace("/second-factor", "/second-factor/sms"))
    return visitor


def test_password_and_code_are_two_factors_shown_as_such(
    site: Site, person: Person, gateway: Gateway
) -> None:
    visitor = at_offer(site, person)
    assert not gateway.messages
    visitor.send("sms-send")
    assert gateway.messages[-1]["to"] == person.phone
    visitor.send("code-submit", values={"code": gateway.last_code()})
    tokens = site.redeem(answered(visitor.location)["code"])
    assert decoded(tokens["id_token"])[1]["amr"] == ["pwd", "sms", "mfa"]


@pytest.mark.parametrize("code", ["", "000000", "\0", "1" * 5000])
def test_a_wrong_code_is_told_and_may_be_corrected(
    site: Site, person: Person, gateway: Gateway, code: str
) -> None:
    visitor = at_offer(site, person)
    visitor.send("sms-send")
    right = gateway.last_code()
    visitor.send("code-submit", values={"code": "111111" if code == right else code})
    assert visitor.response.status_code == 400
    visitor.send("code-submit", values={"code": right})
    assert "code" in answered(visitor.location)


def test_officials_cannot_use_it(phones: Provider, site: Site, person: Person, gateway: Gateway) -> None:
    with phones.context():
        accounts.get(person.id).kind = accounts.OFFICIAL
        commit()
    visitor = at_offer(site, person)
    assert visitor.response.status_code == 403
    assert not gateway.messages


def test_the_challenge_of_one_person_serves_nobody_else_in_the_same_browser(
    phones: Provider, site: Site, person: Person, gateway: Gateway
) -> None:
    visitor = at_offer(site, person)
    visitor.send("sms-send")
    code, ticket = gateway.last_code(), visitor.path.partition("ticket=")[2]
    other = phones.person(phone=newcomer.phone(), totp=True)
    visitor.go(site.authorize_url())
    visitor.send("login-submit", values={"identifier": other.username, "password": PASSWORD})
    visitor.open(visitor.path.replace("/second-factor", "/second-factor/sms") + f"&ticket={ticket}")
    assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")
    assert code


def test_without_the_first_factor_nothing_is_sent(phones: Provider, gateway: Gateway) -> None:
    visitor = newcomer.visitor_of(phones)
    visitor.open("/login/second-factor/sms")
    assert visitor.response.status_code == 410
    assert not gateway.messages


def test_a_number_gets_a_few_messages(site: Site, person: Person, gateway: Gateway) -> None:
    for _ in range(5):
        at_offer(site, person).send("sms-send")
    visitor = at_offer(site, person)
    visitor.send("sms-send")
    assert visitor.response.status_code == 429
    assert len(gateway.messages) == 5


def test_a_gateway_that_is_away_is_told(site: Site, person: Person, gateway: Gateway) -> None:
    gateway.status = 500
    visitor = at_offer(site, person)
    visitor.send("sms-send")
    assert visitor.response.status_code == 503
