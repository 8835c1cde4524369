"""Federation keys of hosted entities and their life: next (published) → current (signs) → retired, or revoked.

OpenID Federation 1.0 §3.1 (``jwks``), §8.7 (historical keys), §11.2. A key is published at least one overlap before it
signs and at least one after; its public half stays for ever among the historical keys, its private half goes with the
day it signs no more. Federation keys sign statements and nothing else: never tokens.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey, Key, KeySet
from sqlalchemy import Index, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, partial_index
from idp.errors import Conflict, NotFound
from idp.federation import announcement
from idp.keys.master_key import MASTER, MasterKeyError
from idp.settings import SETTINGS

ALG = "ES256"
NEXT, CURRENT, RETIRED, REVOKED = STATES = ("next", "current", "retired", "revoked")
# OpenID Federation 1.0 §8.7.3.
REASONS = ("unspecified", "compromised", "superseded")

LOG = logs.get(__name__)


class FederationKey(Model):
    """One key of one entity. Both halves are sealed, as those of `signing_key` and for the same reason."""

    __tablename__ = "federation_keys"

    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    sealed_public_jwk: Mapped[str] = mapped_column(Text)
    sealed_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    current_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revocation_reason: Mapped[str | None] = mapped_column(String(20))


# One key signs for an entity, and one at most waits: whoever rotates at the same time finds that somebody did.
for _state in (CURRENT, NEXT):
    partial_index(
        f"uq_federation_keys_{_state}",
        FederationKey.entity_id,
        unique=True,
        where=FederationKey.state == _state,
    )
Index("ix_federation_keys_state", FederationKey.state, FederationKey.current_at, FederationKey.entity_id)


def row(entity_id: str, state: str) -> dict[str, Any]:
    """Return the values of a new key, for one row or for many at once."""
    key = ECKey.generate_key("P-256", {"alg": ALG, "use": "sig"})
    kid = key.thumbprint()
    now = clock.now()
    return {
        "entity_id": entity_id,
        "kid": kid,
        "state": state,
        "sealed_public_jwk": _seal(key.as_dict(private=False, kid=kid), entity_id, kid, "public"),
        "sealed_jwk": _seal(key.as_dict(private=True, kid=kid), entity_id, kid, "private"),
        "created_at": now,
        "current_at": now if state == CURRENT else None,
        "retired_at": None,
        "revoked_at": None,
        "revocation_reason": None,
    }


def create(entity_id: str, state: str = CURRENT) -> FederationKey:
    """Make a key for the entity. The caller commits."""
    key = FederationKey(**row(entity_id, state))
    db.session.add(key)
    db.session.flush()
    return key


def ever(entity_id: str) -> Sequence[FederationKey]:
    """Return every key the entity ever had, oldest first; rows that we did not write are ignored."""
    query = select(FederationKey).where(FederationKey.entity_id == entity_id)
    ordered = query.order_by(FederationKey.created_at, FederationKey.kid)
    rows = db.session.scalars(ordered.execution_options(populate_existing=True))
    return [key for key in rows if _is_ours(key)]


def current(entity_id: str) -> FederationKey:
    """Return the key that signs for the entity; raises NotFound for one that has none."""
    found = next((key for key in ever(entity_id) if key.state == CURRENT), None)
    if found is None:
        raise NotFound("entity_unknown", "this deployment holds no federation key of that entity")
    return found


def overlap() -> timedelta:
    """Return how long a key is published before and after it signs: never shorter than a statement lives."""
    settings = SETTINGS.get()
    return timedelta(seconds=max(settings.lifetimes.key_overlap, settings.federation.statement_life))


def has_waited(key: FederationKey) -> bool:
    """Whether a next key has been published for a whole overlap."""
    return key.created_at + overlap() <= clock.now()


def is_published(key: FederationKey, now: datetime) -> bool:
    """Whether the key stands in the entity's ``jwks`` now."""
    if key.state == RETIRED:
        return key.retired_at is not None and now < key.retired_at + overlap()
    return key.state in (NEXT, CURRENT)


def published(entity_id: str) -> list[FederationKey]:
    """Return the keys in the entity's ``jwks``, the one that signs first."""
    return published_of(ever(entity_id))


def published_of(keys: Iterable[FederationKey]) -> list[FederationKey]:
    """Return those of an entity's keys that stand in its ``jwks``, the one that signs first."""
    now = clock.now()
    found = [key for key in keys if is_published(key, now)]
    return sorted(found, key=lambda key: (key.state != CURRENT, key.created_at, key.kid))


def jwks(entity_id: str) -> dict[str, Any]:
    """Return the entity's public keys (RFC 7517 §5) as they are published."""
    return {"keys": [public_jwk(key) for key in published(entity_id)]}


def public_jwk(key: FederationKey) -> dict[str, Any]:
    """Return the public half; raises MasterKeyError for a row that we did not write."""
    found: dict[str, Any] = json.loads(
        MASTER.get().open(key.sealed_public_jwk, _context(key.entity_id, key.kid, "public"))
    )
    return found


def open_private(key: FederationKey) -> Key:
    """Unseal and parse the private half; raises MasterKeyError when it is gone or not ours."""
    plain = MASTER.get().open(key.sealed_jwk, _context(key.entity_id, key.kid, "private"))
    return KeySet.import_key_set({"keys": [json.loads(plain)]}).keys[0]


def prepare(entity_id: str) -> FederationKey:
    """Publish the key that will sign next, unless one is; superiors elsewhere have an overlap to learn of it."""
    waiting = next((key for key in ever(entity_id) if key.state == NEXT), None)
    if waiting is None:
        waiting = create(entity_id, NEXT)
        announcement.after_commit(entity_id)
    return waiting


def rotate(entity_id: str) -> FederationKey:
    """Let the next key sign, made now if none waits; the present one stays published for an overlap.

    Raises Conflict when somebody else does so at this moment, NotFound for an entity without keys.
    """
    _retire(current(entity_id))
    following = next((key for key in ever(entity_id) if key.state == NEXT), None) or create(entity_id, NEXT)
    _advance(following)
    log.record(EventName.FEDERATION_KEY_ROTATED, entity=entity_id, kid=following.kid)
    announcement.after_commit(entity_id)
    return following


def revoke(entity_id: str, kid: str, reason: str) -> None:
    """Take back a key for good (§8.7.3): it is published no more, and if it signed, another signs from now on.

    Raises NotFound, and Conflict when it is revoked already.
    """
    key = next((one for one in ever(entity_id) if one.kid == kid), None)
    if key is None:
        raise NotFound("key_unknown", "that entity never had such a key")
    was_current = key.state == CURRENT
    now = clock.now()
    changed = db.session.execute(
        update(FederationKey)
        .where(
            FederationKey.entity_id == entity_id, FederationKey.kid == kid, FederationKey.state == key.state
        )
        .where(FederationKey.state != REVOKED)
        .values(state=REVOKED, revoked_at=now, revocation_reason=reason, sealed_jwk="")
        .returning(FederationKey.kid)
    ).first()
    if changed is None:
        raise Conflict("key_revoked", "that key has been revoked already")
    if was_current:
        waiting = next((one for one in ever(entity_id) if one.state == NEXT), None)
        _advance(waiting or create(entity_id, NEXT))
    log.record(EventName.FEDERATION_KEY_REVOKED, entity=entity_id, kid=kid, reason=reason)
    announcement.after_commit(entity_id)


def rotate_due(every: timedelta, most: int) -> list[str]:
    """Publish next keys an overlap before their turn and let those sign whose turn it is, *most* at a time.

    Returns the entities that changed. A next key younger than the overlap waits.
    """
    now = clock.now()
    ahead = overlap()
    old = (
        select(FederationKey.entity_id)
        .where(FederationKey.state == CURRENT, FederationKey.current_at <= now - every + ahead)
        .where(FederationKey.entity_id.not_in(_waiting_younger_than(now - ahead)))
        .order_by(FederationKey.current_at, FederationKey.entity_id)
        .limit(most)
    )
    changed = []
    for entity_id in db.session.scalars(old).all():
        keys = {key.state: key for key in ever(entity_id)}
        due = (keys[CURRENT].current_at or keys[CURRENT].created_at) + every <= now
        if NEXT not in keys:
            prepare(entity_id)
        elif due:
            rotate(entity_id)
        else:
            continue
        changed.append(entity_id)
    return changed


def _is_ours(key: FederationKey) -> bool:
    try:
        public_jwk(key)
    except MasterKeyError:
        LOG.exception(
            "a federation key in the database is not ours; it is ignored", entity=key.entity_id, kid=key.kid
        )
        return False
    return True


def _waiting_younger_than(moment: datetime) -> Any:
    return select(FederationKey.entity_id).where(
        FederationKey.state == NEXT, FederationKey.created_at > moment
    )


def _retire(key: FederationKey) -> None:
    retired = db.session.execute(
        update(FederationKey)
        .where(FederationKey.entity_id == key.entity_id, FederationKey.kid == key.kid)
        .where(FederationKey.state == CURRENT)
        .values(state=RETIRED, retired_at=clock.now(), sealed_jwk="")
        .returning(FederationKey.kid)
    ).first()
    if retired is None:
        raise Conflict("key_rotated", "somebody else rotated this key at the same moment")


def _advance(key: FederationKey) -> None:
    key.state, key.current_at = CURRENT, clock.now()
    db.session.flush()


def _seal(jwk: dict[str, Any], entity_id: str, kid: str, half: str) -> str:
    return MASTER.get().seal(json.dumps(jwk).encode(), _context(entity_id, kid, half))


def _context(entity_id: str, kid: str, half: str) -> str:
    return f"federation_keys.{half}:{entity_id}:{kid}"
