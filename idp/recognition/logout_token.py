"""Logout tokens of other provinces' providers (OIDC Back-Channel Logout 1.0 §2.4, §2.6): verified, used once."""

from dataclasses import dataclass
from typing import Any

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.federation import signed_jwt
from idp.federation.signed_jwt import JwtRefused
from idp.keys import field_cipher
from idp.recognition import other_provider, tables
from idp.recognition.refused import Refused, Why
from idp.settings import SETTINGS

TYP = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST = 16_384
LONGEST_ID = 255
MOST_LIFE = 600
SKEW = 60


@dataclass(frozen=True)
class Ended:
    """Which login has ended there: of that person, and of that one session when *sid* is given."""

    issuer: str
    subject: str
    sid: str


def take(token: str) -> Ended:
    """Return what a logout token says, and use it up; raises Refused. With no transaction open: keys may be fetched."""
    try:
        signed = signed_jwt.read(token, typ=TYP, longest=LONGEST)
        issuer = signed.claims.get("iss")
        known = tables.find()
        if not isinstance(issuer, str) or known is None or known.find_other(issuer) is None:
            raise Refused(Why.UNKNOWN, "logout_token: iss")
        provider = other_provider.get(issuer)
        signed_jwt.verify(signed, other_provider.keys_of(provider, signed.kid))
        _check(dict(signed.claims))
    except JwtRefused as error:
        raise Refused(Why.WRONG, f"logout_token: {error.rule}") from error
    claims = signed.claims
    _use_up(issuer, str(claims["jti"]))
    return Ended(issuer, _word(claims.get("sub")), _word(claims.get("sid")))


def _check(claims: dict[str, Any]) -> None:
    now = clock.timestamp()
    iat, exp = signed_jwt.seconds(claims, "iat"), signed_jwt.seconds(claims, "exp")
    signed_jwt.check_time(iat, exp, now)
    if exp > now + MOST_LIFE or iat < now - MOST_LIFE - SKEW:
        raise JwtRefused("exp", exp)
    own = SETTINGS.get().issuer
    if claims.get("aud") not in (own, [own]):
        raise JwtRefused("aud")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in claims:
        raise JwtRefused("events")
    if not _word(claims.get("jti")) or not (_word(claims.get("sub")) or _word(claims.get("sid"))):
        raise JwtRefused("sub")


def _use_up(issuer: str, jti: str) -> None:
    key = field_cipher.secret_digest("recognition.logout", f"{issuer}\0{jti}").hex()
    if not EPHEMERAL.get().add_if_absent(f"recognition-logout:{key}", b"1", 2 * (MOST_LIFE + SKEW)):
        raise Refused(Why.EXPIRED, "logout_token: jti was used")


def _word(value: object) -> str:
    """Return a claim that is a short word, or nothing."""
    good = isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii() and value.isprintable()
    return str(value) if good else ""
