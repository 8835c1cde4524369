"""Request objects by value (RFC 9101, OIDC Core §6.1, OpenID Federation 1.0 §12.1.1.1), through the endpoint."""

import base64
import json
import threading
from typing import Any
from urllib.parse import parse_qsl

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp import clock
from idp.journey import request_object
from idp.journey.request_object import InvalidRequestObject
from tests.person import Visitor
from tests.provider import Provider
from tests.site import KEY, PUBLIC_JWKS, Site, answered

BY_KEY = {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks": PUBLIC_JWKS}
STRANGER = ECKey.generate_key("P-256", {"kid": "site-key"})


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    """A site that signs."""
    return provider.site(**BY_KEY)


@pytest.fixture(scope="module")
def known(provider: Provider, site: Site) -> Visitor:
    """A browser in which somebody is logged in and has agreed at *site*."""
    visitor = site.visitor()
    site.code(provider.person(), visitor)
    return visitor


def answer_to(site: Site, visitor: Visitor, token: str, **beside: str) -> dict[str, str]:
    """Send the object, its address beside it, without following; return the answer at the redirect URI."""
    visitor.open(site.signed_url(token, **{"redirect_uri": site.redirect_uri} | beside))
    assert visitor.location.startswith(site.redirect_uri), (visitor.location, visitor.page.error)
    return answered(visitor.location)


def test_a_signed_request_logs_a_person_in(either: Provider) -> None:
    site, visitor = either.site(**BY_KEY), either.site().visitor()
    visitor.arrive(site.signed_url(site.request_object()), either.person())
    answer = answered(visitor.location)
    assert (answer["state"], answer["iss"]) == (site.state, site.issuer)
    assert site.redeem(answer["code"]).status == 200


def test_only_what_was_signed_counts(site: Site, known: Visitor) -> None:
    """RFC 9101 §6.3: whoever changes the address of the browser changes nothing."""
    beside = {"state": "evil", "prompt": "none", "max_age": "x", "redirect_uri": "https://evil.example/"}
    known.open(site.signed_url(site.request_object(), **beside))
    assert known.location.startswith(site.redirect_uri)
    answer = answered(known.location)
    assert "code" in answer
    assert answer["state"] == site.state


def test_an_error_of_a_signed_request_goes_back_with_the_signed_state(site: Site, known: Visitor) -> None:
    answer = answer_to(site, known, site.request_object(prompt="nonsense"), state="evil")
    assert (answer["error"], answer["state"]) == ("invalid_request", site.state)


def test_json_values_stand_for_parameters(site: Site, known: Visitor) -> None:
    """OIDC Core §6.1: claims as an object, max_age as a number."""
    claims = {"id_token": {"auth_time": {"essential": True}}}
    assert "code" in answer_to(site, known, site.request_object(max_age=9999, claims=claims))


def test_unknown_headers_are_ignored_unless_they_are_critical(site: Site, known: Visitor) -> None:
    """RFC 7515 §4, §4.1.11."""
    assert "code" in answer_to(site, known, site.request_object(header={"unknown": {"x": 1}}))
    for header in ({"unknown": 1, "crit": ["unknown"]}, {"b64": False, "crit": ["b64"]}):
        assert answer_to(site, known, signed(site, {}, header))["error"] == "invalid_request_object"


@pytest.mark.parametrize(
    "typ", [None, "JWT", "jwt", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt"]
)
def test_its_type_may_be_left_out(site: Site, known: Visitor, typ: str | None) -> None:
    """RFC 9101 §10.8: typed or not, but never another type."""
    assert "code" in answer_to(site, known, site.request_object(header={"typ": typ}))


@pytest.mark.parametrize("typ", ["entity-statement+jwt", "logout+jwt", "at+jwt", "", 7, ["JWT"]])
def test_another_type_is_refused(site: Site, known: Visitor, typ: object) -> None:
    token = signed(site, {}, {"typ": typ})
    assert answer_to(site, known, token)["error"] == "invalid_request_object"


WRONG: list[dict[str, Any]] = [
    {"iss": None},
    {"iss": "site-other"},
    {"iss": 7},
    {"aud": None},
    {"aud": "https://other.example"},
    {"aud": []},
    {"aud": {"iss": 1}},
    {"aud": "http://localhost:8000/token"},
    {"sub": "site"},
    {"exp": None},
    {"exp": 0},
    {"exp": -1},
    {"exp": True},
    {"exp": "9999999999"},
    {"exp": 10**400},
    {"exp": 9_999_999_999},
    {"nbf": 9_999_999_999},
    {"nbf": "now"},
    {"iat": 9_999_999_999},
    {"jti": None},
    {"jti": ""},
    {"jti": 7},
    {"jti": "j" * 257},
    {"jti": "\x01"},
    {"client_id": None},
    {"client_id": "site-other"},
    {"client_id": ["site"]},
    {"request": "eyJ"},
    {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
    {"client_secret": "x"},
    {"state": 1.5},
    {"prompt": True},
    {"state": "\ud800"},
    {"claims": {"userinfo": {"name": "\ud800"}}},
]


@pytest.mark.parametrize("changes", WRONG, ids=[f"{next(iter(one))}-{n}" for n, one in enumerate(WRONG)])
def test_a_wrong_claim_is_refused(site: Site, known: Visitor, changes: dict[str, Any]) -> None:
    answer = answer_to(site, known, signed(site, changes, {}), state="outer")
    if changes.get("claims"):
        # JSON may write half a character as an escape; what it stands for is refused where it is read.
        assert answer["error"] in {"invalid_request", "invalid_request_object"}
        return
    assert (answer["error"], answer["state"]) == ("invalid_request_object", "outer")
    assert answer["error_description"].isascii()


def signed(site: Site, changes: dict[str, Any], header: dict[str, Any]) -> str:
    """A request object of any JSON at all, signed."""
    claims = json.loads(decode(site.request_object(), 1)) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    protected = {"alg": "ES256", "kid": "site-key"} | header
    # joserfc would not write some of these headers.
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (protected, kept)]
    algorithm = jws.JWSRegistry.algorithms["ES256"]
    signature = base64.urlsafe_b64encode(algorithm.sign(b".".join(parts), KEY)).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def decode(token: str, part: int) -> bytes:
    """One part of a compact JWT."""
    return base64.urlsafe_b64decode(token.split(".")[part] + "==")


def forged(site: Site) -> list[str]:
    """What a stranger can make of a good object."""
    good = site.request_object()
    head, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    rsa, shared = RSAKey.generate_key(2048), OctKey.import_key("s" * 32)
    hs256 = jws.serialize_compact({"alg": "HS256"}, decode(good, 1), shared, algorithms=["HS256"])
    rs256 = jws.serialize_compact(
        {"alg": "RS256", "kid": "site-key"}, decode(good, 1), rsa, algorithms=["RS256"]
    )
    changed = base64.urlsafe_b64encode(decode(good, 1).replace(b"openid", b"openix")).rstrip(b"=").decode()
    return [
        site.request_object(key=STRANGER),
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{head}.{changed}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        hs256,
        rs256,
        "a.b.c",
        "....",
        "a.b.c.d.e",
        "{}",
        "x" * 9000,
        f"{head}.{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{signature}",
    ]


def test_what_it_did_not_sign_is_refused(site: Site, known: Visitor) -> None:
    for token in forged(site):
        assert answer_to(site, known, token)["error"] == "invalid_request_object", token[:80]


def test_nobody_is_sent_to_an_address_that_only_a_forged_object_names(site: Site, known: Visitor) -> None:
    evil = "https://evil.example/"
    known.open(site.signed_url(site.request_object(key=STRANGER, redirect_uri=evil), redirect_uri=evil))
    assert (known.response.status_code, known.page.error) == (400, "invalid_request_object")
    known.open(site.signed_url(site.request_object(key=STRANGER)))
    assert (known.response.status_code, known.page.error) == (400, "invalid_request_object")
    # Signed by the site itself, but never registered.
    known.open(site.signed_url(site.request_object(redirect_uri=evil), redirect_uri=site.redirect_uri))
    assert (known.response.status_code, known.page.error) == (400, "invalid_request")


def test_each_counts_once(either: Provider) -> None:
    site = either.site(**BY_KEY)
    visitor, token = site.visitor(), site.request_object()
    visitor.open(site.signed_url(token))
    assert visitor.location.startswith("/login")
    assert answer_to(site, site.visitor(), token)["error"] == "invalid_request_object"
    other = either.site(**BY_KEY)
    same = answered_id(token)
    visitor.open(other.signed_url(other.request_object(jti=same)))
    assert visitor.location.startswith("/login"), "another site's ids are its own"


def answered_id(token: str) -> str:
    """The jti of an object."""
    return str(json.loads(decode(token, 1))["jti"])


def test_of_many_at_once_one_counts(either: Provider) -> None:
    site = either.site(**BY_KEY)
    token, outcomes = site.request_object(), list[bool]()

    def read() -> None:
        with either.context():
            try:
                request_object.read(token, site.rp)
                outcomes.append(True)
            except InvalidRequestObject:
                outcomes.append(False)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_half_a_minute_of_drift_is_forgiven(site: Site, known: Visitor) -> None:
    now = clock.timestamp()
    assert "code" in answer_to(site, known, site.request_object(exp=now - 20))
    assert "error" in answer_to(site, known, site.request_object(exp=now - 40))
    assert "code" in answer_to(site, known, site.request_object(nbf=now + 20))
    assert "error" in answer_to(site, known, site.request_object(nbf=now + 60))


def test_the_registered_algorithm_alone_counts(provider: Provider) -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
    keys = {"keys": [*PUBLIC_JWKS["keys"], rsa.as_dict(private=False)]}
    site = provider.site(**BY_KEY | {"jwks": keys, "request_object_signing_alg": "RS256"})
    visitor = site.visitor()
    assert answer_to(site, visitor, site.request_object())["error"] == "invalid_request_object"
    visitor.open(site.signed_url(site.request_object(header={"alg": "RS256", "kid": "rsa"}, key=rsa)))
    assert visitor.location.startswith("/login")


def test_a_site_without_keys_cannot_sign(provider: Provider) -> None:
    site = provider.site()
    assert answer_to(site, site.visitor(), site.request_object())["error"] == "invalid_request_object"


def test_who_registered_to_sign_must(provider: Provider) -> None:
    site = provider.site(**BY_KEY, require_signed_request_object=True)
    visitor = site.visitor()
    visitor.open(site.authorize_url())
    assert answered(visitor.location)["error"] == "invalid_request"
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")
    assert site.push().status_code == 400
    assert site.post("/par", request=site.request_object()).status_code == 201


def test_a_long_one_may_be_posted(either: Provider) -> None:
    """RFC 9101 §5.2.1 speaks of long addresses: a form has none, and it counts once all the same."""
    site, person = either.site(**BY_KEY), either.person()
    visitor = site.visitor()
    token = site.request_object(header={"unknown": ["c" * 20_000]})
    form = {"client_id": site.id, "request": token}
    visitor.response = visitor.client.post("/authorize", base_url=site.issuer, data=form)
    assert visitor.response.status_code == 303
    assert len(visitor.location) < 300
    visitor.arrive(visitor.location, person)
    assert "code" in answered(visitor.location)
    visitor.response = visitor.client.post("/authorize", base_url=site.issuer, data=form)
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_request_object")


def test_one_that_was_changed_cannot_be_posted(site: Site) -> None:
    visitor = site.visitor()
    form = {
        "client_id": site.id,
        "request": site.request_object(key=STRANGER),
        "redirect_uri": site.redirect_uri,
    }
    visitor.response = visitor.client.post("/authorize", base_url=site.issuer, data=form)
    assert dict(parse_qsl(visitor.location.partition("?")[2]))["error"] == "invalid_request_object"


def test_an_unknown_client_is_told_before_anything_is_read(site: Site) -> None:
    visitor = site.visitor()
    visitor.open(f"/authorize?client_id=nobody&request={site.request_object()}")
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_client")
