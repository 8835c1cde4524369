"""What ends with an account: evidence, open cases, mandates on both sides, consent, ways in, sessions, grants.

`account_leaving` says when.
"""

from idp import clock
from idp.accounts import identity, notice, phone_change
from idp.accounts.account import Account
from idp.authenticators import erasure
from idp.consent import consent_record, record
from idp.consent.consent_record import HELD
from idp.linking import linked_account
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
    account.closes_at = None
    _end_consent(account)
    linked_account.end_all(account.id)
    erasure.erase(account.id)
    phone_change.erase(account.id)
    notice.erase(account.id)
    message.add(evidence.STANDING_CHANGED, {"account_id": str(account.id)}, account.id, receiver="")


def _end_consent(account: Account) -> None:
    # Grants end with the account, and sites hear that it is gone: here only what the person's records say.
    now = clock.now()
    for row in consent_record.of_account(account.id):
        if row.state(now) == HELD:
            record.withdraw(account.id, row.client_id)
