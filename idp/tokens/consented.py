"""Whether what a grant carries is still allowed: looked at anew when a code is redeemed or a token refreshed.

A withdrawal revokes the grants that are there. What it cannot see yet is a code on its way; so whoever redeems one
holds the record until the grant is written: of the two the second sees the first. Expiry counts from its very moment.
"""

from idp import clock
from idp.consent import held
from idp.consent.consent_record import ConsentRecord, given_of
from idp.consent.decision import STATUTORY_DUTY, Given
from idp.relying_parties import cache
from idp.tokens.grant import Grant


def covers(grant: Grant, row: ConsentRecord | None) -> bool:
    """Whether the consent record covers *grant*; the caller has it locked until its transaction ends."""
    return _covers(grant, None if row is None else given_of(row))


def holds(grant: Grant) -> bool:
    """Whether the record covers *grant*, as far as this process knows; mostly no query.

    What was withdrawn a moment ago elsewhere is found by the grant itself, which was revoked with it.
    """
    return _covers(grant, held.find(grant.principal_id or grant.account_id, grant.client_id))


def _covers(grant: Grant, given: Given | None) -> bool:
    if given is None:
        return not grant.items
    by_law = _by_law(grant.client_id, given)
    # Without any item it is the login itself: a record taken back as a whole ends that too, a duty of law does not.
    if not grant.items:
        return bool(by_law) or not given.withdrawn
    return frozenset(grant.items) <= given.holding(clock.now()) | by_law


def _by_law(client_id: str, given: Given) -> frozenset[str]:
    """Return what was noted as released by law and still is: a site may have changed to asking the person."""
    rp = cache.find(client_id)
    return frozenset(name for name in given.by_law if rp is not None and rp.basis_of(name) == STATUTORY_DUTY)
