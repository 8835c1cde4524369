"""A try to log in with a name and a password, in three parts so that no transaction is open while hashing.

`look_up` reads (and refuses by limits), the door ends its transaction, `check` hashes and compares, `renew`
writes. Known and unknown names take the same steps: the same queries, the same counters, one hash, the same
error.

A stranger who guesses is stopped after a few wrong passwords, counted by what was typed in its one form, never
by the account: a lock tells neither whether there is one nor whose number a number is. The count is kept apart
for browsers in which the person has logged in before, so that the stranger locks out nobody but strangers.
"""

from dataclasses import dataclass, field

from idp import network_address, rate_limit
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import known_device, pwd
from idp.errors import InvalidInput, TooMany
from idp.local_limit import LOCAL_LIMIT
from idp.setting_sections import Limits
from idp.settings import SETTINGS

MINUTE = 60


@dataclass(frozen=True)
class Candidate:
    """The account that somebody claims to be theirs, or None behind the same face."""

    account: Account | None
    stored: str | None = field(repr=False)
    failures: str = field(repr=False)
    slowest: str | None = field(default=None, repr=False)


def look_up(identifier: str, *, device: str, address: str) -> Candidate:
    """Find whom *identifier* (user name or phone) means; raises TooMany for the address or the name."""
    count_attempt(address)
    account = accounts.find_by_identifier(identifier)
    return _candidate(account, f"typed {accounts.one_form(identifier)}", device)


def look_up_again(account: Account, *, device: str, address: str) -> Candidate:
    """Prepare to ask somebody who is logged in for the password once more; raises TooMany."""
    count_attempt(address)
    return _candidate(account, f"account {account.id}", device)


def check(candidate: Candidate, password: str) -> Account:
    """Return the account when the password is right. Touches no database.

    Raises InvalidInput ``credentials_wrong``, Unavailable ``busy``.
    """
    if not pwd.matches(candidate.stored, password, slowest=candidate.slowest) or candidate.account is None:
        rate_limit.count(
            candidate.failures, _limits().login_failures_per_account, _limits().login_failures_window
        )
        raise InvalidInput("credentials_wrong", "The user name or the password is not right")
    return candidate.account


def renew(candidate: Candidate, password: str) -> str | None:
    """Return a new hash for `pwd.replace_outdated` when the stored one was made with other parameters."""
    if candidate.stored is None or not pwd.is_outdated(candidate.stored):
        return None
    return pwd.hash_new(password)


def _candidate(account: Account | None, stranger: str, device: str) -> Candidate:
    account_id = account.id if account else pwd.NOBODY
    known = known_device.is_known(account_id, device)
    stored = pwd.find_stored(account_id)
    guesser = f"known {account_id} {device}" if known else stranger
    failures = f"login-failures:{rate_limit.hashed(guesser)}"
    if rate_limit.is_reached(failures, _limits().login_failures_per_account):
        raise TooMany(
            "too_many_requests", detail="login-failures", retry_after=_limits().login_failures_window
        )
    return Candidate(account, stored.hash, failures, stored.slowest)


def count_attempt(address: str) -> None:
    """Count one try to log in from that address, whatever way; raises TooMany."""
    key = f"login-attempts:{rate_limit.hashed(network_address.caller(address))}"
    LOCAL_LIMIT.get().check(key, _limits().login_attempts_per_address, MINUTE)


def _limits() -> Limits:
    return SETTINGS.get().limits
