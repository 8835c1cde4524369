"""Rising from level 1 to 3 without showing a face, in steps that can lie days apart; a visit prepared at home."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person

pytestmark = pytest.mark.journey

LINA = {"number": "330106199511039048", "card": "6217 9933 1002 700141", "phone": "199 0000 0002"}


def prove(browser: Walk, step: str) -> None:
    browser.page.locator(f"[data-step={step}] a").first.click()
    browser.is_at(f"/account/proofing/{step.replace('_', '-')}")


def enter_code(browser: Walk, person: Person) -> None:
    browser.is_at("/code\\?")
    assert person.phone is not None
    browser.page.fill("#code", browser.sandbox.code_sent_to(person.phone))
    browser.page.click("#code-submit")


def test_lina_rises_from_level_1_to_3_without_a_face(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    lina, story = sandbox.planted("lina"), "proof-of-name"
    browser = walk("zh-phone")
    browser.open(f"{sandbox.issuer}/account/proofing")
    browser.log_in(lina)
    browser.is_at("/account/proofing$")
    browser.sees(".tx-ladder [aria-current=step]", "L1")
    browser.look(story, "level-1")
    prove(browser, "register")
    browser.page.fill("#number", "330106199511039049")
    browser.page.click("#proofing-submit")
    browser.sees(".tx-error-summary")
    browser.look(story, "typing-error")
    browser.page.fill("#number", LINA["number"])
    browser.page.click("#proofing-submit")
    browser.sees("#proofing-case[data-state=approved]")
    browser.look(story, "register")
    browser.page.click("#proofing-overview")
    browser.sees(".tx-ladder [aria-current=step]", "L2")
    browser.look(story, "level-2")
    prove(browser, "operator3")
    expect(browser.page.locator("#phone")).to_have_value("19900000002")
    browser.look(story, "operator")
    browser.page.click("#proofing-submit")
    browser.look(story, "code")
    enter_code(browser, lina)
    browser.sees("#proofing-case[data-state=approved]")
    # The rest another day, on another device.
    later = walk("en-desktop")
    later.open(f"{sandbox.issuer}/account/proofing")
    later.log_in(lina)
    later.sees("[data-step=operator3][data-state=done]", "Is proven")
    later.look(story, "resumed")
    prove(later, "bank4")
    later.page.fill("#card", LINA["card"])
    later.page.fill("#phone", LINA["phone"])
    later.look(story, "bank")
    later.page.click("#proofing-submit")
    enter_code(later, lina)
    later.sees("#proofing-case[data-state=approved]")
    later.look(story, "bank-approved")
    later.page.click("#proofing-overview")
    later.sees(".tx-ladder [aria-current=step]", "L3")
    later.sees(".tx-hintbox-warning", "level 2")
    later.look(story, "level-3")


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_a_visit_is_prepared_at_home(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.person(), "visit"
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/account/proofing")
    browser.log_in(person)
    prove(browser, "counter")
    browser.look(story, "place")
    for place in ("浙江省", "杭州市", "西湖区"):
        browser.page.get_by_role("link", name=place, exact=True).click()
    browser.is_at("division=330106")
    browser.page.fill("#number", "11010519491231002X")
    browser.look(story, "form")
    browser.page.click("#proofing-submit")
    browser.sees("#proofing-case[data-reason=for_official]")
    assert re.fullmatch(r"([2-9A-Z]{4}-){2}[2-9A-Z]{4}", browser.page.locator("#case-number").inner_text())
    browser.sees_picture(".tx-qr")
    browser.look(story, "ticket")
    browser.page.click("#proofing-overview")
    browser.sees("#proofing-open [data-case]")
    browser.look(story, "waiting")
    browser.page.click("#proofing-open [data-case]")
    browser.page.click("#proofing-cancel")
    browser.sees(".tx-notice")
    expect(browser.page.locator("#proofing-open")).to_have_count(0)


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_a_register_that_is_down_is_asked_again(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, story = sandbox.person(name="李娜"), "register-down"
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/account/proofing/register")
    browser.log_in(person)
    sandbox.register_fault("population", "down")
    try:
        browser.page.fill("#number", LINA["number"])
        browser.page.click("#proofing-submit")
        browser.sees("#proofing-case[data-reason=source_away]")
        browser.look(story, "waiting")
    finally:
        sandbox.register_fault("population", None)
    browser.open(f"{sandbox.issuer}/account/proofing")
    browser.page.click("#proofing-open [data-case]")
    browser.page.click("#proofing-cancel")
    browser.sees(".tx-notice")


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop", "en-phone-dark"])
def test_every_other_way_has_its_page(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.person(), "ways"
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/account/proofing/face")
    browser.log_in(person)
    browser.is_at("/account/proofing/face$")
    browser.sees("#face-alternatives")
    browser.look(story, "face")
    for way in ("network-id", "chip", "vouch", "vouching"):
        browser.open(f"{sandbox.issuer}/account/proofing/{way}")
        browser.look(story, way)
    browser.open(f"{sandbox.issuer}/account/proofing/vouch")
    browser.page.click("#proofing-submit")
    browser.sees("#proofing-case[data-reason=for_voucher]")
    browser.look(story, "vouch-ticket")
