"""Large type and fewer things: one press, remembered by browser and account."""

import pytest

from idp.accounts import account as accounts
from tests.person import Visitor
from tests.provider import ISSUER, Provider


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return Visitor(provider.app, ISSUER, language="en")


def is_elder(visitor: Visitor) -> bool:
    return 'data-mode="elder"' in visitor.response.get_data(as_text=True)


def switch(visitor: Visitor) -> None:
    visitor.send_frame("/display", "display-switch")


def account_wants(provider: Provider, username: str) -> bool:
    with provider.app.app_context():
        found = accounts.find_by_identifier(username)
        assert found is not None
        return found.elder_mode


def test_a_stranger_switches_it_on_and_off_and_stays_where_they_are(visitor: Visitor) -> None:
    visitor.go("/sign-up?next=/account/sessions")
    assert not is_elder(visitor)
    switch(visitor)
    assert visitor.path == "/sign-up?next=/account/sessions"
    assert is_elder(visitor)
    visitor.go("/")
    assert is_elder(visitor)
    switch(visitor)
    assert not is_elder(visitor)


def test_the_account_remembers_it_for_every_browser(provider: Provider) -> None:
    person = provider.person()
    first = Visitor(provider.app, ISSUER, language="en")
    first.go("/login")
    first.log_in(person)
    switch(first)
    assert account_wants(provider, person.username)
    elsewhere = Visitor(provider.app, ISSUER, language="en")
    elsewhere.go("/login")
    assert not is_elder(elsewhere)
    elsewhere.log_in(person)
    assert is_elder(elsewhere)
    switch(elsewhere)
    assert not is_elder(elsewhere)
    assert not account_wants(provider, person.username)


def test_a_login_in_a_browser_with_large_type_leaves_the_account_as_it_was(
    provider: Provider, visitor: Visitor
) -> None:
    """A shared computer that somebody switched says nothing of the next person's wish."""
    person = provider.person()
    visitor.go("/login")
    switch(visitor)
    visitor.log_in(person)
    assert is_elder(visitor)
    assert not account_wants(provider, person.username)


def test_a_script_asks_for_no_page(visitor: Visitor) -> None:
    visitor.go("/login")
    token = dict(visitor.page.framing["/display"].values)["csrf_token"]
    answer = visitor.client.post(
        "/display",
        base_url=ISSUER,
        data={"csrf_token": token, "view": "elder"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 204
    assert "tongxing_display=elder" in str(answer.headers)
    visitor.go("/login")
    assert is_elder(visitor)


@pytest.mark.parametrize("view", ["", "Elder", "x" * 5000, "\x00", "elder,standard"])
def test_other_views_are_refused(visitor: Visitor, view: str) -> None:
    visitor.go("/")
    token = dict(visitor.page.framing["/display"].values)["csrf_token"]
    answer = visitor.client.post("/display", base_url=ISSUER, data={"csrf_token": token, "view": view})
    assert answer.status_code == 400
    assert "tongxing_display" not in str(answer.headers)


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "", "x"])
def test_the_way_back_never_leads_elsewhere(visitor: Visitor, elsewhere: str) -> None:
    visitor.go("/")
    token = dict(visitor.page.framing["/display"].values)["csrf_token"]
    answer = visitor.client.post(
        "/display", base_url=ISSUER, data={"csrf_token": token, "view": "elder", "next": elsewhere}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_without_the_token_nothing_changes(visitor: Visitor) -> None:
    answer = visitor.client.post("/display", base_url=ISSUER, data={"view": "elder"})
    assert answer.status_code == 400
    assert "tongxing_display" not in str(answer.headers)


def test_a_cookie_that_somebody_made_up_is_the_standard_view(visitor: Visitor) -> None:
    visitor.client.set_cookie("tongxing_display", '"><script>', domain="localhost")
    visitor.go("/")
    assert not is_elder(visitor)
