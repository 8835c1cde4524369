import dataclasses
from typing import Any

import pytest

from tests.clients.loopback_provider import Clock, LoopbackProvider, at_hash
from tongxing_client import errors, id_token, jwks


@pytest.fixture
def expected(provider: LoopbackProvider, clock: Clock) -> id_token.Expected:
    provider.login["auth_time"] = int(clock.now()) - 10
    return id_token.Expected(
        issuer=provider.issuer, client_id="rp", nonce="n", access_token="at", trusted_audiences=("api",)
    )


def _check(provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected) -> Any:
    return id_token.check(provider.id_token("rp", "n", "at"), keys, expected, provider.clock.now())


def _refused(provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected) -> str:
    with pytest.raises(errors.IdTokenInvalid) as raised:
        _check(provider, keys, expected)
    return raised.value.check


def test_a_good_token_gives_its_claims(
    provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected
) -> None:
    claims = _check(provider, keys, expected)
    assert (claims["sub"], claims["sid"], claims["amr"]) == ("pairwise-zhang", "sid-1", ["pwd", "otp", "mfa"])


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"iss": "https://evil.example.cn"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["rp", "stranger"], "azp": "rp"}, "aud"),
        ({"aud": ["rp", "api"]}, "azp"),
        ({"aud": ["rp", "api"], "azp": "api"}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"exp": 1}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 1}, "iat"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"nbf": 9_999_999_999}, "nbf"),
        ({"nonce": "other"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["n"]}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "张"}, "sub"),
        ({"sid": 7}, "sid"),
        ({"at_hash": at_hash("another")}, "at_hash"),
        ({"at_hash": 7}, "at_hash"),
        ({"auth_time": "now"}, "auth_time"),
        ({"auth_time": 9_999_999_999}, "auth_time"),
        ({"acr": 3}, "acr"),
        ({"amr": "pwd"}, "amr"),
        ({"amr": [1]}, "amr"),
    ],
)
def test_each_check_refuses(
    provider: LoopbackProvider,
    keys: jwks.KeySet,
    expected: id_token.Expected,
    changes: dict[str, Any],
    check: str,
) -> None:
    provider.id_token_claims = changes
    assert _refused(provider, keys, expected) == check


@pytest.mark.parametrize(
    "changes",
    [
        {"at_hash": None},
        {"azp": "rp"},
        {"aud": ["rp"]},
        {"aud": ["rp", "api"], "azp": "rp"},
        {"amr": None, "sid": None, "auth_time": None},
        {"acr": "urn:tongxing:loa:2"},
    ],
)
def test_what_is_optional_may_be_there_or_not(
    provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected, changes: dict[str, Any]
) -> None:
    provider.id_token_claims = changes
    assert _check(provider, keys, expected)["sub"] == "pairwise-zhang"


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", "JOSE"])
def test_another_kind_of_token_is_refused(
    provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected, typ: str
) -> None:
    provider.id_token_header = {"typ": typ}
    assert _refused(provider, keys, expected) == "typ"


def test_max_age_wants_a_recent_auth_time(
    provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected, clock: Clock
) -> None:
    recent = dataclasses.replace(expected, max_age=300)
    assert _check(provider, keys, recent)
    provider.id_token_claims = {"auth_time": int(clock.now()) - 330}
    assert _check(provider, keys, recent)
    provider.id_token_claims = {"auth_time": int(clock.now()) - 331}
    assert _refused(provider, keys, recent) == "auth_time"
    provider.id_token_claims = {"auth_time": None}
    assert _refused(provider, keys, recent) == "auth_time"


def test_an_essential_level_must_be_reached(
    provider: LoopbackProvider, keys: jwks.KeySet, expected: id_token.Expected
) -> None:
    demanding = dataclasses.replace(expected, acr_values=("urn:tongxing:loa:3",))
    assert _refused(provider, keys, demanding) == "acr"
    provider.id_token_claims = {"acr": "urn:tongxing:loa:2"}
    assert _refused(provider, keys, demanding) == "acr"
    provider.id_token_claims = {"acr": "urn:tongxing:loa:4"}
    assert _check(provider, keys, demanding)


def test_a_refreshed_token_continues_the_same_login() -> None:
    old = {"iss": "i", "sub": "s", "auth_time": 5, "nonce": "n", "azp": "rp"}
    id_token.check_refreshed({"iss": "i", "sub": "s", "auth_time": 5}, old)
    id_token.check_refreshed(old, old)
    for change in ({"sub": "t"}, {"iss": "j"}, {"auth_time": 6}, {"nonce": "m"}, {"azp": "x"}):
        with pytest.raises(errors.IdTokenInvalid):
            id_token.check_refreshed({**old, **change}, old)
