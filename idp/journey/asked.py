"""What an authorization request asks of a person's data, in terms of what the relying party registered. Pure."""

from idp.claims import release
from idp.claims.request import ClaimsRequest
from idp.consent import record
from idp.consent.decision import Asked
from idp.journey.authorization_request import AuthorizationRequest
from idp.relying_parties.relying_party import RelyingParty


def of(request: AuthorizationRequest, rp: RelyingParty, *, insisted: bool) -> Asked:
    """Return the items asked for: a relying party gets only items it registered (PIPL art. 6, 16).

    One that registered no items at all is held to its scopes, every item required.
    """
    items = release.requested_items(request.scope, request.claims)
    registered = {item.name for item in rp.items} or release.requested_items(rp.scope, ClaimsRequest())
    items &= registered | ({"offline_access"} & set(rp.scope))
    required = frozenset(name for name in items if (item := rp.find_item(name)) is None or item.required)
    return Asked(
        required=required,
        optional=items - required,
        purpose=record.purpose_digest(rp.purpose.default),
        legal_basis=rp.legal_basis,
        insisted=insisted,
    )
