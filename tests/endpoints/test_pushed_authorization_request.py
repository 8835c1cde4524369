"""Pushed authorization requests (RFC 9126), from the machine's door to the browser's."""

import json
import threading
from typing import Any

import pytest

from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.journey import pushed_request
from idp.relying_parties import registration
from idp.setting_sections import Limits
from tests.provider import NewProvider, Provider, counted
from tests.site import PUBLIC_JWKS, SECRET, Site, answered

BY_KEY = {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks": PUBLIC_JWKS}
PUBLIC = {"token_endpoint_auth_method": "none", "client_secret": None}


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    """A site with a secret."""
    return provider.site()


def pushed(site: Site, **changes: Any) -> str:
    """Push a good request and return its request_uri."""
    response = site.push(**changes)
    assert response.status_code == 201, response.data
    return str(json.loads(response.data)["request_uri"])


@pytest.mark.parametrize("method", [{}, BY_KEY, PUBLIC, {"token_endpoint_auth_method": "client_secret_post"}])
def test_a_pushed_request_logs_a_person_in(provider: Provider, method: dict[str, Any]) -> None:
    """RFC 9126 §2.2, §4: whoever may redeem codes may push."""
    site = provider.site(**method)
    response = site.push()
    body = json.loads(response.data)
    assert (response.status_code, body.keys()) == (201, {"request_uri", "expires_in"})
    assert response.headers["Cache-Control"] == "no-store"
    assert 60 <= body["expires_in"] <= 600
    assert body["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert len(body["request_uri"].rpartition(":")[2]) >= 32
    visitor = site.visitor()
    visitor.arrive(site.pushed_url(body["request_uri"]), provider.person())
    answer = answered(visitor.location)
    assert answer["state"] == site.state
    assert site.redeem(answer["code"]).status == 200


def test_what_is_beside_the_pushed_request_counts_for_nothing(site: Site) -> None:
    visitor = site.visitor()
    visitor.open(
        site.pushed_url(pushed(site), prompt="none", redirect_uri="https://evil.example/", scope="x")
    )
    assert visitor.location.startswith("/login")


def test_it_is_taken_once(either: Provider) -> None:
    site = either.site()
    request_uri, visitor = pushed(site), site.visitor()
    visitor.open(site.pushed_url(request_uri))
    assert visitor.location.startswith("/login")
    visitor.open(site.pushed_url(request_uri))
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_request_uri")
    visitor.open(site.pushed_url(request_uri, redirect_uri=site.redirect_uri, state="s"))
    answer = answered(visitor.location)
    assert (answer["error"], answer["state"]) == ("invalid_request_uri", "s")


def test_of_many_browsers_one_takes_it(either: Provider) -> None:
    site = either.site()
    request_uri, outcomes = pushed(site), list[bool]()

    def take() -> None:
        with either.context():
            try:
                pushed_request.take(request_uri, site.rp)
                outcomes.append(True)
            except pushed_request.InvalidRequestUri:
                outcomes.append(False)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_it_is_the_clients_own(provider: Provider, site: Site) -> None:
    """RFC 9126 §4: bound to the client that pushed it, and used up by whoever tries."""
    thief = provider.site()
    request_uri, visitor = pushed(site), site.visitor()
    visitor.open(thief.pushed_url(request_uri))
    assert visitor.page.error == "invalid_request_uri"
    visitor.open(site.pushed_url(request_uri))
    assert visitor.page.error == "invalid_request_uri"


def test_its_time_runs_out(either: Provider) -> None:
    site = either.site()
    request_uri = pushed(site)
    with either.context():
        EPHEMERAL.get().delete(pushed_request._key(request_uri.rpartition(":")[2]))
    visitor = site.visitor()
    visitor.open(site.pushed_url(request_uri))
    assert visitor.page.error == "invalid_request_uri"


def test_an_address_that_is_registered_no_more_ends_it(provider: Provider) -> None:
    site = provider.site()
    request_uri = pushed(site)
    with provider.context():
        registration.update(site.id, {"redirect_uris": [f"{site.redirect_uri}2"]})
        commit()
    visitor = site.visitor()
    visitor.open(site.pushed_url(request_uri))
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_request_uri")


@pytest.mark.parametrize(
    "request_uri",
    [
        "https://x.example/",
        pushed_request.PREFIX,
        pushed_request.PREFIX + "x" * 43,
        pushed_request.PREFIX + "通",
        pushed_request.PREFIX + "y" * 9000,
    ],
    ids=["fetched", "empty", "unknown", "chinese", "long"],
)
def test_anything_else_is_no_request_uri(site: Site, request_uri: str) -> None:
    visitor = site.visitor()
    visitor.open(site.pushed_url(request_uri))
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_request_uri")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "eyJ"}, "invalid_request_object"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"client_id": "nobody"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"acr_values": "urn:none"}, "unmet_authentication_requirements"),
    ],
)
def test_a_wrong_request_is_refused_at_once(site: Site, changes: dict[str, Any], error: str) -> None:
    """RFC 9126 §2.3."""
    response = site.push(**changes)
    assert (response.status_code, json.loads(response.data)["error"]) == (400, error)


@pytest.mark.parametrize(
    "form", [{"client_secret": "wrong" * 10}, {"client_secret": None}], ids=["wrong secret", "no secret"]
)
def test_who_does_not_authenticate_pushes_nothing(provider: Provider, form: dict[str, Any]) -> None:
    site = provider.site(token_endpoint_auth_method="client_secret_post")
    response = site.push(**form)
    assert (response.status_code, json.loads(response.data)["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("audience", ["", "/token", "/par"])
def test_an_assertion_may_be_made_for_the_endpoint(provider: Provider, audience: str) -> None:
    """RFC 9126 §2: issuer, token endpoint and this endpoint are all known names of this server."""
    site = provider.site(**BY_KEY)
    assert site.push(client_assertion=site.assertion(aud=f"{site.issuer}{audience}")).status_code == 201
    assert site.push(client_assertion=site.assertion(aud=f"{site.issuer}/introspect")).status_code == 401


def test_a_signed_request_is_pushed_by_its_own_words(provider: Provider) -> None:
    """RFC 9126 §3."""
    site = provider.site(**BY_KEY)
    token = site.request_object()
    response = site.post("/par", request=token, state="evil", scope="nonsense")
    assert response.status_code == 201
    visitor = site.visitor()
    visitor.arrive(site.pushed_url(json.loads(response.data)["request_uri"]), provider.person())
    assert answered(visitor.location)["state"] == site.state
    again = site.post("/par", request=token)
    assert json.loads(again.data)["error"] == "invalid_request_object"
    stranger = provider.site(**BY_KEY)
    assert site.post("/par", request=stranger.request_object()).status_code == 400


def test_who_registered_to_push_must(provider: Provider) -> None:
    """RFC 9126 §6."""
    site = provider.site(**BY_KEY, require_pushed_authorization_requests=True)
    visitor = site.visitor()
    visitor.open(site.authorize_url())
    assert answered(visitor.location)["error"] == "invalid_request"
    visitor.open(site.signed_url(site.request_object()))
    assert answered(visitor.location)["error"] == "invalid_request"
    form = {"client_id": site.id, "request": site.request_object()}
    visitor.response = visitor.client.post("/authorize", base_url=site.issuer, data=form)
    assert answered(visitor.location)["error"] == "invalid_request", "posting is not pushing"
    visitor.open(site.pushed_url(pushed(site)))
    assert visitor.location.startswith("/login")


def test_nobody_pushes_without_end_in_a_public_clients_name(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(new_journeys_per_address=3))
    public, confidential = provider.site(**PUBLIC), provider.site()
    assert [public.push().status_code for _ in range(4)] == [201, 201, 201, 429]
    assert confidential.push().status_code == 201


def test_only_a_form_is_read(site: Site) -> None:
    response = site.app.test_client().post("/par", base_url=site.issuer, json={"client_id": site.id})
    assert response.status_code == 400
    assert site.app.test_client().get("/par", base_url=site.issuer).status_code == 405


def test_pushing_asks_the_database_nothing(production: Provider) -> None:
    """The client comes from the cache, the request waits in Redis."""
    site = production.site(client_secret=SECRET)
    production.settle()
    request_uri = pushed(site)
    with counted(production.app) as counts:
        pushed(site)
    assert not counts.statements
    visitor = site.visitor()
    visitor.open("/healthz")
    with counted(production.app) as counts:
        visitor.open(site.pushed_url(request_uri))
    assert visitor.location.startswith("/login")
    assert not counts.statements
