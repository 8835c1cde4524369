"""What the QR code of a printed receipt carries: a sealed address of the event, and its digest.

The reference opens for us only and tells nobody whom it is about; it names the row by its whole key, so that no table
is searched by an id that could be guessed. The digest is the beginning of the event's hash in the chain: on paper it
can be compared by eye.
"""

import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from idp.keys import field_cipher
from idp.keys.master_key import MasterKeyError

PATH = "/account/receipts/verify"
CONTEXT = "consent_receipt"
DIGEST_CHARACTERS = 32
GROUP = 4
SHAPE = re.compile(r"[A-Za-z0-9._=-]{40,300}")


@dataclass(frozen=True)
class Place:
    """Where the event stands."""

    account_id: UUID
    record_id: UUID
    number: int


def address(issuer: str, place: Place, chain_hash: str) -> str:
    """Return the address that the QR code leads to."""
    plain = f"{place.account_id.hex}{place.record_id.hex}{place.number}"
    query = {"id": field_cipher.seal(plain, CONTEXT), "digest": digest(chain_hash)}
    return f"{issuer}{PATH}?{urlencode(query)}"


def find(reference: str) -> Place | None:
    """Return the place that *reference* names; None for one that we did not make."""
    if not SHAPE.fullmatch(reference):
        return None
    try:
        plain = field_cipher.open_sealed(reference, CONTEXT)
    except MasterKeyError:
        return None
    return Place(UUID(plain[:32]), UUID(plain[32:64]), int(plain[64:]))


def digest(chain_hash: str) -> str:
    """Return what stands on paper for the event's hash: 128 bits of it, in hexadecimal."""
    return chain_hash[:DIGEST_CHARACTERS]


def groups(chain_hash: str) -> list[str]:
    """Return the digest in groups that can be read aloud."""
    short = digest(chain_hash)
    return [short[start : start + GROUP] for start in range(0, len(short), GROUP)]


def matches(shown: str, chain_hash: str) -> bool:
    """Whether the digest that somebody shows is the one of this event; blanks between its groups do not count."""
    return hmac.compare_digest("".join(shown.split()).lower().encode(), digest(chain_hash).encode())
