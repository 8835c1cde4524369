"""Systems that cannot speak OpenID Connect: a plain nginx with `auth_request`, and a client of the CAS protocol."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.services import cas_application
from tests.services.cas_application import CasApplication
from tests.services.guarded_site import GuardedSite
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "gateway"


@pytest.fixture(scope="module")
def application() -> Iterator[CasApplication]:
    with cas_application.run() as running:
        yield running


@pytest.fixture(scope="module")
def site(sandbox: Sandbox, application: CasApplication) -> Iterator[GuardedSite]:
    running = GuardedSite(sandbox.deployment, application.url)
    application.login_server = running.url("/.tongxing/cas/")
    yield running
    running.stop()


def test_a_static_site_behind_nginx_opens_page_by_page_and_closes_everywhere(
    walk: Callable[..., Walk], sandbox: Sandbox, site: GuardedSite
) -> None:
    person = sandbox.person(evidence=P3, totp=True)
    browser = walk("zh-desktop")
    browser.open(site.url("/public/"))
    browser.sees("#page", "public")

    # A password is enough for the whole site, a code is wanted where money moves.
    browser.open(site.url("/index.html?year=2026&month=1"))
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at(f"^{site.url('/index.html')}\\?year=2026&month=1$")
    browser.sees("#page", "records")
    browser.open(site.url("/withdraw/"))
    browser.is_at(f"^{site.url('/withdraw/')}$")
    browser.sees("#page", "withdraw")

    # Whoever logs out at a site of the network is logged out here too.
    browser.open(sandbox.url("city", "/login"))
    browser.is_at_site("city")
    browser.page.click("#logout")
    browser.page.click("#logout-confirm")
    eventually(lambda: httpx_status(browser, site.url("/index.html")) == "login")


def httpx_status(browser: Walk, url: str) -> str:
    """Where the browser's own cookies lead: to the page or to the login."""
    return "login" if "/login" in browser.page.request.get(url).url else "page"


def test_a_level_that_a_person_does_not_have_keeps_the_page_closed_with_a_sentence(
    walk: Callable[..., Walk], sandbox: Sandbox, site: GuardedSite
) -> None:
    person = sandbox.person(evidence=("register",), totp=True)
    browser = walk("zh-phone")
    browser.open(site.url("/index.html"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.sees("#page", "records")
    browser.open(site.url("/withdraw/"))
    browser.is_at(f"^{sandbox.issuer}/raise-level")
    browser.look(STORY, "raise-level")


def test_addresses_that_could_be_read_in_two_ways_are_closed(
    walk: Callable[..., Walk], sandbox: Sandbox, site: GuardedSite
) -> None:
    for path in ("/public/%2e%2e/withdraw/", "/public/..%2fwithdraw/", "/public/..;/withdraw/index.html"):
        answer = httpx.get(site.url() + path[1:], trust_env=False)
        assert "withdraw</h1>" not in answer.text
        assert answer.status_code in {303, 400, 404}, path
    browser = walk("zh-desktop")
    browser.page.goto(site.url("/.tongxing/start?return_to=/public/%2e%2e/withdraw/"))
    browser.sees("#error[data-error=no_rule]")
    browser.look(STORY, "no-rule")
    browser.page.goto(site.url("/.tongxing/cas/login?service=https://evil.example/"))
    browser.sees("#error[data-error=service_not_listed]")
    browser.look(STORY, "service-not-listed")


def test_nginx_keeps_its_question_to_itself(site: GuardedSite) -> None:
    assert httpx.get(site.url("/.tongxing/auth"), trust_env=False).status_code == 404


def test_a_cas_client_written_elsewhere_logs_its_person_in(
    walk: Callable[..., Walk], sandbox: Sandbox, site: GuardedSite, application: CasApplication
) -> None:
    person = sandbox.person(evidence=P3, totp=True)
    browser = walk("en-desktop")
    browser.open(application.url)
    browser.is_at(f"^{sandbox.issuer}/login")
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at(f"^{application.url}enrol")
    browser.sees("#name", person.name)
    first = browser.page.inner_text("#user")
    used = browser.page.url
    # The ticket in the address is spent; a new one needs no new login, and says the same person.
    browser.page.goto(used)
    browser.sees("#user", "nobody")
    browser.open(application.url)
    browser.sees("#user", first)
    browser.page.goto(site.url("/.tongxing/cas/logout"))
    browser.page.click("#logout-confirm")
    browser.is_at(f"^{sandbox.issuer}/logged-out|^{site.url('/.tongxing/')}")
    browser.look(STORY, "logged-out")
