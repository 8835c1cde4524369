"""Logging out (OIDC RP-Initiated Logout 1.0): the page, and what comes of each choice."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from idp import clock
from idp.db import db
from idp.outbox.message import OutboxMessage
from idp.sessions import backchannel_logout, sid
from idp.sessions import session as sessions
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, Tokens, decoded


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


@pytest.fixture
def site(provider: Provider) -> Site:
    return provider.site(backchannel_logout_uri="https://back.example.cn/logout")


def signed_in(site: Site, person: Person) -> tuple[Visitor, Tokens]:
    visitor = site.visitor()
    return visitor, site.redeem(site.code(person, visitor))


def bye(site: Site) -> str:
    return site.rp.post_logout_redirect_uris[0]


def end(visitor: Visitor, **params: Any) -> None:
    visitor.go(
        f"/end_session?{urlencode({name: value for name, value in params.items() if value is not None})}"
    )


def is_known(site: Site, visitor: Visitor) -> bool:
    visitor.open(site.authorize_url(prompt="none"))
    return "login_required" not in visitor.location


def told(provider: Provider, person: Person) -> list[str]:
    with provider.context():
        return [
            row.payload["client_id"]
            for row in db.session.query(OutboxMessage).filter_by(
                account_id=person.id, kind=backchannel_logout.KIND
            )
        ]


def test_everywhere_ends_session_tokens_and_tells_the_sites(
    provider: Provider, site: Site, person: Person
) -> None:
    """§2, Back-Channel Logout §2.3."""
    visitor, tokens = signed_in(site, person)
    end(visitor, id_token_hint=tokens["id_token"], post_logout_redirect_uri=bye(site), state="s&1")
    assert visitor.is_at("/logout")
    assert is_known(site, visitor), "nothing happens before the person agrees"
    end(visitor, id_token_hint=tokens["id_token"], post_logout_redirect_uri=bye(site), state="s&1")
    visitor.send("logout-confirm")
    assert visitor.location == f"{bye(site)}?state=s%261"
    assert not is_known(site, visitor)
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert told(provider, person) == [site.id]


def test_staying_changes_nothing(provider: Provider, site: Site, person: Person) -> None:
    visitor, tokens = signed_in(site, person)
    end(visitor, id_token_hint=tokens["id_token"])
    visitor.send("logout-cancel", follow=False)
    assert visitor.location == "/account"
    assert is_known(site, visitor)
    assert told(provider, person) == []


def test_here_ends_this_site_and_leaves_the_others(provider: Provider, site: Site, person: Person) -> None:
    other = provider.site(backchannel_logout_uri="https://other.example.cn/logout")
    visitor, tokens = signed_in(site, person)
    others = other.redeem(other.code(person, visitor))
    end(visitor, client_id=site.id, post_logout_redirect_uri=bye(site))
    visitor.send("logout-confirm", values={"scope": "here"})
    assert visitor.location == bye(site)
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert other.userinfo(others["access_token"]).status_code == 200
    assert other.refresh(others["refresh_token"]).status == 200
    assert told(provider, person) == [site.id]
    assert is_known(other, visitor)


def test_here_without_a_way_back_says_so(site: Site, person: Person) -> None:
    visitor, _ = signed_in(site, person)
    end(visitor, client_id=site.id)
    visitor.send("logout-confirm", values={"scope": "here"})
    assert visitor.response.status_code == 200
    assert site.rp.client_name.default in visitor.response.get_data(as_text=True)


def test_here_needs_a_site_and_a_choice_is_needed(site: Site, person: Person) -> None:
    visitor, _ = signed_in(site, person)
    for scope in ("here", "nowhere", ""):
        visitor.go("/logout")
        visitor.send("logout-confirm", values={"scope": scope})
        assert visitor.response.status_code == 400
    assert is_known(site, visitor)


def test_by_oneself_there_is_no_site_and_no_way_elsewhere(site: Site, person: Person) -> None:
    visitor, _ = signed_in(site, person)
    visitor.go("/logout")
    visitor.send("logout-confirm")
    assert visitor.response.status_code == 200
    assert not is_known(site, visitor)


def test_who_is_not_signed_in_goes_straight_back(site: Site, person: Person) -> None:
    visitor = site.visitor()
    end(visitor, client_id=site.id, post_logout_redirect_uri=bye(site), state="x")
    assert visitor.location == f"{bye(site)}?state=x"
    end(visitor, client_id=site.id)
    assert visitor.is_at("/logout")
    assert visitor.page.error is None
    visitor.go("/login")
    csrf = next(value for name, value in visitor.page.forms[-1].values if name == "csrf_token")
    answer = visitor.client.post(
        "/logout", base_url=site.issuer, data={"decision": "logout", "csrf_token": csrf}
    )
    assert answer.status_code == 200


def test_an_expired_hint_is_fine(site: Site, person: Person) -> None:
    """§2: the OP should accept expired ID tokens."""
    visitor, tokens = signed_in(site, person)

    with clock.shifted(timedelta(hours=3)):
        end(visitor, id_token_hint=tokens["id_token"], client_id=site.id, post_logout_redirect_uri=bye(site))
        assert visitor.is_at("/logout")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"post_logout_redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"client_id": "SITE", "post_logout_redirect_uri": "BYE/"}, "invalid_request"),
        ({"client_id": "SITE", "post_logout_redirect_uri": "BYE?x=1"}, "invalid_request"),
        ({"client_id": "SITE", "post_logout_redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"client_id": "SITE", "post_logout_redirect_uri": "javascript:alert(1)"}, "invalid_request"),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    site: Site, person: Person, params: dict[str, str], code: str
) -> None:
    """§3: exact comparison; an error stays here."""
    visitor, _ = signed_in(site, person)
    known = {name: value.replace("SITE", site.id).replace("BYE", bye(site)) for name, value in params.items()}
    for path in ("/end_session", "/logout"):
        visitor.open(f"{path}?{urlencode(known)}")
        assert (visitor.response.status_code, visitor.location, visitor.page.error) == (400, "", code)


def test_a_hint_and_a_client_must_agree(provider: Provider, site: Site, person: Person) -> None:
    visitor, tokens = signed_in(site, person)
    end(visitor, id_token_hint=tokens["id_token"], client_id=provider.site().id)
    assert visitor.response.status_code == 400
    end(visitor, id_token_hint=tokens["access_token"], client_id=site.id)
    assert visitor.response.status_code == 400


def test_a_request_by_post_comes_again_with_its_cookies(site: Site, person: Person) -> None:
    visitor, _ = signed_in(site, person)
    answer = visitor.client.post(
        "/end_session", base_url=site.issuer, data={"client_id": site.id, "state": "1"}
    )
    assert answer.status_code == 303
    visitor.go(answer.headers["Location"])
    assert visitor.is_at("/logout")


def test_nobody_else_can_press_the_button(site: Site, person: Person) -> None:
    """CSRF: logging somebody out needs their own page."""
    visitor, _ = signed_in(site, person)
    answer = visitor.client.post("/logout", base_url=site.issuer, data={"decision": "logout"})
    assert answer.status_code == 400
    assert 'data-error="csrf_failed"' in answer.get_data(as_text=True)
    assert is_known(site, visitor)


def test_front_channels_are_framed_and_nothing_else(provider: Provider, person: Person) -> None:
    """OIDC Front-Channel Logout §2, §3; CSP frame-src."""
    site = provider.site(
        redirect_uris=["https://framed.example.cn/cb"],
        post_logout_redirect_uris=["https://framed.example.cn/bye"],
        frontchannel_logout_uri="https://framed.example.cn/out",
        frontchannel_logout_session_required=True,
    )
    visitor, tokens = signed_in(site, person)
    end(visitor, id_token_hint=tokens["id_token"], post_logout_redirect_uri=bye(site), state="1")
    assert "frame-src" not in visitor.response.headers["Content-Security-Policy"]
    visitor.send("logout-confirm")
    with provider.context():
        session = db.session.query(sessions.Session).filter_by(account_id=person.id).one()
        own = sid.of(session.id, site.id)
    query = urlencode({"iss": site.issuer, "sid": own})
    assert visitor.page.frames == [f"https://framed.example.cn/out?{query}"]
    assert decoded(tokens["id_token"])[1]["sid"] == own
    policy = visitor.response.headers["Content-Security-Policy"]
    assert policy.endswith("frame-src https://framed.example.cn")
    assert visitor.response.headers["Refresh"] == "3; url=https://framed.example.cn/bye?state=1"
    assert not is_known(site, visitor)


def test_a_form_may_return_to_the_site(site: Site, person: Person) -> None:
    visitor, _ = signed_in(site, person)
    end(visitor, client_id=site.id, post_logout_redirect_uri=bye(site))
    assert "form-action 'self' https:" in visitor.response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("ui_locales", "lang"), [("en", "en"), ("zh-CN en", "zh-Hans"), ("xx", "zh-Hans")])
@pytest.mark.parametrize("asking", [True, False])
def test_the_pages_speak_the_sites_language(
    site: Site, person: Person, *, asking: bool, ui_locales: str, lang: str
) -> None:
    """RP-Initiated Logout §2 (ui_locales): the question, a mistake in its form, and what came of it."""
    visitor, _tokens = signed_in(site, person)
    visitor.headers = {"Accept-Language": "zh"}
    end(visitor, client_id=site.id if asking else None, ui_locales=ui_locales)
    assert f'<html lang="{lang}"' in visitor.response.get_data(as_text=True)
    visitor.send("logout-confirm", values={"scope": "nonsense"})
    assert f'<html lang="{lang}"' in visitor.response.get_data(as_text=True)
    visitor.send("logout-confirm")
    assert visitor.path.startswith("/logged-out/")
    assert f'<html lang="{lang}"' in visitor.response.get_data(as_text=True)
