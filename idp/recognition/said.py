"""What another province's provider says of a person after a login: fetched, verified, and read with suspicion.

OIDC Core §3.1.3 (token), §3.1.3.7 (ID token), §5.3 (userinfo); RFC 9207 (``iss`` of the answer). The other side is
vouched for by the federation and still a stranger: every value is bounded before anything is made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from idp import clock
from idp.accounts import person
from idp.errors import InvalidInput
from idp.keys import compact_jwt, half_hash, jwk_rules
from idp.keys.compact_jwt import NotVerified
from idp.recognition import client_assertion, exchange, join_key, other_provider
from idp.recognition import request as requests
from idp.recognition.join_key import Value
from idp.recognition.other_provider import OtherProvider
from idp.recognition.refused import Refused, Why
from idp.recognition.request import Asked
from idp.settings import SETTINGS

SKEW = 60
MOST_LIFE = 3600
LONGEST_CODE = 2048
LONGEST_TOKEN = 16_384
LONGEST_SUB = 255
LONGEST_NAME = 100
# What the other side answers when the person, or it, does not go on (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
WHY = {
    "access_denied": Why.DENIED,
    "consent_required": Why.DENIED,
    "unmet_authentication_requirements": Why.LEVEL,
    "server_error": Why.AWAY,
    "temporarily_unavailable": Why.AWAY,
}


@dataclass(frozen=True)
class Said:
    """One login there. ``acr`` is the other side's word, which only the anchor's table can give a worth."""

    issuer: str
    subject: str
    acr: str
    auth_time: int
    sid: str
    name: str = field(repr=False)
    values: tuple[Value, ...] = field(repr=False)
    id_token: str = field(repr=False)


def answered(params: Mapping[str, str], asked: Asked) -> str:
    """Return the code of the answer to *asked*; raises Refused for an error, or another provider's answer."""
    if params.get("iss") != asked.issuer:
        raise Refused(Why.WRONG, "iss is not the provider that was asked")
    if "error" in params:
        raise Refused(WHY.get(params["error"], Why.WRONG), f"answered {params['error'][:60]!a}")
    code = params.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
        raise Refused(Why.WRONG, "no code")
    return code


def fetch(code: str, asked: Asked) -> Said:
    """Redeem *code* and return what is said of the person; raises Refused. With no transaction open: it takes time."""
    provider = other_provider.get(asked.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{SETTINGS.get().issuer}{requests.CALLBACK}",
        "code_verifier": asked.verifier,
    }
    reply = exchange.post(provider.token_endpoint, form | client_assertion.parameters(provider.issuer))
    tokens = exchange.json_of(reply, "token", 200)
    access, id_token = tokens.get("access_token"), tokens.get("id_token")
    if not _is_word(access, LONGEST_TOKEN) or not _is_word(id_token, LONGEST_TOKEN):
        raise Refused(Why.WRONG, "token: one is missing")
    if str(tokens.get("token_type", "")).lower() != "bearer":
        raise Refused(Why.WRONG, "token: another type")
    claims = verified(str(id_token), str(access), asked, provider)
    bearer = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    about = exchange.json_of(exchange.get(provider.userinfo_endpoint, bearer), "userinfo", 200)
    if about.get("sub") != claims["sub"]:
        # OIDC Core §5.3.2: never another person's claims.
        raise Refused(Why.WRONG, "userinfo: sub")
    return Said(
        issuer=provider.issuer,
        subject=claims["sub"],
        acr=_acr(claims.get("acr")),
        auth_time=claims["auth_time"],
        sid=_sid(claims.get("sid")),
        name=_name(about.get("name")),
        values=_values(about.get(requests.JOIN_KEYS)),
        id_token=str(id_token),
    )


def verified(token: str, access_token: str, asked: Asked, provider: OtherProvider) -> dict[str, Any]:
    """Return the claims of an ID token that holds (OIDC Core §3.1.3.7); raises Refused with the first broken rule."""
    claims, alg = opened(token, provider)
    own, now = SETTINGS.get().issuer, clock.timestamp()
    audience = claims.get("aud")
    nonce, half = claims.get("nonce"), claims.get("at_hash")
    checks = {
        "iss": claims.get("iss") == provider.issuer,
        "aud": audience in (own, [own]),
        "azp": claims.get("azp", own) == own,
        "sub": _is_word(claims.get("sub"), LONGEST_SUB),
        "nonce": isinstance(nonce, str) and nonce == asked.nonce,
        "iat": _is_moment(claims.get("iat")) and claims["iat"] <= now + SKEW,
        "exp": _is_moment(claims.get("exp")) and now < claims["exp"] <= now + MOST_LIFE,
        "auth_time": _is_moment(claims.get("auth_time")) and claims["auth_time"] <= now + SKEW,
        "at_hash": half is None or half == half_hash.of(access_token, alg),
        # It may not be signed in advance, nor long ago.
        "iat too old": _is_moment(claims.get("iat")) and claims["iat"] >= asked.started_at - SKEW,
    }
    for name, holds in checks.items():
        if not holds:
            raise Refused(Why.WRONG, f"id_token: {name}")
    claims["auth_time"] = int(claims["auth_time"])
    _check_fresh(claims["auth_time"], asked)
    return claims


def opened(token: str, provider: OtherProvider) -> tuple[dict[str, Any], str]:
    """Return the claims and the algorithm of what *provider* signed, an ID token by its type; raises Refused."""
    try:
        header = compact_jwt.unverified_header(token)
        alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
        if alg not in jwk_rules.SIGNING_ALGS or not isinstance(kid, str) or "crit" in header:
            raise Refused(Why.WRONG, "id_token: header")
        if not isinstance(typ, str) or typ.lower() not in {"jwt", "application/jwt"}:
            # Nothing else that it signs is an ID token (RFC 8725 §3.11).
            raise Refused(Why.WRONG, "id_token: typ")
        named = [key for key in other_provider.keys_of(provider, kid).keys if key.kid == kid]
        if len(named) != 1 or alg not in jwk_rules.algs(KeySet(named)):
            raise Refused(Why.WRONG, "id_token: key")
        return compact_jwt.verify(token, named[0], [str(alg)]), str(alg)
    except NotVerified as error:
        raise Refused(Why.WRONG, "id_token: signature") from error


def _check_fresh(auth_time: int, asked: Asked) -> None:
    too_old = asked.max_age is not None and clock.timestamp() - auth_time > asked.max_age + SKEW
    if too_old or (asked.fresh and auth_time < asked.started_at - SKEW):
        raise Refused(Why.WRONG, "id_token: the login is an old one")


def _is_word(value: object, longest: int) -> bool:
    """Whether it is printable ASCII without spaces, not too long."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= longest
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1 << 40


def _acr(value: object) -> str:
    """Return what it calls the level; what is no name of one counts as none, and is worth nothing."""
    return str(value) if _is_word(value, 200) else ""


def _sid(value: object) -> str:
    if value is None:
        return ""
    if not _is_word(value, LONGEST_SUB):
        raise Refused(Why.WRONG, "id_token: sid")
    return str(value)


def _name(value: object) -> str:
    if value is None:
        return ""
    try:
        if isinstance(value, str) and len(value) <= LONGEST_NAME:
            return person.get_name(value)
    except InvalidInput:
        pass
    raise Refused(Why.WRONG, "userinfo: name")


def _values(value: object) -> tuple[Value, ...]:
    try:
        return join_key.from_claim(value)
    except ValueError as error:
        raise Refused(Why.WRONG, "userinfo: identity keys") from error
