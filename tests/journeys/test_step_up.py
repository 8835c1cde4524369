"""Stepping up from L2 to L3 on the way (domain §2): the same session, one factor more."""

from collections.abc import Callable

import pytest

from tests.journey.levels import L2, L3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey


def test_the_city_steps_zhangwei_up_from_level_2_to_3(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, story = sandbox.planted("zhangwei"), "step-up"
    browser = walk("zh-desktop")
    browser.open(sandbox.url("city", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("city")
    # An hour without use: the session goes on, its second factor does not count any more.
    sandbox.weaken_logins(person)
    browser.open(sandbox.url("city", "/login"))
    browser.is_at_site("city")
    claims = browser.me("city")
    assert claims is not None
    assert claims["acr"] == L2
    browser.look(story, "level-2")
    browser.open(sandbox.url("city", "/withdraw"))
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.look(story, "asked-again")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("city", "/withdraw")
    browser.look(story, "level-3")
    stronger = browser.me("city")
    assert stronger is not None
    assert (stronger["acr"], stronger["aal"]) == (L3, 2)
    assert (stronger["sid"], stronger["sub"]) == (claims["sid"], claims["sub"])


def test_one_factor_more_is_enough_while_the_first_is_young(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    """Logged in by password at a site that asks for L2; the next one asks for L3."""
    person, story = sandbox.person(evidence=("phone", "register", "operator3", "bank4")), "one-more"
    browser = walk("en-phone")
    browser.open(sandbox.url("city", "/login"))
    browser.log_in(person)
    browser.is_at_site("city")
    browser.open(sandbox.url("county", "/login"))
    browser.is_at("/login/second-factor/sms")
    browser.look(story, "second-factor")
    browser.page.click("main button[type=submit]")
    assert person.phone is not None
    browser.page.fill("#code", sandbox.code_sent_to(person.phone))
    browser.page.click("#code-submit")
    browser.is_at_site("county")
    claims = browser.me("county")
    assert claims is not None
    assert claims["acr"] == L3
    assert set(claims["amr"]) == {"pwd", "sms", "mfa"}
