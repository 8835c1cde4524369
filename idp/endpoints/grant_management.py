"""``grant_management_endpoint`` (Grant Management for OAuth 2.0 §6, draft -03 of the FAPI working group).

A relying party looks at a grant, or gives it back: one person's consent to it. What a grant says is changed by an
authorization request only (`journey.grant_management`).
"""

from typing import Any
from uuid import UUID

from idp import machine
from idp.consent.consent_record import ConsentRecord
from idp.db import commit
from idp.endpoints import bearer
from idp.errors import NotFound
from idp.journey import grant_request
from idp.machine import ONE, Answer, Call, Routes
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import consent_withdrawal, managed_grant


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint and what can be done (§7.1)."""
    return {
        "grant_management_endpoint": f"{issuer}/grants",
        "grant_management_actions_supported": ["query", "revoke", *grant_request.ACTIONS],
        "grant_management_action_required": False,
    }


def query(call: Call, rp: RelyingParty) -> Answer:
    """Answer what the grant holds (§6.4); 404 for one that is not this client's, or has ended."""
    return machine.answer(managed_grant.describe(_get(call, rp)))


def revoke(call: Call, rp: RelyingParty) -> Answer:
    """End the grant with all its tokens (§6.5)."""
    ended = managed_grant.revoke(_get(call, rp))
    commit()
    consent_withdrawal.forget_all(ended)
    return Answer(204, b"")


_METHODS = {
    "GET": bearer.guarded(query, (managed_grant.QUERY,)),
    "DELETE": bearer.guarded(revoke, (managed_grant.REVOKE,)),
}
# The address itself is no grant: a client never gets a list of them (§6).
ROUTES: Routes = {"/grants": _METHODS, f"/grants{ONE}": _METHODS}


def _get(call: Call, rp: RelyingParty) -> ConsentRecord:
    text = call.resource
    row = managed_grant.find(UUID(text), rp.client_id) if grant_request.SHAPE.fullmatch(text) else None
    if row is None:
        raise NotFound("grant_unknown")
    return row
