"""A hosted branch for the console's tests: nation, province, city, county, a neighbour, and a site below the county."""

import itertools
from dataclasses import dataclass
from urllib.parse import urlencode

from joserfc.jwk import ECKey

from idp.db import commit
from idp.federation import federation_key, hosted_entity, subordinate, trust_anchor
from idp.federation.hosted_entity import ANCHOR, INTERMEDIATE, LEAF
from tests.provider import ISSUER, Provider

AUTHORITY, RP = "federation_entity", "openid_relying_party"
MARK = "https://nation.example/marks/djbh3"
OWNED = "https://nation.example/marks/owned"

KEYS = {"keys": [dict(ECKey.generate_key("P-256").as_dict(private=False, kid="owner"))]}

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Branch:
    """Entity identifiers."""

    nation: str
    province: str
    city: str
    county: str
    neighbour: str
    site: str


def plant(provider: Provider, **site: object) -> Branch:
    """Plant a branch nobody else uses; *site*: more metadata of the site."""
    number = next(_numbers)
    ids = [
        f"{ISSUER}/authorities/{name}-c{number}"
        for name in ("nation", "province", "city", "county", "neighbour", "site")
    ]
    branch = Branch(*ids)
    with provider.context():
        hosted_entity.create(branch.nation, kind=ANCHOR, names={"zh-Hans": "国家", "en": "Nation"})
        hosted_entity.update(
            branch.nation,
            trust_mark_issuers={MARK: [branch.province, branch.county], OWNED: [branch.province]},
            trust_mark_owners={OWNED: {"sub": "https://owner.example", "jwks": KEYS}},
        )
        places = (
            (branch.province, "Zhejiang", "330000", branch.nation),
            (branch.city, "Hangzhou", "330100", branch.province),
            (branch.county, "Xihu", "330106", branch.city),
            (branch.neighbour, "Gongshu", "330105", branch.city),
        )
        for entity_id, name, code, superior in places:
            hosted_entity.create(entity_id, kind=INTERMEDIATE, names={"en": name}, division_code=code)
            subordinate.put(
                superior,
                entity_id,
                entity_types=[AUTHORITY],
                is_intermediate=True,
                names={"en": name},
                division_code=code,
            )
        declared = {RP: {"redirect_uris": ["https://rp.example/cb"], "scope": "openid profile phone"} | site}
        hosted_entity.create(
            branch.site, kind=LEAF, names={"en": "Registry"}, division_code="330106", declared=declared
        )
        subordinate.put(
            branch.county, branch.site, entity_types=[RP], names={"en": "Registry"}, division_code="330106"
        )
        trust_anchor.add(branch.nation, federation_key.jwks(branch.nation))
        commit()
    return branch


def at(page: str, **query: str) -> str:
    """The address of a page of the federation."""
    return f"/console/federation{page}?{urlencode(query)}"
