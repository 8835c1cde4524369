"""What ends with an account: evidence, open cases, mandates on both sides, ways of signing in, sessions, grants."""

from idp import clock
from idp.accounts import identity, notice, phone_change
from idp.accounts.account import Account
from idp.authenticators import erasure
from idp.mandates import ending
from idp.outbox import message
from idp.proofing import case as cases
from idp.proofing import evidence


def close(account: Account, *, actor: str) -> None:
    """Close the account for good and let everything that rests on it follow. The caller commits."""
    level = evidence.level(account, clock.now())
    settle(account)
    identity.close(account, actor=actor, level=level)


def settle(account: Account) -> None:
    """End what stands by itself; sessions and grants follow by the outbox, once the account is closed."""
    notice.tell(account, "account_closed")
    evidence.revoke(account, {piece["code"] for piece in account.standing}, ending.CLOSED)
    for case in cases.all_open(account.id):
        cases.cancel(case)
    ending.void_for(account.id, ending.CLOSED)
    erasure.erase(account.id)
    phone_change.erase(account.id)
    message.add(evidence.STANDING_CHANGED, {"account_id": str(account.id)}, account.id, receiver="")
