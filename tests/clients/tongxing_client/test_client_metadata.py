from collections.abc import Callable

from tongxing_client import client_metadata
from tongxing_client.entity import Entity

MakeEntity = Callable[..., Entity]
SITE = "http://localhost:5000"


def test_the_kit_knows_its_own_routes_and_keys(make_entity: MakeEntity) -> None:
    made = make_entity()
    said = client_metadata.describe(made, site_url=SITE, scope=["openid", "profile", "openid"])
    assert said["redirect_uris"] == [f"{SITE}/callback"]
    assert said["post_logout_redirect_uris"] == [f"{SITE}/"]
    assert said["initiate_login_uri"] == f"{SITE}/login"
    assert said["scope"] == "openid profile"
    assert said["token_endpoint_auth_method"] == "private_key_jwt"
    assert said["jwks"] == {"keys": [dict(made.protocol_keys[0].public_jwk)]}
    assert said["client_registration_types"] == ["automatic"]
    assert not {"client_secret", "security_event_uris", "require_pushed_authorization_requests"} & said.keys()


def test_a_receiver_of_events_declares_what_that_takes(make_entity: MakeEntity) -> None:
    said = client_metadata.describe(make_entity(hears_events=True), site_url=SITE, scope=["openid"])
    assert said["scope"] == "openid ssf.read ssf.manage"
    assert "client_credentials" in said["grant_types"]
    assert said["security_event_uris"] == [f"{SITE}/security_events"]


def test_how_it_asks_is_declared(make_entity: MakeEntity) -> None:
    pushing = make_entity(signs_requests=False, pushes_requests=True)
    said = client_metadata.describe(pushing, site_url=SITE, scope=["openid"])
    assert said["require_pushed_authorization_requests"] is True
    assert "request_object_signing_alg" not in said


def test_the_sites_own_words_stand_over_the_kits(make_entity: MakeEntity) -> None:
    own = {"client_name#zh-Hans": "公积金", "initiate_login_uri": f"{SITE}/start", "client_uri": None}
    said = client_metadata.describe(make_entity(metadata=own), site_url=SITE, scope=["openid"])
    assert (said["client_name#zh-Hans"], said["initiate_login_uri"]) == ("公积金", f"{SITE}/start")
    assert "client_uri" not in said
