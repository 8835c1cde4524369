"""The identity HMAC 身份关联码: what stands for a person between provinces instead of an identity number. Pure.

``HMAC-SHA256(key of the epoch, type, country, number)``, so that two provinces that proved the same document know the
same person, and nobody without the anchor's key can try numbers out. Keys change by epochs; while two epochs hold, a
person is told by both, so that nobody is lost by the change.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idp.recognition import table

CONTEXT = "tongxing-identity-v1"
KEY_BYTES = 32
VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Key:
    """The key of one epoch."""

    epoch: str
    secret: bytes = field(repr=False)

    def value_of(self, kind: str, country: str, number: str) -> bytes:
        """Return the 32 bytes that stand for the holder of that document."""
        return hmac.digest(self.secret, f"{CONTEXT}\0{kind}\0{country}\0{number}".encode(), "sha256")


@dataclass(frozen=True)
class Value:
    """What stands for somebody in one epoch."""

    epoch: str
    digest: bytes


def to_claim(values: Sequence[Value]) -> list[dict[str, str]]:
    """Return *values* as a provider tells them to another."""
    return [
        {"epoch": one.epoch, "value": base64.urlsafe_b64encode(one.digest).rstrip(b"=").decode()}
        for one in values
    ]


def from_claim(value: object) -> tuple[Value, ...]:
    """Return what another provider told; ValueError for anything else, an empty tuple when it told nothing."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > table.MOST_EPOCHS:
        raise ValueError("no list of identity keys")
    found = tuple(_value(one) for one in value)
    if len({one.epoch for one in found}) < len(found):
        raise ValueError("an epoch stands there twice")
    return found


def _value(one: Any) -> Value:
    epoch, text = (one.get("epoch"), one.get("value")) if isinstance(one, Mapping) else (None, None)
    if not isinstance(epoch, str) or not table.EPOCH.fullmatch(epoch):
        raise ValueError("an epoch has no name")
    if not isinstance(text, str) or not VALUE.fullmatch(text):
        raise ValueError("an identity key is no digest")
    return Value(epoch, base64.urlsafe_b64decode(f"{text}="))
