"""The older system's way of linking: shown whose card it is, told by itself, back at the provider."""

import pytest

from tests.clients.legacy.conftest import Browser
from tests.clients.loopback_provider import LoopbackProvider, json_reply

VALUE = "a" * 43


def test_the_card_that_was_logged_in_to_is_told(browser: Browser, provider: LoopbackProvider) -> None:
    assert browser.get(f"/link?link_request={VALUE}&iss={provider.issuer}").location == "/link/confirm"
    assert browser.get("/link/confirm").location == "/old-login"
    assert browser.log_in().location == "/link/confirm"
    assert "HZ-330100-0007" in browser.get("/link/confirm").get_data(as_text=True)
    sent = browser.post("/link/confirm")
    assert sent.location == f"{provider.issuer}/account/linked/return"
    told = provider.requests[-1].form
    assert (told["link_request"], told["legacy_id"]) == (VALUE, "HZ-330100-0007")
    assert told["client_assertion"]
    assert browser.post("/link/confirm").status_code == 400, "once"


def test_another_card_can_be_chosen_on_the_way(browser: Browser, provider: LoopbackProvider) -> None:
    """A browser may be logged in as somebody else, at a shared computer for instance."""
    browser.log_in("lina88")
    browser.get(f"/link?link_request={VALUE}&iss={provider.issuer}")
    assert browser.post("/old-logout").location == "/link/confirm"
    assert browser.get("/link/confirm").location == "/old-login"
    browser.log_in("zw1990")
    assert "HZ-330100-0007" in browser.get("/link/confirm").get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    ["", "link_request=x", f"link_request={VALUE}", f"link_request={VALUE}&iss=https://evil.example.cn"],
)
def test_who_comes_from_elsewhere_links_nothing(browser: Browser, query: str) -> None:
    browser.log_in()
    assert browser.get(f"/link?{query}").status_code == 400
    assert browser.get("/link/confirm").status_code == 400


def test_a_request_that_is_too_old_is_said(browser: Browser, provider: LoopbackProvider) -> None:
    provider.replies["/link"] = lambda _: json_reply({"error": "link_request_unknown"}, 404)
    browser.log_in()
    browser.get(f"/link?link_request={VALUE}&iss={provider.issuer}")
    answer = browser.post("/link/confirm")
    assert answer.status_code == 400
    assert "link-gone" in answer.get_data(as_text=True)


def test_a_clerk_links_no_card_of_their_own(browser: Browser, provider: LoopbackProvider) -> None:
    browser.get(f"/link?link_request={VALUE}&iss={provider.issuer}")
    browser.log_in("counter")
    assert browser.get("/link/confirm").location == "/old-login"
