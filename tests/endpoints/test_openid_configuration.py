"""Discovery (OIDC Discovery §3, §4; RFC 8414)."""

import json
from typing import Any

import pytest

from idp.endpoints import openid_configuration
from tests.provider import ISSUER, Provider

BOTH = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def document(provider: Provider) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(provider.app.test_client().get(BOTH[0], base_url=ISSUER).data)
    return found


def test_both_addresses_carry_the_same_document(provider: Provider) -> None:
    client = provider.app.test_client()
    first, second = (client.get(path, base_url=ISSUER) for path in BOTH)
    assert first.data == second.data
    assert first.status_code == 200
    assert first.content_type == "application/json"


def test_it_says_all_that_relying_parties_need(provider: Provider) -> None:
    """OIDC Discovery §3 (REQUIRED members), RFC 8414 §2, RFC 9207 §3, the logout specifications."""
    found = document(provider)
    assert found["issuer"] == ISSUER
    assert found["subject_types_supported"] == ["pairwise", "public"]
    assert found["response_types_supported"] == ["code"]
    assert found["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert set(found["id_token_signing_alg_values_supported"]) == {"ES256", "RS256", "PS256", "EdDSA"}
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["request_parameter_supported"] is True
    assert found["request_uri_parameter_supported"] is False
    assert found["claims_parameter_supported"] is True
    for channel in ("backchannel", "frontchannel"):
        assert found[f"{channel}_logout_supported"] is True
        assert found[f"{channel}_logout_session_supported"] is True
    for name in ("authorization", "token", "userinfo", "introspection", "revocation", "end_session"):
        assert found[f"{name}_endpoint"].startswith(f"{ISSUER}/")
    assert found["jwks_uri"] == f"{ISSUER}/jwks"
    own = {"real_name", "enterprise", "division", "legacy_id"}
    assert {"openid", "profile", "phone", "offline_access"} | own == set(found["scopes_supported"])
    assert {"sub", "name", "phone_number", "auth_time", "amr", "acr", "act"} <= set(found["claims_supported"])
    assert found["verified_claims_supported"] is True
    assert "urn:tongxing:trust-framework:cn-zwfw" in found["trust_frameworks_supported"]
    assert set(found["acr_values_supported"]) >= {f"urn:tongxing:loa:{level}" for level in range(5)}
    assert found["authorization_details_types_supported"] == ["urn:tongxing:mandate"]
    assert found["assurance_levels_endpoint"] == f"{ISSUER}/assurance_levels"


@pytest.mark.parametrize("endpoint", ["token", "introspection", "revocation"])
def test_where_assertions_are_taken_it_says_how_they_are_signed(provider: Provider, endpoint: str) -> None:
    """RFC 8414 §2: the algorithms MUST be there where private_key_jwt is."""
    found = document(provider)
    assert "private_key_jwt" in found[f"{endpoint}_endpoint_auth_methods_supported"]
    algorithms = found[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
    assert algorithms == ["ES256", "RS256", "PS256", "EdDSA"]


def test_nothing_is_advertised_that_does_not_answer(provider: Provider) -> None:
    client = provider.app.test_client()
    for name, address in document(provider).items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            status = client.get(address.removeprefix(ISSUER), base_url=ISSUER).status_code
            assert status not in {404, 500}, name
            if status == 405:
                assert (
                    client.post(address.removeprefix(ISSUER), base_url=ISSUER, data={"x": "1"}).status_code
                    < 500
                )


@pytest.mark.parametrize("path", [*BOTH, "/jwks"])
def test_it_can_be_cached_and_asked_for_again(provider: Provider, path: str) -> None:
    """RFC 9110 §13.1.2, RFC 9111 §5.2.2."""
    client = provider.app.test_client()
    first = client.get(path, base_url=ISSUER)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    etag = first.headers["ETag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}'):
        again = client.get(path, base_url=ISSUER, headers={"If-None-Match": sent})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        # RFC 9110 §8.6: not the length of the answer that was left out.
        assert "Content-Length" not in again.headers
    assert client.get(path, base_url=ISSUER, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path, base_url=ISSUER)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))


def test_two_parts_never_say_the_same_member() -> None:
    with pytest.raises(ValueError, match="issuer"):
        openid_configuration.document([{"issuer": "a"}, {"issuer": "b"}])
