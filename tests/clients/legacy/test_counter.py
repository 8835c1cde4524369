"""The counter gives codes to clerks only, for cards only."""

from tests.clients.legacy.conftest import Browser
from tests.clients.loopback_provider import LoopbackProvider


def test_a_clerk_gives_a_code(browser: Browser, provider: LoopbackProvider) -> None:
    assert browser.log_in("counter").location == "/counter"
    assert "HZ-330100-0008" in browser.get("/counter").get_data(as_text=True)
    answer = browser.post("/counter", card="HZ-330100-0008")
    assert "K7M2P-Q9XTR" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    told = provider.requests[-1].form
    assert (told["legacy_id"], told["expires_in"]) == ("HZ-330100-0008", "86400")


def test_nobody_else_gets_one(browser: Browser) -> None:
    assert browser.post("/counter", card="HZ-330100-0008").status_code == 303
    browser.log_in("zw1990")
    assert browser.get("/counter").status_code == 303
    browser.log_in("counter")
    for card in ("", "no-such", "CLERK-01"):
        assert browser.post("/counter", card=card).status_code == 404
