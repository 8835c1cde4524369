"""Recovery codes: single-use codes on paper for when the phone is away (NIST SP 800-63B-4 §3.1.2).

Shown once, kept as keyed digests. A code is used up in one conditional update: of many who send the same one
at once, one gets in.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import code_limit, mfa
from idp.db import Model, UtcDateTime, db
from idp.errors import InvalidInput
from idp.keys import field_cipher

AMR = "recovery_code"
KIND = mfa.KINDS[AMR]

COUNT = 10
# Crockford's base 32: no letter that reads like a digit. 12 characters are 60 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 3
GROUP_LENGTH = 4
LENGTH = GROUPS * GROUP_LENGTH
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class RecoveryCode(Model):
    """One code of an account's sheet; ``used_at`` is set when it was used."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def create(account_id: UUID) -> list[str]:
    """Make a new sheet, void the old one, and return the codes: nobody can read them again."""
    codes = [_random() for _ in range(COUNT)]
    now = clock.now()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    db.session.execute(
        insert(RecoveryCode),
        [
            {"account_id": account_id, "digest": _digest(account_id, code), "created_at": now}
            for code in codes
        ],
    )
    log.record(EventName.RECOVERY_CODES_CREATED, account_id=account_id)
    return codes


def check(account_id: UUID, code: str, *, device: str) -> None:
    """Use the code up; raises InvalidInput ``code_wrong`` (wrong or used), TooMany after many wrong ones."""
    guesser = code_limit.count(account_id, device)
    typed = code[:64].upper().translate(_MISREAD)
    used = None
    if len(typed) == LENGTH and set(typed) <= set(ALPHABET):
        used = db.session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.digest == _digest(account_id, typed),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
            .returning(RecoveryCode.account_id)
            .execution_options(synchronize_session=False)
        ).first()
    if used is None:
        raise InvalidInput("code_wrong", "The recovery code is not right or was used already", field="code")
    log.record(EventName.RECOVERY_CODE_USED, account_id=account_id)
    code_limit.forget(guesser)


def count_left(account_id: UUID) -> int:
    """Return how many codes of the sheet still work."""
    return db.session.execute(
        select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()


def remove(account_id: UUID) -> None:
    """Void the sheet (with the last second factor goes what stands in for it)."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _random() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _digest(account_id: UUID, code: str) -> bytes:
    return field_cipher.secret_digest(f"recovery_code:{account_id}", code.translate(_MISREAD))
