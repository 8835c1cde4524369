"""``/.well-known/ssf-configuration``: what a receiver needs, in the specification's names (SSF 1.0 §7.1)."""

import json

from tests.provider import Provider


def test_the_document_is_public_cacheable_and_of_this_issuer(provider: Provider) -> None:
    issuer = provider.settings.issuer
    response = provider.app.test_client().get("/.well-known/ssf-configuration", base_url=issuer)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert "max-age" in response.headers["Cache-Control"]
    document = json.loads(response.data)
    assert document["issuer"] == issuer
    assert document["spec_version"] == "1_0"
    assert document["default_subjects"] == "ALL"
    assert document["delivery_methods_supported"] == ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"]
    assert document["authorization_schemes"] == [{"spec_urn": "urn:ietf:rfc:6749"}]
    assert all(value for value in document.values()), "members without content are left out"
    keys = provider.app.test_client().get(document["jwks_uri"].removeprefix(issuer), base_url=issuer)
    assert json.loads(keys.data)["keys"]


def test_scopes_of_receivers_are_not_offered_to_people(provider: Provider) -> None:
    response = provider.app.test_client().get(
        "/.well-known/openid-configuration", base_url=provider.settings.issuer
    )
    assert not {"ssf.read", "ssf.manage"} & set(json.loads(response.data)["scopes_supported"])
