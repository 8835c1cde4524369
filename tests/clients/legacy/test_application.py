"""The older system's own pages: its login goes on, Tongxing's opens the card once it is linked."""

import httpx
import pytest

from tests.clients.legacy.conftest import Browser
from tests.clients.loopback_provider import LoopbackProvider


def log_in_by_tongxing(browser: Browser, provider: LoopbackProvider) -> None:
    """Walk through the provider, which logs its one person in."""
    away = browser.get("/login").location
    back = httpx.get(away, trust_env=False).headers["Location"]
    browser.get(back.partition("8005")[2])


def test_the_older_login_goes_on(browser: Browser) -> None:
    assert browser.log_in(password="wrong").status_code == 400
    assert browser.log_in().location == "/card"
    body = browser.get("/card").get_data(as_text=True)
    assert "HZ-330100-0007" in body
    assert "by-link" not in body
    assert browser.post("/old-logout").location == "/"
    assert browser.get("/card").status_code == 303


def test_wrong_passwords_are_counted(browser: Browser) -> None:
    for _ in range(10):
        assert browser.log_in(password="wrong").status_code == 400
    assert browser.log_in().status_code == 429
    assert browser.log_in("lina88").status_code == 303, "nobody else waits"


@pytest.mark.parametrize("origin", [None, "https://evil.example.cn", "null"])
def test_a_form_sent_from_elsewhere_does_nothing(browser: Browser, origin: str | None) -> None:
    form = {"username": "zw1990", "password": "citycard-2015"}
    assert browser.post("/old-login", origin=origin, **form).status_code == 403
    browser.log_in()
    for path in ("/old-logout", "/link/confirm"):
        assert browser.post(path, origin=origin).status_code == 403


@pytest.mark.parametrize("username", ["", "no-such", "' OR 1=1 --", "x" * 5000, "zw1990\0"])
def test_strange_names_are_wrong_names(browser: Browser, username: str) -> None:
    assert browser.log_in(username).status_code == 400


def test_tongxing_opens_the_card_that_is_linked(browser: Browser, provider: LoopbackProvider) -> None:
    log_in_by_tongxing(browser, provider)
    body = browser.get("/card").get_data(as_text=True)
    assert "not-linked" in body
    assert f"{provider.issuer}/account/linked/new?client_id=city-card" in body
    provider.person["legacy_id"] = "HZ-330100-0007"
    log_in_by_tongxing(browser, provider)
    body = browser.get("/card").get_data(as_text=True)
    assert "by-link" in body
    assert "HZ-330100-0007" in body
    assert browser.get("/me").json["legacy_id"] == "HZ-330100-0007"


@pytest.mark.parametrize("legacy_id", ["HZ-nobody", "CLERK-99", 7, ["HZ-330100-0007"], ""])
def test_an_id_of_no_card_opens_none(browser: Browser, provider: LoopbackProvider, legacy_id: object) -> None:
    provider.person["legacy_id"] = legacy_id
    log_in_by_tongxing(browser, provider)
    assert "not-linked" in browser.get("/card").get_data(as_text=True)


def test_without_a_login_there_is_nothing_to_see(browser: Browser) -> None:
    assert browser.get("/me").status_code == 401
    assert browser.get("/").status_code == 200
    assert browser.get("/healthz").json == {"status": "ok"}
    assert "unsafe" not in browser.get("/").headers["Content-Security-Policy"]
