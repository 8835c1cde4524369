"""``federation_resolve_endpoint``: an entity's metadata as it counts, with the chain it follows from (§8.3).

Answered for the provider and every authority hosted here, signed by whoever was asked.
"""

from typing import Any

from idp import clock, network_address
from idp.endpoints import federation_answer
from idp.errors import InvalidInput
from idp.federation import hosted_entity, resolution, signing, trust_anchor
from idp.federation.hosted_entity import LEAF, HostedEntity
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.local_limit import LOCAL_LIMIT
from idp.machine import ENTITY, Answer, Call, Routes
from idp.settings import SETTINGS

TYP = "resolve-response+jwt"
MINUTE = 60
MOST_ANCHORS = 10
MOST_TYPES = 20


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each entity's configuration advertises its own."""
    del issuer
    return {}


def federation_resolve(call: Call) -> Answer:
    """Answer the resolved metadata of ``sub`` towards one of ``trust_anchor``, of the types asked for or of all."""
    caller = network_address.caller(call.address)
    LOCAL_LIMIT.get().check(f"resolve:{caller}", SETTINGS.get().limits.resolutions_per_address, MINUTE)
    asked = call.query_lists
    subjects, anchors = asked.get("sub", []), asked.get("trust_anchor", [])
    types = asked.get("entity_type", [])
    if len(subjects) != 1 or not hosted_entity.is_possible(subjects[0]):
        raise InvalidInput("invalid_request", detail="sub must be one entity identifier")
    if not 0 < len(anchors) <= MOST_ANCHORS or len(types) > MOST_TYPES:
        raise InvalidInput("invalid_request", detail="trust_anchor must be the identifier of a trust anchor")
    known = trust_anchor.all_anchors()
    wanted = [anchor for anchor in anchors if anchor in known]
    if not wanted:
        return federation_answer.refusal(
            404, "invalid_trust_anchor", "none of these is a trust anchor of ours"
        )
    refused: ChainRefused | None = None
    for anchor in wanted:
        try:
            chain = resolution.resolve(subjects[0], anchor=anchor)
        except ChainRefused as error:
            refused = error
        else:
            return _response(_asked(call), chain, types)
    _asked(call)
    return federation_answer.refusal(400, "invalid_trust_chain", str(refused))


def _asked(call: Call) -> HostedEntity:
    found = federation_answer.addressed(call)
    if found.kind == LEAF:
        raise InvalidInput("invalid_request", detail="that entity resolves nothing")
    return found


def _response(asked: HostedEntity, chain: TrustChain, types: list[str]) -> Answer:
    marks = [{"trust_mark_type": mark.type, "trust_mark": mark.token} for mark in chain.trust_marks]
    claims: dict[str, Any] = {
        "iss": asked.entity_id,
        "sub": chain.subject,
        "iat": clock.timestamp(),
        "exp": chain.expires_at,
        "metadata": {kind: said for kind, said in chain.metadata.items() if not types or kind in types},
        "trust_chain": list(chain.tokens),
    }
    token = signing.sign(asked.entity_id, claims | ({"trust_marks": marks} if marks else {}), typ=TYP)
    return Answer(200, token.encode("ascii"), (federation_answer.REVALIDATE,), f"application/{TYP}")


ROUTES: Routes = {f"{ENTITY}/federation/resolve": {"GET": federation_resolve}}
