"""The content security policy loosens for the way back to the asking site, and for nothing else (CSP Level 3)."""

import pytest
from flask import Response

from idp import security_headers
from tests.provider import ISSUER, Provider


def policy_after(provider: Provider, forms: list[str], frames: list[str]) -> str:
    with provider.app.test_request_context("/", base_url=ISSUER):
        for uri in forms:
            security_headers.allow_form_action(uri)
        if frames:
            security_headers.allow_frames(frames)
        response = security_headers.apply(Response("<p>", mimetype="text/html"))
        return response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://a.example/cb?x=1", "https:"),
        ("https://a.example:8443/cb", "https:"),
        ("http://127.0.0.1:5000/cb", "http://127.0.0.1:*"),
        ("cn.example.app:/cb", "cn.example.app:"),
    ],
)
def test_a_form_may_end_at_the_site_and_where_it_goes_on(provider: Provider, uri: str, source: str) -> None:
    """Chromium holds form-action against all redirects that follow; an app's own scheme has no host."""
    assert policy_after(provider, [uri], []).endswith(f"form-action 'self' {source}")


def test_without_need_nothing_is_loosened(provider: Provider) -> None:
    policy = policy_after(provider, [], [])
    assert policy.endswith("form-action 'self'")
    assert "frame-src" not in policy
    assert policy.startswith("default-src 'none'")


def test_frames_are_for_the_sites_that_are_told(provider: Provider) -> None:
    frames = ["https://a.example/out?sid=1", "https://b.example/out"]
    assert policy_after(provider, [], frames).endswith("frame-src https://a.example https://b.example")


def test_what_is_no_page_has_no_policy(provider: Provider) -> None:
    with provider.app.test_request_context("/", base_url=ISSUER):
        headers = security_headers.apply(Response("x", mimetype="text/css")).headers
    assert "Content-Security-Policy" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_keeps_what_it_says_itself(provider: Provider) -> None:
    with provider.app.test_request_context("/", base_url=ISSUER):
        response = Response("<p>", mimetype="text/html", headers={"Cache-Control": "public"})
        assert security_headers.apply(response).headers["Cache-Control"] == "public"
