"""Authorization codes (RFC 6749 §4.1.2): sixty seconds, one use, and a second use revokes what the first one gave."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.settings import SETTINGS
from idp.tokens import grant, handle
from idp.tokens.grant import Grant

KIND = "code"


@dataclass(frozen=True)
class AuthorizationCode:
    """What a code stands for. ``redirect_uri`` is the one of the request; ``asked`` the claims parameter.

    ``levels`` and ``acting`` are the values of `Levels` and `Acting`; ``record_id`` is what the client is told as
    ``grant_id``, where it is told.
    """

    client_id: str
    redirect_uri: str
    account_id: str
    session_id: str
    sub: str
    scope: str
    items: list[str]
    asked: dict[str, Any]
    methods: list[str]
    auth_time: int
    nonce: str | None
    code_challenge: str | None
    levels: dict[str, Any] = field(default_factory=dict)
    acting: dict[str, Any] | None = None
    record_id: str | None = None
    grant_id: str = ""

    # What Authlib's authorization code grant asks of a code.
    @property
    def code_challenge_method(self) -> str:
        """Always S256: plain is never accepted (RFC 9700 §2.1.1)."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Return the redirect URI of the authorization request."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.scope


def issue(code: AuthorizationCode) -> str:
    """Store *code* and return its handle."""
    text = handle.issue(KIND)
    EPHEMERAL.get().put(
        _key(text, code.client_id), json.dumps(asdict(code)).encode(), SETTINGS.get().lifetimes.code
    )
    return text


def take(text: str, client_id: str) -> AuthorizationCode | None:
    """Redeem the handle for the relying party it was issued to; None when it is not its code, or no longer one.

    Of many callers one gets the code; a second use revokes what the first one gave. A code of somebody else's
    is merely unknown: nobody can burn it, or revoke what came from it, by knowing it.
    """
    if handle.parse(KIND, text) is None:
        return None
    found = EPHEMERAL.get().take(_key(text, client_id))
    if found is None:
        _replayed(text, client_id)
        return None
    return AuthorizationCode(**(json.loads(found) | {"grant_id": str(grant_id(text, client_id))}))


def grant_id(text: str, client_id: str) -> UUID:
    """Return the id of the grant that this code makes for this relying party."""
    return UUID(bytes=_digest(text, client_id)[:16])


def revoke_if_replayed(made: Grant) -> None:
    """Revoke *made*, just committed, if its code was used again while it was being redeemed.

    The second user notes the replay before it looks for the grant, the first looks for the note after it has
    committed the grant: whoever comes last sees the other.
    """
    if EPHEMERAL.get().get(_replay_key(made.id)) is not None:
        _revoke(made.id)


def _replayed(text: str, client_id: str) -> None:
    made = grant_id(text, client_id)
    EPHEMERAL.get().put(_replay_key(made), str(clock.timestamp()).encode(), SETTINGS.get().lifetimes.code)
    _revoke(made)


def _revoke(made: UUID) -> None:
    revoked = grant.revoke(made, "code_reused")
    if revoked is not None:
        log.record(
            EventName.CODE_REUSED,
            account_id=revoked.account_id,
            client_id=revoked.client_id,
            grant_id=str(made),
        )
        commit()
        grant.forget(revoked)


def _key(text: str, client_id: str) -> str:
    return f"code:{_digest(text, client_id).hex()}"


def _digest(text: str, client_id: str) -> bytes:
    return handle.digest(f"{text}\0{client_id}")


def _replay_key(made: UUID) -> str:
    return f"code-replayed:{made}"
