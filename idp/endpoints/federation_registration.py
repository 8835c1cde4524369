"""``federation_registration_endpoint``: explicit registration of a member of the federation (OpenID Federation §12.2).

A site posts its entity configuration made for us, or that with its superiors' statements, and is told by a signed
answer what it is registered with and until when. The superiors are asked as for anybody: what they said before counts
for nothing once they say otherwise.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from idp import clock, machine, network_address
from idp.db import commit
from idp.endpoints import federation_answer
from idp.errors import InvalidInput
from idp.federation import (
    entity_statement,
    federation_key,
    resolution,
    signing,
    trust_anchor,
    trust_chain,
    trust_chain_header,
)
from idp.federation.entity_statement import InvalidStatement
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.keys.jwk_rules import SIGNING_ALGS
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call, Routes
from idp.relying_parties import federated, federated_metadata, registration
from idp.settings import SETTINGS

TYP = "explicit-registration-response+jwt"
STATEMENT, CHAIN = "application/entity-statement+jwt", "application/trust-chain+json"
MINUTE = 60
# OpenID Federation 1.0 §8.9: what is wrong with the chain, or with what it allows.
INVALID_CHAIN, INVALID_METADATA = "invalid_trust_chain", "invalid_metadata"
OF_THE_METADATA = frozenset(
    {"metadata", "not_offered", "keys_missing", "items_not_needed", "division", "client_registration_types"}
)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise both ways of registration (§5.1.3)."""
    return {
        "federation_registration_endpoint": f"{issuer}/federation/register",
        "client_registration_types_supported": ["automatic", "explicit"],
        # How a member may prove itself that was registered by nobody (§5.1.3).
        "request_authentication_methods_supported": {
            "authorization_endpoint": ["request_object"],
            "pushed_authorization_request_endpoint": ["request_object", "private_key_jwt"],
        },
        "request_authentication_signing_alg_values_supported": list(SIGNING_ALGS),
    }


def register(call: Call) -> Answer:
    """Answer what the site is registered with, signed; or why it is not (§12.2.2, §12.2.3)."""
    caller = network_address.caller(call.address)
    LOCAL_LIMIT.get().check(f"resolve:{caller}", SETTINGS.get().limits.resolutions_per_address, MINUTE)
    posted = _posted(call)
    federation_key.current(SETTINGS.get().issuer)  # who is no entity can answer nobody
    commit()  # no transaction waits for superiors elsewhere
    try:
        chain = _chain(posted)
        federated.register(chain)
    except InvalidStatement as error:
        raise InvalidInput(
            "invalid_request", detail=f"the entity configuration breaks {error.rule}"
        ) from error
    except ChainRefused as error:
        return federation_answer.refusal(400, INVALID_CHAIN, federated.describe(error))
    except federated.Refused as error:
        code = INVALID_METADATA if error.refusal.rule in OF_THE_METADATA else INVALID_CHAIN
        return federation_answer.refusal(400, code, error.detail)
    return _response(chain)


ROUTES: Routes = {"/federation/register": {"POST": register}}


def _posted(call: Call) -> list[str]:
    """Return the statements that were posted, the site's configuration first; raises InvalidInput."""
    longest = SETTINGS.get().limits.request_bytes
    if not call.has_type(CHAIN):
        return [call.body(STATEMENT, longest)]
    try:
        found = json.loads(call.body(CHAIN, longest))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("invalid_request", detail="the trust chain is not JSON") from error
    if not isinstance(found, list) or not 0 < len(found) <= trust_chain_header.MOST:
        raise InvalidInput("invalid_request", detail="the trust chain must be an array of statements")
    if not all(isinstance(one, str) for one in found):
        raise InvalidInput("invalid_request", detail="the trust chain must be an array of statements")
    return found


def _chain(posted: Sequence[str]) -> TrustChain:
    """Return the chain of the posted configuration, with what its superiors say at this moment."""
    issuer = SETTINGS.get().issuer
    statement = entity_statement.read(posted[0])
    if not statement.is_configuration:
        raise InvalidStatement("sub", statement.sub)
    if "aud" not in statement.claims:
        raise InvalidStatement("aud")
    entity_statement.check_audience(statement, issuer)
    found = resolution.resolve(statement.sub)
    tokens = [posted[0], *found.tokens[1:]]
    chain = trust_chain.verify(tokens, trust_anchor.all_anchors(), clock.timestamp(), audience=issuer)
    return replace(chain, trust_marks=found.trust_marks)


def _response(chain: TrustChain) -> Answer:
    """Return the signed answer: metadata as registered, the anchor and the superior that count (§12.2.3)."""
    issuer = SETTINGS.get().issuer
    given = registration.get(chain.subject).given
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": chain.subject,
        "aud": chain.subject,
        "iat": clock.timestamp(),
        "exp": chain.expires_at,
        "trust_anchor": chain.anchor,
        "authority_hints": [chain.path[1]],
        "metadata": {federated_metadata.RP_TYPE: given},
    }
    token = signing.sign(issuer, claims, typ=TYP)
    return Answer(200, token.encode("ascii"), machine.NO_STORE, f"application/{TYP}")
