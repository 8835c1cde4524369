"""Sites that nobody registered at the provider: a login from county to province, and one that is suspended."""

import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.journey.levels import L2, L3, P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "federation"
SITES = ("county", "city", "province", "housing")
# "A federated RP can be suspended at any node above it and is out within a minute everywhere."
SECONDS = 60


@pytest.fixture
def suspend(sandbox: Sandbox) -> Iterator[Callable[[str, str], Callable[[], None]]]:
    """A function that suspends an entity below an authority, and gives one that takes it up again."""
    suspended: list[tuple[str, str]] = []

    def resume(superior: str, entity: str) -> None:
        suspended.remove((superior, entity))
        sandbox.deployment.idp("federation", "subordinates", "resume", superior, entity)

    def begin(superior: str, entity: str) -> Callable[[], None]:
        sandbox.deployment.idp(
            "federation", "subordinates", "suspend", superior, entity, "--reason", "等保测评未通过"
        )
        suspended.append((superior, entity))
        return lambda: resume(superior, entity)

    yield begin
    for superior, entity in suspended.copy():
        resume(superior, entity)


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_from_the_county_on_to_city_and_province(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk(look)
    assert not {sandbox.entity_id(site) for site in SITES} & registered(sandbox)
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
    suspend: Callable[[str, str], Callable[[], None]],
    look: str,
    node: str,
) -> None:
    person, browser = sandbox.person(totp=True, evidence=P3), walk(look)
    browser.open(sandbox.url("county", "/login"))
    log_in(browser, person)
    browser.is_at_site("county")

    county, city = (f"{sandbox.issuer}/authorities/{code}" for code in ("330106", "330100"))
    entity = sandbox.entity_id("county")
    superior, out = (county, entity) if node == "the county" else (city, county)
    resume = suspend(superior, out)
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
    told = sandbox.deployment.idp("federation", "explain", entity)
    assert superior in told
    assert out in told
    browser.open(f"{sandbox.issuer}/federation/explain?entity={entity}")
    browser.look(STORY, "explained")
    answer = httpx.get(
        f"{sandbox.issuer}/federation/explain",
        params={"entity": entity, "json": ""},
        trust_env=False,
        timeout=20,
    )
    assert out in json.dumps(answer.json())

    resume()
    at = time.monotonic()

    def is_back() -> bool:
        browser.open(sandbox.url("county", "/login"))
        return browser.page.url.startswith(sandbox.url("county", "/records"))

    eventually(is_back, SECONDS)
    assert time.monotonic() - at < SECONDS


def test_a_city_site_that_pushes_says_itself_that_it_is_suspended(
    walk: Callable[..., Walk], sandbox: Sandbox, suspend: Callable[[str, str], Callable[[], None]]
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
    walk: Callable[..., Walk], sandbox: Sandbox, suspend: Callable[[str, str], Callable[[], None]]
) -> None:
    browser, entity = walk("zh-desktop"), sandbox.entity_id("housing")
    city, ministry = (f"{sandbox.issuer}/authorities/{name}" for name in ("330100", "mohurd-330000"))
    suspend(city, entity)
    # By the other one, from the moment in which the first is out.
    eventually(lambda: f"{city} →" not in way_that_counts(sandbox, entity), SECONDS)
    browser.open(sandbox.url("housing", "/login"))
    browser.is_at(f"^{sandbox.issuer}/login")
    suspend(ministry, entity)

    def is_refused() -> bool:
        browser.open(sandbox.url("housing", "/login"))
        return browser.page.locator("#error").is_visible()

    eventually(is_refused, SECONDS)


def log_in(browser: Walk, person: Person) -> None:
    browser.is_at(f"^{browser.sandbox.issuer}/login")
    browser.log_in(person)
    browser.enter_code(person)


def registered(sandbox: Sandbox) -> set[str]:
    """Return who was registered by an operator."""
    rows = json.loads(sandbox.deployment.idp("relying-parties", "list", "--json"))
    return {row["client_id"] for row in rows if row["registration"] == "static"}


def way_that_counts(sandbox: Sandbox, entity: str) -> str:
    """Return what `explain` tells of the chain by which the entity is trusted; empty without one."""
    told = sandbox.deployment.idp("federation", "explain", entity)
    return next((way for way in told.split("\nway ") if "counts" in way.partition("\n")[0]), "")
