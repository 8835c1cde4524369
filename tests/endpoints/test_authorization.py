"""The authorization endpoint as a browser and a relying party see it (OIDC Core §3.1.2, RFC 6749 §4.1, RFC 9700)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from idp.ephemeral.store import EPHEMERAL
from idp.setting_sections import Limits
from tests.asking import asked, known, person, site
from tests.person import Person, Visitor
from tests.provider import NewProvider, Provider
from tests.site import PUBLIC_JWKS, Site, answered, challenge

__all__ = ["known", "person", "site"]


def test_the_answer_is_a_code_with_state_and_issuer(site: Site, known: Visitor) -> None:
    """RFC 6749 §4.1.2, RFC 9207 §2."""
    answer = asked(site, known)
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (site.state, site.issuer)
    assert len(answer["code"]) >= 32
    assert known.response.headers["Cache-Control"] == "no-store"
    assert known.response.headers["Referrer-Policy"] == "no-referrer"


def test_without_state_none_comes_back(site: Site, known: Visitor) -> None:
    assert asked(site, known, state=None).keys() == {"code", "iss"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": '码"\\'}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openidx"}, "invalid_scope"),
        ({"response_mode": "jwt"}, "invalid_request"),
        ({"request": "eyJ"}, "invalid_request_object"),
        ({"request_uri": "https://x"}, "invalid_request_uri"),
        ({"request": "eyJ", "request_uri": "https://x"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"max_age": "9" * 30}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        (
            {"claims": {"id_token": {"acr": {"essential": True, "values": ["urn:none"]}}}},
            "unmet_authentication_requirements",
        ),
        ({"acr_values": "urn:none urn:other"}, "unmet_authentication_requirements"),
        ({"max_proof_age": "soon"}, "invalid_request"),
        ({"authorization_details": "[{}]"}, "invalid_authorization_details"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"claims": {"userinfo": {"name": {"value": "v" * 4096}}}}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"code_challenge": "a" * 129}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_as_an_error(
    site: Site, known: Visitor, changes: dict[str, Any], error: str
) -> None:
    """RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6."""
    if "claims" in changes and isinstance(changes["claims"], str):
        url = site.authorize_url() + "&" + urlencode(changes)
        known.open(url)
        answer = answered(known.location)
    else:
        answer = asked(site, known, **changes)
    assert answer["error"] == error
    assert (answer["state"], answer["iss"]) == (site.state, site.issuer)
    assert "code" not in answer
    description = answer.get("error_description", "")
    assert description.isascii()
    assert not set(description) & set('"\\')


def test_a_state_that_is_too_long_is_refused_with_itself(site: Site, known: Visitor) -> None:
    answer = asked(site, known, state="s" * 2049)
    assert (answer["error"], answer["state"]) == ("invalid_request", "s" * 2049)
    for state in ("s" * 2048, "通" * 1500):
        assert "code" in asked(site, known, state=state)


def test_a_request_that_takes_too_much_room_is_refused(site: Site, known: Visitor) -> None:
    claims = urlencode({"claims": '{"userinfo":{"name":{"values":[' + ",".join("1" * 2000) + "]}}}"})
    for state, outcome in (("s", "code"), ("s" * 2048, "error")):
        known.open(f"{site.authorize_url(state=state)}&{claims}")
        assert outcome in answered(known.location)


@pytest.mark.parametrize("state", ["a b&c=d#e", "状态", "\r\nSet-Cookie: x=1", '"><script>', "%00"])
def test_state_comes_back_as_it_was(site: Site, known: Visitor, state: str) -> None:
    for mode in ("query", "fragment"):
        assert asked(site, known, state=state, response_mode=mode)["state"] == state
    known.open(site.authorize_url(state=state, response_mode="form_post"))
    assert dict(known.page.forms[-1].values)["state"] == state


def test_a_registered_client_without_the_code_flow_is_told_so(provider: Provider, known: Visitor) -> None:
    """RFC 6749 §4.1.2.1: unauthorized_client."""
    machine = provider.site(
        grant_types=["client_credentials"], redirect_uris=["https://machine.example.cn/cb"], response_types=[]
    )
    known.open(machine.authorize_url())
    assert answered(known.location)["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    "client_id",
    [None, "unknown-client", "客户", "a b", "../site-1", "site-1'--", "x" * 5000, "%2e", "SITE-1"],
)
def test_an_unknown_client_gets_a_page_and_no_redirect(
    site: Site, known: Visitor, client_id: str | None
) -> None:
    """RFC 6749 §4.1.2.1: the person must not be sent anywhere."""
    response = known.open(site.authorize_url(client_id=client_id))
    assert (response.status_code, known.location) == (400, "")
    assert known.page.error == "invalid_client"
    assert known.page.trace


@pytest.mark.parametrize(
    "change",
    [
        lambda uri: None,
        lambda uri: uri + "/",
        lambda uri: uri.upper(),
        lambda uri: uri.replace("https", "HTTPS"),
        lambda uri: uri.replace(".example.cn", ".Example.cn"),
        lambda uri: uri.replace("https", "http"),
        lambda uri: uri.replace(".example.cn", ".example.cn:443"),
        lambda uri: uri.replace(".example.cn", ".example.cn:8443"),
        lambda uri: uri.replace("https://", "https://user@"),
        lambda uri: uri.replace("https://", "https://evil.example@"),
        lambda uri: uri + "?x=1",
        lambda uri: uri + "?",
        lambda uri: uri + "#fragment",
        lambda uri: uri + "#",
        lambda uri: uri + "/../evil",
        lambda uri: uri.replace("/callback", "/x/../callback"),
        lambda uri: uri.replace("/callback", "/./callback"),
        lambda uri: uri.replace("/callback", "//callback"),
        lambda uri: uri.replace("/callback", "/%63allback"),
        lambda uri: uri.replace("/callback", "/callback%20"),
        lambda uri: uri + " ",
        lambda uri: " " + uri,
        lambda uri: uri + "\n",
        lambda uri: uri.replace(".example.cn", ".example.cn.evil.example"),
        lambda uri: uri.replace(".example.cn", ".example.cn\\.evil.example"),
        lambda uri: "https://evil.example/?" + uri,
        lambda uri: "javascript:alert(1)",
        lambda uri: "data:text/html,x",
        lambda uri: "//evil.example/callback",
        lambda uri: "/callback",
        lambda uri: uri[:-1],
        lambda uri: "x" * 5000,
    ],
)
def test_only_a_registered_address_to_the_letter_is_redirected_to(
    site: Site, known: Visitor, change: Any
) -> None:
    """RFC 9700 §4.1.3: exact string comparison; anything else stays here as a page."""
    response = known.open(site.authorize_url(redirect_uri=change(site.redirect_uri)))
    assert (response.status_code, known.location) == (400, "")
    assert known.page.error == "invalid_request"
    assert 'href="https://evil.example' not in response.get_data(as_text=True)


def test_a_native_app_on_loopback_may_change_its_port_only(provider: Provider, person: Person) -> None:
    """RFC 8252 §7.3."""
    app = provider.site(
        application_type="native",
        redirect_uris=["http://127.0.0.1/cb"],
        post_logout_redirect_uris=None,
        token_endpoint_auth_method="none",
        client_secret=None,
        sector_identifier_uri="https://app.example.cn/sector",
    )
    visitor = app.visitor()
    app.code(person, visitor, redirect_uri="http://127.0.0.1:51234/cb")
    assert visitor.location.startswith("http://127.0.0.1:51234/cb?")
    for wrong in ("http://127.0.0.1:51234/other", "http://localhost:51234/cb", "https://127.0.0.1:51234/cb"):
        visitor.open(app.authorize_url(redirect_uri=wrong))
        assert visitor.response.status_code == 400


def test_a_redirect_uris_own_query_stays(provider: Provider, person: Person) -> None:
    site = provider.site(redirect_uris=["https://query.example.cn/cb?tenant=1"])
    visitor = site.visitor()
    site.code(person, visitor)
    assert visitor.location.startswith("https://query.example.cn/cb?tenant=1&code=")


@pytest.mark.parametrize(
    "query",
    [
        "client_id=a&client_id=b",
        "state=1&state=2",
        "unknown=1&unknown=2",
        "state=%FF",
        "state=a%00b",
        "&".join(f"p{number}=x" for number in range(150)),
    ],
)
def test_parameters_that_cannot_be_understood_are_refused_with_a_page(
    site: Site, known: Visitor, query: str
) -> None:
    """RFC 6749 §3.1."""
    response = known.open(f"{site.authorize_url(state=None)}&{query}")
    assert (response.status_code, known.location, known.page.error) == (400, "", "invalid_request")


def test_a_request_that_is_too_long_is_refused(site: Site, known: Visitor) -> None:
    assert known.open(f"/authorize?x={'y' * 20_000}").status_code == 413
    assert known.page.error == "request_too_large"


@pytest.mark.parametrize(
    "extra",
    [
        {"unknown_parameter": "whatever"},
        {"display": "wap"},
        {"display": "nonsense"},
        {"ui_locales": "xx-invalid-!! fr zh"},
        {"claims_locales": "%%%"},
        {"acr_values": "urn:none urn:tongxing:loa:0"},
        {"login_hint": "x" * 2000},
        {"claims": {"userinfo": {"unheard_of": None}, "other": 1}},
        {"resource": "https://api.example"},
    ],
)
def test_what_is_only_a_wish_never_causes_an_error(site: Site, known: Visitor, extra: dict[str, Any]) -> None:
    """OIDC Core §3.1.2.1: unknown parameters are ignored, display and locales never fail."""
    assert "code" in asked(site, known, **extra)


def test_empty_parameters_count_as_omitted(site: Site, known: Visitor) -> None:
    assert "code" in asked(site, known, prompt="", max_age="", nonce="", login_hint="", request="")


def test_a_request_by_post_is_answered_like_one_by_get(site: Site, known: Visitor) -> None:
    """OIDC Core §3.1.2.1; a post from another site carries no cookies, so the browser comes again by GET."""
    query = site.authorize_url().partition("?")[2]
    response = known.client.post(
        "/authorize",
        base_url=site.issuer,
        data=query,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 303
    known.go(response.headers["Location"])
    assert answered(known.location)["state"] == site.state


def test_a_known_challenge_is_its_verifiers() -> None:
    """RFC 7636 appendix B."""
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_an_address_that_begins_too_many_logins_waits(new_provider: NewProvider) -> None:
    """Each of them is remembered for a while, for anybody who asks."""
    provider = new_provider(limits=Limits(new_journeys_per_address=2))
    site = provider.site()
    for _ in range(3):
        assert asked(site, site.visitor(), prompt="none")["error"] == "login_required"
    assert [site.visitor().open(site.authorize_url()).status_code for _ in range(2)] == [303, 303]
    visitor = site.visitor()
    assert visitor.open(site.authorize_url()).status_code == 429
    assert visitor.page.error == "too_many_requests"
    assert 0 < int(visitor.response.headers["Retry-After"]) <= 60
    client = site.app.test_client()
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert (
        client.get(site.authorize_url(), base_url=site.issuer, environ_overrides=elsewhere).status_code == 303
    )


def test_an_address_that_posts_too_many_signed_requests_waits(new_provider: NewProvider) -> None:
    """Each is kept till its browser comes again."""
    provider = new_provider(limits=Limits(new_journeys_per_address=2))
    site = provider.site(token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=PUBLIC_JWKS)
    statuses = []
    for _ in range(3):
        data = {"client_id": site.id, "request": site.request_object()}
        response = site.app.test_client().post("/authorize", base_url=site.issuer, data=data)
        statuses.append(response.status_code)
    assert statuses == [303, 303, 429]


def test_the_largest_request_takes_little_room(provider: Provider, site: Site) -> None:
    url = site.authorize_url(
        state="通" * 1000,
        nonce="n" * 512,
        ui_locales=" ".join(["x" * 200] * 10),
        login_hint="h" * 2000,
        claims={"id_token": {f"c{number}": None for number in range(10)}},
    )
    visitor = site.visitor()
    assert visitor.open(url).status_code == 303
    with provider.context():
        kept = EPHEMERAL.get().get(f"journey:{visitor.location.partition('journey=')[2]}")
    assert kept is not None
    assert len(kept) <= 8192


def test_everything_works_on_the_servers_of_production_too(either: Provider) -> None:
    site, person = either.site(), either.person(totp=True)
    visitor = site.visitor()
    deep = json.dumps({"userinfo": {"\ud7ff": None, "name": {"value": ["[" * 50]}}})
    site.tokens(person, visitor, claims=json.loads(deep))
    assert "code" in asked(site, visitor, prompt="none")
    assert asked(site, visitor, prompt="none", max_age=0, login_hint="x")["error"] == "login_required"
