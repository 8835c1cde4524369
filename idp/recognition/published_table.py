"""The table of mutual recognition of an anchor that is hosted here: made from its rows and signed by its key.

Kept as signed for a minute: anybody may ask for it, and sealing costs a little for each province.
"""

import threading
from collections.abc import Sequence
from typing import Any

from idp import clock
from idp.bounded import Bounded
from idp.errors import NotFound
from idp.federation import hosted_entity, signing
from idp.per_app import PerApp
from idp.recognition import epoch, member, sealed_key, table
from idp.recognition.member import RecognitionMember
from idp.settings import SETTINGS

ENTRIES = 20
KEPT_SECONDS = 60.0
CONTENT_TYPE = f"application/{table.TYP}"
# Declared by the anchor as an endpoint of its own (``federation_entity``).
AUTHORITY = "federation_entity"
ENDPOINT = "mutual_recognition_endpoint"


class Published:
    """What this process signed lately."""

    def __init__(self) -> None:
        self._kept: Bounded[str, str] = Bounded(ENTRIES, KEPT_SECONDS)
        self._lock = threading.Lock()
        self._forgotten = 0

    def find(self, anchor_id: str) -> str | None:
        """Return the signed table; None for what is no anchor here, or recognises nobody."""
        with self._lock:
            token, forgotten = self._kept.get(anchor_id), self._forgotten
        if token is None:
            token = _sign(anchor_id)
            if token is not None:
                with self._lock:
                    if forgotten == self._forgotten:
                        self._kept.put(anchor_id, token)
        return token

    def forget(self, _message: str = "*") -> None:
        """Make it anew at the next use."""
        with self._lock:
            self._forgotten += 1
            self._kept.clear()


PUBLISHED: PerApp[Published] = PerApp("published_recognition_tables")


def find(anchor_id: str) -> str | None:
    """Return the signed table of an anchor that is hosted here, or None."""
    return PUBLISHED.get().find(anchor_id)


def address(anchor_id: str) -> str:
    """Return where the table of an anchor hosted here is asked for."""
    return f"{anchor_id}/federation/mutual_recognition"


def announce(anchor_id: str) -> None:
    """Let the anchor's entity configuration say where its table is. The caller commits. Raises NotFound."""
    declared = hosted_entity.get(anchor_id).declared
    said = declared.get(AUTHORITY, {}) | {ENDPOINT: address(anchor_id)}
    hosted_entity.update(anchor_id, declared=declared | {AUTHORITY: said})


def _sign(anchor_id: str) -> str | None:
    entity = hosted_entity.find(anchor_id)
    if entity is None or entity.kind != hosted_entity.ANCHOR or entity.status != hosted_entity.ACTIVE:
        return None
    members = member.of_anchor(anchor_id)
    if not members:
        return None
    now = clock.timestamp()
    claims: dict[str, Any] = {
        "iss": anchor_id,
        "iat": now,
        "exp": now + SETTINGS.get().federation.statement_life,
        "providers": [_said(one) for one in members],
        "identity_keys": [_sealed(row, members) for row in epoch.in_force(anchor_id)],
    }
    try:
        return signing.sign(anchor_id, claims, typ=table.TYP)
    except NotFound:
        return None


def _said(one: RecognitionMember) -> dict[str, Any]:
    return {
        "entity_id": one.entity_id,
        "division_code": one.division_code,
        "names": one.names,
        "levels": one.levels,
    }


def _sealed(row: epoch.RecognitionEpoch, members: Sequence[RecognitionMember]) -> dict[str, Any]:
    key = epoch.key_of(row)
    return {
        "epoch": row.name,
        "sealed": {
            one.entity_id: sealed_key.seal(key, one.entity_id, sealed_key.public_key(one.jwk))
            for one in members
            if one.jwk is not None
        },
    }
