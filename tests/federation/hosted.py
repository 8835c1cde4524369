"""A small hosted tree for tests: an anchor, a province below it, a site below the province, all of them hosted here."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, KeySet

from idp.db import commit
from idp.federation import hosted_entity, hosted_statement, subordinate
from idp.federation.hosted_entity import ANCHOR, INTERMEDIATE, LEAF
from idp.keys import compact_jwt
from tests.provider import ISSUER

_numbers = itertools.count(1)
RP = "openid_relying_party"
AUTHORITY = "federation_entity"


@dataclass(frozen=True)
class Tree:
    """Entity identifiers."""

    anchor: str
    province: str
    site: str


def plant() -> Tree:
    """Plant a tree nobody else uses."""
    number = next(_numbers)
    anchor, province, site = (
        f"{ISSUER}/authorities/{kind}{number}" for kind in ("anchor", "province", "site")
    )
    hosted_entity.create(anchor, kind=ANCHOR, names={"zh-Hans": "国家", "en": "Nation"})
    hosted_entity.create(province, kind=INTERMEDIATE, names={"zh-Hans": "浙江省"}, division_code="330000")
    hosted_entity.create(
        site,
        kind=LEAF,
        names={"zh-Hans": "站点"},
        declared={RP: {"redirect_uris": ["https://rp.example/cb"]}},
    )
    subordinate.put(anchor, province, entity_types=[AUTHORITY], is_intermediate=True)
    subordinate.put(province, site, entity_types=[RP])
    commit()
    return Tree(anchor, province, site)


def outsider() -> tuple[str, dict[str, Any]]:
    """An entity that runs elsewhere, and its public keys."""
    key = ECKey.generate_key("P-256", {"alg": "ES256"})
    jwk = dict(key.as_dict(private=False, kid=key.thumbprint()))
    return f"http://localhost:9/site{next(_numbers)}", {"keys": [jwk]}


def statement(superior_id: str, entity_id: str) -> str | None:
    """What the superior says of the entity, as it is signed."""
    found = hosted_statement.find_subordinate_statement(superior_id, entity_id)
    return None if found is None else found.token


def read(token: str | None, jwks: dict[str, Any] | None = None) -> dict[str, Any]:
    """The claims of a statement, verified with *jwks*, or as an entity configuration with its own keys."""
    assert token is not None
    keys = jwks or compact_jwt.unverified_claims(token)["jwks"]
    header = compact_jwt.unverified_header(token)
    assert header["kid"] in {key["kid"] for key in keys["keys"]}
    return compact_jwt.verify(token, KeySet.import_key_set(json.loads(json.dumps(keys))), ["ES256"])
