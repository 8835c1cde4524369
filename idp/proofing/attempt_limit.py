"""Limits on guessing by proofing: counted for the person, for the number that is claimed, and for the address.

Whose number it is already is not counted by number: nobody locks a person out of what they have proven.
"""

from collections.abc import Mapping
from uuid import UUID

from idp import network_address, rate_limit
from idp.accounts.identity import Identity
from idp.keys import field_cipher
from idp.proofing.outcome import Verdict
from idp.settings import SETTINGS

RETRIES = 6
HOUR = 3600
DAY = 24 * HOUR


def check(person_id: UUID, given: Mapping[str, str], address: str, *, held: Identity | None) -> None:
    """Count one attempt; raises TooMany."""
    limits = SETTINGS.get().limits
    caller = rate_limit.hashed(network_address.caller(address))
    rate_limit.check(f"proofing-address:{caller}", limits.proofings_per_address, HOUR)
    rate_limit.check(f"proofing-person:{rate_limit.hashed(str(person_id))}", limits.proofings_per_person, DAY)
    key = _number(given)
    if held is None and key is not None:
        rate_limit.check(key, limits.proofings_per_number, DAY)


def check_retry(case_id: UUID) -> None:
    """Count that a person has the source asked again; raises TooMany. The worker asks again by itself anyway."""
    rate_limit.check(f"proofing-retry:{case_id}", RETRIES, HOUR)


def note(given: Mapping[str, str], verdict: Verdict) -> None:
    """Forget what was counted against a number once it was proven."""
    key = _number(given)
    if key is not None and verdict is Verdict.APPROVED:
        rate_limit.forget(key)


def _number(given: Mapping[str, str]) -> str | None:
    number = given.get("number") or given.get("uscc")
    return (
        None if not number else f"proofing-number:{field_cipher.blind_index('proofing_limit', number).hex()}"
    )
