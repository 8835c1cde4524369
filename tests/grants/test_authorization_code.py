"""Redeeming a code (RFC 6749 §4.1.3, §4.1.2; RFC 7636; OIDC Core §3.1.3)."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.sessions import logout
from idp.sessions import session as sessions
from idp.tokens import authorization_code
from idp.tokens.grant import Grant
from tests.asking import person, site
from tests.person import Person
from tests.provider import Provider
from tests.site import Site, Tokens, decoded

__all__ = ["person", "site"]

AT_ONCE = 20


def test_a_code_becomes_tokens_that_nobody_stores(site: Site, person: Person) -> None:
    """RFC 6749 §5.1."""
    tokens = site.tokens(person)
    assert tokens.body.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token",
        "id_token",
    }
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 300
    assert tokens["scope"] == "openid profile phone"
    assert tokens.headers["Cache-Control"] == "no-store"
    assert tokens.headers["Pragma"] == "no-cache"
    assert tokens.headers["Content-Type"] == "application/json"


def test_without_the_refresh_grant_there_is_no_refresh_token(provider: Provider, person: Person) -> None:
    site = provider.site(grant_types=["authorization_code"])
    assert "refresh_token" not in site.tokens(person).body


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": None}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"code": "x" * 5000}, "invalid_grant"),
        ({"code": "é"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "x"}, "invalid_request"),
        ({"code_verifier": "y" * 43}, "invalid_grant"),
        ({"code_verifier": "é" * 50}, "invalid_request"),
    ],
)
def test_a_wrong_request_gives_no_tokens_and_burns_the_code(
    site: Site, person: Person, changes: dict[str, Any], error: str
) -> None:
    """RFC 6749 §5.2, RFC 7636 §4.6."""
    code = site.code(person)
    verifier = site.verifier
    refused = site.redeem(code, **changes)
    assert (refused.status, refused.error) == (400, error)
    assert refused.headers["Cache-Control"] == "no-store"
    if "code" not in changes:
        site.verifier = verifier
        assert site.redeem(code).error == "invalid_grant"


def test_pkce_is_for_confidential_clients_too(site: Site, person: Person) -> None:
    """RFC 9700 §2.1.1: a challenge that was sent must be answered."""
    code = site.code(person)
    assert site.redeem(code, code_verifier=None).error == "invalid_request"


def test_a_verifier_without_a_challenge_is_refused(provider: Provider, person: Person) -> None:
    """RFC 9700 §4.8.2: against PKCE downgrade."""
    site = provider.site(require_pkce=False)
    plain = {"code_challenge": None, "code_challenge_method": None}
    assert site.redeem(site.code(person, **plain)).error == "invalid_request"
    assert site.redeem(site.code(person, **plain), code_verifier=None).status == 200


def test_without_pkce_a_nonce_is_needed(provider: Provider, person: Person) -> None:
    """RFC 9700 §2.1.1: confidential OIDC clients may rely on the nonce instead."""
    site = provider.site(require_pkce=False)
    visitor = site.visitor()
    visitor.open(site.authorize_url(code_challenge=None, code_challenge_method=None, nonce=None))
    assert "error=invalid_request" in visitor.location


def test_a_code_ends_after_a_minute(site: Site, person: Person) -> None:
    """RFC 6749 §4.1.2."""
    late, in_time = site.code(person), ""
    verifier = site.verifier
    with site.app.app_context():
        key = authorization_code._key(late, site.id)
        EPHEMERAL.get().put(key, EPHEMERAL.get().get(key) or b"", 1)
    in_time = site.code(person)
    with site.app.app_context():
        assert EPHEMERAL.get().get(authorization_code._key(in_time, site.id)) is not None
    threading.Event().wait(1.1)
    assert site.redeem(in_time).status == 200
    assert site.redeem(late, code_verifier=verifier).error == "invalid_grant"


def test_a_code_used_twice_takes_back_what_it_gave(either: Provider) -> None:
    """RFC 6749 §4.1.2, RFC 9700 §2.1.1."""
    site, person = either.site(), either.person()
    code = site.code(person)
    tokens = site.redeem(code)
    assert site.userinfo(tokens["access_token"]).status_code == 200
    assert site.redeem(code).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.introspect(tokens["access_token"]) == {"active": False}
    assert site.introspect(tokens["refresh_token"]) == {"active": False}
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert site.redeem(code).error == "invalid_grant"


@pytest.mark.parametrize("public", [False, True])
def test_somebody_elses_code_is_unknown_and_takes_nothing_from_its_owner(
    provider: Provider, person: Person, *, public: bool
) -> None:
    """RFC 6749 §4.1.3: the code must have been issued to this client; knowing it is no power over the owner."""
    method: dict[str, Any] = {"token_endpoint_auth_method": "none", "client_secret": None} if public else {}
    site, thief = provider.site(), provider.site(**method)
    code = site.code(person)
    stolen = {"redirect_uri": site.redirect_uri, "code_verifier": site.verifier}
    assert thief.redeem(code, **stolen).error == "invalid_grant"
    tokens = site.redeem(code)
    assert tokens.status == 200
    assert thief.redeem(code, **stolen).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 200


def test_a_code_redeemed_after_logging_out_at_that_site_is_ended_by_a_logout_everywhere(
    either: Provider,
) -> None:
    """OIDC Back-Channel Logout §2.2: every site of the session is told."""
    site, person = either.site(backchannel_logout_uri="https://back.example.cn/out"), either.person()
    code = site.code(person)
    with either.context():
        session = sessions.live_sessions(person.id)[0]
        logout.leave(session, site.id)
        commit()
    tokens = site.redeem(code)
    assert tokens.status == 200
    with either.context():
        session = sessions.live_sessions(person.id)[0]
        told = logout.end(session, "test")
        commit()
        logout.forget(session)
    assert [one.client_id for one in told] == [site.id]
    assert site.introspect(tokens["access_token"]) == {"active": False}


def redeemed_at_once(site: Site, code: str, count: int = AT_ONCE) -> list[Tokens]:
    start = threading.Barrier(count)
    made: list[Tokens] = []

    def redeem() -> None:
        start.wait(timeout=30)
        made.append(site.redeem(code))

    threads = [threading.Thread(target=redeem) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return made


def test_of_many_at_once_one_gets_tokens_and_they_are_taken_back(either: Provider) -> None:
    """RFC 6749 §4.1.2, in a race."""
    site = either.site()
    made = redeemed_at_once(site, site.code(either.person()))
    assert len(made) == AT_ONCE
    won = [tokens for tokens in made if tokens.status == 200]
    assert len(won) == 1
    assert {tokens.error for tokens in made if tokens.status != 200} == {"invalid_grant"}
    tokens = won[0]
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.introspect(tokens["access_token"]) == {"active": False}
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    with either.context():
        held = db.session.get_one(Grant, UUID(decoded(tokens["access_token"])[1]["gid"]))
        assert held.revoked_at is not None


def test_a_code_dies_with_its_login(site: Site, provider: Provider) -> None:
    person = provider.person()
    code = site.code(person)
    with provider.context():
        session = sessions.live_sessions(person.id)[0]
        sessions.mark_ended(session, "test")
        commit()
    assert site.redeem(code).error == "invalid_grant"


def test_a_code_dies_with_its_account(site: Site, provider: Provider) -> None:
    person = provider.person()
    code = site.code(person)
    with provider.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    assert site.redeem(code).error == "invalid_grant"


def test_a_public_client_proves_itself_by_pkce(provider: Provider, person: Person) -> None:
    """RFC 9700 §2.1.1."""
    site = provider.site(token_endpoint_auth_method="none", client_secret=None)
    assert site.tokens(person).status == 200
    code = site.code(person)
    assert site.redeem(code, code_verifier=None).error == "invalid_request"


def test_a_client_without_this_grant_is_refused(provider: Provider) -> None:
    machine = provider.site(grant_types=["client_credentials"], response_types=[], redirect_uris=[])
    refused = machine.token(grant_type="authorization_code", code="x")
    assert (refused.status, refused.error) == (400, "unauthorized_client")


def test_offline_access_that_was_not_allowed_leaves_the_scope(provider: Provider) -> None:
    """OIDC Core §11: without consent offline_access is ignored; the grant then ends with the session."""
    site, person = provider.site(), provider.person()
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope="openid offline_access"))
    visitor.log_in(person)
    visitor.send("consent-allow", values={"item": []})
    from_code = site.redeem(visitor.location.partition("code=")[2].partition("&")[0])
    assert from_code["scope"] == "openid"
    with provider.context():
        assert db.session.get_one(Grant, UUID(decoded(from_code["access_token"])[1]["gid"])).bound


def test_times_are_the_clocks(site: Site, person: Person) -> None:
    with clock.shifted(timedelta(days=3)):
        now = clock.timestamp()
        claims = decoded(site.tokens(person)["access_token"])[1]
    assert now <= claims["iat"] <= now + 5
    assert claims["exp"] == claims["iat"] + 300
