"""Relying parties made with other people's libraries log in, refresh and log out."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session
from idpyoidc.client.rp_handler import RPHandler
from werkzeug.wrappers import Response

from tests.integration.listening import Listening
from tests.integration.web_browser import WebBrowser
from tests.site import Site

pytestmark = pytest.mark.integration
SCOPE = ["openid", "profile", "phone", "offline_access"]
# What a public client (RFC 6749 §2.1) must say of itself.
METHODS: dict[str, dict[str, Any]] = {
    "client_secret_basic": {},
    "client_secret_post": {"token_endpoint_auth_method": "client_secret_post"},
    "none": {"token_endpoint_auth_method": "none", "client_secret": None},
}


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own: idpyoidc writes its keys where it stands."""
    monkeypatch.chdir(tmp_path)


def log_out(browser: WebBrowser, url: str, site: Site) -> None:
    browser.open(url)
    assert browser.path.startswith("/logout"), browser.page.error
    back = browser.send("logout-confirm")
    assert back.startswith(site.rp.post_logout_redirect_uris[0])


class AuthlibSite:
    """The ten lines of Authlib's own documentation for Flask."""

    def __init__(self, issuer: str, site: Site) -> None:
        app = Flask("independent")
        app.config["SECRET_KEY"] = "of the test"
        self.app = app
        self.refreshed: list[dict[str, Any]] = []
        oauth = OAuth(app, update_token=lambda _name, token, **_before: self.refreshed.append(token))
        oauth.register(
            "tongxing",
            client_id=site.id,
            client_secret=site.secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(SCOPE),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": site.rp.token_endpoint_auth_method,
            },
        )
        self.tongxing = oauth.tongxing

        @app.get("/login")
        def login() -> Any:
            return self.tongxing.authorize_redirect(site.redirect_uri)

        @app.get("/callback")
        def callback() -> dict[str, Any]:
            token: dict[str, Any] = self.tongxing.authorize_access_token()
            return token

        @app.get("/logout")
        def logout() -> Response:
            found = self.tongxing.create_logout_url(
                post_logout_redirect_uri=site.rp.post_logout_redirect_uris[0],
                id_token_hint=session.pop("id_token", None),
                client_id=site.id,
            )
            return redirect(found["url"])

        self.browser = app.test_client()

    def log_in(self, provider: WebBrowser, person: Any) -> dict[str, Any]:
        there = self.browser.get("/login").headers["Location"]
        back = urlsplit(provider.arrive(there, person))
        token: dict[str, Any] = self.browser.get(f"{back.path}?{back.query}").get_json()
        return token

    def refresh(self, token: dict[str, Any]) -> dict[str, Any]:
        # Authlib refreshes by itself when it is about to use a token that has expired.
        with self.app.app_context():
            self.tongxing.userinfo(token={**token, "expires_at": 1})
        return self.refreshed.pop()


@pytest.mark.parametrize("method", METHODS)
def test_authlib(listening: Listening, method: str) -> None:
    site = listening.provider.site(**METHODS[method])
    person, browser = listening.provider.person(), listening.browser()
    theirs = AuthlibSite(listening.issuer, site)
    token = theirs.log_in(browser, person)
    assert token["userinfo"]["amr"] == ["pwd"]
    assert theirs.tongxing.userinfo(token=token)["name"] == person.name
    refreshed = theirs.refresh(token)
    assert refreshed["refresh_token"] != token["refresh_token"]
    assert theirs.tongxing.userinfo(token=refreshed)["phone_number"] == person.phone
    log_out(browser, theirs.browser.get("/logout").headers["Location"], site)
    assert browser.open(theirs.browser.get("/login").headers["Location"]) == ""
    assert browser.path.startswith("/login?")


def test_idpyoidc(listening: Listening) -> None:
    site = listening.provider.site()
    person, browser = listening.provider.person(), listening.browser()
    theirs = RPHandler(
        base_url=site.redirect_uri.removesuffix("/callback"), client_configs=_configured(listening, site)
    )
    issuer = listening.issuer
    back = browser.arrive(theirs.begin(issuer, req_args={"scope": SCOPE}), person)
    finished = theirs.finalize(issuer, dict(parse_qsl(urlsplit(back).query)))
    assert finished["userinfo"]["name"] == person.name
    assert finished["id_token"]["amr"] == ["pwd"]
    refreshed = theirs.refresh_access_token(finished["state"])
    assert (
        theirs.get_user_info(finished["state"], access_token=refreshed["access_token"])["name"] == person.name
    )
    asked = theirs.logout(finished["state"], post_logout_redirect_uri=site.rp.post_logout_redirect_uris[0])
    log_out(browser, asked["url"], site)
    assert browser.open(theirs.begin(issuer, req_args={"scope": SCOPE})) == ""
    assert browser.path.startswith("/login?")


def _configured(listening: Listening, site: Site) -> dict[str, Any]:
    services = "idpyoidc.client.oidc"
    return {
        listening.issuer: {
            "client_id": site.id,
            "client_secret": site.secret,
            "issuer": listening.issuer,
            "redirect_uris": [site.redirect_uri],
            "post_logout_redirect_uris": list(site.rp.post_logout_redirect_uris),
            "response_types_supported": ["code"],
            "response_types": ["code"],
            "scope": SCOPE,
            "token_endpoint_auth_method": site.rp.token_endpoint_auth_method,
            "client_authn_methods": ["client_secret_basic"],
            "client_type": "oidc",
            "add_ons": {
                "pkce": {
                    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                }
            },
            "services": {
                "discovery": {"class": f"{services}.provider_info_discovery.ProviderInfoDiscovery"},
                "authorization": {"class": f"{services}.authorization.Authorization"},
                "access_token": {"class": f"{services}.access_token.AccessToken"},
                "refresh_access_token": {"class": f"{services}.refresh_access_token.RefreshAccessToken"},
                "userinfo": {"class": f"{services}.userinfo.UserInfo"},
                "end_session": {"class": f"{services}.end_session.EndSession"},
            },
        }
    }
