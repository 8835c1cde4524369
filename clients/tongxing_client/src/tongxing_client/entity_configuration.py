"""What a relying party states about itself to the federation (OpenID Federation 1.0 §3, §9), signed by itself.

It renews itself: a statement is good for ``Entity.seconds``, and a new one takes its place when half of that is over.
All processes of a site state the same at the same time, so that ``ETag`` holds whichever of them answers.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tongxing_client import client_metadata
from tongxing_client.entity import Entity

PATH = "/.well-known/openid-federation"
TYPE = "entity-statement+jwt"
MEDIA_TYPE = "application/entity-statement+jwt"


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement to give out until ``renew_at`` (seconds since 1970); ``etag`` names what it says."""

    token: str
    etag: str
    renew_at: float


class EntityConfiguration:
    """The entity configuration of ``entity``; threads share it. ``metadata`` is ``client_metadata.describe``'s."""

    def __init__(
        self, entity: Entity, metadata: Mapping[str, Any], now: Callable[[], float] = time.time
    ) -> None:
        self._entity = entity
        self._metadata = metadata
        self._now = now
        self._lock = threading.Lock()
        self._signed = Signed("", "", float("-inf"))

    def current(self) -> Signed:
        """The statement for now."""
        with self._lock:
            if self._now() >= self._signed.renew_at or self._now() < self._signed.renew_at - self._period:
                self._signed = self._sign()
            return self._signed

    @property
    def _period(self) -> int:
        return self._entity.seconds // 2

    def _sign(self) -> Signed:
        # Times in whole periods: processes and restarts agree.
        issued_at = int(self._now()) // self._period * self._period
        claims = self.claims(issued_at)
        digest = hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).digest()[:18]
        key = self._entity.federation_keys[0]
        return Signed(
            key.sign(claims, TYPE), base64.urlsafe_b64encode(digest).decode(), issued_at + self._period
        )

    def claims(self, issued_at: int) -> dict[str, Any]:
        """What it says (§3.1)."""
        entity = self._entity
        metadata = {client_metadata.TYPE: dict(self._metadata)}
        if entity.federation_metadata:
            metadata["federation_entity"] = dict(entity.federation_metadata)
        said = {
            "iss": entity.entity_id,
            "sub": entity.entity_id,
            "iat": issued_at,
            "exp": issued_at + entity.seconds,
            "jwks": {"keys": [dict(key.public_jwk) for key in entity.federation_keys]},
            "authority_hints": list(entity.authority_hints),
            "metadata": metadata,
        }
        marks = [dict(mark) for mark in entity.trust_marks()]
        return {**said, "trust_marks": marks} if marks else said
