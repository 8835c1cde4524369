"""Whether what a grant carries is still allowed: looked at anew when a code is redeemed or a token refreshed.

A withdrawal revokes the grants that are there. What it cannot see yet is a code on its way; so whoever redeems one
holds the record until the grant is written: of the two the second sees the first. Expiry counts from its very moment.
"""

from collections.abc import Collection

from idp import clock
from idp.consent import held
from idp.consent.consent_record import ConsentRecord
from idp.tokens.grant import Grant


def covers(grant: Grant, row: ConsentRecord | None) -> bool:
    """Whether the consent record covers *grant*; the caller has it locked until its transaction ends."""
    if row is None:
        return not grant.items
    return _covers(grant, row.allowed_items(clock.now()), row.by_law, withdrawn=row.withdrawn_at is not None)


def holds(grant: Grant) -> bool:
    """Whether the record covers *grant*, as far as this process knows; mostly no query.

    What was withdrawn a moment ago elsewhere is found by the grant itself, which was revoked with it.
    """
    given = held.find(grant.principal_id or grant.account_id, grant.client_id)
    if given is None:
        return not grant.items
    allowed = given.holding(clock.now()) | given.by_law
    return _covers(grant, allowed, given.by_law, withdrawn=given.withdrawn)


def _covers(grant: Grant, allowed: frozenset[str], by_law: Collection[str], *, withdrawn: bool) -> bool:
    # Without any item it is the login itself: a record taken back as a whole ends that too, a duty of law does not.
    return frozenset(grant.items) <= allowed if grant.items else bool(by_law) or not withdrawn
