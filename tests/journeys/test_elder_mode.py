"""Large type for who wants it, and every page for who has no scripts (domain §7)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.templates import barriers

pytestmark = pytest.mark.journey
PAGES = (
    "/account",
    "/account/services",
    "/account/timeline",
    "/account/receipts",
    "/account/inbox",
    "/account/proofing",
    "/account/mandates",
    "/account/sessions",
    "/account/sign-in-methods",
    "/account/settings",
)


def is_elder(browser: Walk) -> bool:
    return bool(browser.page.locator("html[data-mode=elder]").count())


@pytest.mark.parametrize("look", ["zh-phone", "en-phone-dark"])
def test_large_type_from_the_login_on_and_on_the_next_device(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, story = sandbox.person(totp=True, evidence=P3), "elder-mode"
    browser = walk(look)
    browser.open(sandbox.url("province", "/login"))
    browser.page.fill("#identifier", person.username)
    browser.page.click("#display-switch")
    expect(browser.page.locator("html")).to_have_attribute("data-mode", "elder")
    expect(browser.page.locator("#identifier")).to_have_value(person.username)
    browser.look(story, "login")
    browser.log_in(person)
    browser.look(story, "second-factor")
    browser.enter_code(person)
    browser.is_at("/consent")
    browser.look(story, "consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    for path in PAGES:
        browser.open(f"{sandbox.issuer}{path}")
        assert is_elder(browser), path
        browser.look(story, path.rpartition("/")[2])
        assert not barriers.small_letters(browser.page, 18), path
        assert not barriers.low_targets(browser.page, 60), path

    # At a login the browser's wish is not the account's: that is said while logged in.
    browser.page.click("#display-switch")
    assert not is_elder(browser)
    browser.page.click("#display-switch")
    assert is_elder(browser)
    tablet = walk("zh-desktop")
    tablet.open(f"{sandbox.issuer}/login")
    assert not is_elder(tablet)
    tablet.log_in(person)
    tablet.enter_code(person)
    tablet.is_at("/account$")
    assert is_elder(tablet)
    tablet.look(story, "tablet-account")


def test_every_page_of_a_login_and_of_the_account_without_scripts(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    person, story = sandbox.person(totp=True, evidence=P3), "without-scripts"
    browser = walk("zh-phone", java_script_enabled=False)
    browser.open(sandbox.url("province", "/login"))
    browser.page.click("#display-switch")
    assert is_elder(browser)
    browser.page.click("#display-switch")
    assert not is_elder(browser)
    expect(browser.page.locator("#time-more-plain")).to_be_visible()
    with browser.page.expect_popup() as opened:
        browser.page.click("#time-more-plain")
    expect(opened.value.locator("h1")).to_have_text("您可以继续了")
    opened.value.close()
    browser.look(story, "login")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at("/consent")
    browser.look(story, "consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    for path in PAGES:
        browser.open(f"{sandbox.issuer}{path}")
        browser.is_at(f"{path}$")
        browser.look(story, path.rpartition("/")[2])
    browser.page.click("a[href='/end_session']")
    browser.page.click("#logout-confirm")
    browser.is_at("/logged-out/")


@pytest.mark.parametrize("zoomed", [{"width": 320, "height": 512}, {"width": 640, "height": 400}])
def test_narrow_and_zoomed_pages_need_no_sideways_scrolling(
    walk: Callable[..., Walk], sandbox: Sandbox, zoomed: dict[str, Any]
) -> None:
    """WCAG 2.2 §1.4.10, on what people really have in their accounts."""
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk("en-desktop", viewport=zoomed)
    browser.asks_axe = False
    browser.open(sandbox.url("province", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    for path in PAGES:
        browser.open(f"{sandbox.issuer}{path}")
        browser.look(f"narrow-{zoomed['width']}", path.rpartition("/")[2])
