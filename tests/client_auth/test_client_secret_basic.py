"""HTTP Basic (RFC 6749 §2.3.1)."""

import base64
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.provider import Provider
from tests.site import PUBLIC_JWKS, SECRET, Site, basic

MACHINE: dict[str, Any] = {"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": []}


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(**MACHINE)


def ask(site: Site, authorization: str, **form: str) -> TestResponse:
    return site.app.test_client().post(
        "/token",
        base_url=site.issuer,
        data={"grant_type": "client_credentials"} | form,
        headers={"Authorization": authorization},
    )


def raw(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def test_id_and_secret_are_form_encoded(provider: Provider) -> None:
    secret = "a+b%c:d=e&f/g?0123456789012345678901234"
    site = provider.site(**MACHINE, client_secret=secret)
    assert ask(site, basic(site.id, secret)).status_code == 200


def test_a_secret_that_was_not_encoded_is_understood_too(provider: Provider) -> None:
    """Many clients send it as it is; that differs only for + and %."""
    secret = "a+b%41c0123456789012345678901234567890"
    site = provider.site(**MACHINE, client_secret=secret)
    assert ask(site, raw(f"{site.id}:{secret}")).status_code == 200
    assert ask(site, raw(f"{site.id}:{secret.replace('%41', 'A')}")).status_code == 401


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_schemes_case_does_not_matter(site: Site, scheme: str) -> None:
    """RFC 9110 §11.1."""
    assert ask(site, basic(site.id, SECRET).replace("Basic", scheme)).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic 客户",
        f"Basic {base64.b64encode(bytes([255, 254])).decode()}",
        "Bearer abc",
        "Digest x",
        raw("no-colon"),
        raw(":"),
        raw(f":{SECRET}"),
        raw("unknown:secret"),
        raw("\0:\0"),
        raw("%00:%00"),
        raw("%FF:%FF"),
        raw("客户:密码"),
    ],
)
def test_wrong_credentials_are_told_how_to_authenticate(site: Site, authorization: str) -> None:
    """RFC 6749 §5.2: 401 with a challenge of the scheme that was used."""
    response = ask(site, authorization.encode().decode("latin-1"))
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"] == "invalid_client"
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_wrong_secret_is_refused(site: Site) -> None:
    for wrong in ("", SECRET[:-1], SECRET + "x", SECRET.upper()):
        assert ask(site, basic(site.id, wrong)).status_code == 401


def test_two_ways_at_once_are_refused(site: Site) -> None:
    """RFC 6749 §2.3: no more than one method in each request."""
    response = ask(site, basic(site.id, SECRET), client_id=site.id, client_secret=SECRET)
    assert (response.status_code, response.json and response.json["error"]) == (400, "invalid_request")


def test_an_id_in_the_form_must_be_the_same_one(provider: Provider, site: Site) -> None:
    other = provider.site(**MACHINE)
    assert ask(site, basic(site.id, SECRET), client_id=site.id).status_code == 200
    response = ask(site, basic(site.id, SECRET), client_id=other.id)
    assert (response.status_code, response.json and response.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["client_secret_post", "private_key_jwt", "none"])
def test_who_registered_another_method_is_refused(provider: Provider, method: str) -> None:
    """OIDC Registration §2: the registered method and no other."""
    changes: dict[str, dict[str, Any]] = {
        "client_secret_post": MACHINE,
        "private_key_jwt": MACHINE | {"client_secret": None, "jwks": PUBLIC_JWKS},
        "none": {"client_secret": None, "grant_types": ["authorization_code"]},
    }
    metadata = changes[method]
    site = provider.site(**metadata, token_endpoint_auth_method=method)
    assert ask(site, basic(site.id, SECRET)).status_code == 401
