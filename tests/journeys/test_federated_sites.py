"""Sites that nobody registered at the provider: a login from county to province, and one that is suspended."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.journey.levels import L2, L3, P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.test_console import enter
from tests.journeys.walk import Walk
from tests.person import Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "federation"
SITES = ("county", "city", "province", "housing")
# "A federated RP can be suspended at any node above it and is out within a minute everywhere."
SECONDS = 60


@pytest.fixture
def suspend(sandbox: Sandbox) -> Iterator[Callable[[str, str], None]]:
    """A function that suspends an entity below an authority; whatever still is in the end is taken up again."""
    suspended: list[tuple[str, str]] = []

    def begin(superior: str, entity: str) -> None:
        sandbox.suspend(superior, entity)
        suspended.append((superior, entity))

    yield begin
    for superior, entity in suspended:
        sandbox.resume(superior, entity)


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_from_the_county_on_to_city_and_province(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk(look)
    assert not {sandbox.entity_id(site) for site in SITES} & sandbox.registered()
    browser.open(sandbox.url("county"))
    browser.look(STORY, "county-home")
    browser.page.click("#login")
    log_in(browser, person)
    browser.is_at_site("county")
    browser.look(STORY, "county-records")

    browser.page.click("[data-site=city]")
    browser.is_at_site("city")
    browser.page.click("[data-site=province]")
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.look(STORY, "province-consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    browser.page.click("[data-site=housing]")
    browser.is_at_site("housing")
    browser.look(STORY, "housing-records")

    claims = {site: browser.me(site) or {} for site in SITES}
    assert [claims[site]["acr"] for site in SITES] == [L3, L2, L2, L2]
    assert {found["aud"] for found in claims.values()} == {sandbox.entity_id(site) for site in SITES}
    assert len({found["sub"] for found in claims.values()}) == len(SITES)


@pytest.mark.parametrize(
    ("look", "node"), [("zh-desktop", "the county"), ("en-phone", "the county's authority")], ids=str
)
def test_a_suspended_county_is_out_within_a_minute_and_everybody_knows_why(
    walk: Callable[..., Walk],
    sandbox: Sandbox,
    look: str,
    node: str,
) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk(look)
    browser.open(sandbox.url("county", "/login"))
    log_in(browser, person)
    browser.is_at_site("county")

    county, city = (f"{sandbox.issuer}/authorities/{code}" for code in ("330106", "330100"))
    entity = sandbox.entity_id("county")
    if node == "the county":
        superior, out = county, entity
        resume = suspend_in_the_tree(enter(walk, sandbox, look, "chenjing"), county)
    else:
        superior, out = city, county
        resume = suspend_by_command(sandbox, city, county)
    at = time.monotonic()

    def is_refused() -> bool:
        browser.open(sandbox.url("county", "/login"))
        return browser.page.locator("#error[data-error=site_suspended]").is_visible()

    eventually(is_refused, SECONDS)
    assert time.monotonic() - at < SECONDS
    # The person: a sentence, what to do, a number to ask with; and never sent to an address that nobody vouches for.
    browser.is_at(f"^{sandbox.issuer}/")
    browser.sees("#error h1", "暂停" if look.startswith("zh") else "paused")
    browser.sees("#error[data-trace]")
    browser.look(STORY, "suspended")
    # Everybody else goes on.
    browser.open(sandbox.url("city", "/login"))
    browser.is_at_site("city")

    # The operator: which step, whose, why; the site's developer the same without the reason.
    told = explain(sandbox, entity)
    assert "chosen" not in told
    assert (told["refusal"]["entity_id"], told["refusal"]["superior_id"]) == (out, superior)
    browser.open(f"{sandbox.issuer}/federation/explain?entity={entity}")
    browser.look(STORY, "explained")

    resume()
    at = time.monotonic()

    def is_back() -> bool:
        browser.open(sandbox.url("county", "/login"))
        return browser.page.url.startswith(sandbox.url("county", "/records"))

    eventually(is_back, SECONDS)
    assert time.monotonic() - at < SECONDS


def test_a_city_site_that_pushes_says_itself_that_it_is_suspended(
    walk: Callable[..., Walk], sandbox: Sandbox, suspend: Callable[[str, str], None]
) -> None:
    browser, entity = walk("zh-phone"), sandbox.entity_id("city")
    suspend(f"{sandbox.issuer}/authorities/330100", entity)

    def is_refused() -> bool:
        browser.open(sandbox.url("city", "/login"))
        return browser.page.locator("#error[data-error=site_refused]").is_visible()

    eventually(is_refused, SECONDS)
    browser.is_at_site("city", "/login")
    browser.look(STORY, "city-says-so")


def test_housing_lives_by_either_of_its_superiors(
    walk: Callable[..., Walk], sandbox: Sandbox, suspend: Callable[[str, str], None]
) -> None:
    browser, entity = walk("zh-desktop"), sandbox.entity_id("housing")
    city, ministry = (f"{sandbox.issuer}/authorities/{name}" for name in ("330100", "mohurd-330000"))
    suspend(city, entity)
    assert sandbox.path("housing")[1] == ministry
    browser.open(sandbox.url("housing", "/login"))
    browser.is_at(f"^{sandbox.issuer}/login")
    suspend(ministry, entity)

    def is_refused() -> bool:
        browser.open(sandbox.url("housing", "/login"))
        return browser.page.locator("#error").is_visible()

    eventually(is_refused, SECONDS)


def suspend_in_the_tree(official: Walk, county: str) -> Callable[[], None]:
    """Look for the county in the console, suspend its site with a reason; return what takes it up again."""
    official.open(f"{official.sandbox.issuer}/console/federation")
    official.page.fill("#q", "西湖区")
    official.page.click("#q-submit")
    official.page.click(f"#found a[data-entity='{county}']")
    official.look(STORY, "console-county")
    official.page.get_by_role("link", name="不动产登记").click()
    official.sees("#standing[data-state=active]")
    official.sees("#cut-off [data-sites='1']")
    official.page.fill("#reason", "等保测评未通过，整改期间暂停")
    official.page.check("#understood")
    official.look(STORY, "console-suspend")
    official.page.click("#suspend")
    official.sees("#standing[data-state=suspended]")
    official.sees("#suspended-why", "等保测评")
    official.look(STORY, "console-suspended")

    def resume() -> None:
        official.page.fill("#reason", "整改完成")
        official.page.click("#resume")
        official.sees("#standing[data-state=active]")

    return resume


def log_in(browser: Walk, person: Person) -> None:
    browser.is_at(f"^{browser.sandbox.issuer}/login")
    browser.log_in(person)
    browser.enter_code(person)


def suspend_by_command(sandbox: Sandbox, superior: str, entity: str) -> Callable[[], None]:
    """The same by the operators' command."""
    sandbox.deployment.idp(
        "federation", "subordinates", "suspend", superior, entity, "--reason", "整改期间暂停"
    )
    return lambda: sandbox.resume(superior, entity)


def explain(sandbox: Sandbox, entity: str) -> dict[str, Any]:
    """Return what the provider tells a developer who asks why the entity is trusted, or not."""
    answer = httpx.get(
        f"{sandbox.issuer}/federation/explain",
        params={"entity": entity},
        headers={"Accept": "application/json"},
        trust_env=False,
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
