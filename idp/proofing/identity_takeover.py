"""Who proves a name better takes it over: so that nobody is kept out of their own name by a number that leaked.

A name and a number can be typed by whoever knows them (P2). Evidence that itself looked at who held the document, and
that alone earns P3 or more and more than the other account has, is the holder's word against a typist's. The other
account loses the name and all that rested on it, hears of it, and goes on as somebody unproven. Of equals nobody
takes anything: they merge (`accounts.merging`), or a counter decides.
"""

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice
from idp.accounts.account import Account
from idp.accounts.identity import Identity
from idp.assurance import proofing_level
from idp.assurance.evidence import Evidence
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.level_policy import current
from idp.mandates import ending
from idp.outbox import message
from idp.proofing import evidence
from idp.proofing.case_row import ProofingCase

IDENTITY_LOST = "identity_lost"
"""Kind of the outbox message after which no session and no grant of the time before is left; also the reason."""

LEAST_LEVEL = 3
# A face is not among them: it is compared only where the number is proven already.
CHECKS_HOLDER = frozenset({"network_id", "chip", "point", "counter", "certificate", "enterprise_counter"})


def lock(account: Account, code: str, identity: Identity | None) -> None:
    """Lock the account, and with it the one that evidence *code* may take *identity* from; always in one order."""
    both = {account.id: account}
    if identity is not None and code in CHECKS_HOLDER:
        holder = identities.find_account(identity)
        if holder is not None:
            both[holder.id] = holder
    for _, one in sorted(both.items()):
        db.session.refresh(one, with_for_update=True)


def take(account: Account, case: ProofingCase, identity: Identity) -> bool:
    """Free *identity* for the account when the case's evidence outdoes whoever holds it; return whether it did.

    Everything stands in the caller's transaction; sessions, grants and sites follow by the outbox.
    """
    holder = identities.find_account(identity)
    if holder is None or holder.id == account.id:
        return False
    db.session.refresh(holder, with_for_update=True)
    now = clock.now()
    before, shown = evidence.level(holder, now), _level(account, case.verifier)
    # A frozen account keeps its name: a register froze it, or somebody who looks into it.
    if holder.status != accounts.ACTIVE or shown < LEAST_LEVEL or shown <= before:
        return False
    lost = {str(piece["code"]) for piece in holder.standing} - evidence.OF_NO_IDENTITY
    identities.release(holder, identity)
    evidence.revoke(holder, lost, IDENTITY_LOST)
    ending.void_for(holder.id, ending.IDENTITY_LOST)
    notice.tell(holder, IDENTITY_LOST)
    # Whoever agreed under that name was not its owner: both accounts are asked anew what they share.
    holder.reverified_at = account.reverified_at = now
    message.add(IDENTITY_LOST, {"before": now.isoformat()}, holder.id, receiver=f"account:{holder.id}")
    log.record(
        EventName.IDENTITY_LOST,
        account_id=holder.id,
        case_id=case.id,
        identity_digest=identity.index().hex(),
        way=case.verifier,
        before=before,
        after=shown,
    )
    return True


def _level(account: Account, code: str) -> int:
    """Return what the new evidence earns alone: what the account has beside may be of another document."""
    now = clock.now()
    return (
        0
        if code not in CHECKS_HOLDER
        else proofing_level.of(current.get(), account.kind, (Evidence(code, now, None),), now)
    )
