"""`python -m tests.bench.metadata_policy`: what merging the policies of six levels costs; the budget is 200 µs.

Beside it, for information: reading the six, applying the result, and judging the whole chain with its signatures.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import reduce
from typing import Any

from joserfc.jwk import ECKey, KeySet

from idp.federation import metadata_policy, trust_chain
from idp.keys import compact_jwt

BUDGET_MICROSECONDS = 200.0
TURNS, EACH = 9, 300
NOW = 1_800_000_000
RP = "openid_relying_party"
LEVELS = ("nation", "province", "prefecture", "county", "township", "village")
ITEMS = [f"item-{number:02d}" for number in range(20)]
SCOPES = ["openid", "profile", "phone", "real_name", "enterprise", "division", "offline_access"]


def policy(level: int) -> dict[str, Any]:
    """What the superior on this level says: the nation sets the frame, each below tightens most of it."""
    return {
        RP: {
            "scope": {"subset_of": SCOPES[: len(SCOPES) - level], "superset_of": ["openid"]},
            "grant_types": {
                "subset_of": ["authorization_code", "refresh_token"],
                "default": ["authorization_code"],
            },
            "response_types": {"value": ["code"]},
            "subject_type": {"value": "pairwise"},
            "token_endpoint_auth_method": {"one_of": ["private_key_jwt"], "essential": True},
            "request_object_signing_alg": {"one_of": ["ES256", "PS256", "RS256"][: 3 - level // 2]},
            "id_token_signed_response_alg": {"one_of": ["ES256", "RS256"], "default": "ES256"},
            "minimum_level": {"one_of": [1, 2, 3, 4][level // 2 :], "essential": True},
            "item_codes": {"subset_of": ITEMS[: 20 - level]},
            "contacts": {"add": [f"desk@{LEVELS[level]}.example"]},
            "division_code": {"essential": True},
            "organization_uscc": {"essential": level > 0},
        },
        "federation_entity": {"organization_name": {"essential": True}},
    }


METADATA: dict[str, dict[str, Any]] = {
    RP: {
        "redirect_uris": ["https://site.example/cb"],
        "scope": "openid profile",
        "token_endpoint_auth_method": "private_key_jwt",
        "minimum_level": 3,
        "item_codes": ITEMS[:5],
        "division_code": "330106",
        "organization_uscc": "11330106MB0000000X",
    },
    "federation_entity": {"organization_name": "西湖区"},
}


def main() -> int:
    """Measure and print; 1 when merging is over its budget."""
    said = [policy(level) for level in range(len(LEVELS))]
    policies = [metadata_policy.read(one) for one in said]
    merged = reduce(metadata_policy.merge, policies)
    if metadata_policy.apply(merged, METADATA)[RP]["scope"] != "openid profile":
        raise SystemExit("the policy that is measured must let the metadata pass")
    tokens, anchors = _chain(said)
    median = _microseconds(lambda: reduce(metadata_policy.merge, policies))
    rows = (
        ("merging six levels", median, f" of {BUDGET_MICROSECONDS:.0f}"),
        ("reading the six", _microseconds(lambda: [metadata_policy.read(one) for one in said]), ""),
        ("applying the result", _microseconds(lambda: metadata_policy.apply(merged, METADATA)), ""),
        ("judging the chain", _microseconds(lambda: trust_chain.verify(tokens, anchors, NOW), 30), ""),
    )
    for name, microseconds, budget in rows:
        sys.stdout.write(f"{name}: {microseconds:.1f} µs{budget}\n")
    return int(median > BUDGET_MICROSECONDS)


def _chain(said: list[dict[str, Any]]) -> tuple[list[str], dict[str, KeySet]]:
    """A village's site below six levels, signed."""
    names = ["https://site.example", *(f"https://{level}.example" for level in reversed(LEVELS))]
    keys = {name: ECKey.generate_key("P-256", {"kid": name}) for name in names}

    def statement(issuer: str, subject: str, **claims: Any) -> str:
        jwks = {"keys": [keys[subject].as_dict(private=False)]}
        made = {"iss": issuer, "sub": subject, "iat": NOW, "exp": NOW + 3600, "jwks": jwks} | claims
        header = {"alg": "ES256", "typ": "entity-statement+jwt", "kid": issuer}
        return compact_jwt.sign(header, made, keys[issuer])

    tokens = [statement(names[0], names[0], authority_hints=[names[1]], metadata=METADATA)]
    for below, superior, policy_ in zip(names, names[1:], reversed(said), strict=False):
        tokens.append(statement(superior, below, metadata_policy=policy_))
    tokens.append(statement(names[-1], names[-1]))
    return tokens, {names[-1]: KeySet([keys[names[-1]]])}


def _microseconds(run: Callable[[], object], each: int = EACH) -> float:
    def turn() -> float:
        started = time.process_time()
        for _ in range(each):
            run()
        return (time.process_time() - started) * 1_000_000 / each

    return statistics.median(turn() for _ in range(TURNS))


if __name__ == "__main__":
    raise SystemExit(main())
