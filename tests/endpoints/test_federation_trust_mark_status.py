from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp import clock
from idp.db import commit
from idp.federation import federation_key, issued_trust_mark, rotation
from idp.keys import compact_jwt
from tests.endpoints import entity
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import Provider

PATH = "/federation/trust_mark_status"
MARK = "https://marks.example/supervised"


def given(provider: Provider, **more: Any) -> tuple[Tree, str]:
    with provider.context():
        tree = hosted.plant()
        token = issued_trust_mark.issue(tree.anchor, MARK, tree.site, **more).token
        commit()
    return tree, token


def status(provider: Provider, issuer: str, token: str) -> str:
    answer = entity.post(provider, issuer, PATH, trust_mark=token)
    assert (answer.status_code, answer.mimetype) == (200, "application/trust-mark-status-response+jwt")
    with provider.context():
        said = hosted.read(answer.text, federation_key.jwks(issuer))
    assert (said["iss"], said["trust_mark"]) == (issuer, token)
    assert abs(said["iat"] - clock.timestamp()) <= 1
    found: str = said["status"]
    return found


def test_active_expired_revoked(either: Provider) -> None:
    tree, token = given(either, expires_at=clock.now() + timedelta(hours=1))
    assert status(either, tree.anchor, token) == "active"
    with clock.shifted(timedelta(hours=2)):
        assert status(either, tree.anchor, token) == "expired"
    with either.context():
        issued_trust_mark.revoke(tree.anchor, MARK, tree.site, reason="?")
        commit()
    assert status(either, tree.anchor, token) == "revoked"


def test_a_forged_mark_is_invalid(either: Provider) -> None:
    tree, token = given(either)
    claims = compact_jwt.unverified_claims(token)
    header = compact_jwt.unverified_header(token)
    forged = compact_jwt.sign(header, claims, ECKey.generate_key("P-256"))
    assert status(either, tree.anchor, forged) == "invalid"
    assert status(either, tree.anchor, "not a jwt") == "invalid"
    assert status(either, tree.anchor, token[:-10] + "AAAAAAAAAA") == "invalid"


def test_an_older_mark_is_invalid_after_it_was_renewed(either: Provider) -> None:
    tree, token = given(either)
    with clock.shifted(timedelta(seconds=5)), either.context():
        renewed = issued_trust_mark.issue(tree.anchor, MARK, tree.site).token
        commit()
    assert status(either, tree.anchor, token) == "invalid"
    assert status(either, tree.anchor, renewed) == "active"


def test_a_mark_outlives_the_key_that_signed_it_but_not_its_revocation(either: Provider) -> None:
    tree, token = given(either)
    with either.context():
        old = federation_key.current(tree.anchor).kid
        rotation.rotate(tree.anchor)
        commit()
        found = issued_trust_mark.find(tree.anchor, MARK, tree.site)
        assert found
        assert found.token != token
        assert hosted.read(found.token, federation_key.jwks(tree.anchor)) == compact_jwt.unverified_claims(
            token
        )
    assert status(either, tree.anchor, token) == "active"
    with either.context():
        rotation.revoke(tree.anchor, old, "compromised")
        commit()
    assert status(either, tree.anchor, token) == "invalid"


def test_of_another_issuer_or_never_given(either: Provider) -> None:
    tree, token = given(either)
    answer = entity.post(either, tree.province, PATH, trust_mark=token)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "claims", [{}, {"iss": "ISSUER"}, {"iss": "ISSUER", "sub": 3, "trust_mark_type": []}]
)
def test_marks_that_say_nothing(either: Provider, claims: dict[str, Any]) -> None:
    tree, _token = given(either)
    said = {name: tree.anchor if value == "ISSUER" else value for name, value in claims.items()}
    token = compact_jwt.sign({"alg": "ES256"}, said, ECKey.generate_key("P-256"))
    assert entity.post(either, tree.anchor, PATH, trust_mark=token).status_code == 404


@pytest.mark.parametrize("form", [{}, {"trust_mark": ""}, {"token": "x"}])
def test_nothing_to_look_at(either: Provider, form: dict[str, str]) -> None:
    tree, _token = given(either)
    answer = entity.post(either, tree.anchor, PATH, **form)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_too_much_to_look_at(either: Provider) -> None:
    tree, _token = given(either)
    assert entity.post(either, tree.anchor, PATH, trust_mark="x" * 100_000).status_code == 413
