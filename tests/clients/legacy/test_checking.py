"""The older system's check: the provider's questions only, each once, and nobody guesses."""

from typing import Any

import pytest

from tests.clients.legacy.conftest import Browser
from tests.clients.loopback_provider import LoopbackProvider


def question(provider: LoopbackProvider, number: int, **changes: Any) -> str:
    now = int(provider.clock.now())
    claims = {"iss": provider.issuer, "aud": "city-card", "iat": now, "exp": now + 60, "jti": f"j{number}"}
    claims |= {"account": "HZ-330100-0007", "answer": "314"} | changes
    return provider.sign(claims, {"typ": "account-check+jwt"})


def test_the_right_answer_finds_the_card(browser: Browser, provider: LoopbackProvider) -> None:
    asked = question(provider, 1)
    assert browser.check(asked) == (200, {"legacy_id": "HZ-330100-0007"})
    assert browser.check(asked)[0] == 400, "once"
    by_name = question(provider, 2, account="lina88", answer="271")
    assert browser.check(by_name) == (200, {"legacy_id": "HZ-330100-0008"})


def test_nobody_guesses_what_is_on_a_card(browser: Browser, provider: LoopbackProvider) -> None:
    for number in range(5):
        assert browser.check(question(provider, number, answer="000"))[0] == 404
    assert browser.check(question(provider, 9))[0] == 429
    other = question(provider, 10, account="HZ-330100-0009", answer="161")
    assert browser.check(other)[0] == 200


@pytest.mark.parametrize("account", ["CLERK-01", "counter", "' OR 1=1 --", "nobody"])
def test_only_cards_are_found(browser: Browser, provider: LoopbackProvider, account: str) -> None:
    assert browser.check(question(provider, 1, account=account, answer="x"))[0] == 404


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "x" * 60_000])
def test_what_is_no_question_is_refused(browser: Browser, text: str) -> None:
    assert browser.check(text)[0] == 400


def test_a_question_for_another_system_is_refused(browser: Browser, provider: LoopbackProvider) -> None:
    assert browser.check(question(provider, 1, aud="province-portal"))[0] == 400
