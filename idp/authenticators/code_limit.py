"""The limit on guessing one-time codes of an account: counted before looking, forgotten after a right one.

TOTP and recovery codes share it: whoever guesses has given the password already. Browsers in which the
person has logged in before are counted each for itself, all others together, so that a stranger with the
password locks out nobody but strangers, and by the day's limit cannot go on for ever.
"""

from uuid import UUID

from idp import rate_limit
from idp.authenticators import known_device
from idp.settings import SETTINGS

DAY = 86_400


def count(account_id: UUID, device: str) -> str:
    """Count one try in the browser *device*; return what to `forget` when the code is right.

    Raises TooMany when there were too many wrong ones in the window or the day.
    """
    limits = SETTINGS.get().limits
    known = known_device.is_known(account_id, device)
    guesser = rate_limit.hashed(f"{account_id} {device}" if known else str(account_id))
    rate_limit.check(_in_window(guesser), limits.code_attempts, limits.code_window)
    rate_limit.check(_in_day(guesser), limits.code_attempts_day, DAY)
    return guesser


def forget(guesser: str) -> None:
    """Start over after a right code."""
    rate_limit.forget(_in_window(guesser))
    rate_limit.forget(_in_day(guesser))


def _in_window(guesser: str) -> str:
    return f"one-time-codes:{guesser}"


def _in_day(guesser: str) -> str:
    return f"one-time-codes-day:{guesser}"
