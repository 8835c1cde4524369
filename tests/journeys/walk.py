"""Somebody's way through the pages in one browser, looked at on the way.

Each look takes a picture (var/screenshots/journeys), asks axe for barriers and notices sideways scrolling.
Whatever the browser complains about on the way (policy violations, errors of scripts) is remembered.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from idp import clock
from tests.journeys.sandbox import Sandbox
from tests.person import PASSWORD, TOTP_SECRET, Person
from tests.waiting import eventually

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots" / "journeys"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
CHINESE, ENGLISH = {"locale": "zh-CN"}, {"locale": "en-GB"}
LOOKS: dict[str, dict[str, Any]] = {
    "zh-desktop": CHINESE | DESKTOP,
    "zh-phone": CHINESE | PHONE,
    "en-desktop": ENGLISH | DESKTOP,
    "en-phone": ENGLISH | PHONE,
    "en-phone-dark": ENGLISH | PHONE | {"color_scheme": "dark"},
}
MOST_TABS = 60
STEP = 30  # seconds (RFC 6238 §4)


class Walk:
    """One browser. ``page`` is what it shows; ``look`` names language and device."""

    def __init__(self, new_page: Callable[..., Page], sandbox: Sandbox, look: str, **options: Any) -> None:
        self.page = new_page(**LOOKS[look] | options)
        self.sandbox = sandbox
        self.name = look
        self.asks_axe = bool(options.get("java_script_enabled", True))
        self._pictures = 0
        self._complaints: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._complaints.append((self.page.url, str(error))))
        self.page.on("response", self._on_response)

    def open(self, url: str) -> None:
        """Go to *url*."""
        self.page.goto(url)

    def is_at(self, pattern: str) -> None:
        """Check that the page's address matches *pattern*."""
        expect(self.page).to_have_url(re.compile(pattern))

    def is_at_site(self, site: str, path: str = "/records") -> None:
        """Check that the page is that one of a site, whatever its query."""
        self.is_at(f"^{re.escape(self.sandbox.url(site, path))}(\\?.*)?$")

    def sees(self, selector: str, text: str | re.Pattern[str] | None = None) -> None:
        """Check that it is there, with *text* in it."""
        found = self.page.locator(selector)
        expect(found).to_be_visible()
        if text is not None:
            expect(found).to_contain_text(text)

    def sees_picture(self, selector: str) -> None:
        """Check that a picture is there and was drawn."""
        drawn = "(it) => it.complete && it.naturalWidth > 100"
        eventually(lambda: bool(self.page.locator(selector).evaluate(drawn)))

    def look(self, story: str, name: str) -> None:
        """Take a picture of the page, and check that nobody is shut out of it."""
        self._pictures += 1
        folder = PICTURES / story
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{self._pictures:02}-{name}-{self.name}.png", full_page=True)
        if self.asks_axe:
            found = Axe().run(self.page, options=RULES)
            assert not found.response["violations"], f"{name}: {found.generate_report()}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name} scrolls sideways by {wide}"

    def log_in(self, person: Person, password: str = PASSWORD) -> None:
        """Fill in the login page that is open."""
        self.page.fill("#identifier", person.username)
        self.page.fill("#password", password)
        self.page.click("#login-submit")

    def enter_code(self, person: Person) -> None:
        """Fill in the page that asks for a code of the authenticator app."""
        self.page.fill("#code", code_of(person))
        self.page.click("#code-submit")

    def me(self, site: str) -> dict[str, Any] | None:
        """Return what the site says it knows of this browser's person; None when nobody is logged in."""
        answer = self.page.request.get(self.sandbox.url(site, "/me"))
        if answer.status == 401:
            return None
        assert answer.status == 200, answer.text()
        claims: dict[str, Any] = answer.json()
        return claims

    def tab_to(self, selector: str) -> None:
        """Reach an element by the keyboard, where it must be seen to have the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("(it) => document.activeElement.matches(it)", selector):
                break
        else:
            raise AssertionError(f"{selector} cannot be reached by Tab at {self.page.url}")
        shown = self.page.evaluate(
            """() => {
              const style = getComputedStyle(document.activeElement);
              return style.outlineStyle !== "none" || style.boxShadow !== "none";
            }"""
        )
        assert shown, f"{selector} does not show that it has the focus"

    def press(self, selector: str, key: str = "Enter") -> None:
        """Reach an element by the keyboard and press a key on it."""
        self.tab_to(selector)
        self.page.keyboard.press(key)

    def type_into(self, selector: str, text: str) -> None:
        """Reach a field by the keyboard and type."""
        self.tab_to(selector)
        self.page.keyboard.type(text)

    def check_complaints(self) -> None:
        """Fail when the browser complained, other than about a page that was refused as the test wished."""
        found = [
            (url, text)
            for url, text in self._complaints
            if not (text.startswith("Failed to load resource: the server responded") and url in self._refused)
        ]
        assert not found

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append((message.location["url"], message.text))

    def _on_response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame == self.page.main_frame
        if is_page and 400 <= response.status < 500:
            self._refused.add(response.url)


def code_of(person: Person) -> str:
    """Return an unused code that is good for half a minute more: pages in a browser take their time.

    Who used the last one that counts already, maybe in another test, waits for the next as people do.
    """
    eventually(lambda: person._last_step <= clock.timestamp() // STEP, 2 * STEP)
    step = max(clock.timestamp() // STEP, person._last_step + 1)
    person._last_step = step
    return pyotp.TOTP(TOTP_SECRET).generate_otp(step)
