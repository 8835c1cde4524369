from typing import Any

import pytest

from tests.clients.loopback_provider import LOGOUT_EVENT, LoopbackProvider
from tongxing_client import backchannel_logout, errors, jwks


def _check(
    provider: LoopbackProvider, keys: jwks.KeySet, token: str, used: set[str] | None = None
) -> backchannel_logout.LogoutToken:
    seen = set() if used is None else used

    def is_first_use(jti: str, seconds: float) -> bool:
        assert seconds > 600
        is_new = jti not in seen
        seen.add(jti)
        return is_new

    return backchannel_logout.check(
        token,
        keys,
        issuer=provider.issuer,
        client_id="rp",
        is_first_use=is_first_use,
        now=provider.clock.now(),
    )


def _refused(provider: LoopbackProvider, keys: jwks.KeySet, token: str, used: set[str] | None = None) -> str:
    with pytest.raises(errors.LogoutTokenInvalid) as raised:
        _check(provider, keys, token, used)
    return raised.value.check


@pytest.mark.parametrize(
    ("changes", "sub", "sid"),
    [
        ({}, "pairwise-zhang", "sid-1"),
        ({"sub": None}, None, "sid-1"),
        ({"sid": None}, "pairwise-zhang", None),
        ({"typ": "application/logout+jwt"}, "pairwise-zhang", "sid-1"),
        ({"aud": ["rp"]}, "pairwise-zhang", "sid-1"),
    ],
)
def test_a_good_token_says_what_has_ended(
    provider: LoopbackProvider, keys: jwks.KeySet, changes: dict[str, Any], sub: str | None, sid: str | None
) -> None:
    found = _check(provider, keys, provider.logout_token(**changes))
    assert (found.sub, found.sid) == (sub, sid)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"typ": None}, "typ"),
        ({"typ": "JWT"}, "typ"),
        ({"iss": "https://evil.example.cn"}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["rp", "other"]}, "aud"),
        ({"iat": None}, "iat"),
        ({"iat": 1}, "iat"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": 1}, "exp"),
        ({"events": None}, "events"),
        ({"events": []}, "events"),
        ({"events": {"other": {}}}, "events"),
        ({"events": {LOGOUT_EVENT: True}}, "events"),
        ({"nonce": "n"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"sub": None, "sid": None}, "sid"),
        ({"sid": 7}, "sid"),
        ({"sid": ""}, "sid"),
        ({"sub": "x" * 300}, "sub"),
        ({"jti": None}, "jti"),
        ({"jti": 7}, "jti"),
    ],
)
def test_each_check_refuses(
    provider: LoopbackProvider, keys: jwks.KeySet, changes: dict[str, Any], check: str
) -> None:
    assert _refused(provider, keys, provider.logout_token(**changes)) == check


def test_an_id_token_is_no_logout_token(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    assert _refused(provider, keys, provider.id_token("rp", "n")) == "typ"


def test_a_token_is_used_once(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    used: set[str] = set()
    token = provider.logout_token()
    _check(provider, keys, token, used)
    with pytest.raises(errors.LogoutTokenReplayed, match="jti"):
        _check(provider, keys, token, used)


def test_a_bad_token_does_not_use_up_the_jti_of_a_good_one(
    provider: LoopbackProvider, keys: jwks.KeySet
) -> None:
    used: set[str] = set()
    _refused(provider, keys, provider.logout_token(jti="same", nonce="n"), used)
    assert _check(provider, keys, provider.logout_token(jti="same"), used).sid == "sid-1"
