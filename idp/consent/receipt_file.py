"""A receipt as a file: signed (RFC 7515, RFC 7519), alone or with its text readable beside the signature.

The signed one has the type ``consent-receipt+jwt`` (RFC 8725 §3.11): no token of ours passes for a receipt, and no
receipt for a token. It never expires: what was said on that day stays true.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from idp.consent import receipt_27560, receipt_kantara
from idp.consent.receipt import Receipt
from idp.keys.keyring import KEYRING

TYP = "consent-receipt+jwt"
STANDARDS: Mapping[str, Callable[[Receipt], dict[str, Any]]] = {
    receipt_27560.NAME: receipt_27560.document,
    receipt_kantara.NAME: receipt_kantara.document,
}
# The members of the readable form: what was signed, and that signed.
READABLE, SIGNED = "receipt", "signed"


def claims(receipt: Receipt, standard: str, now: datetime) -> dict[str, Any]:
    """Return what is signed: the standard's document, and who says so since when. KeyError: no such standard."""
    said = STANDARDS[standard](receipt)
    return {
        "iss": receipt.issuer,
        "iat": int(now.timestamp()),
        "jti": f"{receipt.event.id}.{standard}",
        **said,
    }


def signed(receipt: Receipt, standard: str, now: datetime) -> str:
    """Return the receipt in compact form (RFC 7515 §3.1)."""
    return KEYRING.get().sign(claims(receipt, standard, now), typ=TYP)


def readable(receipt: Receipt, standard: str, now: datetime) -> str:
    """Return JSON that a person can read, with the same receipt signed in it."""
    said = claims(receipt, standard, now)
    both = {READABLE: said, SIGNED: KEYRING.get().sign(said, typ=TYP)}
    return json.dumps(both, ensure_ascii=False, indent=2)
