from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients.loopback_provider import LoopbackProvider
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tongxing_client import errors, event_types, jwks, security_event_token
from tongxing_client.security_event_token import SecurityEvent

WITHDRAWN = event_types.CONSENT_WITHDRAWN
DAY = 86_400


def _check(transmitter: LoopbackTransmitter, keys: jwks.KeySet, token: str) -> tuple[SecurityEvent, ...]:
    return security_event_token.check(
        token,
        keys,
        issuer=transmitter.provider.issuer,
        client_id="rp",
        now=transmitter.provider.clock.now(),
    )


def _refused(transmitter: LoopbackTransmitter, keys: jwks.KeySet, token: str) -> str:
    with pytest.raises(errors.SecurityEventTokenInvalid) as raised:
        _check(transmitter, keys, token)
    return raised.value.check


def test_a_good_token_says_what_happened_to_whom(transmitter: LoopbackTransmitter, keys: jwks.KeySet) -> None:
    now = transmitter.provider.clock.now()
    members = {"items": ["phone_number", 7, ""], "record_id": "r", "event_timestamp": now - 5}
    (event,) = _check(transmitter, keys, transmitter.token(WITHDRAWN, members, jti="j"))
    assert (event.jti, event.type, event.sub, event.sid) == ("j", WITHDRAWN, "pairwise-zhang", None)
    assert (event.issued_at, event.happened_at) == (now, now - 5)
    assert event.items == ("phone_number",)
    assert (event.text("record_id"), event.text("items"), event.text("other")) == ("r", None, None)


@pytest.mark.parametrize("typ", ["secevent+jwt", "application/secevent+jwt", "SecEvent+JWT"])
def test_the_type_may_be_written_out(transmitter: LoopbackTransmitter, keys: jwks.KeySet, typ: str) -> None:
    assert _check(transmitter, keys, transmitter.token(WITHDRAWN, typ=typ))


def test_a_session_of_a_person_is_both(transmitter: LoopbackTransmitter, keys: jwks.KeySet) -> None:
    issuer = transmitter.provider.issuer
    user = {"format": "iss_sub", "iss": issuer, "sub": "s"}
    one = {"format": "opaque", "id": "sid-1"}
    for subject, found in [
        ({"format": "complex", "user": user, "session": one}, ("s", "sid-1")),
        ({"format": "complex", "user": user}, ("s", None)),
        ({"format": "complex", "session": one}, (None, "sid-1")),
    ]:
        (event,) = _check(transmitter, keys, transmitter.token(event_types.SESSION_REVOKED, sub_id=subject))
        assert (event.sub, event.sid, event.stream_id) == (*found, None)


def test_a_stream_is_nobody(transmitter: LoopbackTransmitter, keys: jwks.KeySet) -> None:
    subject = {"format": "opaque", "id": "stream-1"}
    (event,) = _check(transmitter, keys, transmitter.token(event_types.VERIFICATION, {}, sub_id=subject))
    assert (event.sub, event.sid, event.stream_id) == (None, None, "stream-1")


@pytest.mark.parametrize(
    ("members", "toe", "seconds_before"),
    [
        ({"event_timestamp": -40}, None, 40),
        ({"event_timestamp": 5000}, None, 0),
        ({}, -40, 40),
        ({}, 5000, 0),
        ({"event_timestamp": -7}, -40, 7),
        ({}, None, 0),
    ],
)
def test_what_happened_did_so_before_it_was_told(
    transmitter: LoopbackTransmitter,
    keys: jwks.KeySet,
    members: dict[str, float],
    toe: float | None,
    seconds_before: float,
) -> None:
    now = transmitter.provider.clock.now()
    members = {name: now + offset for name, offset in members.items()}
    at = None if toe is None else now + toe
    (event,) = _check(transmitter, keys, transmitter.token(WITHDRAWN, members, toe=at))
    assert event.happened_at == now - seconds_before


@pytest.mark.parametrize("value", [True, "soon", None, -1, 10**400])
def test_a_time_that_is_none_is_passed_over(
    transmitter: LoopbackTransmitter, keys: jwks.KeySet, value: object
) -> None:
    (event,) = _check(transmitter, keys, transmitter.token(WITHDRAWN, {"event_timestamp": value}))
    assert event.happened_at == event.issued_at


def test_one_that_was_told_late_is_still_believed(
    transmitter: LoopbackTransmitter, keys: jwks.KeySet
) -> None:
    token = transmitter.token(WITHDRAWN)
    transmitter.provider.clock.time += 29 * DAY
    assert _check(transmitter, keys, token)
    transmitter.provider.clock.time += 2 * DAY
    assert _refused(transmitter, keys, token) == "iat"


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"typ": None}, "typ"),
        ({"typ": "JWT"}, "typ"),
        ({"typ": "logout+jwt"}, "typ"),
        ({"iss": "https://evil.example.cn"}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["rp", "other"]}, "aud"),
        ({"sub": "pairwise-zhang"}, "sub"),
        ({"exp": 9_999_999_999}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"iat": 1}, "iat"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"jti": "x" * 256}, "jti"),
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": []}, "events"),
        ({"events": {WITHDRAWN: True}}, "events"),
        ({"events": {str(number): {} for number in range(9)}}, "events"),
        ({"sub_id": None}, "sub_id"),
        ({"sub_id": "pairwise-zhang"}, "sub_id"),
        ({"sub_id": {}}, "sub_id"),
        ({"sub_id": {"format": "email", "email": "a@b.cn"}}, "sub_id"),
        ({"sub_id": {"format": "iss_sub", "iss": "https://evil.example.cn", "sub": "s"}}, "sub_id"),
        ({"sub_id": {"format": "opaque"}}, "sub_id"),
        ({"sub_id": {"format": "opaque", "id": ["x"]}}, "sub_id"),
        ({"sub_id": {"format": "complex"}}, "sub_id"),
        ({"sub_id": {"format": "complex", "user": "s"}}, "sub_id"),
        ({"sub_id": {"format": "complex", "session": {"format": "opaque", "id": "x" * 256}}}, "sub_id"),
    ],
)
def test_each_check_refuses(
    transmitter: LoopbackTransmitter, keys: jwks.KeySet, changes: dict[str, Any], check: str
) -> None:
    assert _refused(transmitter, keys, transmitter.token(WITHDRAWN, **changes)) == check


def test_other_tokens_are_none(
    transmitter: LoopbackTransmitter, keys: jwks.KeySet, provider: LoopbackProvider
) -> None:
    assert _refused(transmitter, keys, provider.id_token("rp", "n")) == "typ"
    assert _refused(transmitter, keys, provider.logout_token()) == "typ"
    for text in ("", "garbage", "a.b.c", "好.的.吗", "x" * 100_000):
        assert _refused(transmitter, keys, text) == "form"


def test_one_byte_changed_breaks_the_seal(transmitter: LoopbackTransmitter, keys: jwks.KeySet) -> None:
    token = transmitter.token(WITHDRAWN)
    head, payload, signature = token.split(".")
    broken = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    assert _refused(transmitter, keys, f"{head}.{broken}.{signature}") in {"form", "signature"}
    forged = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert _refused(transmitter, keys, f"{head}.{payload}.{forged}") == "signature"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["iss", "aud", "iat", "jti", "sub_id", "events", "toe", "txn"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(changes=st.dictionaries(NAMES, JSON, max_size=3), members=st.dictionaries(st.text(max_size=8), JSON))
def test_whatever_is_signed_is_either_read_or_refused(
    transmitter: LoopbackTransmitter, keys: jwks.KeySet, changes: dict[str, Any], members: dict[str, Any]
) -> None:
    try:
        token = transmitter.token(WITHDRAWN, members, **changes)
    except (ValueError, OverflowError):
        return  # joserfc signs no such thing
    try:
        events = _check(transmitter, keys, token)
    except errors.SecurityEventTokenInvalid:
        return
    assert all(event.sub or event.sid or event.stream_id for event in events)
