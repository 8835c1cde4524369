"""Client assertions (RFC 7523 §3, OIDC Core §9)."""

import base64
import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, Key, KeyParameters, OctKey, OKPKey, RSAKey

from idp import clock
from tests.provider import Provider
from tests.site import ASSERTION_TYPE, KEY, Site, Tokens, decoded

MACHINE = {
    "grant_types": ["client_credentials"],
    "response_types": [],
    "redirect_uris": [],
    "token_endpoint_auth_method": "private_key_jwt",
    "client_secret": None,
    "jwks": {"keys": [KEY.as_dict(private=False)]},
}
STRANGER = ECKey.generate_key("P-256", {"kid": "site-key"})


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(**MACHINE)


def ask(site: Site, assertion: str | None = None, **form: Any) -> Tokens:
    changes = {} if assertion is None else {"client_assertion": assertion}
    return site.token(**{"grant_type": "client_credentials"} | changes | form)


@pytest.mark.parametrize("path", ["", "/token"])
def test_it_is_made_for_the_issuer_or_the_token_endpoint(site: Site, path: str) -> None:
    """OIDC Core §9; RFC 7523 §3 (3)."""
    assert ask(site, site.assertion(aud=f"{site.issuer}{path}")).status == 200
    assert ask(site, site.assertion(aud=["https://x.example", f"{site.issuer}{path}"])).status == 200


def test_it_may_be_made_for_the_endpoint_that_is_called(site: Site) -> None:
    token = ask(site)["access_token"]
    assertion = site.assertion(aud=f"{site.issuer}/introspect")
    assert site.introspect(token, client_assertion=assertion)["active"] is True
    assert ask(site, site.assertion(aud=f"{site.issuer}/introspect")).status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": None},
        {"iss": "site-other"},
        {"iss": 7},
        {"iss": "\0"},
        {"sub": None},
        {"sub": "somebody"},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": []},
        {"aud": [7, None]},
        {"aud": {"iss": 1}},
        {"aud": "http://localhost:8000/"},
        {"aud": "http://localhost:8000/token?x=1"},
        {"exp": None},
        {"exp": 0},
        {"exp": -1},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": 10**400},
        {"exp": [1]},
        {"nbf": 9_999_999_999},
        {"nbf": "now"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 257},
    ],
)
def test_a_wrong_claim_is_refused(site: Site, changes: dict[str, Any]) -> None:
    refused = ask(site, site.assertion(**changes))
    assert (refused.status, refused.error) == (401, "invalid_client")


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "jti"])
def test_text_that_is_none_is_refused(site: Site, claim: str) -> None:
    """A lone surrogate: legal in JSON (RFC 8259 §8.2), impossible in UTF-8."""
    claims = decoded(site.assertion())[1] | {claim: "\ud800"}
    header = {"alg": "ES256", "kid": "site-key"}
    made = jws.serialize_compact(header, json.dumps(claims).encode(), KEY, algorithms=["ES256"])
    assert ask(site, made).error == "invalid_client"


def test_it_must_be_recent_and_short_lived(site: Site) -> None:
    now = clock.timestamp()
    assert ask(site, site.assertion(exp=now - 20)).status == 200, "half a minute of drift is forgiven"
    assert ask(site, site.assertion(exp=now - 40)).status == 401
    assert ask(site, site.assertion(exp=now + 600)).status == 200
    assert ask(site, site.assertion(exp=now + 700)).status == 401
    assert ask(site, site.assertion(nbf=now + 20)).status == 200
    assert ask(site, site.assertion(nbf=now + 60)).status == 401


def test_each_counts_once(either: Provider) -> None:
    """RFC 7523 §3 (7): jti."""
    site = either.site(**MACHINE)
    assertion = site.assertion()
    assert ask(site, assertion).status == 200
    assert ask(site, assertion).error == "invalid_client"
    assert ask(site, site.assertion(jti="same")).status == 200
    assert ask(site, site.assertion(jti="same")).error == "invalid_client"


def test_two_clients_may_use_the_same_jti(provider: Provider) -> None:
    for _ in range(2):
        site = provider.site(**MACHINE)
        assert ask(site, site.assertion(jti="shared")).status == 200


def test_of_many_at_once_one_counts(either: Provider) -> None:
    site = either.site(**MACHINE)
    assertion = site.assertion()
    start = threading.Barrier(10)
    statuses: list[int] = []

    def work() -> None:
        start.wait(timeout=30)
        statuses.append(ask(site, assertion).status)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(statuses) == [200] + [401] * 9


def test_a_strangers_key_is_refused(site: Site) -> None:
    assert ask(site, site.assertion(key=STRANGER)).error == "invalid_client"


def test_no_algorithm_but_the_keys_own_counts(site: Site) -> None:
    """RFC 8725 §3.1."""
    _head, payload, _ = site.assertion().split(".")
    for alg in ("none", "None", "HS256", "RS256", ""):
        header = (
            base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "site-key"}).encode())
            .rstrip(b"=")
            .decode()
        )
        assert ask(site, f"{header}.{payload}.").error == "invalid_client"
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)).encode())
    assert ask(site, site.assertion(header={"alg": "HS256"}, key=secret)).error == "invalid_client"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ["RS256", "PS256", "EdDSA", "ES256"])
def test_every_advertised_algorithm_works_and_a_registered_one_alone(provider: Provider, alg: str) -> None:
    """OIDC Registration §2 token_endpoint_auth_signing_alg."""
    about: KeyParameters = {"kid": "site-key"}
    key: Key
    if alg == "ES256":
        key = ECKey.generate_key("P-256", about)
    elif alg == "EdDSA":
        key = OKPKey.generate_key("Ed25519", about)
    else:
        key = RSAKey.generate_key(2048, about)
    jwks = {"keys": [key.as_dict(private=False)]}
    site = provider.site(**MACHINE | {"jwks": jwks, "token_endpoint_auth_signing_alg": alg})
    assert ask(site, site.assertion(header={"alg": alg}, key=key)).status == 200
    if alg in {"RS256", "PS256"}:
        other = "PS256" if alg == "RS256" else "RS256"
        assert ask(site, site.assertion(header={"alg": other}, key=key)).error == "invalid_client"


def test_a_client_with_several_keys_names_the_one_it_used(provider: Provider) -> None:
    second = ECKey.generate_key("P-256", {"kid": "second"})
    keys = [KEY.as_dict(private=False), second.as_dict(private=False)]
    site = provider.site(**MACHINE | {"jwks": {"keys": keys}})
    assert ask(site, site.assertion()).status == 200
    assert ask(site, site.assertion(header={"kid": "second"}, key=second)).status == 200
    assert ask(site, site.assertion(header={"kid": "second"})).error == "invalid_client"


@pytest.mark.parametrize(
    "form",
    [
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:x"},
        {"client_assertion": None},
        {"client_assertion": "x"},
        {"client_assertion": "a.b.c"},
        {"client_id": "somebody-else"},
    ],
)
def test_an_incomplete_request_is_refused(site: Site, form: dict[str, Any]) -> None:
    assert ask(site, **form).error == "invalid_client"


def test_its_own_id_may_stand_beside_it(site: Site) -> None:
    assert ask(site, client_id=site.id).status == 200


def test_a_secret_beside_it_is_refused(site: Site) -> None:
    refused = ask(site, client_secret="x" * 40)
    assert (refused.status, refused.error) == (400, "invalid_request")


def test_who_registered_no_key_cannot_use_one(provider: Provider) -> None:
    site = provider.site(token_endpoint_auth_method="client_secret_post")
    refused = site.token(
        grant_type="client_credentials",
        client_secret=None,
        client_assertion_type=ASSERTION_TYPE,
        client_assertion=site.assertion(),
    )
    assert refused.error == "invalid_client"


@settings(max_examples=50)
@given(st.text() | st.tuples(st.text(), st.text(), st.text()).map(".".join))
def test_any_text_is_refused(site: Site, text: str) -> None:
    refused = ask(site, text.replace("\0", "").encode("utf-8", "replace").decode())
    assert refused.error == "invalid_client"
