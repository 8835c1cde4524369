"""Passkeys (WebAuthn level 3): what is kept of each, several to an account, each with a name its owner knows.

The person's handle on their devices (§5.4.3 ``user.id``) is a keyed digest: it tells nobody which account it is. What a
passkey proves is worked out anew at each use (`methods`): a maker who lost our trust counts no longer.
"""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, String, Uuid, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import attestation, authenticator_name, credential_signal, hwk, swk, user
from idp.db import Json, Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, NotFound
from idp.keys import field_cipher
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

LONGEST_ID = 1023  # bytes (§4, "Credential ID")
MOST = 20  # of one account
_CREDENTIAL_TYPES = {hwk.AMR: credential_signal.HARDWARE_PASSKEY, swk.AMR: credential_signal.PASSKEY}


class Passkey(Model):
    """One passkey. ``vouched_by`` is the root that vouched for its maker; ``suspended_at``: it seems to be copied."""

    __tablename__ = "passkeys"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    credential_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(LONGEST_ID))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2048))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    aaguid: Mapped[UUID] = mapped_column(Uuid)
    attestation_format: Mapped[str] = mapped_column(String(20))
    vouched_by: Mapped[str | None] = mapped_column(String(64))
    device_bound: Mapped[bool]
    verifies_user: Mapped[bool]
    transports: Mapped[list[str]] = mapped_column(Json)
    name: Mapped[str] = mapped_column(String(authenticator_name.LONGEST))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def amr(self) -> str:
        """``hwk`` for a key that cannot be copied and whose maker is trusted today, else ``swk``."""
        return amr_of(self.vouched_by, self.aaguid, device_bound=self.device_bound)


def amr_of(vouched_by: str | None, aaguid: UUID, *, device_bound: bool) -> str:
    """Return what possession of such a key counts as."""
    return hwk.AMR if device_bound and attestation.is_trusted(vouched_by, aaguid) else swk.AMR


def methods(passkey: Passkey, *, user_verified: bool) -> list[str]:
    """Return the ``amr`` values that one use of the passkey has shown."""
    return [passkey.amr, *([user.AMR] if user_verified else [])]


def rp_id() -> str:
    """Return the name that passkeys are made for (§5.4.2): the issuer's host."""
    return urlsplit(SETTINGS.get().issuer).hostname or ""


def user_handle(account_id: UUID) -> bytes:
    """Return the person's handle on their devices: the same for all their passkeys, meaningless elsewhere."""
    return field_cipher.secret_digest("passkey_user", str(account_id))


def of_account(account_id: UUID) -> list[Passkey]:
    """Return the account's passkeys, oldest first, suspended ones too."""
    rows = db.session.execute(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id))
    return list(rows.scalars())


def find(credential_id: bytes) -> Passkey | None:
    """Return the passkey of that credential id, whose ever it is, or None."""
    return db.session.execute(
        select(Passkey)
        .where(Passkey.credential_digest == _digest(credential_id))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def get(account_id: UUID, passkey_id: UUID) -> Passkey:
    """Return one of the account's passkeys; raises NotFound ``passkey_unknown``."""
    found = db.session.get(Passkey, (account_id, passkey_id))
    if found is None:
        raise NotFound("passkey_unknown")
    return found


def add(account_id: UUID, **facts: object) -> Passkey:
    """Keep a new passkey; raises Conflict ``passkey_taken`` or ``too_many_passkeys``."""
    held = select(func.count()).where(Passkey.account_id == account_id)
    if db.session.execute(held).scalar_one() >= MOST:
        raise Conflict("too_many_passkeys", "You have many passkeys already. Remove one that you do not use")
    credential_id = facts["credential_id"]
    passkey_id = uuid7()
    added = isinstance(credential_id, bytes) and insert_if_absent(
        Passkey,
        account_id=account_id,
        id=passkey_id,
        credential_digest=_digest(credential_id),
        created_at=clock.now(),
        **facts,
    )
    if not added:
        raise Conflict("passkey_taken", "This passkey is in use already")
    kept = get(account_id, passkey_id)
    log.record(
        EventName.PASSKEY_ADDED,
        account_id=account_id,
        passkey_id=str(passkey_id),
        amr=kept.amr,
        aaguid=str(kept.aaguid),
        attestation_format=kept.attestation_format,
    )
    credential_signal.tell(account_id, _CREDENTIAL_TYPES[kept.amr], credential_signal.CREATE)
    return kept


def note_use(passkey: Passkey, sign_count: int, *, user_verified: bool) -> bool:
    """Write a use down in one conditional update; False when the counter did not go up (§6.1.1).

    Authenticators without a counter always say 0.
    """
    went_up = Passkey.sign_count < sign_count if sign_count else Passkey.sign_count == 0
    values: dict[str, object] = {"sign_count": sign_count, "last_used_at": clock.now()}
    if user_verified:
        values["verifies_user"] = True
    noted = db.session.execute(
        update(Passkey)
        .where(
            Passkey.account_id == passkey.account_id,
            Passkey.id == passkey.id,
            Passkey.suspended_at.is_(None),
            went_up,
        )
        .values(**values)
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    ).first()
    return noted is not None


def suspend(passkey: Passkey) -> bool:
    """Believe the passkey no more (it seems to be copied); of many callers one gets True."""
    suspended = db.session.execute(
        update(Passkey)
        .where(
            Passkey.account_id == passkey.account_id,
            Passkey.id == passkey.id,
            Passkey.suspended_at.is_(None),
        )
        .values(suspended_at=clock.now())
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    ).first()
    if suspended is not None:
        log.record(EventName.PASSKEY_SUSPENDED, account_id=passkey.account_id, passkey_id=str(passkey.id))
        credential_signal.tell(
            passkey.account_id, _CREDENTIAL_TYPES[passkey.amr], credential_signal.REVOKE, by="policy"
        )
    return suspended is not None


def rename(account_id: UUID, passkey_id: UUID, name: str) -> None:
    """Give the passkey another name; raises NotFound, InvalidInput (field ``name``)."""
    get(account_id, passkey_id).name = authenticator_name.get(name)
    log.record(EventName.PASSKEY_RENAMED, account_id=account_id, passkey_id=str(passkey_id))


def remove(account_id: UUID, passkey_id: UUID) -> bool:
    """Forget the passkey; return whether there was one. See `ways_in` for who must be asked first."""
    removed = db.session.execute(
        delete(Passkey)
        .where(Passkey.account_id == account_id, Passkey.id == passkey_id)
        .returning(Passkey.vouched_by, Passkey.aaguid, Passkey.device_bound)
    ).first()
    if removed is not None:
        log.record(EventName.PASSKEY_REMOVED, account_id=account_id, passkey_id=str(passkey_id))
        amr = amr_of(removed.vouched_by, removed.aaguid, device_bound=removed.device_bound)
        credential_signal.tell(account_id, _CREDENTIAL_TYPES[amr], credential_signal.DELETE)
    return removed is not None


def _digest(credential_id: bytes) -> bytes:
    return hashlib.sha256(credential_id).digest()
