"""Logging an account out of everything."""

import pytest

from idp import clock
from idp.db import commit
from idp.sessions import session as sessions
from idp.sessions.session import Browser
from idp.tokens import account_logout
from tests.provider import Provider

MANY = 250  # more than one step takes


def test_every_session_ends_however_many_there_are(either: Provider) -> None:
    person = either.person()
    with either.context():
        for _ in range(MANY):
            sessions.start(person.id, ["pwd"], Browser("test", "127.0.0.1"))
        oldest, _secret = sessions.start(person.id, ["pwd"], Browser("kept", "127.0.0.1"))
        commit()
        assert account_logout.end_all(person.id, "test", kept=oldest.id) == MANY
        assert [one.id for one in sessions.live_sessions(person.id)] == [oldest.id]
        assert account_logout.end_all(person.id, "test") == 1
        assert sessions.live_sessions(person.id) == []


@pytest.mark.parametrize("scope", ["openid", "openid offline_access"])
def test_tokens_end_with_it_offline_access_too(either: Provider, scope: str) -> None:
    site, person = either.site(), either.person()
    tokens = site.tokens(person, scope=scope)
    with either.context():
        account_logout.end_all(person.id, "test")
    assert site.introspect(tokens["access_token"]) == {"active": False}
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_what_sites_hold_from_a_session_nobody_uses_ends_too(either: Provider) -> None:
    """A bound grant outlives the browser's idleness (docs/decisions/0008), not the end of everything."""
    site, person = either.site(), either.person()
    tokens = site.tokens(person)
    with either.context():
        (idle,) = sessions.live_sessions(person.id)
        idle.idle_until = clock.now()
        commit()
        assert sessions.live_sessions(person.id) == []
        assert account_logout.end_all(person.id, "test") == 1
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_others_keep_theirs(provider: Provider) -> None:
    site, person, other = provider.site(), provider.person(), provider.person()
    tokens = site.tokens(other)
    with provider.context():
        assert account_logout.end_all(person.id, "test") == 0
    assert site.userinfo(tokens["access_token"]).status_code == 200
