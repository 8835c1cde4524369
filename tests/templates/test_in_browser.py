"""The pages in a real browser: no barrier that axe can find, nothing against the policy, comforts that work."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.templates import gallery
from tests.templates.samples import samples

pytestmark = pytest.mark.journey
NAMES = [sample.name for sample in samples("en")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.running() as url:
        yield url


@pytest.mark.parametrize(
    ("locale", "sight"), [("zh_Hans", "desktop"), ("en", "phone-dark"), ("zh_Hans", "elder"), ("en", "elder")]
)
def test_no_barriers_and_nothing_against_the_policy(
    address: str, new_page: Callable[..., Page], locale: str, sight: str
) -> None:
    options, elder = gallery.SIGHTS[sight]
    page = new_page(**options)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in NAMES:
        gallery.visit(page, address, gallery.find_sample(name, locale), locale, elder=elder)
        found = Axe().run(page, options=RULES)
        assert not found.response["violations"], f"{name}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}"
        assert not complaints, name


def test_large_type_keeps_its_promise(address: str, new_page: Callable[..., Page]) -> None:
    options, _ = gallery.SIGHTS["elder"]
    page = new_page(**options)
    for name in NAMES:
        if name == "unavailable":
            continue  # known before anything about the person is
        gallery.visit(page, address, gallery.find_sample(name, "zh_Hans"), "zh_Hans", elder=True)
        smallest = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll("body *")]
              .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
              .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert smallest >= 18, name
        low = page.evaluate(
            """() => [...document.querySelectorAll("button, .tx-btn, input.form-control, .tx-row")]
              .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 60).map((e) => e.outerHTML)"""
        )
        assert not low, name


def test_password_can_be_shown_and_is_hidden_when_sent(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/login?lang=en")
    page.fill("#password", "secret words")
    show = page.get_by_role("button", name="Show password")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        """() => {
          const form = document.querySelector("form");
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
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        )
    assert reached == [
        "Skip to the content",
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
