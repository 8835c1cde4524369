"""What the end of a session does to sites: outbox rows in the same transaction, front-channel addresses, tokens."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.sessions import backchannel_logout, logout, participant, sid
from idp.sessions import session as sessions
from idp.sessions.session import Session
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, decoded

BACK = {"backchannel_logout_uri": "https://back.example.cn/logout"}


def messages(account_id: UUID) -> list[dict[str, Any]]:
    return of_kind(account_id, backchannel_logout.KIND)


def of_kind(account_id: UUID, kind: str) -> list[dict[str, Any]]:
    rows = db.session.query(OutboxMessage).filter_by(account_id=account_id, kind=kind)
    return [row.payload for row in rows.order_by(OutboxMessage.id)]


def present(person: Person) -> Session:
    return sessions.live_sessions(person.id)[0]


def at_sites(person: Person, *sites: Site) -> list[str]:
    """Log *person* in at each site with one browser; return the subjects."""
    visitor = Visitor(sites[0].app, sites[0].issuer)
    return [decoded(site.redeem(site.code(person, visitor))["id_token"])[1]["sub"] for site in sites]


def test_every_site_with_a_back_channel_is_told_with_its_own_subject(either: Provider) -> None:
    """OIDC Back-Channel Logout §2.4: sub and sid."""
    told, other, silent = either.site(**BACK), either.site(**BACK), either.site()
    person = either.person()
    subs = at_sites(person, told, other, silent)
    with either.context():
        session = present(person)
        ended = logout.end(session, "test")
        commit()
        assert [one.client_id for one in ended] == [told.id, other.id, silent.id]
        assert messages(person.id) == [
            {"client_id": site.id, "sub": sub, "sid": sid.of(session.id, site.id)}
            for site, sub in zip((told, other), subs, strict=False)
        ]
        assert logout.end(session, "test") == []
        commit()
        assert len(messages(person.id)) == 2, "a second end tells nobody"


def test_the_end_and_its_messages_stand_or_fall_together(provider: Provider) -> None:
    site, person = provider.site(**BACK), provider.person()
    at_sites(person, site)
    with provider.context():
        logout.end(present(person), "test")
        db.session.rollback()
        assert messages(person.id) == []
        assert present(person).ended_at is None


def test_leaving_one_site_leaves_the_others(provider: Provider) -> None:
    one, other = provider.site(**BACK), provider.site(**BACK)
    person = provider.person()
    at_sites(person, one, other)
    with provider.context():
        session = present(person)
        left = logout.leave(session, one.id)
        commit()
        assert [participant.client_id for participant in left] == [one.id]
        assert [payload["client_id"] for payload in messages(person.id)] == [one.id]
        assert [member.client_id for member in participant.of_session(session.id)] == [other.id]
        assert logout.leave(session, "never-there") == []


def test_the_end_is_a_signal_once_and_says_who_began_it(provider: Provider) -> None:
    site, other, person = provider.site(), provider.site(), provider.person()
    sub, _ = at_sites(person, site, other)
    with provider.context():
        session = present(person)
        logout.leave(session, site.id)
        commit()
        left, ended = {"session_id": str(session.id), "sub": sub}, {"session_id": str(session.id)}
        first = {"signal": "session_revoked", "client_id": site.id, "data": left}
        assert of_kind(person.id, signal.KIND) == [first]
        logout.end(session, "logged_out")
        logout.end(session, "logged_out")
        commit()
        last = {
            "signal": "session_revoked",
            "client_id": None,
            "data": ended | {"initiating_entity": "user"},
        }
        assert of_kind(person.id, signal.KIND) == [first, last]


def test_the_end_of_a_session_that_nobody_took_part_in_is_no_signal(provider: Provider) -> None:
    person = provider.person()
    visitor = Visitor(provider.app, provider.settings.issuer)
    visitor.go("/login")
    visitor.log_in(person)
    with provider.context():
        logout.end(present(person), "idle")
        commit()
        assert of_kind(person.id, signal.KIND) == []


def test_the_same_site_twice_is_one_participant(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    at_sites(person, site, site)
    with provider.context():
        session = present(person)
        assert len(participant.of_session(session.id)) == 1
        assert participant.of_sessions([session.id, UUID(int=0)]).keys() == {session.id}
        assert participant.of_sessions([]) == {}


def test_front_channel_addresses_carry_issuer_and_session_where_asked(provider: Provider) -> None:
    """OIDC Front-Channel Logout §2."""
    with_session = provider.site(
        redirect_uris=["https://front.example.cn/cb"],
        frontchannel_logout_uri="https://front.example.cn/out?x=1",
        frontchannel_logout_session_required=True,
    )
    without = provider.site(
        redirect_uris=["https://plain.example.cn/cb"], frontchannel_logout_uri="https://plain.example.cn/out"
    )
    person = provider.person()
    at_sites(person, with_session, without, provider.site())
    with provider.context():
        session = present(person)
        own = sid.of(session.id, with_session.id)
        assert logout.frontchannel_uris(participant.of_session(session.id), "https://id.example.cn") == [
            f"https://front.example.cn/out?x=1&iss=https%3A%2F%2Fid.example.cn&sid={own}",
            "https://plain.example.cn/out",
        ]


@given(st.sampled_from(["https://a.example/out", "https://a.example/out?x=1"]), st.none() | st.text())
def test_an_address_keeps_what_it_had(uri: str, own: str | None) -> None:
    own = own.encode("utf-8", "replace").decode() if own is not None else None
    made = logout.frontchannel_uri(uri, "https://id.example", own)
    assert made.startswith(uri)
    assert ("sid=" in made) == (own is not None)


@pytest.mark.parametrize("kind", ["session", "grant"])
def test_access_tokens_stop_counting_at_once(provider: Provider, kind: str) -> None:
    site, person = provider.site(), provider.person()
    tokens = site.tokens(person, scope="openid" if kind == "session" else "openid offline_access")
    with provider.context():
        session = present(person)
        logout.end(session, "test")
        commit()
        logout.forget(session)
    expected = {"active": False} if kind == "session" else site.introspect(tokens["access_token"])
    assert site.introspect(tokens["access_token"]) == expected
    assert expected["active"] is (kind == "grant")
