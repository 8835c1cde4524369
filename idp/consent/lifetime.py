"""Until when a consent counts: its life, or the birthday from which on somebody else decides (PIPL art. 31).

From 14 on a child consents alone, at 18 it is of age: what was said before is asked anew.
"""

from datetime import date, datetime, timedelta

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.mandates import age, guardianship
from idp.settings import SETTINGS

TURNING_AGES = (14, 18)


def ends_at(account: Account, now: datetime) -> datetime:
    """Return until when a consent of the account that is given now counts."""
    end = now + life()
    birthday = next_turning(account, now)
    return min(end, birthday) if birthday else end


def next_turning(account: Account, now: datetime) -> datetime | None:
    """Return the next birthday that changes who decides, or None: none comes, or the birth date is not known."""
    birthdate = accounts.birthdate_of(account)
    if birthdate is None:
        return None
    birthdays = [age.reached(date.fromisoformat(birthdate), years) for years in TURNING_AGES]
    return min((one for one in birthdays if one > now), default=None)


def guardian_decides(account: Account, now: datetime) -> bool:
    """Whether the account is of a child whose guardian consents for it (PIPL art. 31)."""
    return guardianship.consents_alone_from(account, now) is not None


def life() -> timedelta:
    """Return how long a consent counts, and what is released by law counts as told."""
    return timedelta(days=SETTINGS.get().consent.life_days)


def rest() -> timedelta:
    """Return how long a refused question is not put again."""
    return timedelta(days=SETTINGS.get().consent.rest_days)
