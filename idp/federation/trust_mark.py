"""Trust marks: what an authority attests about an entity, such as 等保三级 (OpenID Federation 1.0 §7, §8.4). Pure.

The trust anchor says who may issue which type, and who owns a type that others issue for it by delegation. Whether a
mark was withdrawn only its issuer can say (`read_status`); nothing is asked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from idp.federation import signed_jwt
from idp.federation.entity_statement import EntityStatement
from idp.federation.signed_jwt import JwtRefused
from idp.federation.statement_claims import TrustMarkOwner

TYPE = "trust-mark+jwt"
DELEGATION_TYPE = "trust-mark-delegation+jwt"
STATUS_TYPE = "trust-mark-status-response+jwt"
LONGEST = 16_384
ACTIVE, EXPIRED, REVOKED, INVALID = "active", "expired", "revoked", "invalid"
STATUSES = (ACTIVE, EXPIRED, REVOKED, INVALID)


class InvalidTrustMark(Exception):
    """A trust mark that does not count: the rule it breaks and what stood there.

    ``unknown_issuer`` alone may change when the issuer's keys are found; ``delegation.…`` speaks of the delegation.
    """

    def __init__(self, rule: str, value: Any = None) -> None:
        super().__init__(rule)
        self.rule, self.value = rule, value


@dataclass(frozen=True)
class TrustMark:
    """A verified trust mark. ``exp`` None: until its issuer withdraws it."""

    type: str
    iss: str
    sub: str
    iat: int
    exp: int | None
    token: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False, hash=False)

    def is_valid(self, now: int) -> bool:
        """Return whether it is still in force."""
        return self.exp is None or now < self.exp


def issuer(token: str) -> str:
    """Return who says to have issued it, to find their keys; raises InvalidTrustMark."""
    try:
        return _text(signed_jwt.read(token, typ=TYPE, longest=LONGEST).claims, "iss")
    except JwtRefused as refused:
        raise InvalidTrustMark(refused.rule, refused.value) from refused


def verify(
    token: str,
    *,
    mark_type: str,
    subject: str,
    anchor: EntityStatement,
    issuer_keys: Mapping[str, KeySet],
    now: int,
) -> TrustMark:
    """Return the mark that *subject* shows as one of *mark_type*; raises InvalidTrustMark.

    *anchor* is the verified configuration of the trust anchor, *issuer_keys* the federation keys of issuers that are
    themselves trusted below that anchor (§7.3).
    """
    try:
        mark = _read(token, mark_type=mark_type, subject=subject, now=now)
        _check_issuer(mark, anchor.trust_mark_issuers)
        _check_signature(mark, issuer_keys)
        _check_delegation(mark, anchor.trust_mark_owners, now)
    except JwtRefused as refused:
        raise InvalidTrustMark(refused.rule, refused.value) from refused
    return mark


def read_status(response: str, *, token: str, issued_by: str, keys: KeySet, now: int) -> str:
    """Return what the issuer says of the mark *token* (§8.4.2): one of STATUSES; raises InvalidTrustMark.

    A status that nobody here knows counts as ``invalid``.
    """
    try:
        signed = signed_jwt.read(response, typ=STATUS_TYPE, longest=2 * LONGEST)
        _check_claim(signed.claims, "iss", issued_by)
        _check_claim(signed.claims, "trust_mark", token)
        signed_jwt.check_time(signed_jwt.seconds(signed.claims, "iat"), _ends(signed.claims), now)
        signed_jwt.verify(signed, keys)
    except JwtRefused as refused:
        raise InvalidTrustMark(refused.rule, refused.value) from refused
    status = signed.claims.get("status")
    return status if isinstance(status, str) and status in STATUSES else INVALID


def _read(token: str, *, mark_type: str, subject: str, now: int) -> TrustMark:
    claims = signed_jwt.read(token, typ=TYPE, longest=LONGEST).claims
    mark = TrustMark(
        type=_text(claims, "trust_mark_type"),
        iss=_text(claims, "iss"),
        sub=_text(claims, "sub"),
        iat=signed_jwt.seconds(claims, "iat"),
        exp=_ends(claims),
        token=token,
        claims=claims,
    )
    _check_claim(claims, "trust_mark_type", mark_type)
    _check_claim(claims, "sub", subject)
    signed_jwt.check_time(mark.iat, mark.exp, now)
    return mark


def _check_issuer(mark: TrustMark, issuers: Mapping[str, tuple[str, ...]]) -> None:
    """A type that the anchor does not know is worth nothing; with nobody named, anybody may issue it."""
    if mark.type not in issuers:
        raise JwtRefused("trust_mark_type", mark.type)
    allowed = issuers[mark.type]
    if allowed and mark.iss not in allowed:
        raise JwtRefused("iss", mark.iss)


def _check_signature(mark: TrustMark, issuer_keys: Mapping[str, KeySet]) -> None:
    if mark.iss not in issuer_keys:
        raise JwtRefused("unknown_issuer", mark.iss)
    signed_jwt.verify(signed_jwt.read(mark.token, typ=TYPE, longest=LONGEST), issuer_keys[mark.iss])


def _check_claim(claims: Mapping[str, Any], name: str, wanted: str) -> None:
    if claims.get(name) != wanted:
        raise JwtRefused(name, claims.get(name))


def _check_delegation(mark: TrustMark, owners: Mapping[str, TrustMarkOwner], now: int) -> None:
    token = mark.claims.get("delegation")
    owner = owners.get(mark.type)
    if owner is None and token is None:
        return
    if owner is None or not isinstance(token, str):
        raise JwtRefused("delegation", None)
    try:
        signed = signed_jwt.read(token, typ=DELEGATION_TYPE, longest=LONGEST)
        for name, wanted in (("iss", owner.entity_id), ("sub", mark.iss), ("trust_mark_type", mark.type)):
            _check_claim(signed.claims, name, wanted)
        signed_jwt.check_time(signed_jwt.seconds(signed.claims, "iat"), _ends(signed.claims), now)
        signed_jwt.verify(signed, owner.keys)
    except JwtRefused as refused:
        raise JwtRefused(f"delegation.{refused.rule}", refused.value) from refused


def _ends(claims: Mapping[str, Any]) -> int | None:
    return signed_jwt.seconds(claims, "exp") if "exp" in claims else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise JwtRefused(name, value)
    return value
