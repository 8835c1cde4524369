from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from idp import clock
from idp.relying_parties import metadata, relying_party
from idp.relying_parties.relying_party import RelyingParty, StoredSecret
from tests.relying_parties.documents import SECRET, web


def parsed(**changes: Any) -> RelyingParty:
    return metadata.parse(web(**changes), sandbox=True).relying_party


@pytest.mark.parametrize(
    ("uri", "accepted"),
    [
        ("https://fund.example.cn/callback", True),
        ("https://fund.example.cn/callback/", False),
        ("https://fund.example.cn/callback?x=1", False),
        ("https://fund.example.cn/Callback", False),
        ("https://fund.example.cn:443/callback", False),
        ("https://FUND.example.cn/callback", False),
        ("https://fund.example.cn/callback#", False),
        ("https://fund.example.cn/%63allback", False),
        ("https://fund.example.cn@evil.example/callback", False),
        ("", False),
    ],
)
def test_redirect_uris_are_compared_character_by_character(uri: str, *, accepted: bool) -> None:
    assert parsed().check_redirect_uri(uri) is accepted


@pytest.mark.parametrize(
    ("uri", "accepted"),
    [
        ("http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1/cb", True),
        ("http://[::1]:51004/cb", False),
        ("http://127.0.0.1:51004/other", False),
        ("http://localhost:51004/cb", False),
        ("http://127.0.0.1:51004@evil.example/cb", False),
        ("https://127.0.0.1:51004/cb", False),
        ("cn.example.app:/cb", True),
        ("cn.example.app:51004/cb", False),
    ],
)
def test_a_native_app_on_loopback_may_change_its_port_only(uri: str, *, accepted: bool) -> None:
    rp = parsed(
        application_type="native",
        redirect_uris=["http://127.0.0.1:8080/cb", "cn.example.app:/cb"],
        sector_identifier_uri="https://app.example.cn/",
    )
    assert rp.check_redirect_uri(uri) is accepted


def test_a_web_service_on_loopback_may_not() -> None:
    rp = parsed(redirect_uris=["http://127.0.0.1:8080/cb"])
    assert rp.check_redirect_uri("http://127.0.0.1:8080/cb")
    assert not rp.check_redirect_uri("http://127.0.0.1:8081/cb")


def test_only_registered_scopes_are_allowed() -> None:
    rp = parsed(scope="openid profile phone")
    assert rp.get_allowed_scope("phone email openid phone") == "phone openid"
    assert rp.get_allowed_scope(["openid", "email"]) == "openid"
    assert rp.get_allowed_scope("") == ""
    assert rp.get_allowed_scope(None) == ""


def test_what_authlib_asks_is_answered_from_the_registration() -> None:
    rp = parsed(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])
    assert rp.get_client_id() == "housing-fund"
    assert rp.get_default_redirect_uri() == ""
    assert rp.check_endpoint_auth_method("client_secret_post", "token")
    assert not rp.check_endpoint_auth_method("client_secret_basic", "token")
    assert not rp.check_endpoint_auth_method("none", "revocation")
    assert rp.check_response_type("code")
    assert not rp.check_response_type("token")
    assert rp.check_grant_type("authorization_code")
    assert not rp.check_grant_type("client_credentials")


def test_logout_addresses_are_compared_exactly() -> None:
    rp = parsed(post_logout_redirect_uris=["https://fund.example.cn/bye"])
    assert rp.check_post_logout_redirect_uri("https://fund.example.cn/bye")
    assert not rp.check_post_logout_redirect_uri("https://fund.example.cn/bye?x")


@pytest.mark.parametrize(
    ("changes", "sector"),
    [
        ({}, "fund.example.cn"),
        ({"redirect_uris": ["https://fund.example.cn:8443/cb"]}, "fund.example.cn"),
        ({"sector_identifier_uri": "https://city.example.cn/sector.json"}, "city.example.cn"),
    ],
)
def test_the_sector_is_a_host(changes: dict[str, Any], sector: str) -> None:
    assert parsed(**changes).sector == sector


def test_consent_items_and_kinds() -> None:
    rp = parsed(items=[{"name": "name", "required": True}])
    item = rp.find_item("name")
    assert item is not None
    assert item.required
    assert rp.find_item("phone_number") is None
    assert rp.needs_consent
    assert not parsed(legal_basis="statutory_duty").needs_consent


def with_secrets(*stored: StoredSecret) -> RelyingParty:
    return RelyingParty(client_id="housing-fund", client_name=parsed().client_name, secrets=stored)


def test_a_secret_is_checked_against_its_digest(app: Flask) -> None:
    digest = relying_party.secret_digest("housing-fund", SECRET)
    rp = with_secrets(StoredSecret(digest))
    assert rp.check_client_secret(SECRET)
    assert not rp.check_client_secret(SECRET[:-1])
    assert not rp.check_client_secret("")
    assert not with_secrets().check_client_secret(SECRET)
    assert digest.hex() not in repr(rp)


def test_a_digest_is_worth_nothing_to_another_relying_party(app: Flask) -> None:
    digest = relying_party.secret_digest("other", SECRET)
    assert not with_secrets(StoredSecret(digest)).check_client_secret(SECRET)


def test_an_old_secret_works_until_its_end(app: Flask) -> None:
    digest = relying_party.secret_digest("housing-fund", SECRET)
    new = StoredSecret(relying_party.secret_digest("housing-fund", SECRET[::-1]))
    rp = with_secrets(new, StoredSecret(digest, clock.now() + timedelta(minutes=1)))
    assert rp.check_client_secret(SECRET)
    with clock.shifted(timedelta(minutes=2)):
        assert not rp.check_client_secret(SECRET)
        assert rp.check_client_secret(SECRET[::-1])
