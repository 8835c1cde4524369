"""The pages in a real browser: no barrier that axe can find, nothing against the policy, comforts that work."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.templates import barriers, gallery
from tests.templates.samples import samples

pytestmark = pytest.mark.journey
SMALLEST = """() => Math.min(...[...document.querySelectorAll("body *")]
  .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.running() as url:
        yield url


@pytest.mark.parametrize("locale", gallery.LOCALES)
@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_no_page_has_a_barrier_in_any_view(
    address: str, new_page: Callable[..., Page], locale: str, *, elder: bool
) -> None:
    """WCAG 2.2 AA as far as axe can tell; light and dark, phone and desktop, 320 px, 200 %; nothing against the CSP."""
    page = new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = []
    for sample in samples(locale):
        gallery.visit(page, address, sample, locale, elder=elder)
        found += [f"{sample.name}: {one}" for one in [*barriers.find(page), *complaints]]
        complaints.clear()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("elder", "least"), [(False, 44), (True, 60)], ids=["standard", "elder"])
def test_targets_are_large_and_the_focus_is_seen(
    address: str, new_page: Callable[..., Page], least: int, *, elder: bool
) -> None:
    """Domain §7: 44 px, 60 px in large type, in which no letter is under 18 px."""
    page = new_page(viewport={"width": 375, "height": 740})
    found = []
    for sample in samples("zh_Hans"):
        if sample.template == "unavailable.html":
            continue  # known before anything about the person is
        gallery.visit(page, address, sample, "zh_Hans", elder=elder)
        smallest = page.evaluate(SMALLEST)
        found += [f"{sample.name}: {one}" for one in barriers.low_targets(page, least)]
        found += [f"{sample.name}: focus not seen: {one}" for one in barriers.hidden_focus(page)]
        if elder and smallest < 18:
            found.append(f"{sample.name}: a letter of {smallest} px")
    assert not found, "\n".join(found)


def test_password_can_be_shown_and_is_hidden_when_sent(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/login?lang=en")
    page.fill("#password", "secret words")
    show = page.get_by_role("button", name="Show password")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        """() => {
          const form = document.querySelector("main form");
          form.addEventListener("submit", (event) => event.preventDefault());
          form.requestSubmit();
        }"""
    )
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_a_form_is_sent_once_however_often_it_is_pressed(address: str, page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/gallery/consent?lang=en")
    with page.expect_navigation():
        page.evaluate("[1, 2, 3].forEach(() => document.querySelector('#consent-allow').click())")
    assert len(sent) == 1


def test_another_code_can_be_asked_for_only_after_the_wait(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/sign-up-code?lang=en")
    button = page.locator("#code-resend")
    expect(button).to_be_disabled()
    expect(button).to_have_text(re.compile(r"Send another in \d+ s"))


def test_progress_of_logging_out_is_told(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/logged-out?lang=en")
    expect(page.locator("[data-site=city-fund]")).to_have_attribute("data-state", "done")
    expect(page.locator("[data-site=city-fund] .tx-state-done")).to_be_visible()
    expect(page.locator("[data-site=county-registry] .tx-state-failed")).to_be_visible()


def test_reader_starts_at_the_errors_and_gets_to_the_field(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/login-wrong?lang=en")
    expect(page.locator(".tx-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter your password").press("Enter")
    expect(page.locator("#password")).to_be_focused()


def test_keyboard_reaches_everything_in_order(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/login?lang=en")
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        )
    assert reached == [
        "Skip to the content",
        "display-switch",
        "中文",
        "identifier",
        "password",
        "Show",
        "own-device",
        "login-submit",
        "sign-up",
    ]


def test_answer_by_form_post_goes_by_itself_and_by_hand(address: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"{address}/gallery/form-post?lang=en")
    expect(page).to_have_url(f"{address}/callback")
    without_script = new_page(java_script_enabled=False)
    without_script.goto(f"{address}/gallery/form-post?lang=en")
    without_script.click("#form-post-continue")
    expect(without_script).to_have_url(f"{address}/callback")
    assert "SplxlOBeZQQYbYS6WxSbIA" in without_script.content()
