"""``federation_historical_keys_endpoint``: keys with which a hosted entity signed once (OpenID Federation 1.0 §8.7).

What was signed years ago can so be checked; a revoked key says since when and why it does not count.
"""

from typing import Any

from idp import clock
from idp.endpoints import federation_answer
from idp.federation import federation_key, signing
from idp.federation.federation_key import RETIRED, REVOKED, FederationKey
from idp.machine import ENTITY, Answer, Call, Routes

TYP = "jwk-set+jwt"


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each entity's configuration advertises its own."""
    del issuer
    return {}


def federation_historical_keys(call: Call) -> Answer:
    """Answer a signed key set of retired and revoked keys."""
    entity = federation_answer.addressed(call)
    keys = [_dated(key) for key in federation_key.ever(entity.entity_id) if key.state in {RETIRED, REVOKED}]
    claims = {"iss": entity.entity_id, "iat": clock.timestamp(), "keys": keys}
    token = signing.sign(entity.entity_id, claims, typ=TYP)
    return Answer(200, token.encode("ascii"), (federation_answer.REVALIDATE,), f"application/{TYP}")


def _dated(key: FederationKey) -> dict[str, Any]:
    ended = key.retired_at or key.revoked_at or key.created_at
    shown = federation_key.public_jwk(key) | {
        "iat": int(key.created_at.timestamp()),
        "exp": int(ended.timestamp()),
    }
    if key.current_at is not None:
        shown["nbf"] = int(key.current_at.timestamp())
    if key.revoked_at is not None:
        shown["revoked"] = {"revoked_at": int(key.revoked_at.timestamp()), "reason": key.revocation_reason}
    return shown


ROUTES: Routes = {f"{ENTITY}/federation/historical_keys": {"GET": federation_historical_keys}}
