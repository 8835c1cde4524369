"""Access tokens: JWTs after RFC 9068, five minutes, audience always set.

``gid`` names the grant and ``fam`` what it is revoked by (the session, or the grant itself for offline access), so
that introspection needs one round trip and no database.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from idp import clock
from idp.keys.keyring import KEYRING, InvalidToken
from idp.sessions import revocation
from idp.settings import SETTINGS
from idp.tokens.grant import Grant

TYP = "at+jwt"
JTI_BYTES = 16


@dataclass(frozen=True)
class AccessToken:
    """A verified access token of ours; whether it was revoked is `is_revoked`'s question."""

    claims: dict[str, Any]

    @property
    def client_id(self) -> str:
        """The relying party it was issued to."""
        return str(self.claims["client_id"])

    @property
    def grant_id(self) -> str | None:
        """The grant it came from; None for a client's own token."""
        return self.claims.get("gid")

    @property
    def scopes(self) -> list[str]:
        """Its scope as a list."""
        return str(self.claims.get("scope", "")).split()

    @property
    def audience(self) -> list[str]:
        """Who may accept it."""
        aud = self.claims.get("aud", [])
        return [aud] if isinstance(aud, str) else list(aud)


def issue_for_grant(grant: Grant, scope: str) -> str:
    """Return a token for what *grant* allows, narrowed to *scope*."""
    return _issue(
        {
            "sub": grant.sub,
            "client_id": grant.client_id,
            "scope": scope,
            "auth_time": int(grant.auth_time.timestamp()),
            "amr": grant.methods,
            "acr": grant.levels.acr,
            **(grant.acting.claims() if grant.acting else {}),
            "gid": str(grant.id),
            "fam": grant.family,
        }
    )


def issue_for_client(client_id: str, scope: str) -> str:
    """Return a token for the relying party itself (RFC 6749 §4.4); its subject is the client (RFC 9068 §2.2)."""
    claims = {"sub": client_id, "client_id": client_id}
    return _issue(claims | ({"scope": scope} if scope else {}))


def find(token: str) -> AccessToken | None:
    """Return the token if we signed it and it has not expired; no I/O."""
    try:
        claims = KEYRING.get().verify(token, typ=TYP)
    except InvalidToken:
        return None
    if claims.get("iss") != SETTINGS.get().issuer or int(claims.get("exp", 0)) <= clock.timestamp():
        return None
    return AccessToken(claims)


def is_revoked(token: AccessToken) -> bool:
    """Whether it, its grant or its session was revoked before its time. One round trip."""
    jti, issued_at = str(token.claims["jti"]), int(token.claims["iat"])
    family = token.claims.get("fam")
    members = (family, str(token.grant_id), jti) if family else (jti,)
    return revocation.is_revoked(issued_at, *members)


def revoke(token: AccessToken) -> None:
    """Revoke this one token (RFC 7009 §2.1)."""
    jti = str(token.claims["jti"])
    family = token.claims.get("fam")
    if family:
        revocation.revoke(family, jti)
    else:
        revocation.revoke(jti)


def lifetime() -> int:
    """How many seconds a new one lives."""
    return SETTINGS.get().lifetimes.access_token


def _issue(claims: dict[str, Any]) -> str:
    settings = SETTINGS.get()
    now = clock.timestamp()
    common = {
        "iss": settings.issuer,
        "aud": settings.issuer,
        "iat": now,
        "exp": now + settings.lifetimes.access_token,
        "jti": secrets.token_urlsafe(JTI_BYTES),
    }
    return KEYRING.get().sign(common | claims, typ=TYP)
