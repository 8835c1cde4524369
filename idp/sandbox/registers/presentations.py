"""What a person shows instead of typing: network identity 网证, a chip that was read, electronic licence 电子营业执照.

Each is a compact JWS (RFC 7515) by the key of its issuer, lives ten minutes and works once.
"""

import hashlib
import threading
from collections import OrderedDict
from typing import Any

from joserfc.jwk import ECKey

from idp import clock
from idp.keys import compact_jwt
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.records import Citizen, Enterprise
from idp.uuid7 import uuid7

NETWORK_ID = "network-id-presentation+jwt"
READING = "chip-reading+jwt"
LICENCE = "business-licence+jwt"
LIFE = 600  # seconds
NETWORK_ID_YEARS = 5
USED = 10_000  # so many are remembered; the oldest are long out of date


class Presentations:
    """Issues them for the sandbox's pages, and checks them for the register."""

    def __init__(self, folder: Folder) -> None:
        self._keys = {
            NETWORK_ID: folder.wallet_key,
            LICENCE: folder.wallet_key,
            READING: folder.reader_key,
        }
        self._salt = folder.wallet_key.thumbprint()
        self._used: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def network_id(self, citizen: Citizen) -> str:
        """Return a presentation that tells a pseudonym and nothing else of the person."""
        valid_until = clock.timestamp() + NETWORK_ID_YEARS * 365 * 86_400
        return self._issue(NETWORK_ID, {"sub": self.pseudonym(citizen), "valid_until": valid_until})

    def pseudonym(self, citizen: Citizen) -> str:
        """Return under which name the network identity of this person is known, always the same."""
        return hashlib.sha256(f"{self._salt}\0{citizen.number}".encode()).hexdigest()[:32]

    def reading(self, citizen: Citizen, *, holder_checked: bool) -> str:
        """Return what a reader signs after it read the chip of this person's card."""
        facts = {"name": citizen.name, "number": citizen.number, "holder_checked": holder_checked}
        return self._issue(READING, facts)

    def licence(self, enterprise: Enterprise) -> str:
        """Return the electronic business licence, as its holder's phone shows it."""
        return self._issue(LICENCE, {"uscc": enterprise.uscc, "name": enterprise.name})

    def find(self, token: str, kind: str) -> dict[str, Any] | None:
        """Return the facts of a presentation of that *kind* that is valid now, or None."""
        try:
            key: ECKey = self._keys[kind]
            claims = compact_jwt.verify(token, key, ["ES256"])
            typ = compact_jwt.unverified_header(token).get("typ")
        except compact_jwt.NotVerified:
            return None
        return claims if typ == kind and clock.timestamp() < claims["exp"] else None

    def use(self, facts: dict[str, Any]) -> bool:
        """Use a presentation up; False when it was used before."""
        with self._lock:
            if facts["jti"] in self._used:
                return False
            self._used[facts["jti"]] = None
            if len(self._used) > USED:
                self._used.popitem(last=False)
            return True

    def _issue(self, kind: str, facts: dict[str, Any]) -> str:
        now = clock.timestamp()
        claims = {"iss": "sandbox", "iat": now, "exp": now + LIFE, "jti": str(uuid7()), **facts}
        return compact_jwt.sign({"alg": "ES256", "typ": kind}, claims, self._keys[kind])
