"""Receive the provider's word that a session has ended (OIDC Back-Channel Logout 1.0 §2.4–2.8).

``check`` does every step of §2.6. It does not end sessions: the caller does, by ``sid`` or ``sub``, and answers
200; 400 when ``LogoutTokenInvalid`` is raised, but 200 again, without doing anything, for
``LogoutTokenReplayed``: a provider that did not hear the first answer repeats itself. Always with
``Cache-Control: no-store``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tongxing_client import errors, jwks, jwt

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_INVALID = errors.LogoutTokenInvalid
_MAX_AGE_OF_TOKEN = 600
_MAX_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """Which sessions have ended: one (``sid``), or all of a person (``sub`` alone), begun until ``issued_at``.

    By the provider's clock, as the ``iat`` of ID tokens is.
    """

    sub: str | None
    sid: str | None
    issued_at: float


def check(
    token: str,
    keys: jwks.KeySet,
    *,
    issuer: str,
    client_id: str,
    is_first_use: Callable[[str, float], bool],
    now: float,
    algorithms: Collection[str] = jwks.ALGORITHMS,
    leeway: float = 30,
) -> LogoutToken:
    """What ``token`` says has ended; ``LogoutTokenInvalid`` names the first check that fails.

    ``is_first_use(jti, seconds)`` must remember ``jti`` for ``seconds`` and say whether it was new.
    """
    opened = jwt.verify(token, keys, algorithms, _INVALID)
    claims = opened.claims
    if str(opened.header.get("typ", "")).lower() not in {"logout+jwt", "application/logout+jwt"}:
        raise _INVALID("typ", "not logout+jwt")
    jwt.check_issuer(claims, issuer, _INVALID)
    jwt.check_audience(claims, client_id, (), _INVALID)
    jwt.check_times(claims, now, leeway, _MAX_AGE_OF_TOKEN, _INVALID)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise _INVALID("events", "not a logout event")
    if "nonce" in claims:
        raise _INVALID("nonce", "must not be there, so that an ID token cannot pass for a logout token")
    issued_at = jwt.number(claims, "iat", _INVALID)
    found = LogoutToken(_text(claims.get("sub"), "sub"), _text(claims.get("sid"), "sid"), issued_at)
    if found.sub is None and found.sid is None:
        raise _INVALID("sid", "neither sid nor sub")
    jti = _text(claims.get("jti"), "jti")
    if jti is None:
        raise _INVALID("jti", "missing")
    # Last, so that only a token that is good in all else uses up its jti.
    if not is_first_use(jti, _MAX_AGE_OF_TOKEN + 2 * leeway):
        raise errors.LogoutTokenReplayed("jti", "used before")
    return found


def _text(value: object, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > _MAX_CHARACTERS:
        raise _INVALID(name, "not a text of bearable length")
    return value
