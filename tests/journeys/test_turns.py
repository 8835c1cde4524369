"""Turns that a login can take: a no, a fresh proof, another language, a mistake of the site."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.journey.levels import P2, P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_who_does_not_agree_is_not_logged_in(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    browser, story = walk(look), "denied"
    browser.open(sandbox.url("province", "/login"))
    browser.log_in(sandbox.person(evidence=P2))
    browser.page.click("#consent-deny")
    browser.is_at(f"^{sandbox.url('province', '/callback')}")
    browser.sees("#error[data-error=access_denied]")
    browser.look(story, "site")
    assert browser.me("province") is None
    browser.page.locator("#error .button").first.click()
    browser.is_at(f"^{sandbox.issuer}/consent")


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_going_back_instead_of_logging_in(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    browser = walk(look)
    browser.open(sandbox.url("province", "/login"))
    browser.page.click(".tx-back a")
    browser.is_at(f"^{sandbox.url('province', '/callback')}")
    browser.sees("#error[data-error=access_denied]")
    assert browser.me("province") is None


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_withdrawing_money_needs_a_fresh_login(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, story = sandbox.person(totp=True, evidence=P3), "fresh-login"
    browser = walk(look)
    browser.open(sandbox.url("city", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("city")
    browser.page.click("#step-up")
    # Just logged in: no question.
    browser.is_at_site("city", "/withdraw")
    sandbox.age_login(person)
    browser.open(sandbox.url("city", "/logout"))
    browser.page.check("#scope-here")
    browser.page.click("#logout-confirm")
    browser.is_at_site("city", "/")
    browser.open(sandbox.url("city", "/withdraw"))
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.look(story, "login-again")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("city", "/withdraw")
    browser.look(story, "withdraw")
    browser.page.click("#confirm")
    browser.sees("#done")
    browser.look(story, "done")


def test_changing_the_language_on_the_way(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    browser, person = walk("zh-desktop"), sandbox.person(evidence=P2)
    browser.open(sandbox.url("city", "/login"))
    browser.sees("h1", "登录")
    browser.page.click("a[hreflang=en]")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.sees("h1", "Log in")
    assert browser.page.locator("html").get_attribute("lang") == "en"
    browser.log_in(person)
    browser.is_at_site("city")
    browser.open(f"{sandbox.issuer}/account")
    browser.sees("h1", "My account")
    browser.page.click("a[hreflang=zh-Hans]")
    browser.sees("h1", "我的账号")


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_what_goes_wrong_is_said_in_plain_words(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    browser, story = walk(look), "errors"
    asked = {"response_type": "code", "redirect_uri": "http://localhost:1/stolen", "scope": "openid"}
    browser.open(f"{sandbox.issuer}/authorize?{urlencode(asked | {'client_id': 'nobody'})}")
    browser.sees("#error[data-error=invalid_client]")
    browser.look(story, "unknown-client")
    registered = sandbox.registered_site().rp.client_id
    browser.open(f"{sandbox.issuer}/authorize?{urlencode(asked | {'client_id': registered})}")
    browser.is_at(f"^{sandbox.issuer}/authorize")
    browser.sees("#error[data-trace]")
    browser.look(story, "redirect-uri")
    browser.open(f"{sandbox.issuer}/no/such/page")
    browser.sees("#error[data-error]")
    browser.look(story, "not-found")
    browser.open(f"{sandbox.issuer}/login?journey=0123456789abcdefghijklmnopqrstuv")
    browser.sees("#error[data-error=journey_expired]")
    browser.look(story, "expired")
    browser.open(sandbox.url("city", "/callback?state=made-up&code=made-up"))
    browser.sees("#error[data-error]")
    browser.look(story, "site")
