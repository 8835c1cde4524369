"""How the principal of an assisted session shows that they are there: a code they say, or their card in a reader."""

import hmac
import secrets
from uuid import UUID

from idp import rate_limit
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Forbidden, InvalidInput
from idp.keys import field_cipher
from idp.mandates import assisted, rules_file
from idp.mandates.assisted_case import AssistedCase
from idp.notify import sms

SPOKEN_CODE = "spoken_code"
CHIP = "chip"

DIGITS = 6
TRIES = 5
HOUR = 3600
CODES_PER_CLERK = 60
CODES_PER_PRINCIPAL = 6


def send_code(case: AssistedCase, *, clerk_name: str, item_name: str) -> None:
    """Send the principal a code to say to the clerk. The caller has ended its transaction.

    Raises TooMany, InvalidInput ``phone_missing``, Unavailable or Upstream of the gateway.
    """
    principal = accounts.get(case.principal_id)
    phone, locale = accounts.phone_of(principal), principal.locale
    if phone is None:
        raise InvalidInput(
            "phone_missing", "This person has no phone here. Use their card", field="principal"
        )
    rate_limit.check(f"assisted-clerk:{case.clerk_id}", CODES_PER_CLERK, HOUR)
    rate_limit.check(f"assisted-principal:{case.principal_id}", CODES_PER_PRINCIPAL, HOUR)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    life = rules_file.get().assisted.code_seconds
    EPHEMERAL.get().put(_code_key(case.id), _digest(case.id, code), life)
    values = {
        "code": code,
        "minutes": str(max(1, life // 60)),
        **assisted.words(clerk_name, case, item_name),
    }
    sms.send(phone, "assisted_code", values, locale if locale in sms.LOCALES else "zh_Hans")


def check_code(case: AssistedCase, typed: str) -> None:
    """Take the code that the principal said, once, and start the case; InvalidInput ``code_wrong``, TooMany."""
    wrong = InvalidInput("code_wrong", "The code is not right or no longer valid", field="code")
    rate_limit.check(f"assisted-code:{case.id}", TRIES, HOUR)
    store = EPHEMERAL.get()
    kept = store.get(_code_key(case.id))
    given = "".join(typed[:64].split())
    if not (kept and given.isascii() and hmac.compare_digest(kept, _digest(case.id, given))):
        raise wrong
    if store.take(_code_key(case.id)) is None:
        raise wrong
    assisted.start(case, SPOKEN_CODE)


def show_card(case: AssistedCase, holder: Account) -> None:
    """Start the case because the reader held the card of *holder*, whom it must be about (``card_of_another``)."""
    if holder.id != case.principal_id:
        raise Forbidden("card_of_another", "This is somebody else's card")
    assisted.start(case, CHIP)


def _digest(case_id: UUID, code: str) -> bytes:
    return field_cipher.secret_digest(f"assisted_code:{case_id}", code)


def _code_key(case_id: UUID) -> str:
    return f"assisted-code:{case_id}"
