"""The application as a whole: whom it answers, what every answer carries, what happens to what nobody foresaw."""

from pathlib import Path

import pytest
from flask import Flask

from idp import app as idp_app
from idp.app import create_app
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.redis import RedisStore
from idp.keys.master_key import MasterKeyError
from tests.person import Page
from tests.provider import ISSUER, NewProvider, Provider, Template, counted


def test_without_a_master_key_nothing_starts(template: Template, tmp_path: Path) -> None:
    settings = template.settings(f"sqlite:///{tmp_path}/x.sqlite3")
    with pytest.raises(MasterKeyError):
        create_app(settings.model_copy(update={"master_key_file": str(tmp_path / "missing")}))


def test_the_ephemeral_store_is_redis_where_configured(template: Template, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    for settings, kind in (
        (template.settings(url), DatabaseStore),
        (template.settings(url, "redis://127.0.0.1:9/0"), RedisStore),
    ):
        store = idp_app.ephemeral_store(settings)
        assert isinstance(store, kind)
        store.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost", "localhost:80", "LOCALHOST:8000.evil", "a b", "", "[::1"]
)
@pytest.mark.parametrize("path", ["/login", "/jwks", "/nowhere"])
def test_another_host_is_not_answered(provider: Provider, host: str, path: str) -> None:
    """Host header attacks: links and redirects are never built from a stranger's name."""
    response = provider.app.test_client().get(path, base_url=ISSUER, headers={"Host": host})
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_forwarded_headers_count_from_trusted_proxies_only(new_provider: NewProvider) -> None:
    provider = new_provider(trusted_proxies=("10.0.0.0/8",))
    client = provider.app.test_client()
    forwarded = {"X-Forwarded-Host": "localhost:8000", "X-Forwarded-For": "203.0.113.9", "Host": "inside"}
    trusted = client.get("/login", headers=forwarded, environ_overrides={"REMOTE_ADDR": "10.1.1.1"})
    assert trusted.status_code == 200
    stranger = client.get("/login", headers=forwarded, environ_overrides={"REMOTE_ADDR": "203.0.113.50"})
    assert stranger.status_code == 400


def test_pages_are_protected(provider: Provider) -> None:
    """OWASP ASVS 5 §3.4."""
    headers = provider.app.test_client().get("/login", base_url=ISSUER).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_over_https_cookies_and_transport_are_strict(new_provider: NewProvider) -> None:
    """RFC 6265bis §4.1.3, RFC 6797."""
    provider = new_provider(issuer="https://localhost:8443")
    client = provider.app.test_client()
    page = client.get("/login", base_url="https://localhost:8443")
    for response in (page, client.get("/jwks", base_url="https://localhost:8443")):
        assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = page.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
    site, person = provider.site(), provider.person()
    assert site.claims(site.tokens(person)["access_token"])["name"] == person.name


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/authorize/x/y/z", 404, "not_found"),
        ("DELETE", "/login", 405, "method_not_allowed"),
        ("GET", "/%ff", 404, "not_found"),
        ("GET", "/../../etc/passwd", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("POST", "/consent", 400, "csrf_failed"),
    ],
)
def test_every_error_is_a_page_with_a_trace(
    provider: Provider, method: str, path: str, status: int, code: str
) -> None:
    response = provider.app.test_client().open(path, base_url=ISSUER, method=method)
    page = Page(response.get_data(as_text=True))
    assert (response.status_code, page.error) == (status, code)
    assert page.trace == response.headers["X-Trace-Id"]


def test_a_form_that_is_too_long_is_refused(provider: Provider) -> None:
    response = provider.app.test_client().post("/login", base_url=ISSUER, data={"identifier": "x" * 100_000})
    assert response.status_code == 413


def test_what_nobody_foresaw_is_told_without_a_stack(new_provider: NewProvider) -> None:
    provider = new_provider()

    def surprise() -> str:
        raise ZeroDivisionError("secret inside")

    provider.app.add_url_rule("/surprise", "surprise", surprise)
    response = provider.app.test_client().get("/surprise", base_url=ISSUER)
    text = response.get_data(as_text=True)
    assert response.status_code == 500
    assert Page(text).error == "server_error"
    assert "ZeroDivisionError" not in text
    assert "secret inside" not in text


def test_two_providers_in_one_process_know_nothing_of_each_other(
    provider: Provider, new_provider: NewProvider
) -> None:
    other = new_provider()
    site = provider.site()
    visitor = other.site().visitor()
    visitor.open(site.authorize_url(client_id=f"{site.id}-elsewhere"))
    assert visitor.page.error == "invalid_client"
    assert isinstance(other.app, Flask)
    assert other.app is not provider.app


@pytest.mark.parametrize(
    ("language", "expected"), [("en-GB", "en"), ("zh-TW", "zh-Hans"), ("fr", "zh-Hans"), ("", "zh-Hans")]
)
def test_pages_speak_the_browsers_language(provider: Provider, language: str, expected: str) -> None:
    response = provider.app.test_client().get(
        "/login", base_url=ISSUER, headers={"Accept-Language": language}
    )
    assert Page(response.get_data(as_text=True)).language == expected


def test_a_page_that_does_not_say_who_is_signed_in_does_not_ask(provider: Provider) -> None:
    """The frame of a journey's page has no name in it: the session is looked up once, by the page itself."""
    site, person = provider.site(), provider.person()
    visitor = site.visitor()
    site.code(person, visitor)
    visitor.open(site.authorize_url(prompt="consent"))
    with counted(provider.app) as spent:
        assert visitor.open(visitor.location).status_code == 200
    assert sum("FROM sessions" in statement for statement in spent.statements) == 1
    with counted(provider.app) as spent:
        assert person.name in visitor.open("/").get_data(as_text=True)
    assert sum("FROM sessions" in statement for statement in spent.statements) == 1
