from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.clients.loopback_provider import RSA, LoopbackProvider, Reply, json_reply
from tongxing_client import authorization_request, client_authentication, errors, relying_party

Party = relying_party.RelyingParty


def _answer(address: str) -> list[tuple[str, str]]:
    location = httpx.get(address, trust_env=False).headers["Location"]
    return parse_qsl(urlsplit(location).query)


def _log_in(party: Party, **asked: Any) -> relying_party.Login:
    request, address = party.start_login(**asked)
    return party.finish_login(_answer(address), request)


def test_a_login_from_end_to_end(party: Party) -> None:
    login = _log_in(party)
    assert login.id_token_claims["sub"] == "pairwise-zhang"
    assert login.userinfo_claims["name"] == "张伟"
    assert login.tokens.refresh_token


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
def test_every_way_to_authenticate(
    provider: LoopbackProvider, make_party: Callable[..., Party], method: str
) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    by_key = client_authentication.PrivateKeyJwt(pem)
    ways: dict[str, client_authentication.ClientAuthentication] = {
        "client_secret_basic": client_authentication.ClientSecretBasic("s3cret"),
        "client_secret_post": client_authentication.ClientSecretPost("s3cret"),
        "private_key_jwt": by_key,
        "none": client_authentication.NoSecret(),
    }
    secret = "" if method == "none" else "s3cret"
    provider.clients["rp"] = {"method": method, "secret": secret, "jwks": by_key.public_jwks()}
    assert ways[method].method == method
    assert _log_in(make_party(client_authentication=ways[method])).id_token_claims["aud"] == "rp"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_every_algorithm(provider: LoopbackProvider, party: Party, algorithm: str) -> None:
    provider.signing_key, provider.algorithm = RSA, algorithm
    assert _log_in(party).id_token_claims["sub"] == "pairwise-zhang"


def test_discovery_and_keys_are_fetched_once_for_many_logins(
    provider: LoopbackProvider, party: Party
) -> None:
    for _ in range(5):
        _log_in(party)
    assert provider.count("/.well-known/openid-configuration") == 1
    assert provider.count("/jwks") == 1


def test_a_code_is_bound_to_its_request(party: Party) -> None:
    request, address = party.start_login()
    answer = _answer(address)
    stolen = authorization_request.begin(request.redirect_uri)
    forged = {**dict(answer), "state": stolen.state}
    with pytest.raises(errors.InvalidGrant):
        party.finish_login(forged.items(), stolen)


@pytest.mark.parametrize(
    ("changes", "check"),
    [({"nonce": "other"}, "nonce"), ({"iss": "https://evil.cn"}, "iss"), ({"exp": 1}, "exp")],
)
def test_a_bad_id_token_ends_the_login(
    provider: LoopbackProvider, party: Party, changes: dict[str, Any], check: str
) -> None:
    provider.id_token_claims = changes
    with pytest.raises(errors.IdTokenInvalid) as raised:
        _log_in(party)
    assert raised.value.check == check
    assert provider.count("/userinfo") == 0


def test_an_answer_without_id_token_is_bad(provider: LoopbackProvider, party: Party) -> None:
    provider.token_changes = {"id_token": None}
    with pytest.raises(errors.BadProviderAnswer, match="id_token"):
        _log_in(party)


def test_an_essential_level_is_checked_and_a_voluntary_one_is_not(
    provider: LoopbackProvider, party: Party
) -> None:
    _log_in(party, acr_values=["urn:tongxing:loa:3"])
    with pytest.raises(errors.IdTokenInvalid, match="acr"):
        _log_in(party, acr_values=["urn:tongxing:loa:3"], essential_acr=True)


def test_a_refusal_of_the_provider_is_raised(provider: LoopbackProvider, party: Party) -> None:
    provider.authorize_error = {"error": "access_denied", "error_description": "no"}
    with pytest.raises(errors.AccessDenied):
        _log_in(party)


def test_a_provider_without_userinfo_is_enough(
    provider: LoopbackProvider, make_party: Callable[..., Party]
) -> None:
    document = provider.metadata()
    del document["userinfo_endpoint"]
    provider.replies["/.well-known/openid-configuration"] = lambda _: json_reply(document)
    assert _log_in(make_party()).userinfo_claims == {}


def test_refreshing_rotates_and_continues_the_login(provider: LoopbackProvider, party: Party) -> None:
    login = _log_in(party)
    assert login.tokens.refresh_token is not None
    renewed = party.refresh(login.tokens.refresh_token, login.id_token_claims)
    assert renewed.access_token != login.tokens.access_token
    assert renewed.refresh_token is not None
    assert renewed.refresh_token != login.tokens.refresh_token
    provider.id_token_claims = {"sub": "somebody-else"}
    with pytest.raises(errors.IdTokenInvalid, match="sub"):
        party.refresh(renewed.refresh_token, login.id_token_claims)


def test_refreshing_works_without_a_new_id_token(provider: LoopbackProvider, party: Party) -> None:
    login = _log_in(party)
    provider.token_changes = {"id_token": None}
    assert party.refresh(login.tokens.refresh_token or "", login.id_token_claims).id_token is None


def test_a_logout_token_is_checked_with_the_provider_s_keys(provider: LoopbackProvider, party: Party) -> None:
    assert party.check_logout_token(provider.logout_token(), lambda *_: True).sid == "sid-1"
    with pytest.raises(errors.LogoutTokenInvalid, match="aud"):
        party.check_logout_token(provider.logout_token(aud="other"), lambda *_: True)


def test_the_logout_address(provider: LoopbackProvider, party: Party) -> None:
    assert party.end_session_url() == f"{provider.issuer}/end_session?client_id=rp"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
@pytest.mark.parametrize("reply", [Reply(503), Reply(200, b"\x00garbage"), Reply(200, b"x" * 600_000)])
def test_whatever_breaks_at_the_provider_it_is_unavailable(
    provider: LoopbackProvider, party: Party, path: str, reply: Reply
) -> None:
    provider.replies[path] = lambda _: reply
    with pytest.raises(errors.ProviderUnavailable):
        _log_in(party)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://id.example.cn"},
        {"issuer": "id.example.cn"},
        {"redirect_uri": "http://fund.example.cn/callback"},
        {"client_id": ""},
        {"scope": "profile"},
        {"id_token_algorithms": ()},
        {"id_token_algorithms": ("none",)},
        {"id_token_algorithms": ("ES256", "HS256")},
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(
    make_party: Callable[..., Party], changes: dict[str, Any]
) -> None:
    with pytest.raises(errors.WrongSettings):
        make_party(**changes)
