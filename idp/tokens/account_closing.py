"""What ends with an account: its evidence, the mandates it gives and holds, sessions and grants."""

from idp.accounts import identity
from idp.accounts.account import Account
from idp.mandates import ending
from idp.outbox import message
from idp.proofing import evidence


def close(account: Account, *, actor: str) -> None:
    """Close the account for good and let everything that rests on it follow. The caller commits."""
    settle(account)
    identity.close(account, actor=actor)


def settle(account: Account) -> None:
    """End evidence and mandates; sessions and grants follow by the outbox, once the account is closed."""
    evidence.revoke(account, {piece["code"] for piece in account.standing}, ending.CLOSED)
    ending.void_for(account.id, ending.CLOSED)
    message.add(evidence.STANDING_CHANGED, {"account_id": str(account.id)}, account.id, receiver="")
