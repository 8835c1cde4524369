import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import KeySet

from tongxing_client import client_authentication, errors


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _keys(registered: Any) -> KeySet:
    return KeySet.import_key_set(registered)


def _apply(
    authentication: client_authentication.ClientAuthentication,
) -> tuple[dict[str, str], dict[str, str]]:
    form: dict[str, str] = {}
    headers: dict[str, str] = {}
    authentication.apply("city fund", "https://id.example.cn", form, headers)
    return form, headers


def test_basic_encodes_both_halves_first() -> None:
    form, headers = _apply(client_authentication.ClientSecretBasic("a:b/密"))
    assert form == {}
    scheme, _, pair = headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair)) == ("Basic", b"city+fund:a%3Ab%2F%E5%AF%86")


def test_post_puts_the_secret_into_the_form() -> None:
    assert _apply(client_authentication.ClientSecretPost("s")) == (
        {"client_id": "city fund", "client_secret": "s"},
        {},
    )


def test_none_says_only_who_it_is() -> None:
    assert _apply(client_authentication.NoSecret()) == ({"client_id": "city fund"}, {})


def test_an_assertion_holds_by_the_registered_key() -> None:
    pem = _pem(ec.generate_private_key(ec.SECP256R1()))
    authentication = client_authentication.PrivateKeyJwt(pem, now=lambda: 1000.5)
    registered = authentication.public_jwks()
    form, _ = _apply(authentication)
    opened = jwt.decode(form["client_assertion"], _keys(registered), algorithms=["ES256"])
    assert {**opened.claims, "jti": ""} == {
        "iss": "city fund",
        "sub": "city fund",
        "aud": "https://id.example.cn",
        "iat": 1000,
        "exp": 1060,
        "jti": "",
    }
    assert opened.header["kid"] == registered["keys"][0]["kid"]
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    again, _ = _apply(authentication)
    assert (
        jwt.decode(again["client_assertion"], _keys(registered), algorithms=["ES256"]).claims["jti"]
        != opened.claims["jti"]
    )


def test_the_kid_is_the_thumbprint_and_nothing_private_is_registered() -> None:
    pem = _pem(ec.generate_private_key(ec.SECP256R1()))
    key = client_authentication.PrivateKeyJwt(pem).public_jwks()["keys"][0]
    assert "d" not in key
    assert key["kid"] == _keys({"keys": [key]}).keys[0].thumbprint()
    assert client_authentication.PrivateKeyJwt(pem, kid="mine").public_jwks()["keys"][0]["kid"] == "mine"


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"garbage",
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(rsa.generate_private_key(65537, 2048)),
        _pem(ec.generate_private_key(ec.SECP256R1()), b"password"),
    ],
    ids=["empty", "garbage", "P-384", "RSA", "encrypted"],
)
def test_a_key_that_cannot_work_is_refused_at_once(pem: bytes) -> None:
    with pytest.raises(errors.WrongSettings):
        client_authentication.PrivateKeyJwt(pem)


@pytest.mark.parametrize(
    "kind", [client_authentication.ClientSecretBasic, client_authentication.ClientSecretPost]
)
def test_an_empty_secret_is_refused_at_once(kind: type[client_authentication.ClientSecretBasic]) -> None:
    with pytest.raises(errors.WrongSettings):
        kind("")
