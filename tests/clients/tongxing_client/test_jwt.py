import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.clients.loopback_provider import RSA, LoopbackProvider
from tongxing_client import errors, jwks, jwt

INVALID = errors.IdTokenInvalid


def _part(content: object) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _refused(token: str, keys: jwks.KeySet, algorithms: tuple[str, ...] = jwks.ALGORITHMS) -> str:
    with pytest.raises(INVALID) as raised:
        jwt.verify(token, keys, algorithms, INVALID)
    return raised.value.check


@pytest.mark.parametrize(("algorithm", "kid"), [("ES256", "es"), ("RS256", "rsa"), ("PS256", "rsa")])
def test_a_signature_of_the_provider_holds(
    provider: LoopbackProvider, keys: jwks.KeySet, algorithm: str, kid: str
) -> None:
    provider.algorithm, provider.signing_key = algorithm, next(key for key in provider.keys if key.kid == kid)
    opened = jwt.verify(provider.sign({"sub": "张"}), keys, jwks.ALGORITHMS, INVALID)
    assert opened.claims == {"sub": "张"}
    assert opened.header["alg"] == algorithm


def test_one_changed_byte_breaks_it(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    header, claims, signature = provider.sign({"sub": "a"}).split(".")
    flipped = ("A" if signature[5] != "A" else "B").join([signature[:5], signature[6:]])
    assert _refused(f"{header}.{claims}.{flipped}", keys) == "signature"
    assert _refused(f"{header}.{_part({'sub': 'b'})}.{signature}", keys) == "signature"
    assert _refused(f"{header}.{claims}.{signature[:-4]}", keys) == "signature"


def test_a_token_of_a_stranger_under_our_kid_does_not_hold(
    provider: LoopbackProvider, keys: jwks.KeySet
) -> None:
    provider.signing_key = ECKey.generate_key("P-256", {"kid": "es"})
    assert _refused(provider.sign({"sub": "a"}), keys) == "signature"


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", None, 7, ["ES256"], "HS256", "ES384", "dir"])
def test_no_other_algorithm_is_accepted(keys: jwks.KeySet, alg: Any) -> None:
    assert _refused(f"{_part({'alg': alg, 'kid': 'es'})}.{_part({'sub': 'a'})}.{_part(b'x')}", keys) == "alg"


def test_an_unsigned_token_has_not_even_the_form(keys: jwks.KeySet) -> None:
    assert _refused(f"{_part({'alg': 'none'})}.{_part({'sub': 'a'})}.", keys) == "form"


@pytest.mark.parametrize("secret", ["pem", "jwk"])
def test_a_public_key_is_no_hmac_secret(keys: jwks.KeySet, secret: str) -> None:
    known = {
        "pem": RSA.as_pem(private=False),
        "jwk": json.dumps(RSA.as_dict(private=False)).encode(),
    }
    signed = f"{_part({'alg': 'HS256', 'kid': 'rsa'})}.{_part({'sub': 'a'})}"
    signature = hmac.digest(known[secret], signed.encode(), hashlib.sha256)
    assert _refused(f"{signed}.{_part(signature)}", keys) == "alg"
    assert _refused(f"{signed}.{_part(signature)}", keys, ("HS256", "ES256")) == "alg"


def test_a_registered_algorithm_shuts_out_the_others(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    assert _refused(provider.sign({"sub": "a"}), keys, ("RS256",)) == "alg"


def test_critical_extensions_are_refused(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    header = {"alg": "ES256", "kid": "es", "crit": ["b64"], "b64": False}
    assert _refused(f"{_part(header)}.{_part({})}.{_part(b'x')}", keys) == "crit"


@pytest.mark.parametrize("kid", [7, ["es"], {}, "unknown"])
def test_an_unknown_key_is_refused(keys: jwks.KeySet, kid: Any) -> None:
    assert _refused(f"{_part({'alg': 'ES256', 'kid': kid})}.{_part({})}.{_part(b'x')}", keys) == "kid"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "e30=.e30.AAAA",
        "e30.e30.AA AA",
        "e30.e30.AAAA\n",
        "张.三.丰",
        "e30." + "A" * 70_000 + ".AAAA",
        "AAAAA.e30.AAAA",
        f"{_part([])}.e30.AAAA",
        f"{_part(b'[' * 20_000)}.e30.AAAA",
        f"{_part({'alg': 'ES256'})}.{_part(b'NaN')}.AAAA",
    ],
)
def test_what_is_no_compact_token_is_refused(keys: jwks.KeySet, token: str) -> None:
    assert _refused(token, keys) == "form"


def test_unknown_kids_do_not_make_us_hammer_the_provider(
    provider: LoopbackProvider, keys: jwks.KeySet, make_party: Any
) -> None:
    party = make_party(renew_keys_seconds=3600)
    for number in range(10):
        token = provider.sign({"sub": "a"}, {"kid": f"unknown-{number}"})
        with pytest.raises(errors.LogoutTokenInvalid, match="kid"):
            party.check_logout_token(token, lambda *_: True)
    assert provider.count("/jwks") == 1


@pytest.mark.parametrize("value", [None, "7", True, float("inf"), 10**400, [], {}])
def test_a_date_is_a_finite_number(value: Any) -> None:
    with pytest.raises(INVALID, match="exp"):
        jwt.number({"exp": value}, "exp", INVALID)


@pytest.mark.parametrize(
    ("aud", "trusted", "is_good"),
    [
        ("rp", (), True),
        (["rp"], (), True),
        (["rp", "api"], ("api",), True),
        (["rp", "api"], (), False),
        ("other", (), False),
        ([], (), False),
        (None, (), False),
        (["rp", {}], {"api"}, False),
        ("rp2", (), False),
    ],
)
def test_the_audience_is_us_and_nobody_strange(aud: Any, trusted: Any, *, is_good: bool) -> None:
    if is_good:
        jwt.check_audience({"aud": aud}, "rp", trusted, INVALID)
    else:
        with pytest.raises(INVALID, match="aud"):
            jwt.check_audience({"aud": aud}, "rp", trusted, INVALID)


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"exp": 970, "iat": 1000}, "exp"),
        ({"exp": 1300, "iat": 1031}, "iat"),
        ({"exp": 1300, "iat": 300}, "iat"),
        ({"exp": 1300}, "iat"),
        ({"iat": 1000}, "exp"),
        ({"exp": 1300, "iat": 1000, "nbf": 1031}, "nbf"),
        ({"exp": 1300, "iat": 1000, "nbf": "soon"}, "nbf"),
    ],
)
def test_times_out_of_bounds_are_refused(claims: dict[str, Any], check: str) -> None:
    with pytest.raises(INVALID) as raised:
        jwt.check_times(claims, 1000, 30, 600, INVALID)
    assert raised.value.check == check


def test_times_within_the_leeway_pass() -> None:
    jwt.check_times({"exp": 971, "iat": 1030, "nbf": 1030}, 1000, 30, 600, INVALID)
    jwt.check_times({"exp": 1300, "iat": 370}, 1000, 30, 600, INVALID)


def test_equality_is_of_strings() -> None:
    assert jwt.is_same("值", "值")
    assert not jwt.is_same(None, "None")
    assert not jwt.is_same(["a"], "a")
