"""``federation_trust_mark_endpoint``: a trust mark that a hosted authority gave (OpenID Federation 1.0 §8.6)."""

from typing import Any

from idp import clock
from idp.endpoints import federation_answer
from idp.federation import issued_trust_mark
from idp.machine import ENTITY, Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each authority's configuration advertises its own."""
    del issuer
    return {}


def federation_trust_mark(call: Call) -> Answer:
    """Answer the mark of ``trust_mark_type`` about ``sub``; 404 also for one that does not count any more."""
    issuer = federation_answer.addressed_authority(call)
    kind, subject_id = call.query.get("trust_mark_type", ""), call.query.get("sub", "")
    if not kind or not subject_id:
        reason = "trust_mark_type and sub are needed"
        return federation_answer.refusal(400, federation_answer.INVALID_REQUEST, reason)
    found = issued_trust_mark.find(issuer.entity_id, kind, subject_id)
    if found is None or not found.is_active(clock.now()):
        reason = "that entity holds no such trust mark of this issuer"
        return federation_answer.refusal(404, federation_answer.NOT_FOUND, reason)
    mimetype = f"application/{issued_trust_mark.TYP}"
    return federation_answer.revalidated(call, found.token.encode("ascii"), mimetype)


ROUTES: Routes = {f"{ENTITY}/federation/trust_mark": {"GET": federation_trust_mark}}
