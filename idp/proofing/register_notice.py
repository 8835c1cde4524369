"""Notices that a register pushes when something changed (docs/registers.md): signed, and each counted once.

The signature says who sends it, the kept ``jti`` that it is not sent again by somebody else. Whom a notice is about
is nobody's business: a stranger's number is answered like a known one.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import identity
from idp.accounts.identity import Identity
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.errors import InvalidInput, Upstream
from idp.identifiers import document, uscc
from idp.proofing import register_change, register_keys

TYP = "register-notice+jwt"
POPULATION, ENTERPRISE = "population", "enterprise"
CHANGES = {POPULATION: register_change.OF_CITIZENS, ENTERPRISE: register_change.OF_ENTERPRISES}
LONGEST = 8192


class RegisterNotice(Model):
    """A notice that was taken, until nobody could show it again."""

    __tablename__ = "register_notices"

    issuer: Mapped[str] = mapped_column(String(30), primary_key=True)
    jti: Mapped[str] = mapped_column(String(100), primary_key=True)
    change: Mapped[str] = mapped_column(String(30))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_register_notices_expires_at", RegisterNotice.expires_at)


def take(statement: str) -> bool:
    """Take a notice and do what follows; return whether anything did. The caller commits.

    Raises InvalidInput ``notice_invalid`` when no register signed it, or it says what no register can say.
    """
    try:
        claims = register_keys.verify(statement, typ=TYP)
    except Upstream as error:
        raise _invalid(error.detail) from None
    issuer, subject, change = claims.get("iss"), claims.get("subject"), claims.get("change")
    if not isinstance(issuer, str) or issuer not in CHANGES:
        raise _invalid("iss")
    if not isinstance(subject, str) or not isinstance(change, str) or change not in CHANGES[issuer]:
        raise _invalid("subject or change")
    is_new = insert_if_absent(
        RegisterNotice,
        issuer=issuer,
        jti=claims["jti"],
        change=change,
        received_at=clock.now(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
    whose = _identity(issuer, subject) if is_new else None
    account = identity.find_account(whose) if whose else None
    return account is not None and register_change.apply(account, change, source=issuer)


def sweep() -> int:
    """Forget notices that could not be shown again; return how many. The caller commits."""
    before = clock.now() - timedelta(seconds=2 * register_keys.SKEW)
    deleted = db.session.execute(
        delete(RegisterNotice).where(RegisterNotice.expires_at < before).returning(RegisterNotice.jti)
    )
    return len(deleted.all())


def _identity(issuer: str, subject: str) -> Identity | None:
    if issuer == ENTERPRISE:
        code = uscc.find(subject)
        return Identity(uscc.TYPE, code.number) if code else None
    found = document.find(subject)
    return Identity(found.type, found.number, found.country) if found else None


def _invalid(reason: str) -> InvalidInput:
    return InvalidInput("notice_invalid", detail=f"not a valid notice: {reason}")
