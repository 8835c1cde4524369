"""The place people come back to: what happened, who has what, and what to do when it was not them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey
STORY = "my-account"


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop", "en-phone-dark"])
def test_a_login_that_was_not_mine(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    thief = walk("zh-desktop")
    thief.open(f"{sandbox.issuer}/account")
    thief.log_in(person)
    thief.enter_code(person)
    thief.sees("#everything")

    owner = walk(look)
    owner.open(sandbox.url("province", "/login"))
    owner.log_in(person)
    owner.enter_code(person)
    owner.page.click("#consent-allow")
    owner.is_at_site("province")
    owner.open(f"{sandbox.issuer}/account")
    owner.sees("#last [data-event='code.issued']")
    owner.look(STORY, "overview")
    owner.page.click(".tx-account-nav a[href='/account/timeline']")
    owner.is_at("/account/timeline$")
    expect(owner.page.locator("[data-event='code.issued']")).to_have_count(1)
    owner.look(STORY, "timeline")
    owner.page.click(".tx-chips a[href='/account/timeline?kind=login']")
    owner.page.locator("[data-event='session.started']").last.click()
    owner.sees("#not-me")
    owner.look(STORY, "entry")
    owner.page.click("#not-me")
    owner.look(STORY, "not-me")
    owner.page.click("#not-me-confirm")
    owner.is_at("/account/not-me/done$")
    owner.look(STORY, "done")
    thief.open(f"{sandbox.issuer}/account")
    thief.is_at("/login")
    owner.page.click("#not-me-password")
    owner.is_at("/account/(password|reauthenticate)")


def test_the_services_without_scripts(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk("en-phone", java_script_enabled=False)
    browser.open(sandbox.url("province", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.page.click("#consent-allow")
    browser.open(f"{sandbox.issuer}/account/services")
    province = f"[data-service='{sandbox.entity_id('province')}']"
    browser.page.click(province)
    browser.page.click("#withdraw-all")
    browser.sees(".tx-notice")
    browser.sees("#withdrawal")
    browser.open(f"{sandbox.issuer}/account/services")
    browser.sees(f"#services-ended {province}")
