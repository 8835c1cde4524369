"""Something given to a site and taken back: it loses it within seconds, says so kindly, and the person sees it did."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "taking-back"
SECONDS = 10


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone-dark"])
def test_a_number_given_for_reminders_is_taken_back(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk(look)
    log_in_at_the_city(browser, person)
    assert "phone_number" not in (browser.me("city") or {})

    browser.page.click("#reminders")
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.look(STORY, "consent")
    browser.page.check("input[name=item][value=phone_number]")
    browser.page.click("#consent-allow")
    browser.is_at_site("city", "/reminders")
    browser.page.click("#item-turn-on")
    browser.sees("#item-on")
    browser.look(STORY, "reminders-on")
    assert (browser.me("city") or {})["phone_number"] == person.phone

    browser.open(sandbox.service_page("city"))
    browser.page.click("#withdraw-phone_number")
    pressed_at = time.monotonic()
    eventually(lambda: "phone_number" not in (browser.me("city") or {}), SECONDS)
    assert time.monotonic() - pressed_at < SECONDS
    expect(browser.page.locator("#withdrawal")).to_be_visible()

    def is_acknowledged() -> bool:
        browser.page.reload()
        return browser.page.locator("#withdrawal").get_attribute("data-state") == "acknowledged"

    eventually(is_acknowledged, SECONDS)
    browser.look(STORY, "acknowledged")

    browser.open(sandbox.url("city", "/reminders"))
    browser.sees("#item-taken-back")
    browser.sees("#heard [data-event=consent-withdrawn]")
    browser.look(STORY, "reminders-taken-back")
    browser.open(sandbox.url("city", "/records"))
    browser.sees("#taken-back")
    browser.look(STORY, "records-after")
    # The rest goes on as before, and nobody is asked again unless they begin.
    browser.open(sandbox.url("city", "/login"))
    browser.is_at_site("city")
    browser.open(sandbox.url("city", "/reminders"))
    browser.sees("#item-taken-back")
    browser.page.click("#item-ask")
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.look(STORY, "asked-again")


def test_everything_taken_back_ends_the_login_and_a_deletion_is_answered(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk()
    browser.open(sandbox.url("province", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.page.click("#consent-allow")
    browser.is_at_site("province")

    browser.open(sandbox.service_page("province"))
    browser.page.click("#withdraw-all")
    eventually(lambda: browser.me("province") is None, SECONDS)
    browser.open(sandbox.url("province"))
    browser.sees("#farewell")
    browser.look(STORY, "farewell")

    browser.open(sandbox.service_page("province"))
    browser.page.click("#ask-deletion")
    browser.sees("#deletion-state")

    def is_answered() -> bool:
        browser.page.reload()
        return browser.page.locator("#deletion-state").get_attribute("data-status") == "completed"

    eventually(is_answered, SECONDS)
    browser.look(STORY, "deleted")


def test_the_county_fetches_what_it_is_told_and_says_what_it_must_keep(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    person = sandbox.person(totp=True, evidence=P3)
    browser = walk()
    browser.open(sandbox.url("county", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("county")
    browser.open(sandbox.service_page("county"))
    browser.page.click("#ask-deletion")
    browser.sees("#deletion-state")

    def is_answered() -> bool:
        browser.page.reload()
        return browser.page.locator("#deletion-state").get_attribute("data-status") == "refused"

    eventually(is_answered, SECONDS)
    expect(browser.page.locator("#deletion")).to_contain_text(re.compile("不动产登记"))


def log_in_at_the_city(browser: Walk, person: Person) -> None:
    """One login, no question: what the city needs rests on its duty."""
    browser.open(browser.sandbox.url("city", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at_site("city")
