"""Trust marks 信任标志 that authorities hosted here give: rows, their signed form, taking back, status (§7, §8.4-8.6).

One issuer gives one mark of a type to one subject; giving it again renews it. A mark that another body owns carries
that body's delegation (§7.2.1). Who may issue which type is said by the trust anchor (``trust_mark_issuers``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from joserfc.jwk import KeySet
from sqlalchemy import Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.errors import InvalidInput, NotFound
from idp.federation import announcement, federation_key, hosted_entity, signing
from idp.federation.federation_key import REVOKED as REVOKED_KEY
from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified

TYP = "trust-mark+jwt"
ACTIVE, EXPIRED, REVOKED, INVALID = "active", "expired", "revoked", "invalid"
LONGEST_TYPE = 255


class IssuedTrustMark(Model):
    """One mark. ``token`` is what its subject shows."""

    __tablename__ = "federation_trust_marks"

    issuer_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    trust_mark_type: Mapped[str] = mapped_column(String(LONGEST_TYPE), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kid: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)

    def is_active(self, now: datetime) -> bool:
        """Whether it counts now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


Index("ix_federation_trust_marks_subject", IssuedTrustMark.subject_id)


def find(issuer_id: str, trust_mark_type: str, subject_id: str) -> IssuedTrustMark | None:
    """Return the mark, revoked and expired ones too, or None."""
    if not all(hosted_entity.is_possible(part) for part in (issuer_id, trust_mark_type, subject_id)):
        return None
    return db.session.get(IssuedTrustMark, (issuer_id, trust_mark_type, subject_id))


def held(subject_id: str) -> Sequence[IssuedTrustMark]:
    """Return the marks that count now and that authorities hosted here gave the subject."""
    now = clock.now()
    query = (
        select(IssuedTrustMark)
        .where(IssuedTrustMark.subject_id == subject_id, IssuedTrustMark.revoked_at.is_(None))
        .where(or_(IssuedTrustMark.expires_at.is_(None), IssuedTrustMark.expires_at > now))
        .order_by(IssuedTrustMark.issuer_id, IssuedTrustMark.trust_mark_type)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def issue(
    issuer_id: str,
    trust_mark_type: str,
    subject_id: str,
    *,
    expires_at: datetime | None = None,
    delegation: str = "",
    logo_uri: str = "",
    ref: str = "",
) -> IssuedTrustMark:
    """Give the subject a mark of that type, or renew it. The caller commits. Raises NotFound, InvalidInput."""
    issuer = hosted_entity.get(issuer_id)
    now = clock.now()
    if not issuer.is_authority:
        raise InvalidInput("not_an_authority", "this entity gives no trust marks")
    if not hosted_entity.is_possible(trust_mark_type) or not hosted_entity.is_possible(subject_id):
        raise InvalidInput("trust_mark_type_invalid", "a trust mark type is a URI of at most 255 characters")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("trust_mark_expired", "the mark would have expired before it was given")
    claims: dict[str, Any] = {
        "iss": issuer_id,
        "sub": subject_id,
        "trust_mark_type": trust_mark_type,
        "iat": int(now.timestamp()),
        "exp": None if expires_at is None else int(expires_at.timestamp()),
        "delegation": delegation,
        "logo_uri": logo_uri,
        "ref": ref,
    }
    key = federation_key.current(issuer_id)
    token = signing.sign_with(key, {name: value for name, value in claims.items() if value}, typ=TYP)
    values = {
        "kid": key.kid,
        "token": token,
        "issued_at": now,
        "expires_at": expires_at,
        "revoked_at": None,
        "reason": None,
    }
    found = find(issuer_id, trust_mark_type, subject_id)
    if found is None:
        found = IssuedTrustMark(
            issuer_id=issuer_id, trust_mark_type=trust_mark_type, subject_id=subject_id, **values
        )
        db.session.add(found)
    else:
        for name, value in values.items():
            setattr(found, name, value)
    db.session.flush()
    log.record(
        EventName.TRUST_MARK_ISSUED, entity=subject_id, issuer=issuer_id, trust_mark_type=trust_mark_type
    )
    announcement.after_commit(subject_id)
    return found


def revoke(issuer_id: str, trust_mark_type: str, subject_id: str, *, reason: str) -> None:
    """Take a mark back. The caller commits. Raises NotFound when there is none that could be taken back."""
    found = find(issuer_id, trust_mark_type, subject_id)
    if found is None or found.revoked_at is not None:
        raise NotFound("trust_mark_unknown", "that entity holds no such trust mark of this issuer")
    found.revoked_at, found.reason = clock.now(), reason
    db.session.flush()
    log.record(
        EventName.TRUST_MARK_REVOKED,
        entity=subject_id,
        issuer=issuer_id,
        trust_mark_type=trust_mark_type,
        reason=reason,
    )
    announcement.after_commit(subject_id)


def sign_again(issuer_id: str) -> int:
    """Sign the marks that a former key of the issuer signed with the present one; return how many.

    Whoever checks a mark knows the issuer's present keys only. What it says, its times too, stays.
    """
    key = federation_key.current(issuer_id)
    query = select(IssuedTrustMark).where(
        IssuedTrustMark.issuer_id == issuer_id,
        IssuedTrustMark.kid != key.kid,
        IssuedTrustMark.revoked_at.is_(None),
    )
    found = db.session.scalars(query).all()
    for mark in found:
        mark.token = signing.sign_with(key, compact_jwt.unverified_claims(mark.token), typ=TYP)
        mark.kid = key.kid
    db.session.flush()
    announcement.after_commit(*(mark.subject_id for mark in found))
    return len(found)


def status(issuer_id: str, token: str) -> str | None:
    """Return the status of a mark by its text (§8.4.2); None when the issuer never gave such a mark."""
    try:
        claims = compact_jwt.unverified_claims(token)
        header = compact_jwt.unverified_header(token)
    except NotVerified:
        return INVALID
    kind, subject_id = claims.get("trust_mark_type"), claims.get("sub")
    if claims.get("iss") != issuer_id or not isinstance(kind, str) or not isinstance(subject_id, str):
        return None
    found = find(issuer_id, kind, subject_id)
    if found is None:
        return None
    if not _is_ours(issuer_id, header, token) or claims.get("iat") != int(found.issued_at.timestamp()):
        return INVALID
    if found.revoked_at is not None:
        return REVOKED
    return ACTIVE if found.is_active(clock.now()) else EXPIRED


def page(
    issuer_id: str, *, trust_mark_type: str = "", after: tuple[str, str] = ("", ""), limit: int
) -> Sequence[IssuedTrustMark]:
    """Return marks of an issuer behind *after* (type, subject), those that no longer count too."""
    query = select(IssuedTrustMark).where(IssuedTrustMark.issuer_id == issuer_id)
    if trust_mark_type:
        query = query.where(IssuedTrustMark.trust_mark_type == trust_mark_type)
    kind, subject_id = after
    query = query.where(
        or_(
            IssuedTrustMark.trust_mark_type > kind,
            (IssuedTrustMark.trust_mark_type == kind) & (IssuedTrustMark.subject_id > subject_id),
        )
    )
    ordered = query.order_by(IssuedTrustMark.trust_mark_type, IssuedTrustMark.subject_id)
    return db.session.scalars(ordered.limit(limit)).all()


def subjects(issuer_id: str, trust_mark_type: str, subject_id: str = "") -> Sequence[str]:
    """Return who holds a mark of that type that counts now (§8.5.2); with *subject_id* that one alone, or nobody."""
    now = clock.now()
    query = (
        select(IssuedTrustMark.subject_id)
        .where(IssuedTrustMark.issuer_id == issuer_id, IssuedTrustMark.trust_mark_type == trust_mark_type)
        .where(IssuedTrustMark.revoked_at.is_(None))
        .where(or_(IssuedTrustMark.expires_at.is_(None), IssuedTrustMark.expires_at > now))
        .order_by(IssuedTrustMark.subject_id)
    )
    if subject_id:
        query = query.where(IssuedTrustMark.subject_id == subject_id)
    return db.session.scalars(query).all()


def _is_ours(issuer_id: str, header: Mapping[str, Any], token: str) -> bool:
    """Whether a key of the issuer that was never revoked, however old, signed this text as a trust mark."""
    key = next((one for one in federation_key.ever(issuer_id) if one.kid == header.get("kid")), None)
    if key is None or key.state == REVOKED_KEY or header.get("typ") != TYP:
        return False
    public = KeySet.import_key_set({"keys": [federation_key.public_jwk(key)]})
    try:
        compact_jwt.verify(token, public, [federation_key.ALG])
    except NotVerified:
        return False
    return True
