"""What a session is worth now: the proofing of its account, its authenticators, and the level of both together.

Worked out each time from the account's evidence and the policy in force, so that both hold from their very moment.
"""

from datetime import datetime

from idp.accounts.account import Account
from idp.assurance import authenticator_level, evidence, proofing_level, session_level
from idp.assurance.policy import HIGHEST, Policy
from idp.authenticators import recognised
from idp.sessions.session import Session


def proofing(policy: Policy, account: Account, now: datetime, max_age: int | None = None) -> int:
    """Return the proofing level of *account*, by evidence that is at most *max_age* seconds old."""
    pieces = evidence.from_standing(account.standing)
    return proofing_level.of(policy, account.kind, pieces, now, max_age)


def authenticator(policy: Policy, account: Account, session: Session, now: datetime) -> int:
    """Return the authenticator level of *session*: that of one factor once its strength has run out.

    Of a login at another province's provider: what the level takes that it was recognised at, and no more.
    """
    methods = session.methods
    if session.level_cap is None:
        # Without the level that was given with it, another province's word is worth nothing.
        methods = [method for method in methods if method != recognised.AMR]
    level = authenticator_level.of(policy, methods, account.kind)
    if session.level_cap is not None:
        level = min(level, session_level.authenticator_for(policy, session.level_cap))
    return level if session.is_strong(now) else min(level, 1)


def most(session: Session) -> int:
    """Return the level that *session* counts for at most, whatever its parts are worth."""
    return HIGHEST if session.level_cap is None else session.level_cap


def level(policy: Policy, account: Account, session: Session, now: datetime) -> int:
    """Return the level of *session*."""
    own = session_level.of(
        policy, proofing(policy, account, now), authenticator(policy, account, session, now)
    )
    return min(own, most(session))
