"""``federation_trust_mark_status_endpoint``: whether a trust mark still counts (OpenID Federation 1.0 §8.4)."""

from typing import Any

from idp import clock
from idp.endpoints import federation_answer
from idp.federation import issued_trust_mark, signing
from idp.machine import ENTITY, NO_STORE, Answer, Call, Routes

TYP = "trust-mark-status-response+jwt"


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each authority's configuration advertises its own."""
    del issuer
    return {}


def federation_trust_mark_status(call: Call) -> Answer:
    """Answer ``active``, ``expired``, ``revoked`` or ``invalid`` for the text ``trust_mark``, signed."""
    issuer = federation_answer.addressed_authority(call)
    token = call.form.get("trust_mark", "")
    if not token:
        return federation_answer.refusal(400, federation_answer.INVALID_REQUEST, "trust_mark is needed")
    status = issued_trust_mark.status(issuer.entity_id, token)
    if status is None:
        reason = "this issuer never gave such a trust mark"
        return federation_answer.refusal(404, federation_answer.NOT_FOUND, reason)
    claims = {"iss": issuer.entity_id, "iat": clock.timestamp(), "trust_mark": token, "status": status}
    response = signing.sign(issuer.entity_id, claims, typ=TYP)
    return Answer(200, response.encode("ascii"), NO_STORE, f"application/{TYP}")


ROUTES: Routes = {f"{ENTITY}/federation/trust_mark_status": {"POST": federation_trust_mark_status}}
