import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from idp.federation import signed_jwt
from idp.federation.signed_jwt import JwtRefused
from idp.keys import compact_jwt
from tests.federation.line import NOW, Entity

TYP = "entity-statement+jwt"
ONE = Entity("https://one.example")


def rule(token: str, **options: Any) -> str:
    with pytest.raises(JwtRefused) as refused:
        signed_jwt.read(token, typ=TYP, **options)
    return refused.value.rule


def part(text: str | bytes) -> str:
    return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).rstrip(b"=").decode()


def made(claims: str = "{}", header: str | None = None) -> str:
    head = json.dumps({"alg": "ES256", "typ": TYP, "kid": "one"}) if header is None else header
    return f"{part(head)}.{part(claims)}.{part(b'0' * 64)}"


def test_what_was_signed_is_read_and_verified() -> None:
    signed = signed_jwt.read(ONE.sign(TYP, {"a": [1, 2.5, True, "文"]}), typ=TYP)
    assert signed.claims == {"a": [1, 2.5, True, "文"]}
    assert (signed.kid, signed.alg) == ("one", "ES256")
    signed_jwt.verify(signed, ONE.keys)


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b", "..", "a..c", "a.b.c.d", "a.b.c\n", " a.b.c", "a=.b.c", "a+.b.c", "a/.b.c", "文.b.c"],
)
def test_what_is_no_compact_jwt(token: str) -> None:
    assert rule(token) == "jwt"


@pytest.mark.parametrize(
    "typ", [None, "", "JWT", "entity-statement", "Entity-Statement+jwt", "trust-mark+jwt", 7, ["x"]]
)
def test_every_jwt_has_its_type(typ: object) -> None:
    """RFC 8725 §3.11."""
    assert rule(made(header=json.dumps({"alg": "ES256", "typ": typ, "kid": "one"}))) == "typ"


@pytest.mark.parametrize("alg", [None, "", "none", "None", "HS256", "ES384", "RS512", 7, ["ES256"]])
def test_no_algorithm_but_ours(alg: object) -> None:
    assert rule(made(header=json.dumps({"alg": alg, "typ": TYP, "kid": "one"}))) == "alg"


def test_an_unsigned_one_is_refused_for_its_algorithm() -> None:
    assert rule(f"{part(json.dumps({'alg': 'none', 'typ': TYP, 'kid': 'one'}))}.{part('{}')}.") == "alg"


@pytest.mark.parametrize("kid", [None, "", 7, "k" * 201, ["one"]])
def test_the_key_is_named(kid: object) -> None:
    assert rule(made(header=json.dumps({"alg": "ES256", "typ": TYP, "kid": kid}))) == "kid"


def test_no_critical_header_is_understood() -> None:
    header = json.dumps({"alg": "ES256", "typ": TYP, "kid": "one", "crit": ["b64"], "b64": False})
    assert rule(made(header=header)) == "header_crit"


@pytest.mark.parametrize(
    "claims",
    [
        "",
        "[]",
        "7",
        "null",
        "{",
        '{"a":1,"a":2}',
        '{"a":{"b":1,"b":1}}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":1e999}',
        '{"a":-1e999}',
        '{"a":' + "9" * 5000 + "}",
        '{"a":' + "[" * 20 + "]" * 20 + "}",
        '{"a":' + '{"a":' * 100 + "1" + "}" * 101,
        '{"a":' + "[" * 90_000 + "]" * 90_000 + "}",
    ],
)
def test_json_that_can_be_read_in_two_ways_or_has_no_end_is_refused(claims: str) -> None:
    assert rule(made(claims)) in {"claims", "jwt"}


def test_bytes_that_are_no_text_are_refused() -> None:
    header = part(json.dumps({"alg": "ES256", "typ": TYP, "kid": "one"}))
    no_text = part(b'{"a":"\xff"}')
    assert rule(f"{header}.{no_text}.AA") == "claims"
    assert rule(f"{header}.A.AA") == "claims"
    assert rule(f"A.{part('{}')}.AA") == "header"


def test_there_is_an_end_to_its_length() -> None:
    token = ONE.sign(TYP, {"a": "x" * 400})
    assert rule(token, longest=400) == "size"
    assert rule(ONE.sign(TYP, {"a": "x" * signed_jwt.LONGEST})) == "size"
    assert (
        rule(made(header=json.dumps({"alg": "ES256", "typ": TYP, "kid": "one", "x": "x" * 100_000})))
        == "size"
    )


def test_only_the_key_of_that_name_counts() -> None:
    signed = signed_jwt.read(ONE.sign(TYP, {}), typ=TYP)
    other = ECKey.generate_key("P-256", {"kid": "one"})
    for keys, wanted in (
        (KeySet([other]), "signature"),
        (KeySet([Entity("x", _named("two")).key]), "unknown_key"),
    ):
        with pytest.raises(JwtRefused) as refused:
            signed_jwt.verify(signed, keys)
        assert refused.value.rule == wanted


def _named(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def test_a_changed_word_is_noticed() -> None:
    header, _claims, signature = ONE.sign(TYP, {"a": 1}).split(".")
    signed = signed_jwt.read(f"{header}.{part(json.dumps({'a': 2}))}.{signature}", typ=TYP)
    with pytest.raises(JwtRefused, match="signature"):
        signed_jwt.verify(signed, ONE.keys)


def test_the_algorithm_is_that_of_the_key() -> None:
    """RFC 8725 §3.1: neither the public key as a secret, nor another kind of key."""
    secret = OctKey.import_key(json.dumps(ONE.jwks["keys"][0]).encode())
    hmac = compact_jwt.sign({"alg": "HS256", "typ": TYP, "kid": "one"}, {}, secret)
    assert rule(hmac) == "alg"
    rsa = RSAKey.generate_key(2048, {"kid": "one"})
    signed = signed_jwt.read(ONE.sign(TYP, {}), typ=TYP)
    with pytest.raises(JwtRefused, match="alg"):
        signed_jwt.verify(signed, KeySet([rsa]))


@pytest.mark.parametrize("value", [None, "1", True, -1, 253_402_300_800, [1], 1e300])
def test_what_is_no_time(value: object) -> None:
    with pytest.raises(JwtRefused, match="iat"):
        signed_jwt.seconds({"iat": value}, "iat")


def test_times_may_have_fractions() -> None:
    assert signed_jwt.seconds({"iat": 1.9}, "iat") == 1


def test_when_it_is_in_force() -> None:
    signed_jwt.check_time(NOW, NOW + 1, NOW)
    signed_jwt.check_time(NOW + signed_jwt.SKEW, None, NOW)
    with pytest.raises(JwtRefused, match="iat"):
        signed_jwt.check_time(NOW + signed_jwt.SKEW + 1, NOW + 1000, NOW)
    with pytest.raises(JwtRefused, match="exp"):
        signed_jwt.check_time(NOW - 10, NOW, NOW)


def test_what_is_shown_is_short() -> None:
    assert signed_jwt.shown("x" * 1000) == "x" * 200 + "…"
    assert len(str(signed_jwt.shown({"a": ["文" * 1000]}))) <= 201
    assert signed_jwt.shown({"a": 1}) == {"a": 1}
    assert signed_jwt.shown(10**400) == str(signed_jwt.LATEST)
    assert signed_jwt.shown(None) is None


@given(st.text(max_size=200), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_nothing_breaks_it(text: str, value: object) -> None:
    for token in (text, made(text), made(header=text), made(json.dumps({"a": value}))):
        try:
            signed = signed_jwt.read(token, typ=TYP)
        except JwtRefused:
            continue
        with pytest.raises(JwtRefused):
            signed_jwt.verify(signed, ONE.keys)
