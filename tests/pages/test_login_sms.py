"""A code by message as a way in: step 1. The answer is the same for every number."""

import re

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import Visitor
from tests.provider import Provider


def asked(phones: Provider, number: str) -> Visitor:
    visitor = newcomer.visitor_of(phones)
    visitor.go("/login/sms")
    visitor.send("login-sms-submit", values={"phone": number})
    return visitor


def without_what_is_its_own(visitor: Visitor) -> str:
    text = re.sub(r"(journey|ticket)(?:=|%3D)[\w-]+", "", visitor.response.get_data(as_text=True))
    return re.sub(r'name="csrf_token" value="[^"]+"|\d{3}\*{4}\d{4}', "", text)


def test_known_unknown_and_official_numbers_get_the_same_page(phones: Provider, gateway: Gateway) -> None:
    known, official = phones.person(phone=newcomer.phone()), phones.person(phone=newcomer.phone())
    with phones.context():
        accounts.get(official.id).kind = accounts.OFFICIAL
        commit()
    numbers = [known.phone, official.phone, newcomer.phone()]
    pages = [asked(phones, str(number)) for number in numbers]
    assert {page.response.status_code for page in pages} == {200}
    assert len({without_what_is_its_own(page) for page in pages}) == 1
    assert [message["template"] for message in gateway.messages] == [
        "login_code",
        "login_unknown",
        "login_unknown",
    ]
    assert not re.search(r"\d{6}", gateway.messages[1]["text"] + gateway.messages[2]["text"])


@pytest.mark.parametrize("number", ["", "12345", "not a phone", "\0", "9" * 5000])
def test_what_is_no_number_is_told(phones: Provider, gateway: Gateway, number: str) -> None:
    visitor = asked(phones, number)
    assert visitor.response.status_code == 400
    assert 'href="#phone"' in visitor.response.get_data(as_text=True)
    assert not gateway.messages


def test_one_number_gets_a_few_messages(phones: Provider, gateway: Gateway) -> None:
    number = newcomer.phone()
    for _ in range(6):
        visitor = asked(phones, number)
    assert visitor.response.status_code == 429
    assert len(gateway.messages) == 5


def test_a_gateway_that_is_away_is_told(phones: Provider, gateway: Gateway) -> None:
    gateway.status = 500
    visitor = asked(phones, newcomer.phone())
    assert visitor.response.status_code == 503
    assert "could not be sent" in visitor.response.get_data(as_text=True)


def test_the_login_page_leads_here_and_back(phones: Provider, gateway: Gateway) -> None:
    visitor = newcomer.visitor_of(phones)
    visitor.go("/login")
    assert 'id="login-sms"' in visitor.response.get_data(as_text=True)
