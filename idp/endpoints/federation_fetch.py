"""``federation_fetch_endpoint``: what a hosted authority says of a subordinate (OpenID Federation 1.0 §8.1)."""

from typing import Any

from idp.endpoints import federation_answer
from idp.federation import hosted_statement
from idp.machine import ENTITY, Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each authority's configuration advertises its own."""
    del issuer
    return {}


def federation_fetch(call: Call) -> Answer:
    """Answer the subordinate statement about ``sub``; 404 also for a suspended one."""
    superior_id, entity_id = call.entity_id, call.query.get("sub", "")
    if not entity_id or entity_id == superior_id:
        reason = "sub must be the entity identifier of a subordinate"
        return federation_answer.refusal(400, federation_answer.INVALID_REQUEST, reason)
    found = hosted_statement.find_subordinate_statement(superior_id, entity_id)
    return federation_answer.statement(call, found, "that entity is no subordinate of this authority")


ROUTES: Routes = {f"{ENTITY}/federation/fetch": {"GET": federation_fetch}}
