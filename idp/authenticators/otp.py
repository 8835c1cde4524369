"""Time-based one-time codes from an authenticator app (RFC 6238, RFC 8176 ``otp``).

Each code works once (RFC 6238 §5.2): the last used time step is kept, and only a later one is taken, in one
conditional update, so that of many who send the same code at once one gets in.
"""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import BigInteger, Text, Uuid, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import code_limit, credential_signal, mfa
from idp.db import Model, UtcDateTime, db, upsert
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired, InvalidInput
from idp.keys import field_cipher
from idp.settings import SETTINGS

AMR = "otp"
KIND = mfa.KINDS[AMR]

STEP = 30  # seconds, what every app assumes
DIGITS = 6
DRIFT = 1  # steps that a phone's clock may be off, to either side (RFC 6238 §5.2)


class TotpDevice(Model):
    """The authenticator app of one account. ``last_step`` is the time step of the last code that was used."""

    __tablename__ = "totp_devices"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    secret_sealed: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def find(account_id: UUID) -> TotpDevice | None:
    """Return the account's authenticator app, or None."""
    return db.session.get(TotpDevice, account_id, populate_existing=True)


def is_enrolled(account_id: UUID) -> bool:
    """Whether logging in asks for a code."""
    return find(account_id) is not None


def check(account_id: UUID, code: str, *, device: str) -> None:
    """Take the code of *account_id*, typed in the browser *device*.

    Raises InvalidInput ``code_wrong`` or ``code_used``, TooMany after many wrong ones.
    """
    guesser = code_limit.count(account_id, device)
    app = find(account_id)
    step = _find_step(_secret_of(app), code) if app else None
    if step is None:
        raise _wrong()
    taken = db.session.execute(
        update(TotpDevice)
        .where(TotpDevice.account_id == account_id, TotpDevice.last_step < step)
        .values(last_step=step, last_used_at=clock.now())
        .returning(TotpDevice.account_id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise InvalidInput("code_used", "This code was used already. Wait for the next one", field="code")
    code_limit.forget(guesser)


def begin(account_id: UUID, session_id: UUID) -> str:
    """Return the secret (base32) that this session may confirm; the same one each time until it is."""
    key, context = _pending(account_id, session_id)
    while (secret := find_pending(account_id, session_id)) is None:
        sealed = field_cipher.seal(pyotp.random_base32(), context)
        EPHEMERAL.get().add_if_absent(key, sealed.encode(), SETTINGS.get().lifetimes.journey)
    return secret


def find_pending(account_id: UUID, session_id: UUID) -> str | None:
    """Return the secret that `begin` gave and nobody confirmed yet, or None."""
    key, context = _pending(account_id, session_id)
    sealed = EPHEMERAL.get().get(key)
    return field_cipher.open_sealed(sealed.decode(), context) if sealed else None


def confirm(account_id: UUID, session_id: UUID, code: str, *, device: str) -> None:
    """Enrol the app that shows *code* for the pending secret; it replaces an earlier one.

    Raises Expired ``enrolment_expired`` when nothing is pending, InvalidInput ``code_wrong``, TooMany.
    """
    guesser = code_limit.count(account_id, device)
    secret = find_pending(account_id, session_id)
    if secret is None:
        raise Expired("enrolment_expired", "Your page was open too long. Send it again", field="code")
    step = _find_step(secret, code)
    if step is None:
        raise _wrong()
    EPHEMERAL.get().delete(_pending(account_id, session_id)[0])
    enrol(account_id, secret, used_step=step)
    credential_signal.tell(account_id, credential_signal.APP, credential_signal.CREATE)
    code_limit.forget(guesser)


def enrol(account_id: UUID, secret: str, *, used_step: int = 0) -> None:
    """Make *secret* (base32) the account's, unproven (imports, sandbox); codes up to *used_step* are void."""
    values = {
        "secret_sealed": field_cipher.seal(secret, _context(account_id)),
        "last_step": used_step,
        "enrolled_at": clock.now(),
        "last_used_at": None,
    }
    upsert(TotpDevice, {"account_id": account_id}, values)
    log.record(EventName.TOTP_ENROLLED, account_id=account_id)


def remove(account_id: UUID) -> bool:
    """Forget the app; return whether there was one."""
    removed = db.session.execute(
        delete(TotpDevice).where(TotpDevice.account_id == account_id).returning(TotpDevice.account_id)
    ).first()
    if removed is not None:
        log.record(EventName.TOTP_REMOVED, account_id=account_id)
        credential_signal.tell(account_id, credential_signal.APP, credential_signal.DELETE)
    return removed is not None


def uri(secret: str, *, account_label: str, issuer_label: str) -> str:
    """Return the ``otpauth://`` address that apps read from the QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(
        name=account_label, issuer_name=issuer_label
    )


def code_now(secret: str) -> str:
    """Return what an app with this secret shows now (for `idp sandbox totp`, whose secret everybody knows)."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).generate_otp(clock.timestamp() // STEP)


def _find_step(secret: str, code: str) -> int | None:
    typed = "".join(code.split())[: DIGITS + 1]
    if not (typed.isascii() and typed.isdigit() and len(typed) == DIGITS):
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    present = clock.timestamp() // STEP
    found = None
    # All steps are compared, each in constant time: how long it takes says nothing.
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed):
            found = step
    return found


def _secret_of(device: TotpDevice) -> str:
    return field_cipher.open_sealed(device.secret_sealed, _context(device.account_id))


def _context(account_id: UUID) -> str:
    return f"totp_devices.secret:{account_id}"


def _pending(account_id: UUID, session_id: UUID) -> tuple[str, str]:
    key = f"totp-enrolment:{account_id}:{session_id}"
    return key, f"ephemeral.{key}"


def _wrong() -> InvalidInput:
    return InvalidInput(
        "code_wrong",
        "The code is not right. Check the time of your phone and try the newest code",
        field="code",
    )
