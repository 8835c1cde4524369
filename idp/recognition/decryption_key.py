"""The key pair for which the anchor seals keys of the identity HMAC: this deployment's own, its private half sealed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.keys.master_key import MASTER
from idp.recognition import sealed_key


class DecryptionKey(Model):
    """One pair. The newest is published; older ones still open what was sealed for them."""

    __tablename__ = "recognition_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_missing() -> bool:
    """See to it that there is a pair; return whether one was made. The caller commits."""
    if _rows():
        return False
    key = sealed_key.new_pair()
    kid = key.thumbprint()
    sealed = MASTER.get().seal(json.dumps(key.as_dict(private=True, kid=kid)).encode(), _context(kid))
    db.session.add(DecryptionKey(kid=kid, sealed_jwk=sealed, created_at=clock.now()))
    db.session.flush()
    log.record(EventName.KEY_CREATED, kid=kid, alg=sealed_key.ALGORITHM)
    return True


def published() -> dict[str, Any] | None:
    """Return the public half that the anchor seals for; None before there is one."""
    rows = _rows()
    return dict(_open(rows[0]).as_dict(private=False, kid=rows[0].kid)) if rows else None


def private_keys() -> list[ECKey]:
    """Return every private half, the newest first."""
    return [_open(row) for row in _rows()]


def _rows() -> Sequence[DecryptionKey]:
    return db.session.scalars(select(DecryptionKey).order_by(DecryptionKey.created_at.desc())).all()


def _open(row: DecryptionKey) -> ECKey:
    return ECKey.import_key(json.loads(MASTER.get().open(row.sealed_jwk, _context(row.kid))))


def _context(kid: str) -> str:
    return f"recognition_keys.private:{kid}"
