"""Saying that an account is known by another subject from now on, while it still has the one it is known by."""

from idp.accounts.account import Account
from idp.outbox import message, signal
from idp.outbox.signal import Signal

KIND = "subject_changed"


def tell(account: Account) -> None:
    """Note it in the present transaction: sessions and grants end (`tokens.subject_change`), sites that listen hear."""
    old = str(account.subject_id)
    message.add(KIND, {"old": old}, account_id=account.id)
    signal.add(Signal.IDENTIFIER_CHANGED, account.id, identifier="sub", old_subject=old)
