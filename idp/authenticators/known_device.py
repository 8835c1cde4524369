"""Browsers in which a person has logged in before. A lock that strangers cause never locks these out.

Only a keyed digest of account and browser is kept: nobody can tell from the table which accounts share a
browser.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.keys import field_cipher

FORGOTTEN_AFTER = timedelta(days=400)
SWEEP_ROWS = 1000


class KnownDevice(Model):
    """One browser of one account."""

    __tablename__ = "known_devices"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def is_known(account_id: UUID, device_id: str) -> bool:
    """Whether the person of *account_id* has logged in with this browser. One query."""
    found = db.session.execute(
        select(KnownDevice.account_id).where(
            KnownDevice.account_id == account_id,
            KnownDevice.digest == _digest(account_id, device_id),
            KnownDevice.last_seen_at > clock.now() - FORGOTTEN_AFTER,
        )
    ).first()
    return found is not None


def remember(account_id: UUID, device_id: str) -> bool:
    """Note a complete login with this browser; return whether it is a new one beside others of the account.

    One statement where it is known.
    """
    digest = _digest(account_id, device_id)
    seen = db.session.execute(
        update(KnownDevice)
        .where(KnownDevice.account_id == account_id, KnownDevice.digest == digest)
        .values(last_seen_at=clock.now())
        .returning(KnownDevice.account_id)
    ).first()
    if seen is not None or not insert_if_absent(
        KnownDevice, account_id=account_id, digest=digest, last_seen_at=clock.now()
    ):
        return False
    log.record(EventName.DEVICE_REMEMBERED, account_id=account_id)
    others = select(KnownDevice.account_id).where(
        KnownDevice.account_id == account_id, KnownDevice.digest != digest
    )
    return db.session.execute(others.limit(1)).first() is not None


def forget_all(account_id: UUID) -> None:
    """Trust none of the account's browsers any more."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))


def sweep() -> None:
    """Delete some of what was not seen for long (a job of the worker)."""
    old = (
        select(KnownDevice.account_id, KnownDevice.digest)
        .where(KnownDevice.last_seen_at <= clock.now() - FORGOTTEN_AFTER)
        .limit(SWEEP_ROWS)
    )
    for account_id, digest in db.session.execute(old).all():
        db.session.execute(
            delete(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.digest == digest)
        )


def _digest(account_id: UUID, device_id: str) -> bytes:
    return field_cipher.secret_digest(f"device:{account_id}", device_id)
