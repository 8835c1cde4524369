"""A straight line of entities for tests: a site, its city, its province and the nation, each with a key of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey, Key, KeySet

from idp.federation import trust_chain
from idp.federation.trust_chain import TrustChain
from idp.keys import compact_jwt

NOW = 1_800_000_000
RP = "openid_relying_party"
SITE, CITY, PROVINCE, NATION = (
    "https://site.city.example",
    "https://city.example/authority",
    "https://province.example/authority",
    "https://nation.example",
)
NAMES = (SITE, CITY, PROVINCE, NATION)
METADATA = {RP: {"redirect_uris": ["https://site.city.example/cb"], "scope": "openid profile phone"}}


@dataclass
class Entity:
    """One entity: its name and its key."""

    name: str
    key: Key = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))

    @property
    def jwks(self) -> dict[str, Any]:
        """The public half, as statements show it."""
        return {"keys": [dict(self.key.as_dict(private=False))]}

    @property
    def keys(self) -> KeySet:
        """The public half, as it is pinned."""
        return KeySet([ECKey.import_key(dict(self.key.as_dict(private=False)))])

    def sign(self, typ: str | None, claims: Mapping[str, Any], **header: Any) -> str:
        """Sign anything, as anything."""
        made = {"alg": "ES256", "typ": typ, "kid": self.key.kid} | header
        kept = {name: value for name, value in made.items() if value is not None}
        return compact_jwt.sign(kept, dict(claims), self.key)

    def says(self, about: "Entity", **claims: Any) -> str:
        """Return a statement about *about*, or about itself; None takes a claim away."""
        made: dict[str, Any] = {
            "iss": self.name,
            "sub": about.name,
            "iat": NOW - 60,
            "exp": NOW + 3600,
            "jwks": about.jwks,
        }
        made |= claims
        return self.sign("entity-statement+jwt", {name: one for name, one in made.items() if one is not None})


class Line:
    """The line, subject first. What each says is set in ``own`` (configurations) and ``said`` (of the one below)."""

    def __init__(self, *names: str) -> None:
        self.entities = [Entity(name) for name in names or NAMES]
        self.own: list[dict[str, Any]] = [{} for _ in self.entities]
        self.said: list[dict[str, Any]] = [{} for _ in self.entities]
        if len(self.entities) > 1:
            self.own[0] = {"authority_hints": [self.entities[1].name], "metadata": METADATA}
        self.anchors: dict[str, KeySet] = {self.entities[-1].name: self.entities[-1].keys}

    @property
    def tokens(self) -> list[str]:
        """The chain as it is sent."""
        subject, anchor = self.entities[0], self.entities[-1]
        between = [
            superior.says(below, **self.said[number + 1])
            for number, (below, superior) in enumerate(zip(self.entities, self.entities[1:], strict=False))
        ]
        last = [anchor.says(anchor, **self.own[-1])] if len(self.entities) > 1 else []
        return [subject.says(subject, **self.own[0]), *between, *last]

    def verify(self, tokens: list[str] | None = None, now: int = NOW, **options: Any) -> TrustChain:
        """Judge the chain."""
        return trust_chain.verify(tokens or self.tokens, self.anchors, now, **options)


def policy(parameter: str, **operators: Any) -> dict[str, Any]:
    """Return the claim with a policy for one parameter of relying parties."""
    return {"metadata_policy": {RP: {parameter: operators}}}


def plain(value: object) -> Any:
    """Return what is left after it went through JSON."""
    return json.loads(json.dumps(value))
