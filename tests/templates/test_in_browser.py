"""The pages in a real browser: no barrier that axe can find, nothing against the policy, comforts that work."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.templates import barriers, gallery
from tests.templates.sample import Sample
from tests.templates.samples import samples

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.running() as url:
        yield url


def looked_at(locale: str, *, elder: bool) -> list[Sample]:
    """Return one sample of every template, and of further ones the fourth part that is this combination's."""
    seen: set[str] = set()
    chosen = []
    turn = gallery.LOCALES.index(locale) * 2 + elder
    for number, sample in enumerate(samples(locale)):
        if sample.template not in seen or number % 4 == turn:
            chosen.append(sample)
        seen.add(sample.template)
    return chosen


@pytest.mark.timeout(900)
@pytest.mark.parametrize("locale", gallery.LOCALES)
@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_no_page_keeps_people_out(
    address: str, new_page: Callable[..., Page], locale: str, *, elder: bool
) -> None:
    """WCAG 2.2 AA as far as axe can tell, light and dark, phone and desktop; 320 px, 200 %; nothing against the CSP.

    Domain §7: targets of 44 px, of 60 px in large type, in which no letter is under 18 px; the focus is seen.
    """
    page = new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = []
    for sample in looked_at(locale, elder=elder):
        gallery.visit(page, address, sample, locale, elder=elder)
        wrong = [*complaints, *barriers.find(page)]
        # The English page has the same controls; `unavailable` is shown before anything about the person is known.
        if locale == gallery.LOCALES[0] and sample.template != "unavailable.html":
            page.set_viewport_size({"width": 375, "height": 740})
            wrong += [f"low target {one}" for one in barriers.low_targets(page, 60 if elder else 44)]
            wrong += [f"focus not seen {one}" for one in barriers.hidden_focus(page)]
            wrong += barriers.small_letters(page, 18) if elder else []
        found += [f"{sample.name}: {one}" for one in wrong]
        complaints.clear()
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


def test_type_grows_without_losing_what_was_typed(address: str, page: Page) -> None:
    page.route("**/display", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/gallery/login?lang=en")
    page.fill("#identifier", "zhangwei")
    with page.expect_request("**/display") as sent:
        page.click("#display-switch")
    assert "view=elder" in (sent.value.post_data or "")
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    expect(page.locator("#identifier")).to_have_value("zhangwei")
    expect(page.locator("#display-switch")).to_have_text("Standard view")
    with page.expect_request("**/display") as sent:
        page.click("#display-switch")
    assert "view=standard" in (sent.value.post_data or "")
    expect(page.locator("html")).not_to_have_attribute("data-mode", "elder")


def test_large_type_shows_main_things_first(address: str, page: Page) -> None:
    page.goto(f"{address}/gallery/login-ways?lang=en")
    expect(page.locator("#login-sms")).to_be_visible()
    expect(page.locator(".tx-more summary")).to_be_hidden()
    page.goto(f"{address}/gallery/login-ways?lang=en&elder=1")
    expect(page.locator("#login-sms")).to_be_hidden()
    page.click(".tx-more summary")
    expect(page.locator("#login-sms")).to_be_visible()


def test_more_time_is_given_without_leaving_the_page(address: str, page: Page) -> None:
    """WCAG 2.2 §2.2.1: warned, one simple action, nothing typed is lost."""
    left = {"seconds": 900, "can_extend": True, "kind": "journey", "person": ""}
    page.route("**/more-time?*", lambda route: route.fulfill(json=left))
    page.goto(f"{address}/gallery/time-journey?lang=en")
    warning = page.locator("[data-time-limit]")
    expect(warning).to_contain_text("This page ends in 2 min.")
    expect(warning.get_by_role("alert")).to_have_text("This page ends in 2 min.")
    page.fill("#name", "Zhang Wei")
    page.click("#time-more")
    expect(warning).to_contain_text("You can go on.")
    expect(warning).to_be_hidden(timeout=10_000)
    expect(page.locator("#name")).to_have_value("Zhang Wei")


def test_after_the_end_a_login_in_a_new_tab_brings_the_page_back(address: str, page: Page) -> None:
    left = {"seconds": 0, "can_extend": False, "kind": "session", "person": ""}
    page.route("**/more-time?*", lambda route: route.fulfill(json=left))
    page.goto(f"{address}/gallery/time-session-over?lang=en")
    warning = page.locator("[data-time-limit]")
    expect(warning).to_contain_text("What you typed is still here")
    expect(page.locator("#time-again")).to_have_attribute("target", "_blank")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(warning).to_contain_text("What you typed is still here")
    left |= {"seconds": 86_000, "person": "4be1"}
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(warning).to_contain_text("You can go on.")


def test_when_somebody_else_logs_in_the_page_of_the_first_is_gone(address: str, page: Page) -> None:
    left = {"seconds": 86_000, "can_extend": True, "kind": "session", "person": "77aa"}
    page.route("**/more-time?*", lambda route: route.fulfill(json=left))
    page.goto(f"{address}/gallery/time-session-over?lang=en")
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_more_time_by_a_plain_form_leaves_the_page_open(address: str, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}/gallery/time-journey?lang=en")
    page.fill("#name", "Zhang Wei")
    page.context.route("**/more-time?*", lambda route: route.fulfill(body="ok", content_type="text/html"))
    with page.expect_popup() as opened:
        page.click("#time-more-plain")
    assert "/more-time?journey=" in opened.value.url
    expect(page.locator("#name")).to_have_value("Zhang Wei")
