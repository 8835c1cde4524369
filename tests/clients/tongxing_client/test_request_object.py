from collections.abc import Callable

from joserfc import jws, jwt
from joserfc.jwk import ECKey

from tongxing_client import request_object
from tongxing_client.signing_key import SigningKey

MakeKey = Callable[[str], SigningKey]
RP, PROVIDER = "https://fund.example.gov.cn", "https://id.example.gov.cn"
ASKED = {"client_id": RP, "scope": "openid", "max_age": 300, "claims": {"userinfo": {"name": None}}}


def sign(key: SigningKey, **changes: list[str]) -> str:
    return request_object.sign(ASKED, key, client_id=RP, issuer=PROVIDER, now=1000.7, **changes)


def test_everything_asked_stands_inside_for_one_provider_and_a_short_time(new_key: MakeKey) -> None:
    key = new_key("protocol")
    opened = jwt.decode(sign(key), ECKey.import_key(dict(key.public_jwk)), algorithms=["ES256"])
    assert opened.header == {"alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": key.thumbprint}
    assert len(opened.claims.pop("jti")) >= 32
    assert opened.claims == {**ASKED, "iss": RP, "aud": PROVIDER, "iat": 1000, "exp": 1120}


def test_no_two_are_alike(new_key: MakeKey) -> None:
    key = new_key("protocol")
    public = ECKey.import_key(dict(key.public_jwk))
    ids = {jwt.decode(sign(key), public, algorithms=["ES256"]).claims["jti"] for _ in range(20)}
    assert len(ids) == 20


def test_the_chain_is_carried_along_where_there_is_one(new_key: MakeKey) -> None:
    key = new_key("protocol")
    token = sign(key, trust_chain=["a", "b"])
    lenient = jws.JWSRegistry(strict_check_header=False)
    opened = jwt.decode(token, ECKey.import_key(dict(key.public_jwk)), registry=lenient)
    assert opened.header["trust_chain"] == ["a", "b"]
