"""The way by logging in there once: from the person's page here to the older system, and back with what it found.

Nobody links another person's older account to their own by a link they send around: the account that began is the one
that must come back, and in the same browser; it brings a proof that only the browser got which logged in there (who
began could otherwise finish what a victim did); the system tells us the older account itself (client authentication),
never through the browser; and the person sees it and says yes, here.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from idp.ephemeral.store import EPHEMERAL
from idp.errors import NotFound
from idp.keys import field_cipher
from idp.linking import linked_account

LIFE_SECONDS = 900
BYTES = 32
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
ASKED, ANSWER = "request", "answer"


@dataclass(frozen=True)
class LinkRequest:
    """Who wants to link an account of which relying party, begun in which browser; what that one answered."""

    account_id: str
    client_id: str
    browser: str = field(repr=False)
    legacy_id: str | None = field(default=None, repr=False)
    proof: str | None = field(default=None, repr=False)

    def is_of(self, account_id: UUID, browser: str) -> bool:
        """Whether that account began it, in that browser."""
        return self.account_id == str(account_id) and secrets.compare_digest(self.browser, browser)

    def came_back_with(self, proof: str) -> bool:
        """Whether the browser with *proof* is the one that logged in at the older system."""
        mine = self.proof
        return mine is not None and secrets.compare_digest(mine.encode(), proof.encode("utf-8", "replace"))


def begin(account_id: UUID, client_id: str, browser: str) -> str:
    """Return the value that the browser takes along to the older system; good once, for `LIFE_SECONDS`."""
    value = secrets.token_urlsafe(BYTES)
    asked = LinkRequest(str(account_id), client_id, browser)
    sealed = field_cipher.seal(json.dumps(asdict(asked)), _context(value, ASKED))
    EPHEMERAL.get().put(_key(value, ASKED), sealed.encode(), LIFE_SECONDS)
    return value


def answer(value: str, client_id: str, legacy_id: str) -> str:
    """Note which older account was logged in to there; only that relying party may, and once.

    Return the proof that the browser which logged in there must bring back; nobody else is told it.

    Raises NotFound ``link_request_unknown``, InvalidInput ``legacy_id_malformed``.
    """
    legacy_id = linked_account.check_legacy_id(legacy_id)
    asked = find(value)
    if asked is None or asked.client_id != client_id:
        raise NotFound("link_request_unknown", "unknown or too old")
    proof = secrets.token_urlsafe(BYTES)
    said = json.dumps({"legacy_id": legacy_id, "proof": proof})
    sealed = field_cipher.seal(said, _context(value, ANSWER)).encode()
    # Of many answers at once, one counts.
    if not EPHEMERAL.get().add_if_absent(_key(value, ANSWER), sealed, LIFE_SECONDS):
        raise NotFound("link_request_unknown", "answered already")
    return proof


def find(value: str) -> LinkRequest | None:
    """Return it as it stands, or None."""
    return _open(value, EPHEMERAL.get().get(_key(value, ASKED))) if SHAPE.fullmatch(value) else None


def take(value: str) -> LinkRequest | None:
    """Return it and forget it: of many callers one gets it."""
    return _open(value, EPHEMERAL.get().take(_key(value, ASKED))) if SHAPE.fullmatch(value) else None


def _open(value: str, kept: bytes | None) -> LinkRequest | None:
    if kept is None:
        return None
    asked = LinkRequest(**json.loads(field_cipher.open_sealed(kept.decode(), _context(value, ASKED))))
    answered = EPHEMERAL.get().get(_key(value, ANSWER))
    if answered is None:
        return asked
    return replace(asked, **json.loads(field_cipher.open_sealed(answered.decode(), _context(value, ANSWER))))


def _key(value: str, part: str) -> str:
    return f"link-{part}:{field_cipher.secret_digest('link_request', value).hex()}"


def _context(value: str, part: str) -> str:
    return f"ephemeral.link_request.{part}:{value}"
