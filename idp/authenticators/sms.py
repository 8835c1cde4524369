"""A code sent to a phone (RFC 8176 ``sms``): a challenge that one browser opened for one number.

Everything about it is short-lived and sealed; the code itself is kept as a keyed digest, works once, and dies
after a few wrong tries. A challenge may also carry no code (its `Purpose` does not fit the number, which is told so
instead): to the browser it looks the same, in text and in time.
"""

import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from idp import clock, network_address, rate_limit
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import mfa
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired, IdpError, InvalidInput, TooMany
from idp.keys import field_cipher
from idp.notify import sms as gateway
from idp.settings import SETTINGS

AMR = "sms"
KIND = mfa.KINDS[AMR]

DIGITS = 6
PAUSE = 60  # seconds between two messages of one challenge
HOUR = 3600
DAY = 24 * HOUR


class Purpose(StrEnum):
    """What a code is for; a code of one purpose is worth nothing for another."""

    SIGN_UP = "sign_up"
    LOGIN = "login"
    SECOND_FACTOR = "second_factor"
    RECOVERY = "recovery"
    PROOFING = "proofing"
    NEW_PHONE = "new_phone"


@dataclass(frozen=True)
class Challenge:
    """A number that one browser is asked to prove. ``proven``: its code was right."""

    ticket: str
    phone: str
    browser: str
    proven: bool = False
    sent_at: int = 0
    purpose: str = Purpose.SIGN_UP

    @property
    def pause_left(self) -> int:
        """Seconds until another message may be asked for."""
        return max(0, self.sent_at + PAUSE - clock.timestamp())


def begin(phone: str, *, browser: str, address: str, purpose: Purpose = Purpose.SIGN_UP) -> Challenge:
    """Open a challenge for *phone* (E.164), sending nothing yet. Raises TooMany for number or address."""
    _count(phone, address)
    ticket = secrets.token_urlsafe(32)
    challenge = Challenge(ticket=ticket, phone=phone, browser=browser, purpose=purpose)
    _save(challenge)
    return challenge


def find(ticket: str, browser: str, purpose: Purpose = Purpose.SIGN_UP) -> Challenge | None:
    """Return the challenge that this browser opened for this purpose, or None."""
    if len(ticket) > 64 or not ticket.isascii() or not ticket.isprintable():  # noqa: PLR2004 - longer is not ours
        return None
    stored = EPHEMERAL.get().get(_key(ticket))
    if stored is None:
        return None
    challenge = Challenge(**json.loads(field_cipher.open_sealed(stored.decode(), _context(ticket))))
    own = hmac.compare_digest(challenge.browser.encode(), browser.encode())
    return challenge if own and challenge.purpose == purpose else None


def get(ticket: str, browser: str, purpose: Purpose = Purpose.SIGN_UP) -> Challenge:
    """Return the challenge that this browser opened for this purpose; raises Expired ``journey_expired``."""
    challenge = find(ticket, browser, purpose)
    if challenge is None:
        raise Expired("journey_expired")
    return challenge


def send(challenge: Challenge, *, locale: str, known: bool) -> Challenge:
    """Send a new code, or word of why there is none, and then no code works.

    *known* says whether the number has an account that fits the purpose: a new account, and a changed number, need one
    without, a login one with; a recovery is open to both (who has a new number shows by other proof who they are).

    Raises Upstream or Unavailable when the gateway does not take the message.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    life = SETTINGS.get().lifetimes.phone_code
    store = EPHEMERAL.get()
    template, works = _message(challenge.purpose, known=known)
    # Where no code is sent, the digest of something that nobody can type.
    digest = _digest(challenge.ticket, code if works else secrets.token_urlsafe(16))
    store.put(_code_key(challenge.ticket), digest, life)
    sent = replace(challenge, sent_at=clock.timestamp())
    _save(sent)
    values = {"code": code, "minutes": str(max(1, life // 60))} if works else {}
    try:
        gateway.send(challenge.phone, template, values, locale)
    except IdpError:
        # Nothing arrived, so the next try need not wait.
        _save(challenge)
        raise
    return sent


def resend(challenge: Challenge, *, address: str, locale: str, known: bool) -> Challenge:
    """Send once more; raises TooMany ``code_just_sent`` within the pause, or at the limits of `begin`."""
    if challenge.pause_left:
        raise TooMany("code_just_sent", retry_after=challenge.pause_left)
    _count(challenge.phone, address)
    return send(challenge, locale=locale, known=known)


def check(challenge: Challenge, code: str) -> None:
    """Take the code, mark the challenge proven; raises InvalidInput ``code_wrong`` (wrong, used, late)."""
    store = EPHEMERAL.get()
    settings = SETTINGS.get()
    wrong = InvalidInput("code_wrong", "The code is not right or no longer valid", field="code")
    # Counted before looking, and for each message anew: a code dies after a few wrong tries.
    tries = f"phone-code:{challenge.ticket}:{challenge.sent_at}"
    if rate_limit.count(tries, settings.limits.code_attempts, settings.lifetimes.phone_code) is not None:
        raise wrong
    typed = "".join(code[:64].split())
    kept = store.get(_code_key(challenge.ticket))
    if not (kept and typed.isascii() and hmac.compare_digest(kept, _digest(challenge.ticket, typed))):
        raise wrong
    if store.take(_code_key(challenge.ticket)) is None:
        raise wrong
    _save(replace(challenge, proven=True))


def close(challenge: Challenge) -> bool:
    """End the challenge; of many callers one gets True."""
    return EPHEMERAL.get().take(_key(challenge.ticket)) is not None


def is_second_factor_of(account: Account, methods: Collection[str]) -> bool:
    """Whether a code to the account's phone may follow *methods*; never for officials (domain §2)."""
    return account.kind != accounts.OFFICIAL and account.phone_sealed is not None and AMR not in methods


def _message(purpose: str, *, known: bool) -> tuple[str, bool]:
    """Return the template that is sent, and whether it carries a code."""
    match purpose:
        case Purpose.SIGN_UP:
            return ("sign_up_known", False) if known else ("sign_up_code", True)
        case Purpose.NEW_PHONE:
            return ("new_phone_known", False) if known else ("new_phone_code", True)
        case Purpose.RECOVERY:
            return "recovery_code", True
        case Purpose.PROOFING:
            return "proofing_code", True
        case _:
            return ("login_code", True) if known else ("login_unknown", False)


def _count(phone: str, address: str) -> None:
    limits = SETTINGS.get().limits
    caller = rate_limit.hashed(network_address.caller(address))
    rate_limit.check(f"phone-codes-address:{caller}", limits.phone_codes_per_address, HOUR)
    index = field_cipher.blind_index("phone_codes", phone).hex()
    rate_limit.check(f"phone-codes-number:{index}", limits.phone_codes_per_number, HOUR)
    rate_limit.check(f"phone-codes-number-day:{index}", limits.phone_codes_per_number_day, DAY)


def _save(challenge: Challenge) -> None:
    sealed = field_cipher.seal(json.dumps(asdict(challenge)), _context(challenge.ticket))
    EPHEMERAL.get().put(_key(challenge.ticket), sealed.encode(), SETTINGS.get().lifetimes.journey)


def _digest(ticket: str, code: str) -> bytes:
    return field_cipher.secret_digest("phone_code", f"{ticket}:{code}")


def _key(ticket: str) -> str:
    return f"phone-challenge:{ticket}"


def _code_key(ticket: str) -> str:
    return f"phone-code:{ticket}"


def _context(ticket: str) -> str:
    return f"ephemeral.phone_challenge:{ticket}"
