"""The rule that an account always keeps a way in: whoever removes one takes the account's turn and looks again after.

Two removals at once see each other: the second waits for the first and then finds what is really left.
"""

from uuid import UUID

from sqlalchemy import select

from idp.accounts.account import Account
from idp.authenticators import enrolled, recovery_code
from idp.db import db
from idp.errors import Conflict


def take_turn(account_id: UUID) -> None:
    """Let one change of the account's ways of signing in go on at a time, until the transaction ends."""
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update()).first()


def settle(account_id: UUID) -> None:
    """Look at what is left after a removal: recovery codes that stand in for nothing any more are void.

    Raises Conflict ``last_way_in`` when nothing is left to begin a login with; the caller rolls back.
    """
    db.session.flush()
    left = enrolled.of(account_id)
    if recovery_code.AMR in left and not enrolled.SECOND_FACTORS & left:
        recovery_code.remove(account_id)
    if not enrolled.begins_a_login(left):
        raise Conflict("last_way_in", "This is your last way to log in. Add another one before you remove it")
