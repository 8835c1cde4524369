from collections.abc import Callable
from typing import Any

from jose import jwt

from clients.gateway.identity import IdentityHeaders
from tongxing_client.session import Session
from tongxing_client.signing_key import SigningKey

NOW = 1_800_000_000.0
URL = "https://records.example.gov.cn/.tongxing"
NewKey = Callable[[str], SigningKey]


def session(**claims: Any) -> Session:
    return Session(
        sub="pairwise-zhang",
        sid="sid-1",
        id_token="",
        id_token_claims={"acr": "urn:tongxing:loa:3", "amr": ["pwd"], "auth_time": 1, **claims},
        userinfo_claims={"name": "张伟"},
        access_token="secret-token",
        access_token_ends_at=None,
        refresh_token=None,
        asked_acr=(),
        started_at=NOW,
        seen_at=NOW,
    )


def test_plain_headers_are_ascii_and_the_signed_one_is_good_for_a_minute_at_this_site(
    new_key: NewKey,
) -> None:
    headers = IdentityHeaders(new_key("gateway"), URL, lambda: NOW)
    told = headers.of(session())
    assert told["X-Tongxing-Subject"] == "pairwise-zhang"
    assert told["X-Tongxing-Level"] == "3"
    assert told["X-Tongxing-Name"] == "%E5%BC%A0%E4%BC%9F"
    assert "X-Tongxing-Actor" not in told
    assert "secret-token" not in str(told)
    token = told["X-Tongxing-Identity"]
    claims = jwt.decode(token, headers.jwks(), "ES256", options={"verify_aud": False, "verify_exp": False})
    assert claims == {
        "iss": URL,
        "aud": "https://records.example.gov.cn",
        "sub": "pairwise-zhang",
        "iat": int(NOW),
        "exp": int(NOW) + 60,
        "acr": "urn:tongxing:loa:3",
        "amr": ["pwd"],
        "auth_time": 1,
        "name": "张伟",
    }
    assert jwt.get_unverified_header(token)["typ"] == "identity+jwt"


def test_who_acts_for_another_is_told_beside_whom_they_act_for(new_key: NewKey) -> None:
    headers = IdentityHeaders(new_key("gateway"), URL, lambda: NOW)
    told = headers.of(session(act={"sub": "the-handler"}))
    assert told["X-Tongxing-Subject"] == "pairwise-zhang"
    assert told["X-Tongxing-Actor"] == "the-handler"
    assert jwt.get_unverified_claims(told["X-Tongxing-Identity"])["act"] == {"sub": "the-handler"}


def test_a_level_that_is_no_number_is_left_out(new_key: NewKey) -> None:
    told = IdentityHeaders(new_key("gateway"), URL, lambda: NOW).of(session(acr="urn:tongxing:loa:assisted"))
    assert "X-Tongxing-Level" not in told


def test_no_private_half_is_published(new_key: NewKey) -> None:
    published = IdentityHeaders(new_key("gateway"), URL).jwks()["keys"]
    assert [set(key) & {"d", "p", "q", "k"} for key in published] == [set()]
