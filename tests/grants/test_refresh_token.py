"""Refreshing (RFC 6749 §6, RFC 9700 §4.14.2, OIDC Core §12)."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.relying_parties import registration
from idp.sessions import logout
from idp.sessions import session as sessions
from idp.tokens.grant import Grant
from tests.asking import person, site
from tests.person import Person
from tests.provider import Provider
from tests.site import Site, Tokens, decoded

__all__ = ["person", "site"]

AT_ONCE = 20
GRACE = timedelta(seconds=61)


def end_session(provider: Provider, tokens: Tokens) -> None:
    with provider.context():
        grant = db.session.get_one(Grant, UUID(decoded(tokens["access_token"])[1]["gid"]))
        session = db.session.get_one(sessions.Session, grant.session_id)
        logout.end(session, "test")
        commit()
        logout.forget(session)


def test_each_use_gives_a_new_token_of_the_same_login(either: Provider) -> None:
    """OIDC Core §12.2: same iss, sub, aud, auth_time; no nonce; a fresh iat."""
    site = either.site()
    first = site.tokens(either.person(totp=True))
    with clock.shifted(timedelta(minutes=10)):
        second = site.refresh(first["refresh_token"])
        assert second.status == 200, second.body
        assert second["refresh_token"] != first["refresh_token"]
        old, new = decoded(first["id_token"])[1], decoded(second["id_token"])[1]
        for claim in ("iss", "sub", "aud", "auth_time", "sid", "amr"):
            assert new[claim] == old[claim]
        assert new["iat"] > old["iat"]
        assert "nonce" not in new
        assert site.userinfo(second["access_token"]).status_code == 200
        assert site.refresh(second["refresh_token"]).status == 200


def test_within_the_grace_a_client_that_lost_the_answer_gets_the_same_successor(either: Provider) -> None:
    """RFC 9700 §4.14.2 leaves room for it; the design wants 60 s."""
    site = either.site()
    first = site.tokens(either.person())["refresh_token"]
    successor = site.refresh(first)["refresh_token"]
    with clock.shifted(timedelta(seconds=55)):
        again = site.refresh(first)
        assert again.status == 200
        assert again["refresh_token"] == successor
        assert site.refresh(successor).status == 200


def test_a_late_reuse_revokes_the_whole_family(either: Provider) -> None:
    """RFC 9700 §4.14.2: thief or owner, nobody goes on."""
    site, person = either.site(), either.person()
    first = site.tokens(person)
    second = site.refresh(first["refresh_token"])
    with clock.shifted(GRACE):
        assert site.refresh(first["refresh_token"]).error == "invalid_grant"
        assert site.refresh(second["refresh_token"]).error == "invalid_grant"
        assert site.userinfo(second["access_token"]).status_code == 401
        assert site.introspect(second["access_token"]) == {"active": False}
    with either.context():
        names = [row.name for row in db.session.query(AuditEvent).filter_by(account_id=person.id)]
        assert "refresh_token.reused" in names


def test_two_rotations_back_is_reuse_even_within_the_grace(site: Site, person: Person) -> None:
    first = site.tokens(person)["refresh_token"]
    second = site.refresh(first)["refresh_token"]
    third = site.refresh(second)["refresh_token"]
    assert site.refresh(first).error == "invalid_grant"
    assert site.refresh(third).error == "invalid_grant"


def test_many_at_once_go_on_with_one_family(either: Provider) -> None:
    site = either.site()
    token = site.tokens(either.person())["refresh_token"]
    start = threading.Barrier(AT_ONCE)
    made: list[Tokens] = []

    def refresh() -> None:
        start.wait(timeout=30)
        made.append(site.refresh(token))

    threads = [threading.Thread(target=refresh) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [tokens.status for tokens in made] == [200] * AT_ONCE, [tokens.body for tokens in made]
    successors = {tokens["refresh_token"] for tokens in made}
    assert len(successors) == 1
    assert site.refresh(successors.pop()).status == 200


def test_the_scope_can_be_narrowed_for_one_access_token(site: Site, person: Person) -> None:
    """RFC 6749 §6: the refresh token keeps its scope."""
    tokens = site.tokens(person)
    narrow = site.refresh(tokens["refresh_token"], scope="openid")
    assert narrow["scope"] == "openid"
    assert site.claims(narrow["access_token"]).keys() == {"sub"}
    full = site.refresh(narrow["refresh_token"])
    assert full["scope"] == "openid profile phone"
    without = site.refresh(full["refresh_token"], scope="profile")
    assert "id_token" not in without.body


def test_what_is_registered_no_more_is_given_no_more(either: Provider) -> None:
    """RFC 6749 §5.1: the answer names the scope where it is another one than asked for; policies tighten meanwhile."""
    site = either.site()
    tokens = site.tokens(either.person())
    assert "phone" in tokens["scope"].split()
    with either.context():
        registration.update(site.id, {"scope": "openid profile", "items": [{"name": "name"}]})
        commit()
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert site.introspect(token)["scope"] == "openid profile"
    for asked in ({}, {"scope": "openid profile phone"}):
        tokens = site.refresh(tokens["refresh_token"], **asked)
        assert tokens["scope"] == "openid profile"
        assert decoded(tokens["access_token"])[1]["scope"] == "openid profile"


def test_a_wider_scope_is_refused_and_the_token_still_works(either: Provider) -> None:
    site = either.site()
    token = site.tokens(either.person())["refresh_token"]
    refused = site.refresh(token, scope="openid profile phone offline_access")
    assert (refused.status, refused.error) == (400, "invalid_scope")
    with clock.shifted(GRACE):
        assert site.refresh(token).status == 200


@pytest.mark.parametrize("token", ["x", "é", "x" * 5000])
def test_what_we_never_issued_is_refused_without_a_query(site: Site, token: str) -> None:
    assert site.refresh(token).error == "invalid_grant"
    assert site.token(grant_type="refresh_token").error == "invalid_request"


def test_somebody_elses_refresh_token_is_refused_and_not_used_up(provider: Provider, person: Person) -> None:
    """RFC 6749 §6: bound to the client."""
    site, thief = provider.site(), provider.site()
    token = site.tokens(person)["refresh_token"]
    assert thief.refresh(token).error == "invalid_grant"
    assert site.refresh(token).status == 200


def test_the_end_of_the_session_ends_what_is_bound_to_it(either: Provider) -> None:
    site = either.site()
    tokens = site.tokens(either.person())
    end_session(either, tokens)
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.introspect(tokens["access_token"]) == {"active": False}


def test_offline_access_outlives_the_session(either: Provider) -> None:
    """OIDC Core §11."""
    site = either.site()
    tokens = site.tokens(either.person(), scope="openid offline_access")
    assert tokens["scope"] == "openid offline_access"
    end_session(either, tokens)
    assert site.userinfo(tokens["access_token"]).status_code == 200
    assert site.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("status", [accounts.FROZEN, accounts.CLOSED])
def test_a_frozen_account_gets_nothing_more(provider: Provider, site: Site, status: str) -> None:
    person = provider.person()
    tokens = site.tokens(person, scope="openid offline_access")
    with provider.context():
        accounts.get(person.id).status = status
        commit()
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 401


def test_a_family_ends_when_it_is_not_used(site: Site, person: Person) -> None:
    token = site.tokens(person, scope="openid offline_access")["refresh_token"]
    with clock.shifted(timedelta(days=29)):
        token = site.refresh(token)["refresh_token"]
    with clock.shifted(timedelta(days=58)):
        token = site.refresh(token)["refresh_token"]
    with clock.shifted(timedelta(days=89)):
        assert site.refresh(token).error == "invalid_grant"


def test_the_database_alone_yields_no_token(provider: Provider, site: Site, person: Person) -> None:
    first = site.tokens(person)
    second = site.refresh(first["refresh_token"])
    with provider.context():
        row = db.session.get_one(Grant, UUID(decoded(second["access_token"])[1]["gid"]))
        kept = repr([getattr(row, column.name) for column in Grant.__table__.columns])
    assert first["refresh_token"] not in kept
    assert second["refresh_token"] not in kept


def test_a_client_without_this_grant_is_refused(provider: Provider, person: Person) -> None:
    site = provider.site(grant_types=["authorization_code"])
    assert site.refresh("x").error == "unauthorized_client"
