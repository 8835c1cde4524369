"""The token endpoint whatever is sent to it (RFC 6749 §3.2, §5.2). Grants and methods have tests of their own."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from idp.setting_sections import Limits
from tests.provider import ISSUER, NewProvider, Provider
from tests.site import SECRET, Site, basic

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(grant_types=["client_credentials"], response_types=[], redirect_uris=[])


def post(site: Site, body: bytes | str, content_type: str = FORM, **options: Any) -> TestResponse:
    headers = {"Authorization": basic(site.id, SECRET)} | options.pop("headers", {})
    return site.app.test_client().post(
        "/token", base_url=ISSUER, data=body, content_type=content_type, headers=headers, **options
    )


def error_of(response: TestResponse) -> str:
    body = json.loads(response.data)
    assert body.get("error_description", "").isascii()
    assert not set(body.get("error_description", "")) & set('"\\')
    assert response.headers["Cache-Control"] == "no-store"
    return str(body["error"])


def test_a_person_logs_in_and_the_site_gets_tokens(either: Provider) -> None:
    site, person = either.site(), either.person(totp=True)
    tokens = site.tokens(person)
    assert tokens["token_type"] == "Bearer"
    assert site.claims(tokens["access_token"])["name"] == person.name


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=%22%5C%E4%B8%AD", "unsupported_grant_type"),
        ("grant_type=implicit", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&x=1&x=2", "invalid_request"),
        ("grant_type=client_credentials&x=%FF", "invalid_request"),
        ("grant_type=client_credentials&x=a%00b", "invalid_request"),
        ("&".join(["grant_type=client_credentials", *(f"p{n}=1" for n in range(150))]), "invalid_request"),
        ("grant_type=client_credentials&x=中".encode(), "invalid_request"),
    ],
)
def test_a_malformed_request_is_told_what_is_wrong(site: Site, body: bytes | str, error: str) -> None:
    response = post(site, body)
    assert (response.status_code, error_of(response)) == (400, error)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data", ""])
def test_only_a_form_is_read(site: Site, content_type: str) -> None:
    """RFC 6749 §3.2, appendix B."""
    response = post(site, "grant_type=client_credentials", content_type)
    assert (response.status_code, error_of(response)) == (400, "invalid_request")


def test_a_forms_character_set_does_not_matter(site: Site) -> None:
    assert post(site, "grant_type=client_credentials", f"{FORM}; charset=utf-8").status_code == 200


def test_parameters_in_the_address_do_not_count(site: Site) -> None:
    """RFC 6749 §2.3.1: never in the request URI."""
    response = post(site, "x=1", query_string="grant_type=client_credentials")
    assert error_of(response) == "invalid_request"


def test_a_body_that_is_too_long_is_not_read(site: Site) -> None:
    response = post(site, b"grant_type=client_credentials&x=" + b"y" * 70_000)
    assert response.status_code == 413
    chunked = post(
        site,
        b"x" * 70_000,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert chunked.status_code == 413
    lying = post(site, b"x=1", environ_overrides={"CONTENT_LENGTH": "many"})
    assert lying.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_only_post_is_answered(site: Site, method: str) -> None:
    """RFC 6749 §3.2."""
    response = site.app.test_client().open("/token", base_url=ISSUER, method=method)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_any_origin_may_ask_because_no_cookie_counts(site: Site) -> None:
    """Fetch §3.2: public clients in browsers."""
    preflight = site.app.test_client().options(
        "/token", base_url=ISSUER, headers={"Origin": "https://app.example"}
    )
    assert preflight.status_code == 204
    assert "Content-Length" not in preflight.headers  # RFC 9110 §8.6
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    response = post(site, "grant_type=client_credentials")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers


def test_another_host_is_not_answered(site: Site) -> None:
    response = post(site, "grant_type=client_credentials", headers={"Host": "evil.example"})
    assert (response.status_code, error_of(response)) == (400, "invalid_request")


def test_every_answer_has_a_trace(site: Site) -> None:
    assert post(site, "grant_type=client_credentials").headers["X-Trace-Id"]
    refused = post(site, "x")
    assert json.loads(post(site, "x=1&x=2").data)["trace_id"]
    assert refused.headers["X-Trace-Id"]


def test_a_client_or_address_beyond_its_limit_waits(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(machine_requests_per_rp=3, client_auth_failures=2))
    site = provider.site(grant_types=["client_credentials"], response_types=[], redirect_uris=[])
    statuses = [post(site, "grant_type=client_credentials").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    wrong = {"Authorization": basic(site.id, "wrong")}
    assert [post(site, "grant_type=client_credentials", headers=wrong).status_code for _ in range(3)] == [
        401,
        401,
        429,
    ]
    neighbours = [
        post(
            site,
            "grant_type=client_credentials",
            headers=wrong,
            environ_overrides={"REMOTE_ADDR": f"2001:db8::{host}"},
        )
        for host in (1, 2, 3)
    ]
    assert [answer.status_code for answer in neighbours] == [401, 401, 429], "one network, one caller"
    limited = post(site, "grant_type=client_credentials")
    assert int(limited.headers["Retry-After"]) > 0
    assert error_of(limited) == "temporarily_unavailable"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["grant_type", "code", "refresh_token", "scope", "client_id", "x"]), st.text()
    )
)
def test_no_form_is_our_mistake(site: Site, form: dict[str, str]) -> None:
    body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in form.items()})
    assert post(site, body).status_code in {200, 400, 401}
