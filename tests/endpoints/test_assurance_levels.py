"""The levels as a document for machines, linked from discovery."""

import json
from typing import Any

from werkzeug.test import TestResponse

from idp.assurance import acr
from idp.db import commit
from idp.level_policy import current, version
from tests.level_policy.conftest import file
from tests.provider import ISSUER, NewProvider, Provider, counted


def fetch(provider: Provider, **headers: str) -> TestResponse:
    return provider.app.test_client().get("/assurance_levels", base_url=ISSUER, headers=headers)


def document(provider: Provider) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fetch(provider).data)
    return found


def test_discovery_leads_to_it(either: Provider) -> None:
    answer = either.app.test_client().get("/.well-known/openid-configuration", base_url=ISSUER)
    discovery = json.loads(answer.data)
    assert discovery["assurance_levels_endpoint"] == f"{ISSUER}/assurance_levels"
    assert discovery["acr_values_supported"] == [*acr.NAMES, acr.ASSISTED]
    content = document(either)
    assert content["acr_values_supported"] == discovery["acr_values_supported"]
    assert content["version"] == 1
    assert content["floors"]["scopes"]["real_name"] == acr.of(2)


def test_it_is_cached_with_its_tag(either: Provider) -> None:
    either.settle()
    first = fetch(either)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    with counted(either.app) as counts:
        again = fetch(either, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert counts.statements == []


def test_a_new_version_shows_itself(new_provider: NewProvider) -> None:
    provider = new_provider()
    tag = fetch(provider).headers["ETag"]
    with provider.context():
        version.apply(file(2), None, "operator:test")
        commit()
        current.announce()
    content = document(provider)
    assert (content["version"], content["caps"]["A2"]) == (2, 2)
    assert fetch(provider, **{"If-None-Match": tag}).status_code == 200


def test_nothing_is_posted_to_it(either: Provider) -> None:
    assert either.app.test_client().post("/assurance_levels", base_url=ISSUER).status_code == 405
