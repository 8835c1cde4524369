"""What an authorization request does to the grant it names (Grant Management for OAuth 2.0 §5.2).

``create`` and ``replace`` ask the person anew: what was said for one grant is not said for another. ``create`` ends the
record there was and begins the next, ``replace`` leaves only what is agreed to now, ``merge`` adds. Each of them ends
what the relying party held so far. What is released by law is noted, whatever the request wants.
"""

from collections.abc import Collection

from idp import clock
from idp.accounts.account import Account
from idp.consent import consent_record, record
from idp.consent.decision import Asked
from idp.consent.document import Scene
from idp.journey.authorization_request import AuthorizationRequest
from idp.journey.grant_request import CREATE, MERGE, REPLACE
from idp.relying_parties.relying_party import NONE, RelyingParty
from idp.tokens import consent_withdrawal, managed_grant


def asks_anew(request: AuthorizationRequest) -> bool:
    """Whether what the person allowed before does not answer this request."""
    return request.grant is not None and request.grant.action != MERGE


def is_known(request: AuthorizationRequest, about: Account) -> bool:
    """Whether the grant that is named is one of this account at this client; true where none is named (§5.4)."""
    wanted = request.grant.record_id if request.grant else None
    return wanted is None or managed_grant.find(wanted, request.client_id, about.id) is not None


def save(
    request: AuthorizationRequest | None,
    about: Account,
    rp: RelyingParty,
    asked: Asked,
    items: Collection[str],
    scene: Scene,
) -> None:
    """Write what was agreed into the record that the request is about; raises Forbidden ``consent_withdrawn``."""
    action = request.grant.action if request is not None and request.grant else ""
    if action == CREATE:
        record.supersede(about.id, rp.client_id, acting=scene.acting, why="grant_created")
    record.save(about, rp, asked, items, scene, keep=action != REPLACE)


def begin(
    request: AuthorizationRequest, about: Account, rp: RelyingParty, asked: Asked, scene: Scene
) -> None:
    """End the record for ``create`` where nobody was asked, because the law releases everything."""
    wants_new = request.grant is not None and request.grant.action == CREATE
    if wants_new and not asked.to_allow and (asked.by_law or not rp.needs_consent):
        record.supersede(about.id, rp.client_id, acting=scene.acting, why="grant_created")


def settle(request: AuthorizationRequest, about: Account, rp: RelyingParty) -> str | None:
    """End what the client held before, where the request says so; return the ``grant_id`` that it is told (§5.5).

    A client that may query or revoke grants is told in any case, so that it learns of those it has.
    """
    if request.grant is None and not _manages(rp):
        return None
    row = consent_record.take(about.id, rp.client_id, rp.legal_basis, clock.now())
    if request.grant is not None:
        # The outbox also makes the access tokens inactive, once this is committed.
        consent_withdrawal.end_grants(about.id, rp.client_id, f"grant_{request.grant.action}")
    return str(row.record_id)


def _manages(rp: RelyingParty) -> bool:
    return rp.token_endpoint_auth_method != NONE and bool(set(rp.scope) & set(managed_grant.SCOPES))
