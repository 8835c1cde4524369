"""An older account, linked in three ways: the city's older system knows its people, and forgets when they unlink."""

from collections.abc import Callable, Iterator

import pytest

from clients.legacy import settings
from clients.legacy.card_store import PASSWORD as OLD_PASSWORD
from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person
from tests.services.legacy_system import LegacySystem
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "linking"
LINKED = "/account/linked"


@pytest.fixture(scope="module")
def system(sandbox: Sandbox) -> Iterator[LegacySystem]:
    running = LegacySystem(sandbox.deployment)
    yield running
    running.stop()


def arrive(browser: Walk, system: LegacySystem, person: Person) -> None:
    """Log in at the older system with Tongxing, which does not know whose card it is."""
    browser.open(system.url("/login"))
    browser.log_in(person)
    browser.page.check("input[name=item][value=legacy_id]")
    browser.page.click("#consent-allow")
    browser.is_at(f"^{system.url('/card')}")


def log_in_old(browser: Walk, username: str) -> None:
    browser.page.fill("#username", username)
    browser.page.fill("#password", OLD_PASSWORD)
    browser.page.click("#old-login-submit")


def see_card(browser: Walk, system: LegacySystem) -> str:
    """Return the number of the card that Tongxing's login opens; empty where none is known."""
    browser.open(system.url("/login"))
    browser.is_at(f"^{system.url('/card')}")
    number = browser.page.locator("#card-number")
    return number.inner_text() if browser.page.locator("#by-link").count() else ""


@pytest.mark.parametrize(
    ("look", "username", "card"),
    [("zh-phone", "zw1990", "HZ-330100-0007"), ("en-desktop", "lina88", "HZ-330100-0008")],
)
def test_logging_in_there_once_links_the_card(
    walk: Callable[..., Walk], sandbox: Sandbox, system: LegacySystem, look: str, username: str, card: str
) -> None:
    person, browser = sandbox.person(evidence=P3), walk(look)
    arrive(browser, system, person)
    browser.sees("#not-linked")
    browser.look(STORY, "not-linked")
    browser.page.click("#link")
    browser.is_at(f"^{sandbox.issuer}{LINKED}/new")
    browser.look(STORY, "ways")
    browser.page.click("#link-log-in")
    browser.is_at(f"^{system.url('/old-login')}")
    browser.look(STORY, "old-login")
    log_in_old(browser, username)
    browser.sees("#card-number", card)
    browser.look(STORY, "which-card")
    browser.page.click("#link-yes")
    browser.is_at(f"^{sandbox.issuer}{LINKED}/return")
    browser.sees("#legacy-masked", f"******{card[-2:]}")
    browser.look(STORY, "confirm")
    browser.page.click("#link-confirm")
    browser.is_at(f"^{sandbox.issuer}{LINKED}$")
    browser.look(STORY, "linked")

    # Its own login has ended there: Tongxing's alone opens the card.
    browser.open(system.url("/"))
    browser.page.click("#old-logout")
    assert see_card(browser, system) == card
    browser.look(STORY, "recognised")

    browser.open(f"{sandbox.issuer}{LINKED}")
    browser.page.click("#unlink-1")
    browser.is_at(f"^{sandbox.issuer}{LINKED}$")

    def is_forgotten() -> bool:
        browser.open(system.url("/card"))
        return browser.page.locator("#not-linked").count() == 1

    eventually(is_forgotten, 30)


def test_a_code_from_the_counter_links_the_card(
    walk: Callable[..., Walk], sandbox: Sandbox, system: LegacySystem
) -> None:
    clerk = walk("zh-desktop")
    clerk.open(system.url("/counter"))
    log_in_old(clerk, "counter")
    clerk.page.click("#give-3")
    clerk.look(STORY, "counter")
    code = clerk.page.locator("#code").inner_text()

    person, browser = sandbox.person(evidence=P3), walk("en-phone-dark")
    arrive(browser, system, person)
    browser.open(f"{sandbox.issuer}{LINKED}")
    browser.page.click("#type-code")
    browser.look(STORY, "code")
    browser.page.fill("#code", code.lower().replace("-", " "))
    browser.page.click("#code-submit")
    browser.is_at(f"^{sandbox.issuer}{LINKED}$")
    assert see_card(browser, system) == "HZ-330100-0009"


def test_a_right_answer_links_the_card_and_a_wrong_one_does_not(
    walk: Callable[..., Walk], sandbox: Sandbox, system: LegacySystem
) -> None:
    person, browser = sandbox.person(evidence=P3), walk("zh-desktop")
    arrive(browser, system, person)
    browser.open(f"{sandbox.issuer}{LINKED}/new?client_id={settings.CLIENT_ID}")
    for answer in ("000", "577"):
        browser.page.fill("#account", "HZ-330100-0010")
        browser.page.fill("#answer", answer)
        browser.page.click("#link-check")
        if answer == "000":
            browser.sees("#answer-error")
            browser.look(STORY, "wrong-answer")
    browser.is_at(f"^{sandbox.issuer}{LINKED}$")
    assert see_card(browser, system) == "HZ-330100-0010"
