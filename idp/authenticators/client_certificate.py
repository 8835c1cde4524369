"""Client certificates that people have tied to their accounts: each by its digest, with a name its owner knows.

The certificate itself proves its validity anew at each use (`sc`); here stands only whose it is. A certificate belongs
to one account at a time.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text, Update, Uuid, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import authenticator_name, credential_signal
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, NotFound
from idp.keys import field_cipher
from idp.uuid7 import uuid7

MOST = 10  # of one account


class ClientCertificate(Model):
    """One certificate of one account. ``distrusted_at``: it was found revoked, and is not believed again."""

    __tablename__ = "client_certificates"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # Issuer and serial number, for people at a counter; a subject may hold an identity number.
    serial: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(200))
    subject_sealed: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(authenticator_name.LONGEST))
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    distrusted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def of_account(account_id: UUID) -> list[ClientCertificate]:
    """Return the account's certificates, oldest first, those that are no longer believed too."""
    wanted = select(ClientCertificate).where(ClientCertificate.account_id == account_id)
    return list(db.session.execute(wanted.order_by(ClientCertificate.id)).scalars())


def find(digest: bytes) -> ClientCertificate | None:
    """Return the certificate with that SHA-256 digest, whose ever it is, or None."""
    return db.session.execute(
        select(ClientCertificate).where(ClientCertificate.digest == digest)
    ).scalar_one_or_none()


def get(account_id: UUID, certificate_id: UUID) -> ClientCertificate:
    """Return one of the account's certificates; raises NotFound ``certificate_unknown``."""
    found = db.session.get(ClientCertificate, (account_id, certificate_id))
    if found is None:
        raise NotFound("certificate_unknown")
    return found


def add(
    account_id: UUID, *, digest: bytes, serial: str, issuer: str, subject: str, name: str, not_after: datetime
) -> ClientCertificate:
    """Tie a certificate to the account; raises Conflict ``certificate_taken`` or ``too_many_certificates``."""
    held = select(func.count()).where(ClientCertificate.account_id == account_id)
    if db.session.execute(held).scalar_one() >= MOST:
        raise Conflict(
            "too_many_certificates", "You have many certificates already. Remove one that you do not use"
        )
    certificate_id = uuid7()
    added = insert_if_absent(
        ClientCertificate,
        account_id=account_id,
        id=certificate_id,
        digest=digest,
        serial=serial[:60],
        issuer=issuer[:200],
        subject_sealed=field_cipher.seal(subject, _context(certificate_id)),
        name=authenticator_name.get(name),
        not_after=not_after,
        created_at=clock.now(),
    )
    if not added:
        raise Conflict("certificate_taken", "This certificate belongs to another account already")
    log.record(EventName.CERTIFICATE_ADDED, account_id=account_id, certificate_id=str(certificate_id))
    credential_signal.tell(account_id, credential_signal.CERTIFICATE, credential_signal.CREATE)
    return get(account_id, certificate_id)


def note_use(certificate: ClientCertificate) -> bool:
    """Write a use down; False when the certificate was removed or distrusted meanwhile."""
    noted = db.session.execute(
        _one(certificate.account_id, certificate.id)
        .where(ClientCertificate.distrusted_at.is_(None))
        .values(last_used_at=clock.now())
        .returning(ClientCertificate.id)
    ).first()
    return noted is not None


def distrust(certificate: ClientCertificate, reason: str) -> bool:
    """Believe the certificate no more, whatever later lists say; of many callers one gets True."""
    changed = db.session.execute(
        _one(certificate.account_id, certificate.id)
        .where(ClientCertificate.distrusted_at.is_(None))
        .values(distrusted_at=clock.now())
        .returning(ClientCertificate.id)
    ).first()
    if changed is not None:
        log.record(
            EventName.CERTIFICATE_DISTRUSTED,
            account_id=certificate.account_id,
            certificate_id=str(certificate.id),
            reason=reason,
        )
        credential_signal.tell(
            certificate.account_id, credential_signal.CERTIFICATE, credential_signal.REVOKE, by="policy"
        )
    return changed is not None


def rename(account_id: UUID, certificate_id: UUID, name: str) -> None:
    """Give the certificate another name; raises NotFound, InvalidInput (field ``name``)."""
    get(account_id, certificate_id).name = authenticator_name.get(name)
    log.record(EventName.CERTIFICATE_RENAMED, account_id=account_id, certificate_id=str(certificate_id))


def remove(account_id: UUID, certificate_id: UUID) -> bool:
    """Untie the certificate; return whether it was there. See `ways_in` for who must be asked first."""
    removed = db.session.execute(
        delete(ClientCertificate)
        .where(ClientCertificate.account_id == account_id, ClientCertificate.id == certificate_id)
        .returning(ClientCertificate.id)
    ).first()
    if removed is not None:
        log.record(EventName.CERTIFICATE_REMOVED, account_id=account_id, certificate_id=str(certificate_id))
        credential_signal.tell(account_id, credential_signal.CERTIFICATE, credential_signal.DELETE)
    return removed is not None


def subject_of(certificate: ClientCertificate) -> str:
    """Return whom the certificate names, for its owner's eyes."""
    return field_cipher.open_sealed(certificate.subject_sealed, _context(certificate.id))


def _one(account_id: UUID, certificate_id: UUID) -> Update:
    return (
        update(ClientCertificate)
        .where(ClientCertificate.account_id == account_id, ClientCertificate.id == certificate_id)
        .execution_options(synchronize_session=False)
    )


def _context(certificate_id: UUID) -> str:
    return f"client_certificates.subject:{certificate_id}"
