import base64
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.keys import jwk_rules

EC = ECKey.generate_key("P-256", {"kid": "a"})
RSA = RSAKey.generate_key(2048, {"kid": "b"})
ED = OKPKey.generate_key("Ed25519", {"kid": "c"})
EC_JWK: dict[str, Any] = dict(EC.as_dict(private=False))
RSA_JWK: dict[str, Any] = dict(RSA.as_dict(private=False))
ED_JWK: dict[str, Any] = dict(ED.as_dict(private=False))


def jwks(*keys: object) -> dict[str, Any]:
    return {"keys": list(keys)}


def number(value: int) -> str:
    return (
        base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
    )


@pytest.mark.parametrize(
    ("key", "jwk", "alg"), [(EC, EC_JWK, "ES256"), (RSA, RSA_JWK, "PS256"), (RSA, RSA_JWK, "RS256")]
)
def test_a_registered_key_verifies_what_its_owner_signed(key: Any, jwk: dict[str, Any], alg: str) -> None:
    keys = jwk_rules.public_keys(jwks(jwk))
    token = jwt.encode({"alg": alg, "kid": jwk["kid"]}, {"sub": "x"}, key, algorithms=[alg])
    assert jwt.decode(token, keys, algorithms=[alg]).claims == {"sub": "x"}


def test_the_algorithms_of_a_set_are_those_of_its_keys() -> None:
    keys = jwk_rules.public_keys(jwks(EC_JWK, ED_JWK))
    assert jwk_rules.algs(keys) >= {"ES256", "EdDSA"}
    assert "RS256" not in jwk_rules.algs(keys)


def test_members_that_mean_nothing_to_us_are_dropped() -> None:
    keys = jwk_rules.public_keys(
        jwks(EC_JWK | {"use": "sig", "alg": "ES256", "key_ops": ["verify"], "x5c": ["..."]})
    )
    assert set(keys.keys[0].as_dict(private=False)) == {"kty", "crv", "x", "y", "kid"}


@pytest.mark.parametrize(
    ("value", "because"),
    [
        (None, "JWK Set"),
        ([], "JWK Set"),
        ({"keys": {}}, "JWK Set"),
        (jwks(), "1 to"),
        (jwks(*[EC_JWK] * 21), "1 to"),
        (jwks("x"), "JSON object"),
        (jwks({}), "EC on P-256"),
        (jwks({"kty": ["EC"], "crv": {}}), "EC on P-256"),
        (jwks({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}), "EC on P-256"),
        (jwks({"kty": "OKP", "crv": "X25519", "x": "AA"}), "EC on P-256"),
        (jwks({"kty": "RSA", "crv": "P-256"}), "EC on P-256"),
        (jwks(EC.as_dict(private=True)), "private"),
        (jwks(RSA.as_dict(private=True)), "private"),
        (jwks(OctKey.generate_key(256).as_dict()), "symmetric"),
        (jwks(EC_JWK | {"d": None}), "private"),
        (jwks(EC_JWK | {"x": "!!"}), "base64url"),
        (jwks(EC_JWK | {"x": "A"}), "base64url"),
        (jwks(EC_JWK | {"x": 5}), "x is missing"),
        (jwks(EC_JWK | {"x": "A" * 5000}), "x is missing"),
        (jwks(EC_JWK | {"x": EC_JWK["y"], "y": EC_JWK["x"]}), "valid"),
        (jwks(ED_JWK | {"x": "AAAA"}), "valid"),
        (jwks(RSA_JWK | {"n": number((1 << 1023) + 1)}), "not 1024"),
        (jwks(RSA_JWK | {"n": number((1 << 8192) + 1)}), "not 8193"),
        (jwks(RSA_JWK | {"n": number(1 << 2047)}), "valid"),
        (jwks(RSA_JWK | {"e": "Aw"}), "exponent"),
        (jwks(RSA_JWK | {"e": number(65_538)}), "exponent"),
        (jwks(RSA_JWK | {"e": number((1 << 64) + 1)}), "exponent"),
        (jwks(EC_JWK | {"use": "enc"}), "use"),
        (jwks(EC_JWK | {"key_ops": ["sign"]}), "key_ops"),
        (jwks(EC_JWK | {"key_ops": "verify"}), "key_ops"),
        (jwks(EC_JWK | {"alg": "HS256"}), "alg"),
        (jwks(EC_JWK | {"alg": []}), "alg"),
        (jwks(EC_JWK | {"kid": 7}), "kid"),
        (jwks(EC_JWK | {"kid": "x" * 201}), "kid"),
        (jwks(EC_JWK | {"kid": "a\x00"}), "kid"),
        (jwks(EC_JWK, EC_JWK), "kid of its own"),
        (jwks({k: v for k, v in EC_JWK.items() if k != "kid"}, RSA_JWK), "kid of its own"),
    ],
)
def test_keys_that_prove_nothing_are_refused_with_the_reason(value: object, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        jwk_rules.public_keys(value)


def test_the_reason_never_repeats_a_private_key() -> None:
    private = EC.as_dict(private=True)
    with pytest.raises(ValueError, match="private") as caught:
        jwk_rules.public_keys(jwks(private))
    assert str(private["d"]) not in str(caught.value)
