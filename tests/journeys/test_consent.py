"""Being asked once: a first consent, no second question, only the addition when something is added, a no that rests."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from clients.sites.province.definition import PROVINCE
from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "consent"


@pytest.fixture
def only_names(sandbox: Sandbox) -> Iterator[Callable[[], None]]:
    """The province's site without its phone numbers; what is returned gives them back."""
    items = PROVINCE.metadata["items"]
    sandbox.state("province", items=[one for one in items if one["name"] == "name"])
    yield lambda: sandbox.state("province", items=items)
    sandbox.state("province", items=items)


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_a_person_is_asked_once_and_then_only_for_the_addition(
    walk: Callable[..., Walk], sandbox: Sandbox, only_names: Callable[[], None], look: str
) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk(look)
    to_the_question(browser, person)
    eventually(lambda: browser.page.reload() and boxes(browser) == ["name"])
    browser.look(STORY, "first")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")

    log_in_again(browser)
    browser.is_at_site("province")

    only_names()

    def is_asked() -> bool:
        log_in_again(browser)
        return browser.page.locator("#consent-allow").is_visible()

    eventually(is_asked)
    assert boxes(browser) == ["phone_number"]
    expect(browser.page.locator("#consent-reason")).to_have_attribute("data-reason", "new_items")
    browser.page.click("#consent-known summary")
    browser.look(STORY, "addition")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    assert (browser.me("province") or {})["phone_number"] == person.phone


def test_a_no_rests_until_the_person_looks_again(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk("en-phone")
    to_the_question(browser, person)
    browser.page.click("#consent-deny")
    browser.is_at(f"^{sandbox.url('province')}")
    log_in_again(browser)
    browser.look(STORY, "refused")
    assert boxes(browser) == []
    browser.page.click("#consent-ask-again")
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")


def to_the_question(browser: Walk, person: Person) -> None:
    browser.open(browser.sandbox.url("province", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at(f"^{browser.sandbox.issuer}/consent")


def log_in_again(browser: Walk) -> None:
    browser.open(browser.sandbox.url("province", "/login"))


def boxes(browser: Walk) -> list[str]:
    """Return the names of the items with a box."""
    found: list[str] = browser.page.eval_on_selector_all(
        "input[name=item]", "all => all.map(one => one.value)"
    )
    return found
