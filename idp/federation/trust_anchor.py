"""The trust anchors: whose keys this deployment knows by itself, so that every chain ends at one of them.

OpenID Federation 1.0 §10.2: the last statement of a chain is verified with keys learnt in another way than from the
chain. An anchor that is hosted here is in the table like one elsewhere.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc.jwk import KeySet
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, transaction, upsert
from idp.errors import InvalidInput, NotFound
from idp.federation import announcement, entity_id
from idp.keys import jwk_rules
from idp.per_app import PerApp
from idp.settings import SETTINGS

REFRESH_SECONDS = 60.0


class TrustAnchor(Model):
    """An anchor: its entity identifier and its public keys (JWK set, RFC 7517 §5)."""

    __tablename__ = "federation_trust_anchors"

    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    jwks: Mapped[dict[str, Any]] = mapped_column(Json)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Anchors:
    """All anchors as this process knows them, read again after a change and every minute."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._known: Mapping[str, KeySet] = {}
        self._loaded = float("-inf")
        self._forgotten = 0

    def all(self) -> Mapping[str, KeySet]:
        """Return the keys of each anchor."""
        if self._timer() - self._loaded >= REFRESH_SECONDS:
            started, forgotten = self._timer(), self._forgotten
            known = {row.entity_id: jwk_rules.public_keys(row.jwks) for row in _rows()}
            with self._lock:
                self._known = known
                # What was read before a change was announced must not outlive the announcement.
                self._loaded = started if forgotten == self._forgotten else float("-inf")
            return known
        return self._known

    def forget(self, _message: str = announcement.EVERYTHING) -> None:
        """Read again at the next use."""
        with self._lock:
            self._forgotten += 1
            self._loaded = float("-inf")


ANCHORS: PerApp[Anchors] = PerApp("federation_anchors")


def all_anchors() -> Mapping[str, KeySet]:
    """Return the keys of each anchor (no query when they were used lately)."""
    return ANCHORS.get().all()


def listed() -> list[TrustAnchor]:
    """Return the rows, in the order of their identifiers."""
    return _rows()


def add(identifier: str, jwks: Mapping[str, Any]) -> None:
    """Trust an anchor, or give the one that is trusted other keys. The caller commits.

    Raises InvalidInput ``anchor_wrong``.
    """
    try:
        entity_id.check(identifier, sandbox=SETTINGS.get().sandbox)
        public = check_keys(jwks)
    except ValueError as error:
        raise InvalidInput("anchor_wrong", str(error), detail=str(error)) from error
    upsert(TrustAnchor, {"entity_id": identifier}, {"jwks": public, "added_at": clock.now()})
    log.record(EventName.TRUST_ANCHOR_ADDED, entity=identifier, kids=[key["kid"] for key in public["keys"]])
    announcement.after_commit(announcement.EVERYTHING)


def remove(identifier: str) -> None:
    """Trust an anchor no longer: every chain to it ends. The caller commits. Raises NotFound."""
    row = db.session.get(TrustAnchor, identifier)
    if row is None:
        raise NotFound("anchor_unknown", "no such trust anchor")
    db.session.delete(row)
    db.session.flush()
    log.record(EventName.TRUST_ANCHOR_REMOVED, entity=identifier)
    announcement.after_commit(announcement.EVERYTHING)


def check_keys(jwks: Mapping[str, Any]) -> dict[str, Any]:
    """Return a key set's public keys as they are kept, each with its ``kid``; raises ValueError with the reason."""
    public: list[dict[str, Any]] = []
    for key in jwk_rules.public_keys(jwks).keys:
        key.ensure_kid()
        public.append({**key.as_dict(private=False), "kid": key.kid})
    return {"keys": public}


def thumbprints(jwks: object) -> list[str]:
    """Return what people compare keys by (RFC 7638); raises ValueError for what is no key set."""
    return [key.thumbprint() for key in jwk_rules.public_keys(jwks).keys]


def _rows() -> list[TrustAnchor]:
    wanted = select(TrustAnchor).order_by(TrustAnchor.entity_id)
    with transaction():
        return list(db.session.execute(wanted).scalars())
