"""ID tokens (OIDC Core §2): who logged in, when and how, for one relying party."""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.keys import half_hash
from idp.keys.keyring import KEYRING, InvalidToken
from idp.sessions import sid
from idp.settings import SETTINGS
from idp.tokens.grant import Grant

TYP = "JWT"


def issue(grant: Grant, *, alg: str, access_token: str, nonce: str | None, extra: Mapping[str, Any]) -> str:
    """Return the ID token that goes with *access_token*; *extra* are claims asked for by name."""
    settings = SETTINGS.get()
    now = clock.timestamp()
    claims: dict[str, Any] = dict(extra) | {
        "iss": settings.issuer,
        "sub": grant.sub,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + settings.lifetimes.id_token,
        "auth_time": int(grant.auth_time.timestamp()),
        "amr": grant.methods,
        **grant.levels.claims(),
        **({"act": grant.acting.claims()["act"]} if grant.acting else {}),
        "sid": sid.of(grant.session_id, grant.client_id),
        "at_hash": half_hash.of(access_token, alg),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return KEYRING.get().sign(claims, typ=TYP, alg=alg)


def find_hint(token: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of ours used as a hint, expired or not; None for anything else.

    OIDC Core §3.1.2.1 (id_token_hint) and RP-Initiated Logout §2 accept expired ones; a key that signs no more is no
    reason to keep a person from logging out. One query.
    """
    try:
        claims = KEYRING.get().verify_ever(token, typ=TYP)
    except InvalidToken:
        return None
    return (
        claims if claims.get("iss") == SETTINGS.get().issuer and isinstance(claims.get("aud"), str) else None
    )
