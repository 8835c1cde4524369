"""What follows when a register reports a change: evidence falls, mandates end, the account of the dead is frozen.

One place for notices that are pushed and for the daily check. All of it stands in the caller's transaction, and
happening twice does no harm. What it means for levels is the policy's; sessions, grants and sites follow by the
outbox messages ``standing_changed`` and ``mandate_ended`` (domain §2 "levels fall as well as rise", §4).
"""

from collections.abc import Collection
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.mandates import ending
from idp.outbox import message, signal
from idp.outbox.signal import Signal
from idp.proofing import evidence

DECEASED, CANCELLED, CARD_LOST, NAME_CHANGED = "deceased", "cancelled", "card_lost", "name_changed"
DISSOLVED, REVOKED, NEW_REPRESENTATIVE = "dissolved", "revoked", "new_representative"
RESTORED = "restored"
OF_CITIZENS = frozenset({DECEASED, CANCELLED, CARD_LOST, NAME_CHANGED, RESTORED})
OF_ENTERPRISES = frozenset({DISSOLVED, REVOKED, NAME_CHANGED, NEW_REPRESENTATIVE, RESTORED})

# A phone number proves nobody's name, and what a person typed stays what it was.
_UNTOUCHED = frozenset({"self", "phone"})
# What was proven by a card that somebody else may hold now, or by looking at it.
_BY_CARD = frozenset({"register", "chip", "point", "counter"})
# What says who the enterprise is, whoever represents it.
_OF_THE_ENTERPRISE = frozenset({"enterprise_typed", "enterprise_register"})
_MANDATES_END = {
    DECEASED: ending.DECEASED,
    DISSOLVED: ending.DISSOLVED,
    REVOKED: ending.DISSOLVED,
    NEW_REPRESENTATIVE: ending.NEW_REPRESENTATIVE,
}


def touched(account: Account, change: str) -> frozenset[str]:
    """Return which of the account's evidence *change* takes away: no query."""
    held = frozenset(str(piece["code"]) for piece in account.standing)
    match change:
        case "restored":
            return frozenset()
        case "card_lost":
            return held & _BY_CARD
        case "name_changed":
            # A network identity tells no name.
            return held - _UNTOUCHED - {"network_id"}
        case "cancelled":
            return held - _UNTOUCHED
        case "new_representative":
            return held - _OF_THE_ENTERPRISE
    return held


def apply(account: Account, change: str, *, source: str) -> bool:
    """Do what follows from *change*, which *source* reported; return whether anything had to be done.

    A *change* that does not belong to this kind of account changes nothing. The caller commits.
    """
    known: Collection[str] = OF_ENTERPRISES if account.kind == accounts.ENTERPRISE else OF_CITIZENS
    if change not in known or change == RESTORED:
        # What was taken away is proven anew: nobody knows who acted in between.
        return False
    db.session.refresh(account, with_for_update=True)
    frozen = change == DECEASED and account.status == accounts.ACTIVE
    if frozen:
        account.status = accounts.FROZEN
        account.updated_at = clock.now()
        log.record(EventName.ACCOUNT_FROZEN, account_id=account.id, reason=change)
        signal.add(Signal.ACCOUNT_DISABLED, account.id, initiating_entity="policy")
    revoked = evidence.revoke(account, touched(account, change), change)
    voided = ending.void_for(account.id, _MANDATES_END[change]) if change in _MANDATES_END else 0
    if frozen and not revoked:
        # Nothing proven, but signed in somewhere.
        message.add(evidence.STANDING_CHANGED, {"account_id": str(account.id)}, account.id, receiver="")
    done = frozen or bool(revoked) or bool(voided)
    if done:
        facts: dict[str, Any] = {"evidence": revoked, "mandates": voided}
        log.record(EventName.REGISTER_CHANGED, account_id=account.id, change=change, source=source, **facts)
    db.session.flush()
    return done
