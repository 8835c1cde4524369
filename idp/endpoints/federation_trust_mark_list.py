"""``federation_trust_mark_list_endpoint``: who holds a trust mark of a hosted issuer (OpenID Federation 1.0 §8.5)."""

import json
from typing import Any

from idp.endpoints import federation_answer
from idp.errors import InvalidInput
from idp.federation import hosted_entity, issued_trust_mark
from idp.machine import ENTITY, Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each authority's configuration advertises its own."""
    del issuer
    return {}


def federation_trust_mark_list(call: Call) -> Answer:
    """Answer a JSON array of those whose mark of ``trust_mark_type`` counts; with ``sub`` that one, or nobody."""
    issuer = federation_answer.addressed_authority(call)
    kind, subject_id = call.query.get("trust_mark_type", ""), call.query.get("sub", "")
    if not hosted_entity.is_possible(kind) or not hosted_entity.is_possible(subject_id or kind):
        raise InvalidInput(
            "invalid_request", detail="trust_mark_type must be the identifier of a kind of mark"
        )
    found = issued_trust_mark.subjects(issuer.entity_id, kind, subject_id)
    return federation_answer.revalidated(call, json.dumps(list(found)).encode())


ROUTES: Routes = {f"{ENTITY}/federation/trust_mark_list": {"GET": federation_trust_mark_list}}
