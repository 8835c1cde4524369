"""The limit on guessing one-time codes of an account: counted before looking, forgotten after a right one.

TOTP and recovery codes share it: whoever guesses has given the password already.
"""

from uuid import UUID

from idp import rate_limit
from idp.settings import SETTINGS


def count(account_id: UUID) -> None:
    """Count one try; raises TooMany when there were too many wrong ones in the window."""
    limits = SETTINGS.get().limits
    rate_limit.check(_key(account_id), limits.code_attempts, limits.code_window)


def forget(account_id: UUID) -> None:
    """Start over after a right code."""
    rate_limit.forget(_key(account_id))


def _key(account_id: UUID) -> str:
    return f"one-time-codes:{account_id}"
