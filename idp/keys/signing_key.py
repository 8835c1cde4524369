"""Signing keys and their life: next (published) → current (signs) → retired (still verifies tokens) → archived.

A key is published at least one overlap before it signs and at least one after, so that a rotation breaks no
relying party that caches the JWKS (RFC 7517; OpenID Connect Core §10.1.1). An archived key is not published and can
sign no more, its private half is gone; its public half stays, because audit checkpoints must be checkable for years.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey, Key, KeyParameters, KeySet, OKPKey, RSAKey
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.keys.master_key import MASTER
from idp.uuid7 import uuid7

# ES256 is the default; RS256 for RPs that know nothing else (OIDC Core §15.1); the others by registration.
ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")
RSA_BITS = 3072

NEXT, CURRENT, RETIRED, ARCHIVED = "next", "current", "retired", "archived"


class SigningKey(Model):
    """One signing key. Both halves are sealed: the private one to be secret, the public one to be ours.

    Who can write to the database but has no master key can plant no key that we would publish or believe.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    alg: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    sealed_public_jwk: Mapped[str] = mapped_column(Text)
    sealed_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    current_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def open_private(key: SigningKey) -> Key:
    """Unseal and parse the private half. Costs tens of milliseconds for RSA: call once per process."""
    plain = MASTER.get().open(key.sealed_jwk, _context(key.kid, key.alg, "private"))
    return KeySet.import_key_set({"keys": [json.loads(plain)]}).keys[0]


def public_jwk(key: SigningKey) -> dict[str, Any]:
    """Return the public half as it is published; raises MasterKeyError for a row that we did not write."""
    found: dict[str, Any] = json.loads(
        MASTER.get().open(key.sealed_public_jwk, _context(key.kid, key.alg, "public"))
    )
    return found


def all_keys() -> Sequence[SigningKey]:
    """Return every key that is published, newest first."""
    published = select(SigningKey).where(SigningKey.state != ARCHIVED).order_by(SigningKey.created_at.desc())
    return db.session.execute(published).scalars().all()


def ever_signed() -> Sequence[SigningKey]:
    """Return every key that signs or ever signed, archived ones too, newest first."""
    signing = (
        select(SigningKey).where(SigningKey.current_at.is_not(None)).order_by(SigningKey.created_at.desc())
    )
    return db.session.execute(signing).scalars().all()


def find_public(kid: str) -> Key | None:
    """Return the public half of any key we ever had, archived ones too."""
    key = db.session.get(SigningKey, kid)
    return None if key is None else KeySet.import_key_set({"keys": [public_jwk(key)]}).keys[0]


def create_missing() -> list[str]:
    """See to it that each algorithm has a current and a next key; return the new kids. The caller commits."""
    have = {(key.alg, key.state) for key in all_keys()}
    return [
        _create(alg, state).kid for alg in ALGORITHMS for state in (CURRENT, NEXT) if (alg, state) not in have
    ]


def rotate(alg: str) -> SigningKey:
    """Let the next key sign, retire the current one, publish a new next. The caller commits, then publishes."""
    keys = [key for key in all_keys() if key.alg == alg]
    now = clock.now()
    for key in keys:
        if key.state == CURRENT:
            key.state, key.retired_at = RETIRED, now
    following = next((key for key in keys if key.state == NEXT), None) or _create(alg, NEXT)
    following.state, following.current_at = CURRENT, now
    _create(alg, NEXT)
    log.record(EventName.KEY_ROTATED, kid=following.kid, alg=alg)
    return following


def rotate_due(every: timedelta, overlap: timedelta) -> bool:
    """Rotate keys that are current for longer than *every*, archive retired ones after *overlap*; True if any changed.

    A next key younger than *overlap* waits: relying parties must have had time to fetch it.
    """
    now = clock.now()
    made = create_missing()
    keys = all_keys()
    born = {key.alg: key.created_at for key in keys if key.state == NEXT}
    due = [
        key.alg
        for key in keys
        if key.state == CURRENT
        and (key.current_at or key.created_at) + every <= now
        and born[key.alg] + overlap <= now
    ]
    gone = [
        key for key in keys if key.state == RETIRED and key.retired_at and key.retired_at + overlap <= now
    ]
    for alg in due:
        rotate(alg)
    for key in gone:
        key.state, key.sealed_jwk = ARCHIVED, ""
        log.record(EventName.KEY_ARCHIVED, kid=key.kid, alg=key.alg)
    return bool(due or gone or made)


def _create(alg: str, state: str) -> SigningKey:
    kid = uuid7().hex
    about: KeyParameters = {"kid": kid, "alg": alg, "use": "sig"}
    private: Key
    if alg == "ES256":
        private = ECKey.generate_key("P-256", about)
    elif alg == "EdDSA":
        private = OKPKey.generate_key("Ed25519", about)
    else:
        private = RSAKey.generate_key(RSA_BITS, about)
    now = clock.now()
    key = SigningKey(
        kid=kid,
        alg=alg,
        state=state,
        sealed_public_jwk=_sealed(private, kid, alg, "public"),
        sealed_jwk=_sealed(private, kid, alg, "private"),
        created_at=now,
        current_at=now if state == CURRENT else None,
    )
    db.session.add(key)
    db.session.flush()
    log.record(EventName.KEY_CREATED, kid=kid, alg=alg)
    return key


def _sealed(key: Key, kid: str, alg: str, half: str) -> str:
    plain = json.dumps(key.as_dict(private=half == "private")).encode()
    return MASTER.get().seal(plain, _context(kid, alg, half))


def _context(kid: str, alg: str, half: str) -> str:
    return f"signing_keys.{half}:{kid}:{alg}"
