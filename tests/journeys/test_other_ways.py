"""The same story by the keyboard alone, and without scripts."""

from collections.abc import Callable

import pytest

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk, code_of
from tests.person import PASSWORD
from tests.waiting import eventually

pytestmark = pytest.mark.journey
SITES = ("province", "city", "county")


def test_by_keyboard_alone(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk("en-desktop")
    browser.open(sandbox.url("province"))
    browser.press("#login")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.type_into("#identifier", person.username)
    browser.type_into("#password", PASSWORD)
    browser.page.keyboard.press("Enter")
    browser.is_at(f"^{sandbox.issuer}/login/second-factor")
    browser.type_into("#code", code_of(person))
    browser.page.keyboard.press("Enter")
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.press("input[value=phone_number]", "Space")
    browser.press("#consent-allow")
    browser.is_at_site("province")
    for site in ("city", "county"):
        browser.press(f"[data-site={site}]")
        browser.is_at_site(site)
    found = browser.me("province")
    assert found is not None
    assert "phone_number" not in found
    browser.press("#logout")
    browser.is_at(f"^{sandbox.issuer}/logout")
    browser.press("#logout-confirm")
    browser.is_at(f"^{sandbox.issuer}/logged-out/")
    eventually(lambda: [browser.me(site) for site in SITES] == [None, None, None])


def test_without_scripts(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk("zh-phone", java_script_enabled=False)
    browser.open(sandbox.url("province"))
    browser.page.click("#login")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.look("without-scripts", "login")
    browser.log_in(person)
    browser.is_at(f"^{sandbox.issuer}/login/second-factor")
    browser.enter_code(person)
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.page.uncheck("input[value=phone_number]")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    for site in ("city", "county"):
        browser.page.click(f"[data-site={site}]")
        browser.is_at_site(site)
    browser.page.click("#logout")
    browser.is_at(f"^{sandbox.issuer}/logout")
    browser.page.click("#logout-confirm")
    browser.is_at(f"^{sandbox.issuer}/logged-out/")
    browser.look("without-scripts", "logged-out")
    # The page goes back by itself, without a script.
    browser.is_at_site("county", "/")
    eventually(lambda: [browser.me(site) for site in SITES] == [None, None, None])
