import pytest

from tests.clients.loopback_provider import Clock, Reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tongxing_client import (
    browser_sessions,
    errors,
    event_types,
    relying_party,
    session,
    session_store,
    shared_signals,
)
from tongxing_client.security_event_token import SecurityEvent
from tongxing_client.shared_signals import SharedSignals

SUB = "pairwise-zhang"


@pytest.fixture
def sessions(clock: Clock) -> browser_sessions.BrowserSessions:
    return browser_sessions.BrowserSessions(
        session_store.InMemorySessionStore(now=clock.now), idle_seconds=10_000, now=clock.now
    )


@pytest.fixture
def signals(party: relying_party.RelyingParty, sessions: browser_sessions.BrowserSessions) -> SharedSignals:
    return SharedSignals(party, sessions, needed_items={"name"})


def _log_in(sessions: browser_sessions.BrowserSessions, clock: Clock, sub: str = SUB, sid: str = "s1") -> str:
    begun = session.Session(
        sub=sub,
        sid=sid,
        id_token="a.b.c",
        id_token_claims={"sub": sub, "iat": clock.now(), "acr": "urn:tongxing:loa:2"},
        userinfo_claims={"sub": sub, "name": "张伟", "phone_number": "+8613800000000"},
        access_token="at",
        access_token_ends_at=clock.now() + 300,
        refresh_token="rt",
        asked_acr=(),
        started_at=clock.now(),
        seen_at=clock.now(),
    )
    return sessions.start(begun, None)


def test_a_session_revoked_ends_that_session_alone(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    one, two = _log_in(sessions, clock, sid="s1"), _log_in(sessions, clock, sid="s2")
    user = {"format": "iss_sub", "iss": transmitter.provider.issuer, "sub": SUB}
    subject = {"format": "complex", "user": user, "session": {"format": "opaque", "id": "s1"}}
    signals.hear(transmitter.token(event_types.SESSION_REVOKED, sub_id=subject))
    assert sessions.find(one) is None
    assert sessions.find(two) is not None
    assert (sessions.find_farewell(one), sessions.find_farewell(two)) == ("session_revoked", "")


@pytest.mark.parametrize(
    ("event_type", "reason"),
    [
        (event_types.SESSION_REVOKED, "session_revoked"),
        (event_types.ACCOUNT_DISABLED, "account_disabled"),
        (event_types.ACCOUNT_PURGED, "account_disabled"),
        (event_types.DELETION_REQUESTED, "deletion_requested"),
    ],
)
def test_events_about_the_whole_person_end_what_they_have(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
    event_type: str,
    reason: str,
) -> None:
    one, two = _log_in(sessions, clock), _log_in(sessions, clock, sid="s2")
    other = _log_in(sessions, clock, sub="somebody")
    signals.hear(transmitter.token(event_type))
    assert [sessions.find(one), sessions.find(two)] == [None, None]
    assert sessions.find_farewell(two) == reason
    assert sessions.find(other) is not None


def test_an_event_is_about_what_was_begun_before_it_happened(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    late = transmitter.token(event_types.ACCOUNT_DISABLED)
    clock.time += 3600
    again = _log_in(sessions, clock)
    signals.hear(late)
    assert sessions.find(again) is not None


def test_an_optional_item_taken_back_is_dropped_and_the_person_stays(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    one, other = _log_in(sessions, clock), _log_in(sessions, clock, sub="somebody")
    members = {"items": ["phone_number"], "event_timestamp": clock.now()}
    signals.hear(transmitter.token(event_types.CONSENT_WITHDRAWN, members))
    left, untouched = sessions.find(one), sessions.find(other)
    assert left is not None
    assert untouched is not None
    assert "phone_number" not in left.claims
    assert left.claims["name"] == "张伟"
    assert left.withdrawn == {"phone_number": clock.now()}
    assert left.refresh_token is None
    assert "phone_number" in untouched.claims


@pytest.mark.parametrize("items", [["name", "phone_number"], [], "phone_number", None])
def test_what_the_site_needs_taken_back_ends_the_login(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
    items: object,
) -> None:
    one = _log_in(sessions, clock)
    signals.hear(transmitter.token(event_types.CONSENT_WITHDRAWN, {"items": items}))
    assert sessions.find(one) is None
    assert sessions.find_farewell(one) == "consent_withdrawn"


@pytest.mark.parametrize(
    "event_type",
    [
        event_types.ASSURANCE_LEVEL_CHANGE,
        event_types.IDENTIFIER_CHANGED,
        event_types.ACCOUNT_LINKED,
        event_types.ACCOUNT_UNLINKED,
    ],
)
def test_what_changed_is_asked_again(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
    event_type: str,
) -> None:
    one = _log_in(sessions, clock)
    signals.hear(transmitter.token(event_type))
    found = sessions.find(one)
    assert found is not None
    assert found.asks_again
    clock.time += 1
    fresh = sessions.find(_log_in(sessions, clock))
    assert fresh is not None
    assert not fresh.asks_again


def test_an_event_told_twice_is_done_once(
    party: relying_party.RelyingParty,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    heard: list[SecurityEvent] = []
    signals = SharedSignals(party, sessions, handlers={event_types.CREDENTIAL_CHANGE: heard.append})
    token = transmitter.token(event_types.CREDENTIAL_CHANGE)
    signals.hear(token)
    clock.time += 29 * 86_400
    signals.hear(token)
    assert len(heard) == 1


def test_what_a_handler_could_not_do_comes_again(
    party: relying_party.RelyingParty,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
) -> None:
    tries: list[str] = []

    def fail_first(event: SecurityEvent) -> None:
        tries.append(event.jti)
        if len(tries) == 1:
            raise RuntimeError("the database is away")

    signals = SharedSignals(party, sessions, handlers={event_types.CONSENT_WITHDRAWN: fail_first})
    token = transmitter.token(event_types.CONSENT_WITHDRAWN, {"items": ["phone_number"]})
    with pytest.raises(RuntimeError):
        signals.hear(token)
    signals.hear(token)
    signals.hear(token)
    assert len(tries) == 2


def test_nobody_is_nobody(signals: SharedSignals, transmitter: LoopbackTransmitter) -> None:
    subject = {"format": "opaque", "id": "stream-1"}
    for event_type in (event_types.ACCOUNT_DISABLED, event_types.CONSENT_WITHDRAWN):
        with pytest.raises(errors.SecurityEventTokenInvalid, match="sub_id"):
            signals.hear(transmitter.token(event_type, sub_id=subject))


def test_events_about_the_stream_and_unknown_ones_end_nothing(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    one = _log_in(sessions, clock)
    stream = {"format": "opaque", "id": "stream-1"}
    signals.hear(transmitter.token(event_types.STREAM_UPDATED, {"status": "paused"}, sub_id=stream))
    signals.hear(transmitter.token("https://example.cn/what", {}))
    assert not signals.is_verified
    signals.hear(transmitter.token(event_types.VERIFICATION, {"state": "unasked"}, sub_id=stream))
    assert not signals.is_verified
    assert sessions.find(one) is not None


def test_the_stream_is_verified_by_what_was_asked_for(
    signals: SharedSignals, transmitter: LoopbackTransmitter
) -> None:
    stream = {"format": "opaque", "id": "stream-1"}
    signals.expect("asked")
    signals.hear(transmitter.token(event_types.VERIFICATION, {"state": "asked"}, sub_id=stream))
    assert signals.is_verified


def test_deletions_are_asked_for_only_where_somebody_answers(
    party: relying_party.RelyingParty, sessions: browser_sessions.BrowserSessions
) -> None:
    assert event_types.DELETION_REQUESTED not in SharedSignals(party, sessions).events
    handlers: dict[str, shared_signals.Handler] = {event_types.DELETION_REQUESTED: lambda _: None}
    asked = SharedSignals(party, sessions, handlers=handlers).events
    assert asked.count(event_types.DELETION_REQUESTED) == 1
    assert event_types.SESSION_REVOKED in asked


def test_a_token_that_cannot_be_checked_now_ends_nothing_and_comes_again(
    signals: SharedSignals,
    sessions: browser_sessions.BrowserSessions,
    transmitter: LoopbackTransmitter,
    clock: Clock,
) -> None:
    one = _log_in(sessions, clock)
    token = transmitter.token(event_types.ACCOUNT_DISABLED)
    transmitter.provider.replies["/jwks"] = lambda _: Reply(503)
    with pytest.raises(errors.ProviderUnavailable):
        signals.hear(token)
    del transmitter.provider.replies["/jwks"]
    assert sessions.find(one) is not None
    clock.time += 2
    signals._party._keys._keys._asked_at = float("-inf")
    signals.hear(token)
    assert sessions.find(one) is None


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("iss", "invalid_issuer"),
        ("aud", "invalid_audience"),
        ("signature", "invalid_key"),
        ("kid", "invalid_key"),
        ("alg", "invalid_key"),
        ("jti", "invalid_request"),
        ("form", "invalid_request"),
    ],
)
def test_refusals_have_their_codes(check: str, code: str) -> None:
    assert shared_signals.error_code(errors.SecurityEventTokenInvalid(check, "x")) == code
