from datetime import timedelta
from typing import Any

from idp import clock
from idp.db import commit
from idp.federation import federation_key, rotation
from idp.keys import compact_jwt
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider

PATH = "/federation/historical_keys"


def test_keys_that_signed_once_and_one_that_was_taken_back(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        first = federation_key.current(tree.province).kid
    assert said(either, tree.province)["keys"] == []
    with clock.shifted(timedelta(days=40)), either.context():
        second = rotation.rotate(tree.province).kid
        commit()
        rotation.revoke(tree.province, second, "compromised")
        commit()
        now = federation_key.current(tree.province).kid
    found = said(either, tree.province)
    assert found["iss"] == tree.province
    keys = {key["kid"]: key for key in found["keys"]}
    assert keys.keys() == {first, second}
    assert now not in keys
    assert "revoked" not in keys[first]
    assert keys[first]["nbf"] < keys[first]["exp"]
    assert keys[second]["revoked"]["reason"] == "compromised"
    assert all("d" not in key for key in found["keys"])


def said(provider: Provider, entity_id: str) -> dict[str, Any]:
    answer = entity.ask(provider, entity_id, PATH)
    assert (answer.status_code, answer.mimetype) == (200, "application/jwk-set+jwt")
    assert compact_jwt.unverified_header(answer.text)["typ"] == "jwk-set+jwt"
    with provider.context():
        return hosted.read(answer.text, federation_key.jwks(entity_id))


def test_of_nobody(either: Provider) -> None:
    answer = entity.ask(either, "http://localhost:8000/authorities/none", PATH)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
