"""A grant as its relying party manages it (Grant Management for OAuth 2.0 §6): what it holds, and its end.

It is the consent record of one account at one client. No token is ever shown, and nothing of the person.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from idp import claims, clock
from idp.audit import log
from idp.consent import consent_record, event, record
from idp.consent.consent_record import ConsentRecord
from idp.errors import NotFound
from idp.tokens import consent_withdrawal
from idp.tokens import grant as grants
from idp.tokens.grant import Grant

QUERY, REVOKE = SCOPES = ("grant_management_query", "grant_management_revoke")
REVOKED = "revoked_by_relying_party"
# What the person or time does; everything else comes from a request of the client (§6.4).
NOT_THE_CLIENT = frozenset({event.WITHDRAWN, event.EXPIRED, event.REFUSED})


def find(record_id: UUID, client_id: str, account_id: UUID | None = None) -> ConsentRecord | None:
    """Return the record of that grant while it stands, if it is this client's (and this account's)."""
    row = consent_record.find_by_id(record_id)
    if row is None or row.client_id != client_id or not _stands(row):
        return None
    return row if account_id is None or row.account_id == account_id else None


def describe(row: ConsentRecord) -> dict[str, Any]:
    """Return the answer to a query (§6.4). Draft -03 names the time of the last change in two ways; both are there."""
    items = row.allowed_items(clock.now())
    history = event.of_record(row.account_id, row.record_id)
    found: dict[str, Any] = {
        "scopes": [{"scope": " ".join(("openid", *sorted(claims.scopes_of(items) - {"openid"})))}],
        "claims": sorted(name for item in items for name in claims.ITEMS.get(item, ())),
    }
    if details := _details(row):
        found["authorization_details"] = details
    if history:
        changed = _seconds(history[-1].at)
        by_client = history[-1].name not in NOT_THE_CLIENT
        found |= {
            "created_at": _seconds(history[0].at),
            "last_updated": changed,
            "last_updated_at": changed,
            "expires_at": _seconds(row.expires_at if row.was_given else row.by_law_until or row.expires_at),
            "updated_by": "client" if by_client else "authorization_server",
        }
    return found


def revoke(row: ConsentRecord) -> tuple[Grant, ...]:
    """End the grant for its client, with every token of it (§6.5). The caller commits, then forgets the grants.

    Raises NotFound when it ended in this moment, or another took its place.
    """
    record_id = row.record_id
    locked = consent_record.find_locked(row.account_id, row.client_id)
    if locked is None or locked.record_id != record_id or not _stands(locked):
        raise NotFound("grant_unknown")
    with log.acting(f"relying_party:{row.client_id}"):
        record.supersede(row.account_id, row.client_id, why=REVOKED)
        return consent_withdrawal.end_grants(row.account_id, row.client_id, REVOKED)


def _stands(row: ConsentRecord) -> bool:
    # One to which nothing happened yet is a login without any item: it holds nothing, and is nobody's past.
    return row.ended_at is None or not row.head_number


def _details(row: ConsentRecord) -> list[dict[str, Any]]:
    """Return the authorization details (RFC 9396) of those who act for the account there, each once."""
    found: list[dict[str, Any]] = []
    which = (Grant.principal_id == row.account_id) & (Grant.client_id == row.client_id)
    for grant in next(grants.in_batches(which), []):
        details = grant.acting.details if grant.acting else ()
        found += [one for one in details if one not in found]
    return found


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
