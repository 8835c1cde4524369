"""One login for all sites, and one logout: the product's main story (design §2)."""

from collections.abc import Callable

import pytest

from tests.journey.levels import L2, L3, P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import Person
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "one-login"
SITES = ("province", "city", "county", "housing")


# Each page in both languages on both devices; axe where it could find something new.
@pytest.mark.parametrize(
    ("look", "asks_axe"),
    [
        ("zh-desktop", True),
        ("zh-phone", False),
        ("en-desktop", False),
        ("en-phone", False),
        ("en-phone-dark", True),
    ],
)
def test_one_login_opens_all_sites_and_one_logout_closes_them(
    walk: Callable[..., Walk],
    sandbox: Sandbox,
    look: str,
    asks_axe: bool,
) -> None:
    person = sandbox.planted("zhangwei") if look == "zh-desktop" else sandbox.person(totp=True, evidence=P3)
    browser = walk(look)
    browser.asks_axe = asks_axe
    log_in_at_the_province(browser, person)

    for site in SITES[1:]:
        browser.page.click(f"[data-site={site}]")
        browser.is_at_site(site)
        browser.look(STORY, f"{site}-records")
    claims = {site: browser.me(site) or {} for site in SITES}
    assert {found["name"] for found in claims.values()} == {person.name}
    assert len({found["sub"] for found in claims.values()}) == len(SITES)
    assert all(set(found["amr"]) == {"pwd", "otp", "mfa"} for found in claims.values())
    assert not any("phone_number" in found for found in claims.values())
    assert {site: found["acr"] for site, found in claims.items()} == {
        "province": L2,
        "city": L2,
        "county": L3,
        "housing": L2,
    }

    browser.page.click("#logout")
    browser.is_at(f"^{sandbox.issuer}/logout")
    browser.look(STORY, "logout")
    browser.page.click("#logout-confirm")
    browser.is_at(f"^{sandbox.issuer}/logged-out/")
    browser.look(STORY, "logged-out")
    eventually(lambda: [browser.me(site) for site in SITES] == [None] * len(SITES))
    browser.is_at_site("housing", "/")
    browser.look(STORY, "housing-after")
    browser.open(sandbox.url("province", "/records"))
    browser.is_at(f"^{sandbox.issuer}/login")


def log_in_at_the_province(browser: Walk, person: Person) -> None:
    sandbox = browser.sandbox
    browser.open(sandbox.url("province"))
    browser.look(STORY, "province-home")
    browser.page.click("#login")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.look(STORY, "login")
    browser.log_in(person)
    browser.is_at(f"^{sandbox.issuer}/login/second-factor")
    browser.look(STORY, "second-factor")
    browser.enter_code(person)
    browser.is_at(f"^{sandbox.issuer}/consent")
    browser.page.uncheck("input[value=phone_number]")
    browser.look(STORY, "consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")
    browser.look(STORY, "province-records")
