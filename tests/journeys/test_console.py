"""Officials at work: a case at a window, a change of the levels, a new official; each decided by two people."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from playwright.sync_api import expect

from tests.journeys.sandbox import Sandbox
from tests.journeys.test_passkeys import Authenticator
from tests.journeys.walk import Walk
from tests.person import Person

pytestmark = pytest.mark.journey

DOCUMENTS = {"zh-desktop": "11010519491231002X", "en-phone": "440524188001010014"}
ROUTE = '[[proofing.citizen]]\nlevel = {}\nevidence = ["network_id"]'


@cache
def planted(sandbox: Sandbox, username: str) -> Person:
    """One object for each person, so that no code of the app is sent twice."""
    return sandbox.planted(username)


def enter(walk: Callable[..., Walk], sandbox: Sandbox, look: str, username: str) -> Walk:
    """Come into the console with password and code."""
    browser, person = walk(look), planted(sandbox, username)
    browser.open(f"{sandbox.issuer}/console")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at("/console$")
    return browser


def enter_with_key(walk: Callable[..., Walk], sandbox: Sandbox, look: str, username: str) -> Walk:
    """Come into the console at level 4: a key of one's own is made first, then it is what opens."""
    browser, person = walk(look), planted(sandbox, username)
    # With a key of an earlier story only that key would add another one.
    sandbox.forget_passkeys(person)
    Authenticator(browser)
    browser.open(f"{sandbox.issuer}/account/passkeys")
    browser.log_in(person)
    browser.is_at("/login/second-factor")
    browser.enter_code(person)
    browser.is_at("/account/passkeys$")
    browser.page.click("#passkey-add")
    browser.is_at("/account/sign-in-methods$")
    browser.open(f"{sandbox.issuer}/console")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.page.click("#passkey-login")
    browser.is_at("/console$")
    return browser


def prepare_a_visit(browser: Walk, person: Person, document: str) -> str:
    """What a citizen does at home; return the case's number."""
    sandbox = browser.sandbox
    browser.open(f"{sandbox.issuer}/account")
    browser.log_in(person)
    browser.is_at("/account$")
    browser.open(f"{sandbox.issuer}/account/proofing/counter?division=330106")
    browser.page.fill("#number", document)
    browser.page.click("#proofing-submit")
    browser.sees("#proofing-case[data-reason=for_official]")
    return browser.page.locator("#case-number").inner_text()


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_a_counter_case_is_decided_by_two_officials(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    story, person, document = "counter-case", sandbox.person(), DOCUMENTS[look]
    citizen = walk("zh-phone")
    number = prepare_a_visit(citizen, person, document)

    clerk = enter(walk, sandbox, look, "sunli")
    clerk.look(story, "clerk-home")
    clerk.page.click(".tx-account-body a[href='/console/cases']")
    clerk.sees(f"[data-case='{number}']")
    clerk.look(story, "queue")
    clerk.page.fill("#number", number)
    clerk.page.click("#case-find")
    clerk.is_at("/console/cases/")
    assert document not in clerk.page.content()
    clerk.look(story, "case")
    clerk.page.click("#examine")
    expect(clerk.page.locator(".tx-error-summary li")).to_have_count(3)
    clerk.look(story, "not-compared")
    clerk.page.check("#present")
    clerk.page.check("#genuine")
    clerk.page.fill("#document_number", document)
    clerk.page.fill("#reason", "已在 3 号窗口核对身份证原件")
    clerk.page.click("#examine")
    clerk.sees(".tx-notice")
    expect(clerk.page.locator("#approve")).to_have_count(0)
    clerk.look(story, "examined")

    approver = enter(walk, sandbox, look, "hegang")
    approver.page.click(".tx-account-body a[href='/console/cases']")
    approver.page.click(f"[data-case='{number}']")
    approver.look(story, "approver")
    approver.page.fill("#reason", "材料齐全，信息一致")
    approver.page.click("#approve")
    approver.sees("#case-state[data-state-code=approved]")
    approver.look(story, "approved")

    citizen.open(f"{sandbox.issuer}/account/proofing")
    citizen.sees(".tx-ladder [aria-current=step]", "L4")
    citizen.look(story, "citizen")


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_levels_are_proposed_simulated_and_approved_by_another(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    story = "levels"
    sandbox.person(totp=True, evidence=("network_id",))
    gao = enter_with_key(walk, sandbox, look, "gaoyuan")
    gao.page.click(".tx-account-body a[href='/console/levels']")
    gao.look(story, "in-force")
    before = gao.page.locator("#in-force").get_attribute("data-number")
    gao.page.click("#draft")
    text = gao.page.locator("#document").input_value()
    old, new = (3, 2) if ROUTE.format(3) in text else (2, 3)
    gao.page.fill("#document", text.replace("fal = 2", "fal = 7").replace("A1 = 2", 'A1 = "two"'))
    gao.page.click("#levels-check")
    gao.sees("#problems")
    expect(gao.page.locator("#problems li")).to_have_count(2)
    gao.look(story, "mistakes")
    gao.page.fill("#document", text.replace(ROUTE.format(old), ROUTE.format(new)))
    gao.page.click("#levels-check")
    gao.sees("#changes tbody tr", f"level {new}")
    gao.look(story, "difference")
    gao.page.click("#levels-propose")
    gao.sees("#version-state[data-state-code=proposed]")
    gao.look(story, "proposed")
    gao.page.click("#simulate")
    gao.sees("#simulation[data-run=done]")
    moved = "#lowered" if new < old else "#raised"
    assert int(gao.page.locator(moved).inner_text()) >= 1
    expect(gao.page.locator("#approve")).to_have_count(0)
    gao.look(story, "simulated")

    tang = enter_with_key(walk, sandbox, look, "tangmin")
    tang.open(gao.page.url)
    tang.look(story, "second-person")
    tang.page.click("#approve")
    tang.sees("#version-state[data-state-code=in_force]")
    tang.look(story, "in-force-now")
    tang.page.click(".tx-account-nav a[href='/console/levels']")
    number = tang.page.locator("#in-force").get_attribute("data-number")
    assert number is not None
    assert before is not None
    assert int(number) > int(before)


def test_an_official_is_made_by_two_people_and_takes_the_post_up(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    story = "official"
    person = sandbox.person(totp=True, name="周敏", evidence=("chip",))
    chen = enter(walk, sandbox, "zh-phone", "chenjing")
    chen.page.click(".tx-account-body a[href='/console/officials']")
    chen.look(story, "list")
    chen.page.click("#propose")
    chen.page.click("#propose-submit")
    chen.sees(".tx-error-summary")
    chen.look(story, "mistakes")
    chen.page.fill("#person", person.username)
    chen.page.fill("#username", f"xihu-{person.username}")
    chen.page.select_option("#division_code", "330106")
    chen.page.check("#role-proofing_clerk")
    chen.page.click("#propose-submit")
    chen.sees("#post-status[data-status=proposed]")
    expect(chen.page.locator("#approve")).to_have_count(0)
    chen.look(story, "proposed")

    gao = enter_with_key(walk, sandbox, "en-desktop", "linmo")
    gao.open(chen.page.url)
    expect(gao.page.locator("#approve")).to_have_count(0)
    tang = enter_with_key(walk, sandbox, "en-desktop", "tangmin")
    tang.open(chen.page.url)
    tang.look(story, "to-approve")
    tang.page.click("#approve")
    tang.sees("#post-status[data-status=active]")

    own = walk("zh-phone")
    own.open(f"{sandbox.issuer}/console/take-up")
    own.log_in(person)
    own.enter_code(person)
    own.look(story, "take-up")
    own.page.fill("#password", "Qiantang-River-2026!")
    own.page.click("#take-up")
    own.sees(".tx-notice")
    own.look(story, "taken-up")

    gao.page.click(".tx-account-nav a[href='/console/record']")
    gao.sees("[data-event='post.approved']", re.compile("Proofing clerk|proofing_clerk"))
    gao.look(story, "record")


def test_a_look_up_by_keyboard_leaves_its_trace(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    story, person = "look-up", sandbox.person(name="李娜", evidence=("register",))
    clerk = enter(walk, sandbox, "en-phone-dark", "sunli")
    clerk.open(f"{sandbox.issuer}/console/look-up")
    clerk.look(story, "form")
    clerk.type_into("#identifier", person.username)
    clerk.press("#look-up-submit")
    clerk.sees(".tx-error-summary")
    clerk.type_into("#reason", "at window 3, lost the phone")
    clerk.press("#look-up-submit")
    clerk.sees("#account", "L2")
    assert "李娜" not in clerk.page.locator("main").inner_text()
    clerk.look(story, "found")
