"""Becoming somebody here, and looking after one's account."""

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import expect

from tests.journey.levels import P2, P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import PASSWORD, Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
PHONE = "13912345678"


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_signing_up_with_a_phone(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    phone = f"{PHONE[:-1]}{1 if look == 'zh-phone' else 2}"
    browser, story = walk(look), "sign-up"
    browser.open(sandbox.url("city", "/login"))
    browser.page.click("#sign-up")
    browser.look(story, "phone")
    browser.page.fill("#phone", phone)
    browser.page.click("#sign-up-submit")
    browser.is_at("/sign-up/code")
    browser.look(story, "code")
    inbox = walk(look)
    inbox.open(sandbox.inbox_url)
    message = inbox.page.locator(f"[data-to='+86{phone}']")
    code = message.locator("[data-code]").inner_text()
    inbox.look(story, "inbox")
    wrong = "000000" if code != "000000" else "111111"
    browser.page.fill("#code", wrong)
    browser.page.click("#code-submit")
    browser.sees(".tx-error-summary")
    browser.look(story, "wrong-code")
    browser.page.fill("#code", code)
    browser.page.click("#code-submit")
    browser.is_at("/sign-up/details")
    browser.look(story, "details")
    browser.page.fill("#name", "周敏")
    browser.page.fill("#username", f"zhoumin-{look}")
    browser.page.fill("#password", "yesterday was a good day")
    browser.page.click("#sign-up-submit")
    # The phone is proven, the name is not: the site wants L2.
    browser.is_at("/raise-level")
    browser.look(story, "raise-level")
    sandbox.prove(sandbox.planted(f"zhoumin-{look}"), "register")
    browser.page.click("#raise-again")
    browser.is_at_site("city")
    claims = browser.me("city")
    assert claims is not None
    assert claims["name"] == "周敏"
    assert set(claims["amr"]) == {"pwd", "sms", "mfa"}


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_a_code_app_and_a_recovery_code(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.person(evidence=P3, phone=False), "code-app"
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/account")
    browser.log_in(person)
    browser.is_at(f"^{sandbox.issuer}/account$")
    browser.look(story, "account")
    browser.page.click("a[href='/account/totp']")
    browser.is_at("/account/totp$")
    browser.sees_picture(".tx-qr")
    browser.page.click(".tx-details summary")
    browser.look(story, "enrol")
    secret = re.sub(r"\s", "", browser.page.locator("#totp-secret").inner_text())
    app = pyotp.TOTP(secret)
    browser.page.fill("#code", "000000" if app.now() != "000000" else "111111")
    browser.page.click("#code-submit")
    browser.sees(".tx-error-summary")
    browser.look(story, "wrong-code")
    browser.page.fill("#code", app.now())
    browser.page.click("#code-submit")
    codes = browser.page.locator("#recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    browser.look(story, "recovery-codes")
    with browser.page.expect_download() as download:
        browser.page.click("#recovery-codes-download")
    assert download.value.path().read_text(encoding="utf-8").split() == codes
    browser.page.click("#recovery-codes-continue")
    browser.look(story, "methods")
    log_in_with_a_recovery_code(walk(look), person, codes[0], story)
    again = walk(look)
    again.open(f"{sandbox.issuer}/account")
    again.log_in(person)
    again.page.click("#method-recovery_code")
    again.page.fill("#code", codes[0])
    again.page.click("#code-submit")
    again.sees(".tx-error-summary")


def log_in_with_a_recovery_code(browser: Walk, person: Person, code: str, story: str) -> None:
    browser.open(browser.sandbox.url("county", "/login"))
    browser.log_in(person)
    browser.page.click("#method-recovery_code")
    browser.look(story, "recovery-code")
    browser.page.fill("#code", code.lower())
    browser.page.click("#code-submit")
    browser.is_at_site("county")
    claims = browser.me("county")
    assert claims is not None
    assert "recovery_code" in claims["amr"]


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_ending_a_session_from_another_device(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.person(evidence=P2), "sessions"
    lost, mine = walk(look), walk(look)
    lost.open(sandbox.url("city", "/login"))
    lost.log_in(person)
    lost.is_at_site("city")
    mine.open(f"{sandbox.issuer}/account/sessions")
    mine.log_in(person)
    mine.is_at("/account/sessions$")
    expect(mine.page.locator("button[data-session]")).to_have_count(2)
    mine.look(story, "two-devices")
    mine.page.locator("button[data-session].tx-btn-danger").click()
    mine.sees(".tx-notice")
    expect(mine.page.locator("button[data-session]")).to_have_count(1)
    mine.look(story, "one-device")
    eventually(lambda: lost.me("city") is None)
    lost.open(f"{sandbox.issuer}/account")
    lost.is_at(f"^{sandbox.issuer}/login")
    lost.open(sandbox.url("city", "/records"))
    lost.is_at(f"^{sandbox.issuer}/login")


def test_a_new_password_and_every_page_of_the_account(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, story = sandbox.person(), "account"
    browser = walk("zh-desktop")
    browser.open(f"{sandbox.issuer}/account/password")
    browser.log_in(person)
    browser.is_at("/account/password$")
    browser.look(story, "password")
    browser.page.fill("#current_password", PASSWORD)
    browser.page.fill("#new_password", "天天向上 every single day")
    browser.page.click("#password-submit")
    browser.sees(".tx-notice")
    browser.look(story, "changed")
    other = walk("en-phone")
    other.open(f"{sandbox.issuer}/account")
    other.log_in(person)
    other.sees(".tx-error-summary")
    other.look(story, "old-password")
    other.log_in(person, "天天向上 every single day")
    other.is_at(f"^{sandbox.issuer}/account$")
