"""A passkey, from its making to level 4, with Chromium's virtual authenticator."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession

from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey
DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """The device in the person's hand."""

    def __init__(self, browser: Walk, **changes: Any) -> None:
        self._session: CDPSession = browser.page.context.new_cdp_session(browser.page)
        self._session.send("WebAuthn.enable", {"enableUI": False})
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | changes})
        self.id: str = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """What is kept on it."""
        found = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def verifies(self, owner: bool) -> None:
        """Let its check of its owner succeed or fail from now on."""
        self._session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": owner})


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_a_passkey_opens_level_4(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.planted("suli"), "passkey"
    sandbox.forget_passkeys(person)
    browser = walk(look)
    device = Authenticator(browser)
    browser.open(f"{sandbox.issuer}/account/sign-in-methods")
    browser.log_in(person)
    if "/second-factor" in browser.page.url:
        browser.enter_code(person)
    browser.is_at("/account/sign-in-methods$")
    browser.look(story, "methods-before")
    browser.page.click("#passkey-new")
    # With the phone she reaches level 3: the password alone adds no key that opens level 4.
    browser.is_at("/login/second-factor/sms")
    browser.look(story, "second-factor")
    browser.page.click("#sms-send")
    browser.page.fill("#code", sandbox.code_sent_to(str(person.phone)))
    browser.page.click("#code-submit")
    browser.is_at("/account/passkeys$")
    name = f"我的手机 {look}"
    browser.page.fill("#name", name)
    browser.look(story, "add")
    browser.page.click("#passkey-add")
    browser.is_at("/account/sign-in-methods$")
    browser.sees(".tx-notice")
    browser.sees(f".tx-row-title:has-text('{name}') .tx-tag-good")
    browser.look(story, "methods-after")
    assert len(device.credentials()) == 1
    log_in_at_level_4(browser, device, story)


def log_in_at_level_4(browser: Walk, device: Authenticator, story: str) -> None:
    sandbox = browser.sandbox
    browser.open(sandbox.url("county", "/login?acr=urn:tongxing:loa:4"))
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.look(story, "login-level-4")
    device.verifies(False)
    browser.page.click("#passkey-login")
    browser.sees("[data-passkey-error]:not(:empty)")
    browser.look(story, "not-the-owner")
    device.verifies(True)
    browser.page.click("#passkey-login")
    browser.is_at_site("county")
    claims = browser.me("county")
    assert claims is not None
    assert claims["acr"] == "urn:tongxing:loa:4"
    assert set(claims["amr"]) == {"hwk", "user", "mfa"}


def test_who_keeps_no_hardware_key_stays_below(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    """A synchronized passkey is a second factor and a way in, but not level 4."""
    person, story = sandbox.person(totp=True), "passkey-second-factor"
    browser = walk("zh-desktop")
    Authenticator(browser, defaultBackupEligibility=True, defaultBackupState=True)
    browser.open(f"{sandbox.issuer}/account/passkeys")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at("/account/passkeys$")
    browser.page.fill("#name", "云端密钥")
    browser.page.click("#passkey-add")
    browser.is_at("/account/sign-in-methods$")
    browser.page.context.clear_cookies()
    browser.open(f"{sandbox.issuer}/account/sessions")
    browser.log_in(person)
    browser.is_at("/login/second-factor/passkey")
    browser.look(story, "passkey")
    browser.page.click("#passkey-confirm")
    browser.is_at("/account/sessions$")
    browser.sees("main", "密码、通行密钥")
    browser.look(story, "sessions")


def test_without_scripts_the_login_page_offers_what_works(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    browser = walk("zh-phone", java_script_enabled=False)
    browser.open(f"{sandbox.issuer}/login")
    assert not browser.page.locator("#passkey-login").is_visible()
    browser.log_in(sandbox.person())
    browser.is_at("/account$")


def test_renaming_and_removing(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, story = sandbox.person(), "passkey-remove"
    browser = walk("en-phone")
    Authenticator(browser)
    browser.open(f"{sandbox.issuer}/account/passkeys")
    browser.log_in(person)
    browser.is_at("/account/passkeys$")
    browser.page.click("#passkey-add")
    browser.is_at("/account/sign-in-methods$")
    browser.page.click("[data-passkey-id]")
    browser.is_at("/account/reauthenticate")
    browser.look(story, "confirm-that-it-is-you")
    browser.page.click("#passkey-confirm")
    browser.is_at("/account/passkeys/")
    browser.page.fill("#name", "Old phone")
    browser.look(story, "one")
    browser.page.click("#name-submit")
    browser.sees(".tx-row-title", "Old phone")
    browser.page.click("#password-remove")
    browser.look(story, "remove-password")
    browser.page.click("#remove-confirm")
    browser.is_at("/account/sign-in-methods$")
    browser.page.click("[data-passkey-id]")
    browser.page.click("#remove")
    browser.look(story, "remove")
    browser.page.click("#remove-confirm")
    browser.sees(".tx-error-summary", "last way")
    browser.look(story, "last-way-in")
    browser.page.click("#remove-cancel")
    browser.page.click("a[href='/account/password']")
    browser.page.fill("#new_password", "yesterday was a good day")
    browser.look(story, "set-a-password")
    browser.page.click("#password-submit")
    browser.page.click("[data-passkey-id]")
    browser.page.click("#remove")
    browser.page.click("#remove-confirm")
    browser.sees(".tx-notice")
    browser.look(story, "removed")
    assert "删除了一个通行密钥" in sandbox.last_message_to(person.phone or "")
