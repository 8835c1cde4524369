"""What an authorization request asks of a person's data, in terms of what the relying party registered."""

from idp import claims
from idp.claims import recognition, release
from idp.claims.request import ClaimsRequest
from idp.consent import decision
from idp.consent.decision import STATUTORY_DUTY, Asked
from idp.journey.authorization_request import AuthorizationRequest
from idp.relying_parties import needed_data
from idp.relying_parties.relying_party import RelyingParty

OFFLINE_ACCESS = "offline_access"


def within(rp: RelyingParty, items: frozenset[str]) -> frozenset[str]:
    """Return which of *items* the relying party may have as it is registered now."""
    registered = {item.name for item in rp.items} or release.requested_items(rp.scope, ClaimsRequest())
    items &= registered | ({OFFLINE_ACCESS} & set(rp.scope))
    items = needed_data.within(rp.item_codes, items) - rp.withheld
    # Of a member nobody here looked at what it needs, if no superior said it either (domain §5.9).
    return items - claims.SENSITIVE if rp.is_federated and not rp.item_codes else items


def of(request: AuthorizationRequest, rp: RelyingParty, *, insisted: bool) -> Asked:
    """Return the items asked for: a relying party gets only items it registered and needs (PIPL art. 6, 16).

    One that registered no items at all is held to its scopes, every item required.
    """
    items = within(rp, release.requested_items(request.scope, request.claims))
    items = recognition.within(rp.client_id, items)
    if not rp.needs_consent:
        # Access while the person is away is theirs to allow (OIDC Core §11); a statutory basis asks nobody.
        items -= {OFFLINE_ACCESS}
    required = frozenset(name for name in items if (item := rp.find_item(name)) is None or item.required)
    return Asked(
        required=required,
        optional=items - required,
        purpose=decision.purpose_digest(rp.purpose.default),
        legal_basis=rp.legal_basis,
        insisted=insisted,
        by_law=frozenset(
            name for name in items if name != OFFLINE_ACCESS and rp.basis_of(name) == STATUTORY_DUTY
        ),
        sensitive=items & claims.SENSITIVE,
    )
