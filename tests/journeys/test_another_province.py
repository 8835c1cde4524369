"""A person of Jiangsu uses a site of Zhejiang through Jiangsu's own provider, at the level that the anchor gives."""

from collections.abc import Callable, Iterator

import pytest

from tests.journey.levels import L2, L3
from tests.journeys.other_province import OtherProvince
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey
STORY = "another-province"


@pytest.fixture(scope="module")
def jiangsu(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[OtherProvince]:
    """The second provider."""
    made = OtherProvince(tmp_path_factory.mktemp("jiangsu"), sandbox)
    yield made
    made.close()


def test_a_person_of_jiangsu_logs_in_at_a_site_of_zhejiang(
    walk: Callable[..., Walk], sandbox: Sandbox, jiangsu: OtherProvince
) -> None:
    browser, person = walk("zh-desktop"), jiangsu.planted("zhouming")
    browser.open(sandbox.url("county"))
    browser.page.click("#login")
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.page.click("#login-province")
    browser.is_at(f"^{sandbox.issuer}/login/province")
    browser.look(STORY, "choose")
    browser.page.click("#province-320000")

    browser.is_at(f"^{jiangsu.issuer}/login")
    browser.look(STORY, "login-there")
    browser.log_in(person)
    browser.is_at(f"^{jiangsu.issuer}/login/second-factor")
    browser.enter_code(person)
    browser.is_at(f"^{jiangsu.issuer}/consent")
    browser.look(STORY, "consent-there")
    browser.page.click("#consent-allow")

    # The county registers property by law: it asks nobody.
    browser.is_at_site("county")
    claims = browser.me("county") or {}
    assert (claims["name"], claims["acr"], claims["amr"]) == (person.name, L3, ["recognised"])
    browser.look(STORY, "county-records")
    # On to another site without a question of who it is.
    browser.page.click("[data-site=city]")
    browser.is_at_site("city")
    assert (browser.me("city") or {})["acr"] == L2

    browser.open(f"{sandbox.issuer}/account")
    browser.sees("#home-province", "江苏省")
    browser.look(STORY, "account")
    browser.open(f"{jiangsu.issuer}/account/services")
    browser.look(STORY, "services-there")

    browser.open(f"{sandbox.issuer}/logout")
    browser.page.click("#logout-confirm")
    browser.sees("#home-province", "江苏省")
    browser.look(STORY, "logged-out")
    browser.page.click("#logout-home")
    browser.is_at(f"^{jiangsu.issuer}/logout")
    browser.page.click("#logout-confirm")
    # The browser remembers where its person comes from.
    browser.open(f"{sandbox.issuer}/login")
    browser.sees("#login-home", "江苏省")
    browser.look(STORY, "login-remembered")


def test_in_english_on_a_phone(walk: Callable[..., Walk], sandbox: Sandbox, jiangsu: OtherProvince) -> None:
    browser = walk("en-phone")
    browser.open(f"{sandbox.issuer}/login/province")
    browser.sees("#province", "Jiangsu")
    browser.look(STORY, "choose")
    browser.page.click("#province-320000")
    browser.is_at(f"^{jiangsu.issuer}/login")
